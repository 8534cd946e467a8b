//! The client's half of a data channel of Session Manager: what a command on a node prints, as it prints it.
//!
//! Nothing here has a socket or a clock: frames go in, and what is to be sent and what was said come out
//! ([`Channel`]). Above it a script is dressed ([`dress`]) so that its output survives the channel, which carries
//! text only and may lose the end without a word, and is read back ([`Reading`]).
//!
//! Source: `agent/session/contracts`, `agent/session/datachannel` and `agent/session/shell` of amazon-ssm-agent 3.3,
//! `src/datachannel` of session-manager-plugin 1.2.

mod fault;
mod handshake;
mod machine;
mod message;
mod reading;
mod script;
#[cfg(test)]
mod tests;

pub use fault::ChannelFault;
pub use handshake::{CLIENT_VERSION, opening};
pub use machine::{Channel, Heard, Moment, Said};
pub use message::{AgentMessage, Kind, MOST_PAYLOAD, payload};
pub use reading::{Ended, Reading};
pub use script::{Dressed, dress};
