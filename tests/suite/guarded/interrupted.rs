//! A fix whose operator presses Ctrl-C twice: the program ends at once, it says what is left to the
//! node, and the node needs nobody to take the change back.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::fault::{Hold, HoldPoint};
use nix::sys::signal::Signal;

use super::fixture::ONE_PARAMETER;
use super::ward::{SOON, Ward};
use crate::harness::{Context, Finished, Running};

/// A look at once, and a pause long enough to interrupt between two.
const SLOWER: [(&str, &str); 2] = [
    ("undo-unless-kept: 3s", "undo-unless-kept: 12s"),
    ("for: 1s, within: 11s", "for: 8s, within: 40s"),
];
/// What a program says that was told to end at once.
pub(crate) const LEFT: [&str; 3] = [
    "stopped at once: unless it was kept, the node takes back by itself what has a switch there",
    "`heeler runs` names the run",
    "`heeler revert RUN` asks what is there",
];

/// The second Ctrl-C comes while the change is taken back, which never reaches the node.
pub(super) fn twice(context: &Context) -> Result<()> {
    let ward = Ward::with(context, &ONE_PARAMETER, &SLOWER)?;
    let approved = ward.approved("")?;
    let journal = ward.journal()?;
    let known = journal.count()?;
    let fix = approved.start()?;
    let give_up = Instant::now() + SOON;
    let seen = |event: &String| event == "verify-sample";
    while !journal.events_after(known)?.iter().any(seen) {
        ensure!(Instant::now() < give_up, "nobody verifies it");
        sleep(Duration::from_millis(10));
    }
    let faults = ward.operator.lab.aws().faults();
    // It stands still until the node has taken the change back by itself.
    let hold = faults.hold("SendCommand", HoldPoint::BeforeExecuting);
    fix.signal(Signal::SIGINT)?;
    let ended = again(context, fix, &hold)?;
    for words in LEFT {
        ended.expect_stderr(words)?;
    }
    ward.expect_value(ward.fixture.new)?;
    ensure!(ward.is_locked()?, "the lock is gone before the change is");
    let run = ward.latest()?;
    let (state, shown) = ward.report(&run, 1)?;
    ensure!(state == "in-doubt", "{state}: {shown}");
    shown.expect_stdout("the node takes it back 12 s after the change")?;
    ward.expect_clean(ward.fixture.old)?;
    drop(hold);
    ward.take_back(&run)?.expect_stdout("nothing changed")?;
    Ok(())
}

/// Presses Ctrl-C once more when the command that the first one led to stands still.
fn again(context: &Context, fix: Running<'_>, hold: &Hold) -> Result<Finished> {
    let reached = context.block_on(async { tokio::time::timeout(SOON, hold.reached()).await });
    reached.context("the first Ctrl-C leads to nothing")?;
    fix.signal(Signal::SIGINT)?;
    fix.finish(SOON)?.expect_exit(130)
}
