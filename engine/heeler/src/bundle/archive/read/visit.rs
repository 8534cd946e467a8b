//! What whoever takes the members is given, and how a walk ends.

use super::super::told::Trouble;

/// A member before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// What it is called here.
    pub label: &'a str,
    /// How large it says it is.
    pub size: u64,
}

/// Why the walk goes no further.
pub(super) enum Stop<E> {
    /// Something is wrong with the archive.
    Trouble(Trouble),
    /// Whoever takes the members wants no more.
    Enough,
    /// Whoever takes them has failed.
    Failed(E),
}

impl<E> From<Trouble> for Stop<E> {
    fn from(trouble: Trouble) -> Self {
        Stop::Trouble(trouble)
    }
}
