//! Fixes without a way back, whatever breaks off in their middle: the program, a request, the way to
//! the node or to the cluster. What is told is what was done, it is done once at most, and whoever
//! comes later goes on.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::journal::Journal;
use super::kill::{self, Killed};
use super::step::{Asked, Wrong, in_turn};
use super::ward::SOON;
use crate::harness::{Finished, Program};
use crate::operator::Operator;

/// Such a fix may take this long where somebody is out of reach.
const LONG: Duration = Duration::from_secs(240);

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

/// The program is killed as soon as its records are enough; `None`: it has come to its end.
pub(crate) fn killed<'c>(
    site: &impl OneWay<'c>,
    is_enough: impl Fn(&[String]) -> bool,
) -> Result<Option<(Killed, Done)>> {
    let before = site.ready()?;
    let killed = kill::running(site.operator(), site.approved()?, |events| {
        let is_enough = is_enough(events);
        if !is_enough && kill::stands(events) {
            site.go_on();
        }
        is_enough
    })?;
    let Some(killed) = killed else {
        return Ok(None);
    };
    let done = site.seen_to(&killed, before);
    let done = done.with_context(|| format!("killed after {}", killed.shown()))?;
    Ok(Some((killed, done)))
}

/// Each of its requests goes wrong in turn. Gives how many there are.
pub(crate) fn each<'c>(site: &impl OneWay<'c>, asked: Asked, wrong: Wrong) -> Result<usize> {
    let tried = in_turn(|number| {
        let before = site.ready()?;
        site.go_on();
        let fix = site.approved()?;
        let known = journal(site)?.count()?;
        let (ended, had) = asked.going_wrong(site.operator(), fix, (number, wrong))?;
        ended_truly(site, &ended, (known, before))?;
        Ok(had)
    });
    tried.with_context(|| format!("{asked:?}, {wrong:?}"))
}

/// Who is asked is out of reach from each of those records on, until the program has given up.
/// Gives how often that was tried.
#[allow(dead_code, reason = "`reliability` does: it takes minutes")]
pub(crate) fn cut<'c, S: OneWay<'c>>(site: &S, asked: Asked) -> Result<usize> {
    for event in S::CUT_AFTER {
        cut_after(site, asked, event)
            .with_context(|| format!("{asked:?} is gone after {event}"))?;
    }
    Ok(S::CUT_AFTER.len())
}

fn cut_after<'c>(site: &impl OneWay<'c>, asked: Asked, event: &str) -> Result<()> {
    let before = site.ready()?;
    site.go_on();
    let fix = site.approved()?;
    let journal = journal(site)?;
    let known = journal.count()?;
    let fix = fix.start()?;
    kill::until(SOON, || {
        Ok(journal.events_after(known)?.iter().any(|one| one == event))
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
    ended_truly(site, &ended?, (known, before)).map(drop)
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
        // It is not known, it never began, or something is left to a person.
        Some(1 | 7) => true,
        _ => false,
    };
    ensure!(is_true, "it has done: {done:?}\n{ended}");
    Ok(done)
}

fn journal<'c>(site: &impl OneWay<'c>) -> Result<Journal> {
    Journal::of(&site.operator().lab.state_folder())
}
