//! What all who run heeler in a cluster share: a Lease for each node that is being changed, and the
//! board, one ConfigMap with the stop cord, the fixes that were started and the approvals that were
//! used. Pure: objects in, objects and decisions out; whoever carries them writes with the resource
//! version that was read, so that of two who decide at the same time one has to decide again.
//!
//! The lock on the node is what keeps two changes apart. All this is seen earlier, and by more.

mod begin;
mod board;
mod cord;
mod hindrance;
mod lease;
mod member;
#[cfg(test)]
mod tests;

pub use begin::Beginning;
pub use board::{Board, BoardFault};
pub use cord::Cord;
pub use hindrance::Hindrance;
pub use lease::NodeLease;
pub use member::{Membership, memberships, namespaces, node_group, node_name, workloads};

/// The namespace of all that is shared. No policy can say another one: two of them would be two
/// boards, and neither would know of the other.
pub const NAMESPACE: &str = "heeler";
/// The name of the board's ConfigMap.
pub const BOARD: &str = "heeler";
