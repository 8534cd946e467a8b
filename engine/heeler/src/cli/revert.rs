//! `heeler revert`: what a run of the past has changed is taken back. What the node has is asked of
//! the node; what the Kubernetes API has needs neither node nor AWS nor runbook, as the journal says
//! all of it.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use heeler_core::event::{BootId, ChangePlan, Exit, NodeTarget, RunId};
use heeler_core::guard::Caller;
use heeler_core::guard::policy::Policy;
use heeler_core::plan::Hold;
use heeler_core::report::Report;
use tokio_util::sync::CancellationToken;

use super::about::{Past, aim, as_then, rule};
use super::args::{Global, RevertArgs};
use super::standing::Standing;
use super::start::{self, Beginning};
use super::{place, policy, tell};
use crate::failure::Failure;
use crate::journal::Journal;
use crate::run::fix::{self, Undo};
use crate::run::session::Session;
use crate::run::{govern, shared};
use crate::world::resolve::Resolved;

/// How long it may take to say who asks: what they may do depends on it, and a login takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// Why a change is taken back.
const ASKED: &str = "somebody asked for it";

/// Takes back what a fix has changed; on several nodes one after the other, the last one first.
///
/// # Errors
/// Wrong use, the policy's own failures and those of the journal; everything else is in the report.
pub(super) async fn revert(
    global: &Global,
    args: &RevertArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let policy = policy::load(global)?;
    let journal = start::journal(Vec::new())?;
    let past = Past::read(&journal, &args.run).await?;
    if !past.is_ramp() {
        return match past.standing(&journal).await? {
            Standing::Changes(back, boot) => {
                revert_one(global, &policy, past, (back, boot), cancel).await
            }
            Standing::Nothing(why) => Err(past.nothing_stands(&why)),
        };
    }
    tell_if_open(&past);
    let (mut codes, mut runs) = (Vec::new(), past.standing_runs().into_iter());
    for run in runs.by_ref() {
        codes.push(
            match revert_of(global, &policy, (&journal, run), &cancel).await {
                Ok(Some(code)) => code,
                Ok(None) => continue,
                Err(failure) => {
                    // The other nodes are tried all the same.
                    tell(&failure.to_string());
                    failure.code()
                }
            },
        );
        if cancel.is_cancelled() {
            codes.push(Exit::Interrupted.code());
            break;
        }
    }
    for run in runs {
        tell(&format!("not tried: heeler revert {run}"));
    }
    worst(&codes).ok_or_else(|| {
        past.nothing_stands("it has changed nothing, or all of it was taken back already")
    })
}

/// Takes the fix of one of several nodes back; `None`: nothing of it stands.
async fn revert_of(
    global: &Global,
    policy: &Policy,
    (journal, run): (&Arc<dyn Journal>, RunId),
    cancel: &CancellationToken,
) -> Result<Option<u8>, Failure> {
    let own = Past::of(journal, run).await?;
    if own.report.fix.plan.is_none() {
        // It was started, and never came to a plan.
        return Ok(None);
    }
    match own.standing(journal).await? {
        Standing::Changes(back, boot) => {
            let reverted = revert_one(global, policy, own, (back, boot), cancel.clone());
            reverted.await.map(Some)
        }
        Standing::Nothing(_) => Ok(None),
    }
}

/// Whoever takes back beside a fix that goes on may be overtaken by it.
fn tell_if_open(past: &Past) {
    if !past.has_ended() {
        tell("that run has no recorded end: if it still goes on, stop it first");
    }
}

/// What went worst of several reverts: one that is no revert at all says more than one that is.
fn worst(codes: &[u8]) -> Option<u8> {
    let order = [Exit::Stuck, Exit::Interrupted, Exit::Failed, Exit::Refused];
    let known = order.into_iter().map(Exit::code);
    let worst = known.into_iter().find(|code| codes.contains(code));
    let back = Exit::Reverted.code();
    let other = codes.iter().copied().find(|code| *code != back);
    worst.or(other).or_else(|| codes.first().copied())
}

async fn revert_one(
    global: &Global,
    policy: &Policy,
    past: Past,
    (back, boot): (Vec<ChangePlan>, BootId),
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let one_way = past.plan()?.one_way;
    match fix::is_in_cluster(&back) && !one_way {
        true => in_cluster(global, policy, &past, &back, cancel).await,
        false => on_node(global, policy, &past, (back, boot), cancel).await,
    }
}

/// Takes changes in the Kubernetes API back, by what the journal says of them.
async fn in_cluster(
    global: &Global,
    policy: &Policy,
    past: &Past,
    back: &[ChangePlan],
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    tell_if_open(past);
    // What is set comes from its records alone.
    let journal = start::journal(Vec::new())?;
    let broken = start::unbroken(&journal, past.run).await;
    broken.map_err(|failure| Failure {
        help: format!(
            "nothing is taken back by these records; `heeler report {}` shows the plan that they have: compare it \
             with the object (`kubectl get … -o yaml --show-managed-fields`), and set the old value by hand",
            past.run
        ),
        ..failure
    })?;
    let (order, fix, target) = (past.order()?, &past.plan()?.fix, past.target(None)?);
    let beginning = Beginning {
        command: "revert",
        file: order.file.clone(),
        runbook: (&order.runbook, &order.digest),
        inputs: Vec::new(),
        about: Some(past.run),
        unconfined: false,
    };
    let mut recorder = start::begin(journal, beginning).await?;
    let found = tokio::select! {
        found = cluster_of(past, global, &target) => found,
        () = cancel.cancelled() => Err(Failure::interrupted("interrupted before anybody was asked")),
    };
    let resolved = match found {
        Ok(resolved) => resolved,
        Err(failure) => return start::finish(&mut recorder, Err(failure), global.output).await,
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let denied = govern::revert(policy, (&session.place, &target), &order.runbook, fix);
    let outcome = match denied {
        Err(denied) => Err(denied.failure(policy)),
        Ok(()) => fix::undo_in_cluster(&mut session, back, (Caller::Person, ASKED))
            .await
            .map_err(|why| fix::in_doubt_in_cluster(past.run, &why)),
    };
    end(session, (past, &target), outcome, global).await
}

/// The cluster that the run was about, by its kubeconfig alone.
async fn cluster_of(
    past: &Past,
    global: &Global,
    target: &NodeTarget,
) -> Result<Resolved, Failure> {
    let then = past.place()?;
    let global = as_then(global, then);
    let cluster = start::cluster(&global)?;
    let (mut place, unknown) = place::of_cluster(&global, cluster.as_ref(), PATIENCE).await?;
    // The cluster's own account matters here, and not whose credentials these are.
    if let Some(account) = &cluster.context().account {
        place.account.clone_from(account);
    } else if place.account.is_empty() {
        // Nobody says another one.
        place.account.clone_from(&then.account);
    }
    past.same_place(then, &place)?;
    let aws = start::aws(&global, &place.region).await?;
    Ok(Resolved {
        place,
        targets: vec![target.clone()],
        blocked: Vec::new(),
        notes: Vec::from_iter(unknown),
        aws,
        cluster: Some(cluster),
    })
}

/// Takes changes of a node back, with the scripts of the runbook as it is now.
async fn on_node(
    global: &Global,
    policy: &Policy,
    past: &Past,
    (back, boot): (Vec<ChangePlan>, BootId),
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let entry = past.runbook(global)?;
    let (inputs, secrets) = past.inputs_by(&entry.runbook);
    let journal = start::journal(secrets)?;
    let plan = past.plan()?;
    let rule = rule(&entry.runbook, &plan.fix)?;
    let target = past.target(None)?;
    let beginning = Beginning {
        command: "revert",
        file: entry.file.clone(),
        runbook: (&entry.runbook.name, &entry.runbook.digest),
        inputs,
        about: Some(past.run),
        unconfined: false,
    };
    let mut recorder = start::begin(journal.clone(), beginning).await?;
    let resolved = match past
        .locate(global, slice::from_ref(&target), &journal, &cancel)
        .await
    {
        Ok(resolved) => resolved,
        Err(failure) => return start::finish(&mut recorder, Err(failure), global.output).await,
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let target = aim(&resolved, &target);
    let (place, name) = (&session.place, &entry.runbook.name);
    if let Err(denied) = govern::revert(policy, (place, &target), name, &rule.name) {
        let denied = Err(denied.failure(policy));
        return start::finish(&mut session.recorder, denied, global.output).await;
    }
    let undo = Undo {
        rule,
        target: &target,
        back,
        hold: Hold {
            run: past.run,
            by: session.place.caller.clone(),
            boot,
            undo_after: rule.undo_after,
        },
        caller: Caller::Person,
        knows_it_began: past.has_applied(),
    };
    let outcome = match plan.one_way {
        true => Ok(fix::no_way_back(&mut session, &undo, &plan.changes).await),
        false => fix::undo(&mut session, &undo, ASKED)
            .await
            .map_err(|why| fix::in_doubt(past.run, rule, &why)),
    };
    end(session, (past, &target), outcome, global).await
}

/// What was taken back is nobody's turn any more.
async fn end(
    mut session: Session,
    (past, target): (&Past, &NodeTarget),
    outcome: Result<Exit, Failure>,
    global: &Global,
) -> Result<u8, Failure> {
    let own = Report::fold(session.recorder.records());
    // A fix that may go on keeps its turn until the old value was set again, which keeps it off.
    let is_over =
        past.has_ended() || !fix::is_in_cluster(&past.plan()?.changes) || own.fix.was_set_back();
    if outcome == Ok(Exit::Reverted) && is_over {
        shared::end_of(&session, past.run, &target.instance).await;
    }
    start::finish(&mut session.recorder, outcome, global.output).await
}
