//! Running: from a command line that has been understood to events in the journal.
//!
//! [`round`] looks, [`judge`] gives verdicts, [`fix`] changes things under guard,
//! [`settle`] ends what an earlier one has left, and [`shared`] is what others see of it. [`ask`] is the
//! only place that sends commands to nodes. Nothing here knows which adapter stands behind a port,
//! nor how events are shown.

pub mod admit;
pub mod ask;
pub mod fix;
pub mod govern;
pub mod judge;
pub mod nodes;
pub mod objects;
pub mod recorder;
pub mod round;
pub mod session;
pub mod settle;
pub mod shared;
