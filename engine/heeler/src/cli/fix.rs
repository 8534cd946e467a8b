//! `heeler fix` and `heeler revert`: a run of the past, its node, and what is done about it.

use std::sync::Arc;
use std::time::Duration;

use heeler_core::event::{BootId, ChangePlan, Direction, Exit, FixPlan, NodeTarget, RunId, Where};
use heeler_core::report::{self, Outcome, Report};
use heeler_core::runbook::{FixRule, Runbook};
use heeler_core::syntax;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::approve::Operator;
use super::args::{FixArgs, Global, RevertArgs};
use super::inputs::Given;
use super::start::{self, Beginning};
use crate::failure::Failure;
use crate::journal::Journal;
use crate::library::{Entry, Library};
use crate::run::ask::EXPIRY;
use crate::run::fix::{self, Caller, Order, Undo};
use crate::run::recorder::journal_failure;
use crate::run::session::Session;
use crate::world::resolve::{Ask, Resolved};

/// A change expires by the node's whole seconds of uptime, as they were known here.
const EXPIRY_MARGIN: Duration = Duration::from_secs(5);

/// Applies a fix that a run has offered.
///
/// # Errors
/// Wrong use, and failures of the journal; everything else is in the report.
pub(super) async fn fix(
    global: &Global,
    args: &FixArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let past = Past::read(&start::journal(Vec::new())?, &args.run).await?;
    let entry = past.unchanged_runbook(global)?;
    let rule = rule(&entry.runbook, &args.fix)?;
    let given = Given::read(&entry.runbook, past.inputs(), &args.input)?;
    let journal = start::journal(given.secrets())?;
    let inputs = given.values(&entry.runbook)?;
    let target = past.target(args.instance.as_deref())?;
    let about = Some(past.run);
    let beginning = Beginning {
        command: "fix",
        file: entry.file.clone(),
        runbook: &entry.runbook,
        inputs: given.typed(),
        about,
        unconfined: past.unconfined(),
    };
    let mut recorder = start::begin(journal.clone(), beginning).await?;
    let resolved = match past.locate(global, &target, &journal, &cancel).await {
        Ok(resolved) => resolved,
        Err(failure) => return start::finish(&mut recorder, Err(failure), global.output).await,
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let order = Order {
        runbook: &entry.runbook,
        inputs: &inputs,
        rule,
        target: aim(&resolved, &target),
        plan_only: args.plan,
        unconfined: past.unconfined(),
    };
    let mut operator = Operator::new(args.yes.clone());
    let outcome = fix::fix(&mut session, &order, &mut operator).await;
    start::finish(&mut session.recorder, outcome, global.output).await
}

/// Takes back what a fix has changed.
///
/// # Errors
/// As [`fix`].
pub(super) async fn revert(
    global: &Global,
    args: &RevertArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let past = Past::read(&start::journal(Vec::new())?, &args.run).await?;
    let entry = past.runbook(global)?;
    let (inputs, secrets) = past.inputs_by(&entry.runbook);
    let journal = start::journal(secrets)?;
    let plan = past.plan()?.clone();
    let rule = rule(&entry.runbook, &plan.fix)?;
    let (back, boot) = past.standing(&plan)?;
    let target = past.target(None)?;
    let about = Some(past.run);
    let beginning = Beginning {
        command: "revert",
        file: entry.file.clone(),
        runbook: &entry.runbook,
        inputs,
        about,
        unconfined: false,
    };
    let mut recorder = start::begin(journal.clone(), beginning).await?;
    let resolved = match past.locate(global, &target, &journal, &cancel).await {
        Ok(resolved) => resolved,
        Err(failure) => return start::finish(&mut recorder, Err(failure), global.output).await,
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let target = aim(&resolved, &target);
    let undo = Undo {
        rule,
        target: &target,
        back,
        boot,
        caller: Caller::Person,
    };
    let outcome = match past.expired(&mut session).await {
        Ok(()) => Ok(fix::undo(&mut session, &undo, "somebody asked for it").await),
        Err(failure) => Err(failure),
    };
    start::finish(&mut session.recorder, outcome, global.output).await
}

/// A run of the journal that something is done about.
struct Past {
    run: RunId,
    report: Report,
}

impl Past {
    async fn read(journal: &Arc<dyn Journal>, wanted: &str) -> Result<Self, Failure> {
        let run = start::find_run(journal, wanted).await?;
        let records = journal
            .records(run)
            .await
            .map_err(|fault| journal_failure(&fault))?;
        Ok(Past {
            run,
            report: Report::fold(&records),
        })
    }

    /// The runbook as it is now: taking back needs no more of it than its changes.
    fn runbook(&self, global: &Global) -> Result<Entry, Failure> {
        let order = self.order()?;
        Library::new(global.runbooks.clone()).again(&order.runbook, order.file.as_deref())
    }

    fn order(&self) -> Result<&report::Order, Failure> {
        self.report
            .order
            .as_ref()
            .ok_or_else(|| self.unusable("it has no beginning"))
    }

    /// The runbook, which must be as it was then: a fix of another text is not what was offered.
    fn unchanged_runbook(&self, global: &Global) -> Result<Entry, Failure> {
        let entry = self.runbook(global)?;
        let order = self.order()?;
        if entry.runbook.digest == order.digest {
            return Ok(entry);
        }
        Err(Failure {
            ending: crate::failure::Ending::Run(Exit::Refused),
            ..Failure::failed(
                "changed-runbook",
                format!("the runbook {} has changed since this run", order.runbook),
                format!("run {}", self.run),
                "run it again, or give the same --runbooks folder as then",
            )
        })
    }

    /// Whether the run was allowed to ask scripts of the runbook's own: then so is its fix.
    fn unconfined(&self) -> bool {
        self.report
            .order
            .as_ref()
            .is_some_and(|order| order.unconfined)
    }

    /// The run's inputs as they were typed; the journal has no secrets.
    fn inputs(&self) -> &[(String, String)] {
        let order = self.report.order.as_ref();
        order
            .map(|order| order.inputs.as_slice())
            .unwrap_or_default()
    }

    /// The same, and apart from them the texts of those that the runbook has called secret since.
    fn inputs_by(&self, runbook: &Runbook) -> (Vec<(String, String)>, Vec<String>) {
        let is_secret = |name: &str| {
            let mut inputs = runbook.inputs.iter();
            inputs.any(|input| input.secret && input.name == name)
        };
        let inputs = self.inputs().iter().cloned();
        let (secret, typed): (Vec<_>, Vec<_>) = inputs.partition(|(name, _)| is_secret(name));
        (typed, secret.into_iter().map(|(_, text)| text).collect())
    }

    fn target(&self, wanted: Option<&str>) -> Result<NodeTarget, Failure> {
        let targets: Vec<&NodeTarget> = self.report.nodes.iter().map(|node| &node.target).collect();
        let named = |target: &&&NodeTarget| {
            wanted.is_none_or(|name| target.name() == name || target.instance.as_str() == name)
        };
        let fitting: Vec<&&NodeTarget> = targets.iter().filter(named).collect();
        match fitting.as_slice() {
            [only] => Ok((**only).clone()),
            [] => Err(self.unusable("it has no such node")),
            _ => Err(Failure::usage(
                "several-nodes",
                "the run looked at several nodes, and a fix is about one".to_owned(),
                format!("run {}", self.run),
                format!(
                    "name it with --instance: {}",
                    targets
                        .iter()
                        .map(|t| t.instance.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            )),
        }
    }

    /// The same node again, found by its pinned instance, in the same account and region; with the
    /// names by which people knew it then.
    async fn locate(
        &self,
        global: &Global,
        target: &NodeTarget,
        journal: &Arc<dyn Journal>,
        cancel: &CancellationToken,
    ) -> Result<Resolved, Failure> {
        let then = self
            .report
            .place
            .clone()
            .ok_or_else(|| self.unusable("it was never located"))?;
        let mut global = global.clone();
        global.context = global.context.or_else(|| then.context.clone());
        global.profile = global.profile.or_else(|| then.profile.clone());
        // What only the instance's tags said then is not what somebody has named.
        let named = then.cluster.as_ref().filter(|_| then.cluster_named);
        let ask = Ask {
            instances: vec![target.instance.clone()],
            region: Some(global.region.clone().unwrap_or_else(|| then.region.clone())),
            cluster: global.cluster.clone().or_else(|| named.cloned()),
            ..Ask::default()
        };
        let resolved = start::locate(&global, &ask, journal, cancel).await?;
        self.same_place(&then, &resolved.place)?;
        match resolved.blocked.first() {
            Some((_, error)) => Err(crate::run::ask::world_failure(error)),
            None => Ok(Resolved {
                targets: vec![aim(&resolved, target)],
                ..resolved
            }),
        }
    }

    fn same_place(&self, then: &Where, now: &Where) -> Result<(), Failure> {
        let known = |place: &Where| (place.account.clone(), place.region.clone());
        if known(then) == known(now) && (then.cluster.is_none() || then.cluster == now.cluster) {
            return Ok(());
        }
        let says = |place: &Where| {
            let cluster = place.cluster.as_deref().unwrap_or("cluster unknown");
            format!("{cluster} {} {}", place.account, place.region)
        };
        Err(Failure {
            ending: crate::failure::Ending::Run(Exit::Refused),
            ..Failure::failed(
                "other-place",
                format!(
                    "the run was about {}, and this is {}",
                    says(then),
                    says(now)
                ),
                format!("run {}", self.run),
                "use the same --context, --profile, --region and --cluster as then",
            )
        })
    }

    fn plan(&self) -> Result<&FixPlan, Failure> {
        self.report.fix.plan.as_ref().ok_or_else(|| {
            self.unusable("it has planned no fix; `heeler runs` lists the runs of fixes as `fix`")
        })
    }

    /// Waits until a change whose end is not known can't be carried out any more: what is looked
    /// at earlier may still move.
    async fn expired(&self, session: &mut Session) -> Result<(), Failure> {
        let in_doubt = self
            .report
            .fix
            .changes
            .iter()
            .any(|c| c.outcome == Outcome::InDoubt);
        let since = self
            .report
            .last_at
            .map(|at| Timestamp::now().duration_since(at));
        let since = since
            .and_then(|since| Duration::try_from(since).ok())
            .unwrap_or_default();
        let left = (EXPIRY + EXPIRY_MARGIN).saturating_sub(since);
        if in_doubt && !left.is_zero() {
            let text = format!(
                "waiting {} s: until then the change may still arrive",
                left.as_secs()
            );
            session.note("waits-for-expiry", text).await?;
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = session.cancel.cancelled() => {}
            }
        }
        if session.cancel.is_cancelled() {
            return Err(Failure::interrupted(
                "interrupted before anything was taken back",
            ));
        }
        Ok(())
    }

    /// The way back of all that may stand on the node.
    fn standing(&self, plan: &FixPlan) -> Result<(Vec<ChangePlan>, BootId), Failure> {
        let started = |change: &&ChangePlan| {
            self.report.fix.changes.iter().any(|course| {
                course.direction == Direction::Apply
                    && course.subject == change.subject
                    && !matches!(course.outcome, Outcome::Failed(_))
            })
        };
        let back: Vec<ChangePlan> = plan
            .changes
            .iter()
            .rev()
            .filter(started)
            .map(fix::back)
            .collect();
        let pin = plan.pins.first().map(|(_, boot)| boot.clone());
        match pin {
            Some(boot) if !back.is_empty() => Ok((back, boot)),
            _ => Err(self.unusable("it has changed nothing")),
        }
    }

    fn unusable(&self, what: &str) -> Failure {
        Failure::failed(
            "unusable-run",
            format!("this run can't be used for that: {what}"),
            format!("run {}", self.run),
            format!("`heeler report {}` shows it", self.run),
        )
    }
}

/// The node as it was resolved just now, with the pod that it was about then.
fn aim(resolved: &Resolved, then: &NodeTarget) -> NodeTarget {
    let now = resolved
        .targets
        .iter()
        .find(|target| target.instance == then.instance);
    let mut target = now.cloned().unwrap_or_else(|| then.clone());
    target.pod.clone_from(&then.pod);
    target.node = target.node.or_else(|| then.node.clone());
    target
}

fn rule<'a>(runbook: &'a Runbook, wanted: &str) -> Result<&'a FixRule, Failure> {
    runbook
        .fixes
        .iter()
        .find(|fix| fix.name == wanted)
        .ok_or_else(|| {
            let names: Vec<&str> = runbook.fixes.iter().map(|fix| fix.name.as_str()).collect();
            let help = match syntax::nearest(wanted, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has: {}", names.join(", ")),
            };
            Failure::failed(
                "unknown-fix",
                format!("there is no fix `{}`", wanted.escape_debug()),
                format!("runbook {}", runbook.name),
                help,
            )
        })
}
