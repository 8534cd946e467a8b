//! `heeler approve`: shows somebody else's plan, asks, and prints the approval: one line.

use std::io::Write as _;

use heeler_core::event::{Event, Exit, FixPlan, RunId, Where};
use heeler_core::guard::approval::{ApprovalId, Statement, Token};
use heeler_core::guard::policy::Policy;
use heeler_core::guard::{PlanFile, short_caller};
use heeler_core::report::{self, Style};
use serde_json::json;
use uuid::Uuid;

use super::args::{ApproveArgs, Global, Output};
use super::operator;
use super::{plan_file, policy, progress, said, start};
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::run::govern::{self, Matter};
use crate::run::recorder::Recorder;
use crate::world::port::Caller;

/// Approves a plan.
///
/// # Errors
/// Wrong use, a plan that is not as it was written, and everything that keeps this caller from
/// approving it.
pub(super) async fn approve(global: &Global, args: &ApproveArgs) -> Result<u8, Failure> {
    let policy = policy::load(global)?;
    let journal = start::journal(Vec::new())?;
    let file = match is_path(&args.plan) {
        true => plan_file::read(&args.plan)?,
        false => {
            let run = start::find_run(&journal, &args.plan).await?;
            start::unbroken(&journal, run).await?;
            let records = start::records(&journal, run).await?;
            plan_file::of_run(&records).ok_or_else(|| no_plan(run))?
        }
    };
    let refused = |code, what: String, help| Failure::refused(code, what, place(&file), help);
    let digest = file.digest();
    let digest = digest.map_err(|fault| refused(fault.code(), fault.to_string(), fault.help()))?;
    same_policy(&policy, &file)?;
    let aws = start::aws(global, &file.place.region).await?;
    let caller = aws.sts.caller().await;
    let caller = caller.map_err(|error| world_failure(&error.into()))?;
    may_approve(&policy, &file, &caller)?;
    agree(args, &file)?;
    let statement = Statement {
        plan: digest,
        run: file.run,
        id: ApprovalId::new(Uuid::now_v7()),
    };
    let url = aws.sts.presign(&statement).await;
    let url = url.map_err(|error| world_failure(&error.into()))?;
    let recorder = Recorder::new(RunId::new(Uuid::now_v7()), journal, progress::watcher());
    record(recorder, &file, &caller, &statement).await?;
    let (id, run) = (statement.id.to_string(), statement.run.uuid());
    let token = Token::new(statement, url).encode();
    match global.output {
        Output::Text => said::say(&format!("{token}\n")),
        Output::Json | Output::Sarif => {
            let json = json!({ "format": 1, "approval": token, "id": id, "run": run });
            said::say(&format!("{json:#}\n"));
        }
    }
    let next = format!(
        "it ends in 15 minutes; whoever asked applies it with\n  {}\n",
        file.apply
    );
    // If nobody listens, the approval is there all the same.
    let _ = std::io::stderr().write_all(report::clean_lines(&next).as_bytes());
    let _ = std::io::stderr().write_all(b"\n");
    Ok(Exit::Clear.code())
}

/// Ids of runs have letters and digits only.
fn is_path(text: &str) -> bool {
    text.contains(['/', '\\', '.'])
}

fn place(file: &PlanFile) -> String {
    format!("plan of run {}", file.run)
}

fn no_plan(run: RunId) -> Failure {
    Failure::failed(
        "unusable-run",
        "this run can't be used for that: it has made no plan",
        format!("run {run}"),
        "name the run of a `heeler plan`",
    )
}

/// A plan under another policy may need other people than these.
fn same_policy(policy: &Policy, file: &PlanFile) -> Result<(), Failure> {
    let then = file.plan.ruling.as_ref().map(|ruling| &ruling.policy);
    if then == Some(&policy.digest()) {
        return Ok(());
    }
    Err(Failure::refused(
        "policy-other",
        "the plan was made under another policy than the one that is here",
        place(file),
        "use the same file as whoever made the plan: name it with --policy",
    ))
}

/// Whoever applies the plan asks the same again; here it saves everybody the time.
fn may_approve(policy: &Policy, file: &PlanFile, caller: &Caller) -> Result<(), Failure> {
    let denied = |denied: govern::Denied| denied.failure(policy);
    let approver = govern::identity(&caller.arn).map_err(denied)?;
    let matter = Matter {
        policy,
        place: &file.place,
        targets: &file.nodes,
        runbook: &file.runbook,
        fix: Some(&file.plan.fix),
        // Who may approve does not hang on what it can do.
        impact: heeler_core::action::Impact::Reversible,
        is_counted: false,
    };
    matter.accept(&approver, &[]).map_err(denied)
}

/// Shows the plan, and asks, unless its digest was given.
fn agree(args: &ApproveArgs, file: &PlanFile) -> Result<(), Failure> {
    let FixPlan { fix, .. } = &file.plan;
    let style = Style {
        commands: args.commands,
        ..start::style()
    };
    // The digest binds to the caller's ARN, and not to the short name beside it.
    let there = Where {
        caller: short_caller(&file.place.caller_arn),
        ..file.place.clone()
    };
    let wish = format!("{} wants to apply {fix} of {}", there.caller, file.runbook);
    let shown = report::plan_text(&wish, (&there, &file.nodes), &file.plan, &style);
    let withheld = |why: String| {
        Failure::refused(
            "approval-withheld",
            why,
            place(file),
            "read the plan, and approve it only if it is what you want",
        )
    };
    match &args.yes {
        Some(digits) if file.plan.is_meant_by(digits) => Ok(()),
        Some(digits) => Err(withheld(format!(
            "the plan's digest is {}, and {} was approved",
            file.plan.short_digest(),
            digits.escape_debug()
        ))),
        None if operator::is_there() => {
            operator::ask_for(&shown, &file.plan, "approve").map_err(withheld)
        }
        None => {
            // What can't be asked about can be read all the same.
            let _ = std::io::stderr().write_all(shown.as_bytes());
            Err(withheld(
                "nobody can be asked without a terminal: approve it with --yes and its digest"
                    .to_owned(),
            ))
        }
    }
}

/// Writes down what was signed, before anybody can have it.
async fn record(
    mut recorder: Recorder,
    file: &PlanFile,
    caller: &Caller,
    statement: &Statement,
) -> Result<(), Failure> {
    let name = short_caller(&caller.arn);
    let text = format!(
        "{name} has approved {} of {}, plan {} of run {}, for {}: approval {}",
        file.plan.fix,
        file.runbook,
        statement.plan.short(),
        file.run,
        file.place.caller,
        statement.id
    );
    let events = vec![
        Event::RunStarted {
            command: "approve".to_owned(),
            runbook: file.runbook.clone(),
            digest: file.runbook_sha256.clone(),
            file: None,
            inputs: Vec::new(),
            about: Some(file.run),
            unconfined: false,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        Event::Located {
            place: Where {
                caller: name,
                caller_arn: caller.arn.clone(),
                context: None,
                profile: None,
                ..file.place.clone()
            },
        },
        Event::Noted {
            code: "approved".to_owned(),
            text,
        },
    ];
    recorder.record_all(events).await?;
    recorder.conclude(Ok(Exit::Clear)).await;
    match recorder.broken() {
        Some(failure) => Err(failure.clone()),
        None => Ok(()),
    }
}
