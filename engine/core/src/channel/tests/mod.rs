//! The channel against an agent as the facts have it.

mod hostile;
mod order;
mod scripts;
mod wire;

use uuid::Uuid;

use super::message::{AgentMessage, Kind, payload};
use super::{Heard, Moment};

pub(super) fn moment() -> Moment {
    Moment {
        millis: 1_700_000_000_000,
        ids: [Uuid::from_u128(1), Uuid::from_u128(2)],
    }
}

/// A message of the agent.
pub(super) fn of_agent(sequence: i64, payload_type: u32, bytes: &[u8]) -> AgentMessage {
    AgentMessage {
        kind: Kind::Output,
        created: 1,
        sequence,
        flags: u64::from(sequence == 0),
        id: Uuid::from_u128(0x1000 + u128::from(sequence.unsigned_abs())),
        payload_type,
        payload: bytes.to_vec(),
    }
}

pub(super) fn output(sequence: i64, bytes: &[u8]) -> Vec<u8> {
    of_agent(sequence, payload::OUTPUT, bytes).encode()
}

/// The sequence numbers that are acknowledged.
pub(super) fn acknowledged(heard: &Heard) -> Vec<i64> {
    let messages = heard.send.iter();
    let messages = messages.map(|frame| AgentMessage::decode(frame).unwrap());
    let messages = messages.filter(|message| message.kind == Kind::Acknowledge);
    messages
        .map(|message| {
            let value: serde_json::Value = serde_json::from_slice(&message.payload).unwrap();
            value["AcknowledgedMessageSequenceNumber"].as_i64().unwrap()
        })
        .collect()
}
