//! Mending a text where what it takes is certain.

use std::cmp::Ordering;

use super::{Linted, lint};
use crate::action::Action;
use crate::runbook::Shelf;
use crate::syntax::{Diagnostic, Level, Lines, Patch, Source};

/// A text after everything that is certain was mended.
#[derive(Debug)]
pub struct Mended {
    /// The text as it is now.
    pub source: Source,
    /// What is still wrong with it.
    pub linted: Linted,
    /// What was mended: the code, the line that it was on, and what was wrong.
    pub done: Vec<(&'static str, usize, String)>,
}

/// Rounds without fewer faults than before: a name that was mended may show the next fault behind
/// it, but never more than these in a row.
const MOST_IDLE: usize = 50;

/// Mends what can be mended with certainty, until nothing is left of it.
///
/// A patch is kept only where the text has no more errors with it than without, so the result is
/// never worse than the text was; and a text without diagnostics has no patches, so it stays.
pub fn mend(
    source: Source,
    folder: Option<&str>,
    actions: &[&'static dyn Action],
    shelf: &dyn Shelf,
) -> Mended {
    let mut now = Mended {
        linted: lint(source.clone(), folder, actions, shelf),
        source,
        done: Vec::new(),
    };
    let mut idle = 0;
    while idle < MOST_IDLE {
        let patched: Vec<Diagnostic> = patched(&now.linted);
        // All at once, and one by one only where they get into each other's way.
        let together = apart(&patched);
        let singles = patched.iter().map(|one| vec![one]);
        let better = std::iter::once(together)
            .chain(singles)
            .filter(|group| !group.is_empty())
            .find_map(|group| now.with(&group, folder, actions, shelf));
        let Some(better) = better else { break };
        idle = if better.measure() < now.measure() {
            0
        } else {
            idle + 1
        };
        now = better;
    }
    now
}

fn patched(linted: &Linted) -> Vec<Diagnostic> {
    let diagnostics = linted.diagnostics.iter();
    diagnostics
        .filter(|found| !found.patches.is_empty())
        .cloned()
        .collect()
}

/// Diagnostics whose patches don't touch one another, the first of the text first.
fn apart(patched: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut taken: Vec<&Patch> = Vec::new();
    let mut chosen = Vec::new();
    for one in patched {
        let touches = |patch: &Patch| {
            let mut taken = taken.iter();
            taken.any(|other| {
                patch.span.start <= other.span.end && other.span.start <= patch.span.end
            })
        };
        if !one.patches.iter().any(touches) {
            taken.extend(&one.patches);
            chosen.push(one);
        }
    }
    chosen
}

impl Mended {
    /// The text with the patches of these diagnostics; `None` where that does not help.
    fn with(
        &self,
        group: &[&Diagnostic],
        folder: Option<&str>,
        actions: &[&'static dyn Action],
        shelf: &dyn Shelf,
    ) -> Option<Mended> {
        let text = patch(&self.source.text, group)?;
        if text == self.source.text {
            return None;
        }
        let source = Source {
            name: self.source.name.clone(),
            text,
        };
        let lines = Lines::of(&self.source.text);
        let done = group.iter().map(|one| {
            let line = lines.line(one.span().start);
            (one.code, line, one.title.clone())
        });
        let better = Mended {
            linted: lint(source.clone(), folder, actions, shelf),
            source,
            done: self.done.iter().cloned().chain(done).collect(),
        };
        // As many faults as before are well where they are others: those behind the mended ones.
        let is_back = |one: &&Diagnostic| {
            let mut found = better.linted.diagnostics.iter();
            found.any(|found| found.code == one.code && found.title == one.title)
        };
        let helps = match better.measure().cmp(&self.measure()) {
            Ordering::Less => true,
            Ordering::Equal => !group.iter().any(is_back),
            Ordering::Greater => false,
        };
        helps.then_some(better)
    }

    /// How bad the text is: how much of it can't even be read, then errors, then warnings.
    fn measure(&self) -> (usize, usize, usize) {
        let first = self.linted.diagnostics.iter();
        let first = first
            .filter(|found| found.level == Level::Error)
            .map(|found| found.span().start);
        let unread = match first.min() {
            Some(start) if !self.linted.readable => {
                self.source.text.len().saturating_sub(start) + 1
            }
            _ => 0,
        };
        (
            unread,
            self.linted.count(Level::Error),
            self.linted.count(Level::Warning),
        )
    }
}

/// The text with all patches, the last of the text first, so that the others stay where they are.
fn patch(text: &str, group: &[&Diagnostic]) -> Option<String> {
    let mut patches: Vec<&Patch> = group.iter().flat_map(|one| &one.patches).collect();
    patches.sort_by_key(|patch| (patch.span.start, patch.span.end));
    let mut text = text.to_owned();
    for patch in patches.into_iter().rev() {
        text.get(patch.span.range())?;
        text.replace_range(patch.span.range(), &patch.text);
    }
    Some(text)
}
