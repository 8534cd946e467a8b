//! The runbook language on real nodes: what a runbook of the case's own asks, through the real
//! `heeler`, of a node whose disks, journal and programs the case asks itself, too.

pub(crate) mod authoring;
mod desk;
pub(crate) mod disk;
pub(crate) mod inputs;
pub(crate) mod journal;
pub(crate) mod lint;
pub(crate) mod lists;
pub(crate) mod nodes;
pub(crate) mod scripts;
pub(crate) mod secrets;
pub(crate) mod time;
