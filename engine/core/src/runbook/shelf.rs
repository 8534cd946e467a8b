//! Where the other runbooks are that one uses.

use super::model::TargetKind;
use crate::action::Action;
use crate::syntax::Source;

/// Where a runbook finds the others that it uses.
pub trait Shelf {
    /// The text of the runbook of that name; `None` where there is none.
    ///
    /// # Errors
    /// Why it can't be read, for people.
    fn text(&self, name: &str) -> Result<Option<Source>, String>;
    /// The names of all runbooks.
    fn names(&self) -> Vec<String>;
}

/// No other runbooks.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Shelf for Alone {
    fn text(&self, _: &str) -> Result<Option<Source>, String> {
        Ok(None)
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What the reading of a runbook knows beyond its text.
pub(super) struct Others<'a> {
    pub(super) actions: &'a [&'static dyn Action],
    pub(super) shelf: &'a dyn Shelf,
    /// The runbooks that use one another down to this one, and this one.
    pub(super) path: Vec<String>,
    /// What this one is about.
    pub(super) target: Option<TargetKind>,
}
