//! The pure half of Heeler: the runbook language, the scripts that go to a node, the frames that
//! come back, verdicts, events and reports.
//!
//! Nothing here performs input or output: no sockets, no clock, no files. What needs the world is
//! handed in as a value, so that everything can be tested in seconds and replayed years later.
//!
//! Arrows between the modules (a test reads the `use` lines and fails on others):
//! `report → event → frame → value`; `lint → plan`; `find, plan, guard, lint → runbook → action, expr → syntax, value`;
//! `action → frame`; `find, plan, guard → event`; `action, plan → hazard → value`.

pub mod action;
pub mod capture;
pub mod case;
pub mod channel;
pub mod event;
pub mod expr;
pub mod find;
pub mod frame;
pub mod guard;
pub mod hazard;
pub mod lint;
pub mod logs;
pub mod plan;
pub mod recording;
pub mod redact;
pub mod report;
pub mod runbook;
pub mod syntax;
pub mod value;
