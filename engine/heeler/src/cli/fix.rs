//! `heeler plan`, `heeler fix` and `heeler revert`: a run of the past, its nodes, and what is done
//! about them.

use std::slice;
use std::sync::Arc;

use heeler_core::event::{Exit, NodeTarget, RunId};
use heeler_core::guard::Caller;
use heeler_core::guard::policy::Policy;
use heeler_core::plan::Hold;
use tokio_util::sync::CancellationToken;

use super::about::{Past, aim, rule};
use super::args::{FixArgs, Global, OfferArgs, PlanArgs, RevertArgs};
use super::inputs::{self, Given};
use super::operator::Operator;
use super::policy;
use super::start::{self, Beginning};
use super::tell;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::run::fix::{self, Beside, Order, Undo};
use crate::run::govern;
use crate::run::recorder::Recorder;
use crate::run::shared;

/// Shows what a fix would do.
///
/// # Errors
/// Wrong use, the policy's own failures and those of the journal; everything else is in the report.
pub(super) async fn plan(
    global: &Global,
    args: &PlanArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let policy = policy::load(global)?;
    let intent = Intent {
        command: "plan",
        policy: &policy,
        plan: None,
        operator: Operator::new(None),
        approvals: &[],
    };
    let (mut recorder, outcome) = carry_out(global, &args.offer, intent, cancel).await?;
    start::finish_plan(&mut recorder, outcome, global.output).await
}

/// Applies a fix that a run has offered.
///
/// # Errors
/// As [`plan`].
pub(super) async fn fix(
    global: &Global,
    args: &FixArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let policy = policy::load(global)?;
    let intent = Intent {
        command: "fix",
        policy: &policy,
        plan: args.plan.as_deref(),
        operator: Operator::new(args.yes.clone()),
        approvals: &args.approval,
    };
    let (mut recorder, outcome) = carry_out(global, &args.offer, intent, cancel).await?;
    start::finish(&mut recorder, outcome, global.output).await
}

/// How far a fix is to go, and who agrees to it.
struct Intent<'a> {
    /// `plan` or `fix`.
    command: &'a str,
    policy: &'a Policy,
    /// The run whose plan is applied.
    plan: Option<&'a str>,
    operator: Operator,
    approvals: &'a [String],
}

/// Carries it as far as that, and gives what became of it.
async fn carry_out(
    global: &Global,
    offer: &OfferArgs,
    mut intent: Intent<'_>,
    cancel: CancellationToken,
) -> Result<(Recorder, Result<Exit, Failure>), Failure> {
    let journal = start::journal(Vec::new())?;
    let past = Past::read(&journal, &offer.run).await?;
    let entry = past.unchanged_runbook(global)?;
    let rule = rule(&entry.runbook, &offer.fix)?;
    let tokens = inputs::approvals(intent.approvals)?;
    let earlier = match intent.plan {
        Some(run) => Some(past.earlier(&journal, (run, &rule.name), tokens).await?),
        None => None,
    };
    let given = Given::read(&entry.runbook, past.inputs(), &offer.input)?;
    let journal = start::journal(given.secrets())?;
    let inputs = given.values(&entry.runbook)?;
    let targets = match offer.all {
        true => past.offered(rule)?,
        false => vec![past.target(offer.instance.as_deref())?],
    };
    let beginning = Beginning {
        command: intent.command,
        file: entry.file.clone(),
        runbook: &entry.runbook,
        inputs: given.typed(),
        about: Some(past.run),
        unconfined: past.unconfined(),
    };
    let recorder = start::begin(journal.clone(), beginning).await?;
    let resolved = match past.locate(global, &targets, &journal, &cancel).await {
        Ok(resolved) => resolved,
        Err(failure) => return Ok((recorder, Err(failure))),
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let order = |target: &NodeTarget| Order {
        runbook: &entry.runbook,
        inputs: &inputs,
        rule,
        target: target.clone(),
        plan_only: intent.command == "plan",
        unconfined: past.unconfined(),
        policy: intent.policy,
        earlier: earlier.as_ref(),
        consent: None,
        beside: Beside::default(),
    };
    let orders: Vec<Order<'_>> = resolved.open().map(order).collect();
    let outcome = match orders.as_slice() {
        [only] if !offer.all => fix::fix(&mut session, only, &mut intent.operator).await,
        all => fix::ramp(&mut session, all, &mut intent.operator).await,
    };
    Ok((session.recorder, outcome))
}

/// Takes back what a fix has changed; on several nodes one after the other, the last one first.
///
/// # Errors
/// As [`fix`].
pub(super) async fn revert(
    global: &Global,
    args: &RevertArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let policy = policy::load(global)?;
    let journal = start::journal(Vec::new())?;
    let past = Past::read(&journal, &args.run).await?;
    if !past.is_ramp() {
        return revert_one(global, &policy, past, cancel).await;
    }
    if !past.has_ended() {
        tell("that run has no recorded end: if it still goes on, stop it first");
    }
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
    worst(&codes)
        .ok_or_else(|| past.unusable("it has changed nothing, or all of it was taken back"))
}

/// Takes the fix of one of several nodes back; `None`: nothing of it stands.
async fn revert_of(
    global: &Global,
    policy: &Policy,
    (journal, run): (&Arc<dyn Journal>, RunId),
    cancel: &CancellationToken,
) -> Result<Option<u8>, Failure> {
    let own = Past::of(journal, run).await?;
    if !own.may_stand() {
        return Ok(None);
    }
    revert_one(global, policy, own, cancel.clone())
        .await
        .map(Some)
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
    cancel: CancellationToken,
) -> Result<u8, Failure> {
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
    };
    let outcome = match plan.one_way {
        true => Ok(fix::no_way_back(&mut session, &undo).await),
        false => fix::undo(&mut session, &undo, "somebody asked for it")
            .await
            .map_err(|why| fix::in_doubt(&session, rule, &why)),
    };
    if outcome == Ok(Exit::Reverted) {
        shared::end_of(&session, past.run, &target.instance).await;
    }
    start::finish(&mut session.recorder, outcome, global.output).await
}
