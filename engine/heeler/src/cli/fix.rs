//! `heeler plan`, `heeler fix` and `heeler revert`: a run of the past, its node, and what is done about it.

use heeler_core::event::Exit;
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
use crate::failure::Failure;
use crate::run::fix::{self, Order, Undo};
use crate::run::govern;
use crate::run::recorder::Recorder;

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
    let target = past.target(offer.instance.as_deref())?;
    let beginning = Beginning {
        command: intent.command,
        file: entry.file.clone(),
        runbook: &entry.runbook,
        inputs: given.typed(),
        about: Some(past.run),
        unconfined: past.unconfined(),
    };
    let recorder = start::begin(journal.clone(), beginning).await?;
    let resolved = match past.locate(global, &target, &journal, &cancel).await {
        Ok(resolved) => resolved,
        Err(failure) => return Ok((recorder, Err(failure))),
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let order = Order {
        runbook: &entry.runbook,
        inputs: &inputs,
        rule,
        target: aim(&resolved, &target),
        plan_only: intent.command == "plan",
        unconfined: past.unconfined(),
        policy: intent.policy,
        earlier: earlier.as_ref(),
    };
    let outcome = fix::fix(&mut session, &order, &mut intent.operator).await;
    Ok((session.recorder, outcome))
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
    let policy = policy::load(global)?;
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
    let (place, name) = (&session.place, &entry.runbook.name);
    if let Err(denied) = govern::revert(&policy, (place, &target), name, &rule.name) {
        let denied = Err(denied.failure(&policy));
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
    start::finish(&mut session.recorder, outcome, global.output).await
}
