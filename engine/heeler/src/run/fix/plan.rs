//! The plan of a fix, read from the live node: the symptom proved again, the present values, the
//! wanted ones, the boot that it is pinned to, and a digest of all that.

use std::slice;

use heeler_core::event::{Armed, BootId, ChangePlan, Commands, Event, FixPlan, NodeTarget, Ruling};
use heeler_core::expr::World;
use heeler_core::find::View;
use heeler_core::frame::Ident;
use heeler_core::guard;
use heeler_core::guard::policy::{Approval, Decision};
use heeler_core::plan::{self as scripts, ChangeFault, Hold, Present, Step};
use heeler_core::value::{Value, Why};
use tokio::time::Instant;

use super::cluster::drain;
use super::proof::{Proof, not_needed, prove};
use super::switch::{armed, undo_says};
use super::{Order, Refusal, Stop, cluster, reboot, residents, undo};
use crate::failure::Failure;
use crate::run::ask;
use crate::run::round::{self, Round};
use crate::run::session::Session;
use crate::run::settle;

/// A plan with what is needed to carry it out.
pub(super) struct Planned {
    /// The plan.
    pub plan: FixPlan,
    /// The boot that it is pinned to.
    pub boot: BootId,
    /// Who has to approve it.
    pub approval: Approval,
    /// The node's uptime in seconds when it was seen, and when that was.
    seen: (u64, Instant),
}

impl Planned {
    /// The lock that its change takes.
    pub(super) fn hold(&self, session: &Session, order: &Order<'_>) -> Hold {
        Hold {
            run: session.recorder.run(),
            by: session.place.caller.clone(),
            boot: self.boot.clone(),
            undo_after: order.rule.undo_after,
        }
    }

    /// The node's uptime now, in whole seconds.
    pub(super) fn uptime(&self) -> u64 {
        let (uptime, at) = self.seen;
        uptime.saturating_add(at.elapsed().as_secs())
    }
}

/// Makes the plan.
pub(super) async fn plan(session: &mut Session, order: &Order<'_>) -> Result<Planned, Stop> {
    let mut view = look_again(session, order).await?;
    // What somebody has left on the node is no present value to plan with.
    if settle::settle_found(session, slice::from_ref(&view)).await? {
        view = look_again(session, order).await?;
    }
    let seen = Instant::now();
    let uptime = view.ident.as_ref().map_or(0, |ident| ident.uptime_s);
    let ready = match order.rule.evictions() {
        Some(evictions) => drain::ready(session, order, (&view, evictions)).await?,
        None if order.rule.is_of_cluster() => cluster::ready(session, order, &view).await?,
        None => on_node(session, order, &view).await?,
    };
    let Ready {
        proof,
        changes,
        mut now,
        boot,
        armed,
    } = ready;
    if changes.is_empty() {
        return Err(not_needed(
            "what the fix sets is there already; there is nothing left to change",
        ));
    }
    now.extend(residents::told(session.cluster.as_deref(), &order.target, &changes).await);
    let decision = order.matter(session).decide()?;
    let mut plan = FixPlan {
        fix: order.rule.name.clone(),
        proof: proof.says,
        effect: proof.effect,
        pins: vec![(order.target.instance.clone(), boot.clone())],
        changes,
        now,
        undo: undo_says(order, armed),
        switch: armed,
        one_way: order.rule.is_one_way(),
        verify: order.rule.verify.that.text().to_owned(),
        hold_s: order.rule.verify.hold.as_secs(),
        within_s: order.rule.verify.within.as_secs(),
        inputs: inputs(order),
        ruling: Some(ruling(order, &decision)),
        digest: String::new(),
    };
    plan.digest = digest(session, order, &plan);
    let planned = Planned {
        plan,
        boot,
        approval: decision.approval,
        seen: (uptime, seen),
    };
    can_be_sent(session, order, &planned)?;
    Ok(planned)
}

/// What one command can't carry is not put before anybody.
fn can_be_sent(session: &Session, order: &Order<'_>, planned: &Planned) -> Result<(), Stop> {
    let steps = undo::steps(order.rule, &planned.plan.changes);
    if steps.is_empty() || order.rule.reboot().is_some() {
        return Ok(());
    }
    let hold = planned.hold(session, order);
    match scripts::change(&hold, u64::MAX, &steps, &ask::nonce()) {
        Ok(_) => Ok(()),
        Err(fault) => Err(Stop::Refused(Refusal::because(format!(
            "no command can carry its changes: {fault}; make two fixes of it"
        )))),
    }
}

/// What is known of a fix that could be made.
pub(super) struct Ready {
    /// The finding that was proved again, and what the fix comes to by that.
    pub(super) proof: Proof,
    /// What it changes; nothing, where all of it holds already.
    pub(super) changes: Vec<ChangePlan>,
    /// What is seen beside that and moves by itself, one line each.
    pub(super) now: Vec<String>,
    /// The boot that it is pinned to.
    pub(super) boot: BootId,
    /// The switch on the node, where there is one.
    pub(super) armed: Option<Armed>,
}

/// A fix that the node carries out.
async fn on_node(session: &mut Session, order: &Order<'_>, view: &View) -> Result<Ready, Stop> {
    let ident = view.ident.clone().ok_or_else(|| silent(&order.target))?;
    verified_cluster(session, &ident)?;
    nobody_else(view)?;
    let world = view.world(order.runbook, order.inputs, session.recorder.run());
    let proof = prove(order, &world)?;
    let wanted = wanted(order, &world)?;
    let present = present(session, order, &wanted).await?;
    let changes = changes(order, (&world, &ident.os_version), &present, &wanted)?;
    let (changes, now) = reboot::whole(session, order, changes).await?;
    Ok(Ready {
        proof,
        armed: match changes.is_empty() || order.rule.is_one_way() {
            true => None,
            false => Some(armed(order, &changes)?),
        },
        changes,
        now,
        boot: BootId(ident.boot_id),
    })
}

/// The inputs, without the secret ones.
fn inputs(order: &Order<'_>) -> Vec<(String, Value)> {
    let declared = order.runbook.inputs.iter().filter(|input| !input.secret);
    let given = declared.filter_map(|input| order.inputs.get_key_value(&input.name));
    given
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

pub(super) fn ruling(order: &Order<'_>, decision: &Decision) -> Ruling {
    Ruling {
        impact: order.rule.impact().name().to_owned(),
        approval: decision.approval.word().to_owned(),
        policy: order.policy.digest(),
        file: order.policy.file().map(str::to_owned),
        unkept: decision.unkept.iter().map(ToString::to_string).collect(),
    }
}

/// The digest of the plan as it is stored and shown: there a mark stands for each secret that a node
/// has printed, and whoever reads the plan has to come to the same digest.
pub(super) fn digest(session: &Session, order: &Order<'_>, plan: &FixPlan) -> String {
    let journal = session.recorder.journal();
    let shown = match journal.without_secrets(Event::FixPlanned(plan.clone())) {
        Event::FixPlanned(shown) => shown,
        _ => plan.clone(),
    };
    guard::plan_digest(&session.place, &order.runbook.digest, &shown).into()
}

/// A change of somebody else has to end first.
fn nobody_else(view: &View) -> Result<(), Stop> {
    match &view.held {
        None => Ok(()),
        Some(held) => Err(Stop::Refused(Refusal::because(
            ChangeFault::Held(Box::new(held.clone())).to_string(),
        ))),
    }
}

async fn look_again(session: &mut Session, order: &Order<'_>) -> Result<View, Stop> {
    let round = Round {
        runbook: order.runbook,
        inputs: order.inputs,
        purpose: "plan",
        only: None,
        unconfined: order.unconfined,
    };
    let mut views = vec![View::new(order.target.clone())];
    if let Some(failure) = round::look(session, &round, &mut views).await? {
        return Err(Stop::Failed(failure));
    }
    let view = views.pop().ok_or_else(|| silent(&order.target))?;
    match view.barred {
        Some(reason) => Err(Stop::Refused(Refusal::because(reason))),
        None => Ok(view),
    }
}

pub(super) fn silent(target: &NodeTarget) -> Stop {
    Stop::Failed(Failure::failed(
        "no-answer",
        "the node gave no answer, so there is nothing to plan with; nothing was changed",
        target.name(),
        "see the reason above; `heeler run` looks again",
    ))
}

/// A fix on an unverified cluster may hit somebody else's node. What only the instance's own tags
/// say is not what somebody meant.
pub(super) fn verified_cluster(session: &Session, ident: &Ident) -> Result<(), Stop> {
    let place = &session.place;
    if place.cluster_named && place.cluster.is_some() && place.cluster == ident.cluster {
        return Ok(());
    }
    Err(unverified(ident.cluster.as_deref()))
}

pub(super) fn unverified(own: Option<&str>) -> Stop {
    Stop::Refused(Refusal {
        reason: "the cluster is unverified: the kubeconfig or --cluster must name it, and the \
                 node must say the same of itself"
            .to_owned(),
        ways: match own {
            Some(own) => vec![format!(
                "# the node says {own}: if that is the one you mean, add --cluster {own}"
            )],
            None => Vec::new(),
        },
        code: None,
    })
}

pub(super) fn without_admin(order: &Order<'_>, wanted: &[String]) -> Vec<String> {
    let changes = order.rule.node_changes().zip(wanted);
    changes
        .flat_map(|(change, to)| change.without_admin(to))
        .collect()
}

/// The wanted value of each change, as the node writes it.
pub(super) fn wanted(order: &Order<'_>, world: &World) -> Result<Vec<String>, Stop> {
    order
        .rule
        .wanted(world)
        .map_err(|reason| Stop::Refused(Refusal::because(reason)))
}

/// What is there before each change, as the node writes it.
async fn present(
    session: &mut Session,
    order: &Order<'_>,
    wanted: &[String],
) -> Result<Vec<Present>, Stop> {
    let changes: Vec<_> = order.rule.node_changes().collect();
    let patience = scripts::patience(changes.iter().copied());
    let asked = ask::ask_one(session, "plan", &order.target, patience, |nonce| {
        scripts::present(&changes, nonce)
    })
    .await?;
    let answer = match asked {
        (Ok(answer), _) => answer,
        (Err(_), Some(failure)) => return Err(Stop::Failed(failure)),
        (Err(silence), None) => return Err(Stop::Refused(Refusal::because(silence.text))),
    };
    scripts::read_present(&answer, changes.len()).map_err(|why| {
        let ways = match why {
            Why::AdminOff => without_admin(order, wanted),
            _ => Vec::new(),
        };
        Stop::Refused(Refusal {
            reason: why.to_string(),
            ways,
            code: None,
        })
    })
}

fn changes(
    order: &Order<'_>,
    (world, os_version): (&World, &str),
    present: &[Present],
    wanted: &[String],
) -> Result<Vec<ChangePlan>, Stop> {
    let refused = |reason: String| Stop::Refused(Refusal::because(reason));
    let changes = order.rule.node_changes().zip(&order.rule.texts);
    let mut earlier = Vec::new();
    let rows = changes
        .zip(present.iter().zip(wanted))
        // What holds already is left alone.
        .filter(|(_, (present, to))| present.value != **to)
        .map(|((change, texts), (present, to))| {
            let from = &present.value;
            let back = match change.has_way_back() {
                true => Some(
                    change
                        .back(from, &texts.back_values(world))
                        .map_err(refused)?,
                ),
                false => None,
            };
            let back = back.filter(|back| back != from);
            let step = Step {
                change,
                from,
                to,
                back: back.as_deref().unwrap_or(from),
            };
            let effects = scripts::effects(&step, &present.services, &earlier, os_version);
            earlier.extend_from_slice(&present.services);
            let mut diff = format!("{} → {}", change.display(from), change.display(to));
            if let Some(back) = &back {
                diff += &format!("; the way back sets {}", change.display(back));
            }
            let commands = Commands {
                apply: change.apply(from, to),
                revert: change.has_way_back().then(|| change.apply(to, step.back)),
            };
            Ok(ChangePlan {
                instance: order.target.instance.clone(),
                subject: change.subject(),
                from: from.clone(),
                to: to.clone(),
                diff,
                back,
                effects: effects.map_err(refused)?,
                object: None,
                commands: Some(commands),
            })
        })
        .collect::<Result<Vec<_>, Stop>>()?;
    Ok(rows)
}
