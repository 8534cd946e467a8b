//! Answers from archives: a bundle of ours, or a tarball of logdog's own.

mod diff;
mod edits;
mod grep;
mod shapes;
mod show;
mod words;

pub use diff::{Changed, Diff, DiffSide, How, diff};
pub use edits::LineChange;
pub use grep::{Grep, Grepped, Searched, grep};
pub use shapes::Shape;
pub use show::{Shown, show, show_member};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people: nothing in it does anything to their terminal.
    Text,
    /// For programs.
    Json,
}
