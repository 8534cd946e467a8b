//! Fixes without a way back, whatever breaks off in their middle: the program, a request, the way to
//! the node or to the cluster. What is told is what was done, it is done once at most, and whoever
//! comes later goes on.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::journal::Journal;
use super::kill::{self, Killed, Ran};
use super::step::{Asked, Wrong, in_turn};
use super::ward::SOON;
use crate::harness::{Finished, Program};
use crate::operator::Operator;

/// Such a fix may take this long where somebody is out of reach.
const LONG: Duration = Duration::from_secs(480);

/// How much of a fix was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Nothing,
    Part,
    All,
}

/// A site on which such a fix can be tried again and again.
pub(crate) trait OneWay<'c> {
    /// Whom it asks for what it does.
    #[allow(dead_code, reason = "`reliability` tries them all")]
    const ASKS: &'static [Asked];
    /// What it has written down when somebody gets out of reach.
    const CUT_AFTER: &'static [&'static str];

    fn operator(&self) -> &Operator<'c>;

    /// Makes everything as it was before, and gives what `seen_to` counts from.
    fn ready(&self) -> Result<usize>;

    /// Lets go what holds the fix up half-way.
    fn go_on(&self) {}

    /// The fix, approved.
    fn approved(&self) -> Result<Program<'c>>;

    /// Somebody sees to a fix that broke off, and the site is free for the next one. Gives what it
    /// had done.
    fn seen_to(&self, broken: &Killed, before: usize) -> Result<Done>;
}

/// The program is killed as soon as its records are enough. `None`: it was faster, has done all of it, and
/// says so.
pub(crate) fn killed<'c>(
    site: &impl OneWay<'c>,
    is_enough: impl Fn(&[String]) -> bool,
) -> Result<Option<(Killed, Done)>> {
    let before = site.ready()?;
    let ran = kill::running(site.operator(), site.approved()?, |events| {
        let is_enough = is_enough(events);
        if !is_enough && kill::stands(events) {
            site.go_on();
        }
        is_enough
    })?;
    let (broken, is_end) = match ran {
        Ran::Killed(killed) => (killed, false),
        Ran::Ended(ended) => (ended, true),
    };
    let done = site.seen_to(&broken, before);
    let done = done.with_context(|| format!("killed after {}", broken.shown()))?;
    if !is_end {
        return Ok(Some((broken, done)));
    }
    ensure!(
        done == Done::All && broken.has("fix-kept"),
        "it came to its end, and has done: {done:?}\n{}",
        broken.shown()
    );
    Ok(None)
}

/// Each of its requests goes wrong in turn. Gives how many there are.
pub(crate) fn each<'c>(site: &impl OneWay<'c>, asked: Asked, wrong: Wrong) -> Result<usize> {
    let tried = in_turn(|number| {
        let before = site.ready()?;
        site.go_on();
        let fix = site.approved()?;
        let known = journal(site)?.count()?;
        let (ended, had) = asked.going_wrong(site.operator(), fix, (number, wrong))?;
        let done = ended_truly(site, &ended, (known, before))?;
        // Where nothing goes wrong all of it is done.
        ensure!(
            had || (ended.status.success() && done == Done::All),
            "it has done: {done:?}\n{ended}"
        );
        Ok(had)
    });
    tried.with_context(|| format!("{asked:?}, {wrong:?}"))
}

/// Who is asked is out of reach from each of those records on, until the program has given up, or has
/// ended without them. Gives how often it met that.
#[allow(dead_code, reason = "`reliability` does: it takes minutes")]
pub(crate) fn cut<'c, S: OneWay<'c>>(site: &S, asked: Asked) -> Result<usize> {
    let mut met = 0;
    for event in S::CUT_AFTER {
        let cut = cut_after(site, asked, event);
        let cut = cut.with_context(|| format!("{asked:?} is gone after {event}"))?;
        met += usize::from(cut);
    }
    Ok(met)
}

fn cut_after<'c>(site: &impl OneWay<'c>, asked: Asked, event: &str) -> Result<bool> {
    let before = site.ready()?;
    site.go_on();
    let fix = site.approved()?;
    let journal = journal(site)?;
    let known = journal.count()?;
    let fix = fix.start()?;
    kill::until(SOON, || {
        let events = journal.events_after(known)?;
        Ok(events.iter().any(|one| one == event))
    })?;
    let lab = &site.operator().lab;
    match asked {
        Asked::Ssm => lab.aws().faults().take_down("ssm"),
        Asked::Kubernetes => lab.kube().faults().api_down()?,
    }
    let ended = fix.finish(LONG);
    match asked {
        Asked::Ssm => lab.aws().faults().bring_up("ssm"),
        Asked::Kubernetes => lab.kube().faults().api_up()?,
    }
    let ended = ended?;
    ended_truly(site, &ended, (known, before))?;
    let silence = match asked {
        Asked::Ssm => "AWS did not answer",
        Asked::Kubernetes => "Kubernetes can't be reached",
    };
    Ok(ended.stdout.contains(silence) || ended.stderr.contains(silence))
}

/// The exit status says what was done.
fn ended_truly<'c>(
    site: &impl OneWay<'c>,
    ended: &Finished,
    (known, before): (usize, usize),
) -> Result<Done> {
    let broken = Killed {
        events: journal(site)?.events_after(known)?,
    };
    let done = site.seen_to(&broken, before);
    let done = done.with_context(|| format!("{}\n{ended}", broken.shown()))?;
    let is_true = match ended.status.code() {
        Some(0) => done == Done::All,
        Some(5) => done == Done::Nothing,
        // It never began, or is not known.
        Some(1) => done == Done::Nothing || ended.stdout.contains("in doubt"),
        // Something is left to a person.
        Some(7) => ended.stdout.contains("by hand"),
        _ => false,
    };
    let is_true = is_true && (done == Done::Nothing || !ended.stdout.contains("nothing changed"));
    ensure!(is_true, "it has done: {done:?}\n{ended}");
    Ok(done)
}

fn journal<'c>(site: &impl OneWay<'c>) -> Result<Journal> {
    Journal::of(&site.operator().lab.state_folder())
}
