//! `heeler plan` and `heeler fix`: a run of the past, its nodes, and what is done about them.

use heeler_core::event::{Exit, NodeTarget};
use heeler_core::guard::policy::Policy;
use heeler_core::report::Style;
use tokio_util::sync::CancellationToken;

use super::about::{Past, rule};
use super::args::{FixArgs, Global, OfferArgs, PlanArgs};
use super::inputs::{self, Given};
use super::operator::Operator;
use super::policy;
use super::start::{self, Beginning};
use crate::failure::Failure;
use crate::run::fix::{self, Beside, Order};
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
    let style = Style {
        commands: args.commands,
        ..start::style()
    };
    start::finish_plan(&mut recorder, outcome, (global.output, &style)).await
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
        runbook: (&entry.runbook.name, &entry.runbook.digest),
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
