//! Everything that is wrong with a runbook, all of it at once: what can't run, and what can, but is
//! hardly what was meant. What the author has allowed, with a reason, is set aside.

mod allow;
mod comments;
mod conditions;
mod mend;
mod names;
mod plain;
mod removal;
mod repeats;
mod room;
mod said;
mod texts;
mod unused;
pub mod wire;

#[cfg(test)]
mod tests;

pub use mend::{Mended, mend};

use crate::action::Action;
use crate::runbook::{Runbook, Shelf, read};
use crate::syntax::{Diagnostic, Faults, Level, Source, Spanned};

/// A runbook that has been checked.
#[derive(Debug)]
pub struct Linted {
    /// The runbook, unless it has an error.
    pub runbook: Option<Runbook>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings that the author has allowed, each with the reason.
    pub allowed: Vec<(Diagnostic, String)>,
    /// Its name, where it has one that can be used.
    pub name: Option<Spanned<String>>,
    /// Whether all of it could be read: else there may be more that is wrong.
    pub readable: bool,
}

impl Linted {
    /// How many diagnostics are of this level.
    pub fn count(&self, level: Level) -> usize {
        let of_level = |fault: &&Diagnostic| fault.level == level;
        self.diagnostics.iter().filter(of_level).count()
    }
}

/// Checks a runbook. `folder` is the name of the folder that its file lies in, where it lies in one;
/// the runbooks that it uses are on the `shelf`.
pub fn lint(
    source: Source,
    folder: Option<&str>,
    actions: &[&'static dyn Action],
    shelf: &dyn Shelf,
) -> Linted {
    let mut faults = Faults::of(&source);
    let Some(reading) = read(&source, actions, shelf, &mut faults) else {
        return Linted {
            runbook: None,
            diagnostics: faults.into_vec(),
            allowed: Vec::new(),
            name: None,
            readable: false,
        };
    };
    let text = source.text.as_str();
    names::check(&reading, folder, &mut faults);
    plain::check(&reading.tree, text, &mut faults);
    unused::check(&reading, text, &mut faults);
    conditions::check(&reading, &mut faults);
    texts::check(&reading, &mut faults);
    said::check(&reading, &mut faults);
    repeats::check(&reading, text, &mut faults);
    room::check(&reading, &mut faults);
    let allows = allow::read(&reading.tree, text);
    let name = reading.name.clone();
    let runbook = reading.finish(source.clone());
    let sound = faults.is_empty();
    let (diagnostics, allowed) = allow::apply(allows, &source, faults.into_vec(), sound);
    Linted {
        runbook: runbook.filter(|_| sound),
        diagnostics,
        allowed,
        name,
        readable: true,
    }
}
