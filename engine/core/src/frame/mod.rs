//! The node's answer. What travels back from a fused command survives the service's truncation,
//! merging of streams and escaping, and is recognised as ours or refused.
//!
//! Both ends live here: the envelope is the shell text that writes a frame, [`read`] is what reads
//! it. What a look's bytes mean is not known here, nor who sends the script.

mod answer;
mod envelope;
mod fault;
mod held;
mod nonce;
mod payload;
mod read;
mod reply;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Ident, LookTrace};
pub(crate) use envelope::{Envelope, MOST_EXEC_BYTES, seconds, without_comments};
pub use fault::FrameFault;
pub(crate) use fault::NO_ROOM;
pub use held::{Held, HeldState, LockId, Switch};
pub use nonce::Nonce;
pub use read::read;
pub use reply::{Place, Reply};
