//! Before anything is changed: the plan, and what counts as a yes.

use anyhow::{Result, ensure};

use super::repair::{AFTER, BEFORE, Repair};
use crate::harness::Context;

pub(super) fn plan(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let planned = repair.plan()?;
    for part in [
        "shorten-time-wait, because of table-full: ",
        "i-0abc1234def567890  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 20 s → 10 s",
        "effect     ",
        " runs on ip-10-0-1-23",
        "for 3 s, within 60 s",
        "undo       by the node itself after 120 s unless it is kept: a timer of the host",
        "heeler revert",
        " --commands   prints what is sent, too",
        &format!("digest     {}", planned.digest),
        &format!("--yes {}", planned.digest),
        "nothing changed",
    ] {
        planned.ended.expect_stdout(part)?;
    }
    ensure!(
        repair.plan()?.digest == planned.digest,
        "the same plan has another digest"
    );
    let with_commands = repair.planned("--commands")?.expect_exit(0)?;
    with_commands
        .expect_stdout("sent for it:\n    ")?
        .expect_stdout("sent for its way back:\n    ")?
        .expect_stdout(&format!("digest     {}", planned.digest))?;
    repair.operator.expect_time_wait(BEFORE)?;
    let run = repair.latest()?;
    let report = repair.report(&run, 0)?;
    ensure!(report.text("/fix/state")? == "planned", "{}", report.ended);
    Ok(())
}

pub(super) fn digest(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let digest = repair.plan()?.digest;
    // The digest of this very plan but for its last character.
    let (most, last) = digest.split_at(digest.len() - 1);
    let other = format!("{most}{}", if last == "0" { "1" } else { "0" });
    for (words, reason) in [
        (format!("--yes {other}"), "something has moved since"),
        (format!("--yes {most}"), "something has moved since"),
        ("--yes yes".to_owned(), "something has moved since"),
        (
            format!("--yes {digest} -i time_wait=11s"),
            "something has moved since",
        ),
        (String::new(), "nobody can be asked without a terminal"),
    ] {
        let refused = repair.fix(&words)?.stdin("y\n").expect_exit(5)?;
        refused.expect_stdout("refused")?.expect_stdout(reason)?;
        refused.expect_stdout("nothing changed")?;
        repair.operator.expect_time_wait(BEFORE)?;
    }
    Ok(())
}

pub(super) fn moved(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let digest = repair.plan()?.digest;
    repair.operator.set_time_wait(BEFORE - 1)?;
    let refused = repair.fix(&format!("--yes {digest}"))?.expect_exit(5)?;
    refused.expect_stdout("something has moved since")?;
    repair.operator.expect_time_wait(BEFORE - 1)
}

pub(super) fn prompt(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let declined = repair
        .fix("")?
        .at_terminal(QUESTION, |_| "y\n".to_owned())?
        .expect_exit(5)?;
    // A `y` may have been typed before the plan was there to be read.
    declined.expect_stdout("you did not type")?;
    // What is asked about stands above the question.
    declined
        .expect_stderr("20 s → 10 s")?
        .expect_stderr("by the node itself after 120 s")?;
    repair
        .fix("")?
        .at_terminal(QUESTION, |_| "\n".to_owned())?
        .expect_exit(5)?;
    repair.operator.expect_time_wait(BEFORE)?;
    let kept = repair
        .fix("")?
        .at_terminal(QUESTION, as_asked)?
        .expect_exit(0)?;
    kept.expect_stdout("by ops/alice at the prompt")?;
    repair.operator.expect_time_wait(AFTER)
}

pub(crate) const QUESTION: &str = " to apply it:";

/// What stands between `Type` and the question: the beginning of the plan's digest.
pub(crate) fn as_asked(shown: &str) -> String {
    let before = shown.split(QUESTION).next().unwrap_or_default();
    let digits = before.rsplit("Type ").next().unwrap_or_default();
    format!("{digits}\n")
}
