//! From a run of a real node to a case, and from a new runbook to one that holds.

use crate::harness::Case;

/// The area's cases.
pub(crate) const CASES: &[Case] = &[];
