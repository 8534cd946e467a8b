//! What is asked when, and the one script per node that asks it.
//!
//! Looks that wait for nobody form a wave; all looks of a wave that a node can answer are fused
//! into one command, or into several where one can't carry them. Changes travel in the same way, each bound to the boot and to the value that
//! its plan was made for, and so does their way back. Nothing here decides whether a change may be made, and nothing is sent.

mod answered;
mod ask;
mod batch;
mod bound;
mod change;
pub mod drain;
mod dry_run;
mod effects;
mod fault;
mod fix;
mod fuse;
mod host;
mod keep;
mod ladder;
mod lock;
mod managed;
mod object;
mod one_way;
mod owner;
mod reboot;
mod settle;
mod switch;
#[cfg(test)]
mod tests;
mod undo;
mod waves;

pub use answered::Answered;
pub use ask::{Ask, MOST_ITEMS, Part, ask, ask_anyway};
pub use batch::{Asked, Batches, batches};
pub use bound::{Bounds, places};
pub use change::{Present, applied, carried_by_one_command, change, present, read_present};
pub use dry_run::side_effects;
pub use effects::effects;
pub use fault::{ChangeFault, PlanFault};
pub use fix::{Step, patience};
pub use fuse::{fits, fuse, longest};
pub use keep::{keep, kept};
pub use lock::Hold;
pub use managed::{MANAGER, Setter, set_since};
pub use object::{Version, bound_to, version};
pub use one_way::{recall, release};
pub use owner::{Owner, owner};
pub use reboot::{
    MARK, Mark, closed_path, cordon, go_down, gone_down, let_go, mark, marked, ready_on, seize,
    seized, was_asked,
};
pub use settle::{Settled, settle, settled, settling};
pub use switch::switch;
pub use undo::{Claimant, Undone, undo, undo_patience, undone};
pub use waves::{needed, waves};
