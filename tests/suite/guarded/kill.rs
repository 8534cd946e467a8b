//! The program is killed after one of its journal's records, or while a command of it stands still.
//! Whatever it was doing: the node ends up whole by itself, the report says what is known, and
//! `heeler revert` settles the rest.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::fault::{Fault, HoldPoint};
use nix::sys::signal::Signal;

use super::journal::Journal;
use super::ward::{ON_ITS_WAY, SOON, Ward};
use crate::harness::Program;
use crate::operator::Operator;

/// Commands of a fix before the one that changes something: its looks, and the present value.
pub(super) const BEFORE_THE_CHANGE: u32 = 2;

/// Between two looks at a journal: a record takes the disk longer, and the program needs the processor.
const GLANCE: Duration = Duration::from_micros(300);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// A fix whose program was killed, or that broke off in another way.
pub(crate) struct Killed {
    /// What it had written down: the names of events, in order.
    pub(crate) events: Vec<String>,
}

/// How that ended.
#[allow(dead_code, reason = "`reliability` counts it")]
pub(crate) struct Ended {
    /// Whether the node has the new value, which was verified.
    pub(crate) kept: bool,
    /// From the kill until nothing was left on the node.
    pub(crate) after: Duration,
}

impl Killed {
    /// The last thing that it had written down.
    pub(crate) fn last(&self) -> &str {
        self.events.last().map_or("nothing", String::as_str)
    }

    /// All that it had written down, for whoever reads a failure.
    pub(crate) fn shown(&self) -> String {
        format!("{}: {}", self.last(), self.events.join(" "))
    }

    /// Whether it had written this down.
    pub(crate) fn has(&self, event: &str) -> bool {
        self.count(event) > 0
    }

    /// The exit status of `heeler revert`, which asks the node wherever the change may stand.
    pub(crate) fn revert_code(&self) -> i32 {
        let ended = self.has("fix-reverted") || self.has("fix-refused");
        let stands = self.has("change-started") && !ended;
        match (self.has("fix-planned"), stands) {
            (false, _) => 1,
            (true, true) => 6,
            (true, false) => 5,
        }
    }

    /// What the report says of it; empty where nothing of a fix is known yet.
    pub(super) fn state(&self) -> &'static str {
        let planned = self.has("fix-planned");
        let (started, ended) = (
            self.count("change-started"),
            self.count("change-applied") + self.count("change-failed"),
        );
        let ends = [
            ("fix-stuck", "stuck"),
            ("fix-kept", "kept"),
            ("fix-reverted", "reverted"),
            ("fix-refused", "refused"),
        ];
        // What was begun, and surely did nothing.
        let began = self.has("change-failed") && !self.has("change-applied");
        if self.has("fix-refused") && began {
            return "not-applied";
        }
        if let Some((_, state)) = ends.iter().find(|(event, _)| self.has(event)) {
            return state;
        }
        match (planned, self.has("fix-approved"), started) {
            (false, ..) => "",
            (true, false, _) => "planned",
            (true, true, 0) => "approved",
            _ if started > ended || self.has("keep-started") => "in-doubt",
            _ if self.has("change-failed") => "not-applied",
            _ => "applied",
        }
    }

    /// How often it had.
    pub(super) fn count(&self, event: &str) -> usize {
        self.events.iter().filter(|one| *one == event).count()
    }
}

/// How it ended whose program was to be killed.
pub(crate) enum Ran {
    /// It was.
    Killed(Killed),
    /// It was faster: this is all that it has written down.
    Ended(Killed),
}

impl Ran {
    /// That it was killed.
    pub(crate) fn killed(self) -> Result<Killed> {
        match self {
            Ran::Killed(killed) => Ok(killed),
            Ran::Ended(ended) => bail!("it has come to its end: {}", ended.shown()),
        }
    }
}

/// A change stands, by these records.
pub(crate) fn stands(events: &[String]) -> bool {
    events.iter().any(|event| event == "change-applied")
}

/// Waits until something is so.
pub(crate) fn until(within: Duration, is_so: impl Fn() -> Result<bool>) -> Result<()> {
    let give_up = Instant::now() + within;
    while !is_so()? {
        ensure!(Instant::now() < give_up, "it is never so");
        sleep(PAUSE);
    }
    Ok(())
}

/// Waits until a node is quiet, and stays so: a command may be on its way still when nothing is there yet.
pub(crate) fn until_quiet(within: Duration, is_quiet: impl Fn() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    for _ in 0..2 {
        until(within.saturating_sub(began.elapsed()), &is_quiet)?;
        sleep(ON_ITS_WAY);
    }
    Ok(())
}

/// Starts the fix, and kills it once it has written down that much.
pub(crate) fn after(
    ward: &Ward<'_>,
    (digest, inputs): (&str, &str),
    enough: impl Fn(&[String]) -> bool,
) -> Result<Ran> {
    running(&ward.operator, ward.fix(digest, inputs)?, enough)
}

/// The same of any fix of this operator.
pub(crate) fn running(
    operator: &Operator<'_>,
    fix: Program<'_>,
    enough: impl Fn(&[String]) -> bool,
) -> Result<Ran> {
    let journal = Journal::of(&operator.lab.state_folder())?;
    let known = journal.count()?;
    let fix = fix.start()?;
    let give_up = Instant::now() + SOON;
    let mut seen = known;
    loop {
        let now = journal.count()?;
        if now > seen {
            seen = now;
            let events = journal.events_after(known)?;
            if events.last().is_some_and(|last| last == "run-ended") {
                fix.finish(SOON)?;
                return Ok(Ran::Ended(Killed { events }));
            }
            if enough(&events) {
                break;
            }
        }
        ensure!(Instant::now() < give_up, "the fix does not go on");
        sleep(GLANCE);
    }
    fix.signal(Signal::SIGKILL)?;
    fix.finish(SOON)?;
    // What was stored and not yet shown to others is seen by whoever opens the file anew.
    drop(journal);
    let events = Journal::of(&operator.lab.state_folder())?.events_after(known)?;
    let killed = Killed { events };
    Ok(match killed.has("run-ended") {
        true => Ran::Ended(killed),
        false => Ran::Killed(killed),
    })
}

/// Starts the fix, and kills it while the command of its change stands still at `point`.
pub(crate) fn at(
    ward: &Ward<'_>,
    (digest, inputs): (&str, &str),
    point: HoldPoint,
) -> Result<Killed> {
    let faults = ward.operator.lab.aws().faults();
    faults.inject(
        "SendCommand",
        Fault::Delay(Duration::ZERO),
        BEFORE_THE_CHANGE,
    );
    let hold = faults.hold("SendCommand", point);
    let journal = ward.journal()?;
    let known = journal.count()?;
    let fix = ward.fix(digest, inputs)?.start()?;
    let context = ward.operator.context;
    let reached = context.block_on(async { tokio::time::timeout(SOON, hold.reached()).await });
    reached.context("the change was never sent")?;
    fix.kill()?;
    drop((hold, journal));
    let events = ward.journal()?.events_after(known)?;
    Ok(Killed { events })
}

/// What must hold after a kill; the node has its old value again when this returns.
pub(crate) fn check(ward: &Ward<'_>, killed: &Killed) -> Result<Ended> {
    let whole = holds(ward, killed);
    whole.with_context(|| format!("{}, killed after {}", ward.fixture.name, killed.shown()))
}

fn holds(ward: &Ward<'_>, killed: &Killed) -> Result<Ended> {
    let settled = ward.settled()?;
    let kept = settled.value == ward.fixture.new;
    ensure!(
        !kept || killed.has("keep-started"),
        "the new value stands, and nobody has verified it"
    );
    ensure!(
        kept || !killed.has("fix-kept"),
        "the journal says that it was kept, and it was taken back"
    );
    if killed.has("run-started") {
        let run = ward.latest()?;
        told(ward, killed, &run)?;
        settle(ward, killed, &run)?;
    }
    ward.expect_clean(ward.fixture.old)?;
    Ok(Ended {
        kept,
        after: settled.after,
    })
}

/// The report says what the journal has, and no more.
fn told(ward: &Ward<'_>, killed: &Killed, run: &str) -> Result<()> {
    let (state, shown) = ward.report(run, 1)?;
    let wanted = killed.state();
    ensure!(
        state == wanted,
        "the report says `{state}` instead of `{wanted}`\n{shown}"
    );
    if state == "in-doubt" || state == "applied" {
        let word = if state == "applied" {
            "unverified"
        } else {
            "in doubt"
        };
        let after = ward.fixture.undo_after.as_secs();
        let by_itself = format!("the node takes it back {after} s after the change");
        shown.expect_stdout(word)?.expect_stdout(&by_itself)?;
        shown.expect_stdout(&format!("heeler revert {run}"))?;
    }
    Ok(())
}

/// `heeler revert` asks the node, and takes back what is there.
fn settle(ward: &Ward<'_>, killed: &Killed, run: &str) -> Result<()> {
    let revert = ward.heeler(&format!("revert {run}"))?.finish()?;
    let code = revert.status.code();
    let wanted = killed.revert_code();
    ensure!(
        code == Some(wanted),
        "exit code {wanted} was expected\n{revert}"
    );
    Ok(())
}
