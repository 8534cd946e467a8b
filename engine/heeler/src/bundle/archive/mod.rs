//! Archives of what a node was found with: logdog's own tarball, and the bundle that Heeler makes of it.
//!
//! An archive comes from a node that may be broken or hostile. So it is read once, as a stream, within
//! limits ([`Limits`]); nothing in it is ever unpacked by a name that it chose: a name becomes a *label*,
//! which is shown and compared, and never used as a path. What was good before trouble is kept, and said to
//! be partial.
//!
//! `read` walks through an archive, `write` makes one, and `ask` answers from one. All of it is
//! local files; nothing here knows a cluster.

mod ask;
mod digest;
mod fault;
mod label;
mod limits;
mod lines;
mod manifest;
mod pour;
mod read;
mod redact;
mod told;
mod write;

#[cfg(test)]
mod tests;

pub use ask::{
    Changed, Diff, DiffSide, Form, Grep, Grepped, How, LineChange, Searched, Shape, Shown, diff,
    grep, show, show_member,
};
pub(super) use digest::Digest;
pub use fault::ArchiveFault;
pub use label::label;
pub use limits::Limits;
pub use manifest::{About, Added, FORMAT, Manifest, Missing};
pub use read::{Content, Head, open, read};
pub use redact::{Plain, Redactor};
pub use told::{Contents, LogdogError, Member, Refusal, Refused, Trouble, TroubleKind, Whole};
pub use write::{Bundled, Source, Writer};

/// The folder in which a bundle's members lie, so that whoever unpacks it finds all in one place.
pub(crate) const FOLDER: &str = "heeler-bundle/";
/// The folder in which logdog's members lie.
pub(crate) const LOGDOG_FOLDER: &str = "bottlerocket-logs/";
/// The label of a bundle's manifest.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The label of the member in which logdog says what it could not get.
pub(crate) const LOGDOG_ERRORS: &str = "logdog.errors";
