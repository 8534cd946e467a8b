//! What all who run heeler in a cluster share: one ConfigMap, and the Leases of one namespace.

use jiff::Timestamp;
use serde_json::Value;

use super::Answer;

/// The shared objects of a cluster. Each is written with the resource version that it was read with,
/// so that nothing is overwritten that the writer has not seen, and writing may be tried again.
pub trait Shared: Send + Sync {
    /// The ConfigMap, and the time by the server's clock: those of two operators may differ.
    fn board(&self) -> Answer<'_, Seen>;

    /// Puts the ConfigMap in place of the one that it was made from.
    fn replace_board<'a>(&'a self, map: &'a Value) -> Answer<'a, Written>;

    /// All Leases of the namespace.
    fn leases(&self) -> Answer<'_, Vec<Value>>;

    /// Creates a Lease, or puts it in place of the one whose resource version it has.
    fn put_lease<'a>(&'a self, lease: &'a Value) -> Answer<'a, Written>;

    /// Removes the Lease with this name and resource version.
    fn remove_lease<'a>(&'a self, lease: &'a Value) -> Answer<'a, Written>;
}

/// The ConfigMap at some moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// `None`: nobody has made it.
    pub map: Option<Value>,
    /// The moment, by the server's clock.
    pub at: Timestamp,
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It was written; this is the object as it is now.
    Yes(Value),
    /// Somebody else was faster: it has to be read again.
    Overtaken,
}
