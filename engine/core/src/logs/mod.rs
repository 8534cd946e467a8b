//! Logs of containers, as the kubelet and containerd leave them in files below `/var/log/pods`.
//!
//! A container's log is a row of segments: one file for each time that it was started, and of these
//! what was rotated away from under its name. A segment is known by how it begins, as its file is
//! renamed and packed while it is read. Lines are decoded from the CRI's format, parts of long lines
//! are put together again, and what several containers have said is merged by time.
//!
//! Nothing is dropped: a line that is not in the format is kept as it is.

mod decode;
mod family;
mod gunzip;
mod line;
mod listing;
mod merge;
mod numbering;
mod path;
mod segment;
pub mod shipped;
#[cfg(test)]
mod tests;
mod trail;

pub use decode::{Batch, Decoder, Entry};
pub use family::Family;
pub use gunzip::Gunzip;
pub use line::{Line, Moment, Stream};
pub use listing::listing;
pub use merge::{Merge, Next};
pub use numbering::Numbering;
pub use path::{LogPath, PodFolder};
pub use segment::{Beginning, Rotation, SegmentName};
pub use trail::{Ended, Missing, Opened, ReadFrom, Step, Trail};
