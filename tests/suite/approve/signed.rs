//! From the plan to the fix by way of another person, and once only.

use anyhow::{Result, ensure};

use super::two::{ANOTHER, Two};
use crate::fix::repair::{AFTER, BEFORE};
use crate::harness::Context;

pub(super) fn kept(context: &Context) -> Result<()> {
    let two = Two::under(context, ANOTHER)?;
    let operator = &two.repair.operator;
    let planned = two.plan()?;
    for part in [
        "it is reversible: another person has to approve",
        &format!("heeler plan {} shorten-time-wait", two.repair.run),
        "--output json > plan.json",
        "heeler approve plan.json",
        "--approval @approval.txt",
    ] {
        planned.ended.expect_stdout(part)?;
    }
    // Neither the operator's digest nor the prompt is enough, and what is says itself.
    let refused = two.fix(&format!("--yes {}", planned.digest))?;
    let refused = refused.expect_exit(5)?;
    refused
        .expect_stdout("needs the approval of another person")?
        .expect_stdout("heeler approve plan.json")?;
    operator.expect_time_wait(BEFORE)?;

    let yes = format!("--yes {}", planned.digest);
    let approved = two.approve(&planned.file, &yes)?.expect_exit(0)?;
    let approval = approved.stdout.trim();
    ensure!(
        approved.stdout.lines().count() == 1 && approval.starts_with("heeler-approval1."),
        "{approved}"
    );
    approved.expect_stderr(&format!(
        "--plan {} --approval @approval.txt",
        planned.short
    ))?;

    let fixed = two.apply(&planned, approval)?.expect_exit(0)?;
    fixed
        .expect_stdout("by ops/bob, whose signature AWS acknowledges")?
        .expect_stdout("kept")?;
    operator.expect_time_wait(AFTER)?;

    let fix = two.repair.latest()?;
    two.repair
        .heeler(&format!("revert {fix}"))?
        .expect_exit(6)?;
    operator.expect_time_wait(BEFORE)?;
    // The table fills again: until then there is nothing to cure, or another finding to cure it for,
    // which are other refusals.
    for _ in 0..20 {
        let again = two.fix(&format!(
            "--plan {} --approval {approval} --output json",
            planned.short
        ))?;
        let again = again.expect_exit(5)?;
        if again.stdout.contains("holds now") || again.stdout.contains("has moved since") {
            std::thread::sleep(std::time::Duration::from_secs(3));
            continue;
        }
        let (code, said) = two.refusal(again)?;
        ensure!(
            code == "approval-used" && said == "the approval was used before",
            "{code}: {said}"
        );
        return operator.expect_time_wait(BEFORE);
    }
    anyhow::bail!("the table does not fill again")
}
