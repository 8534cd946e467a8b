//! The text of a runbook and what can be wrong with it: YAML with the place of everything in it,
//! diagnostics that point at those places, and small readers that every part of a runbook needs.
//!
//! What a key means is not known here. Nothing here reads a file: the caller hands in bytes or text.

pub mod codes;
mod decode;
mod duration;
mod expect;
mod fault;
mod fields;
mod letters;
mod limited;
pub mod limits;
mod lines;
mod nearest;
mod pattern;
mod quantity;
mod render;
mod rule;
mod shape;
mod slips;
mod source;
mod spelling;
mod tree;
mod yaml;

pub use decode::decode;
pub use duration::{duration, duration_pattern, respelled_duration};
pub use expect::{older_boolean, wrong_boolean};
pub use fault::{Diagnostic, Faults, Level, Patch};
pub use fields::Fields;
pub use letters::check_letters;
pub use limited::Refused;
pub use lines::{Lines, Place};
pub use nearest::{Near, nearest};
pub use pattern::{Dialect, Subject, check_pattern, pattern, whole_pattern};
pub use quantity::quantity;
pub use render::render;
pub use rule::{Rule, Where};
pub use shape::{Entries, Key, Need, Role, Shape, Word};
pub use source::{Source, Span, Spanned};
pub use spelling::Spelling;
pub use tree::{Entry, Tree};
pub use yaml::parse_yaml;
