//! AgentMessages as the agent writes and reads them (agentmessage.go, messageparser.go).

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

const HEADER: usize = 116;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: String,
    pub(super) sequence: i64,
    pub(super) flags: u64,
    pub(super) id: [u8; 16],
    pub(super) payload_type: u32,
    pub(super) payload: Vec<u8>,
}

impl Message {
    pub(super) fn new(kind: &str, sequence: i64, payload_type: u32, payload: Vec<u8>) -> Self {
        Self {
            kind: kind.to_owned(),
            sequence,
            flags: u64::from(sequence == 0 && kind == "output_stream_data"),
            id: rand::random(),
            payload_type,
            payload,
        }
    }

    /// Its id as text.
    pub(super) fn name(&self) -> String {
        Uuid::from_bytes(self.id).to_string()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
        let mut out = Vec::new();
        out.extend(116_u32.to_be_bytes());
        out.extend(format!("{:<32}", self.kind).bytes());
        out.extend(1_u32.to_be_bytes());
        out.extend(now.to_be_bytes());
        out.extend(self.sequence.to_be_bytes());
        out.extend(self.flags.to_be_bytes());
        // The less significant half comes first.
        out.extend(&self.id[8..]);
        out.extend(&self.id[..8]);
        out.extend(digest(&SHA256, &self.payload).as_ref());
        out.extend(self.payload_type.to_be_bytes());
        out.extend(
            u32::try_from(self.payload.len())
                .unwrap_or_default()
                .to_be_bytes(),
        );
        out.extend(&self.payload);
        out
    }

    /// Reads one; a client that sends another header, length or digest is refused.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let number = |from: usize| -> Option<u64> {
            Some(u64::from_be_bytes(
                bytes.get(from..from + 8)?.try_into().ok()?,
            ))
        };
        let short = |from: usize| -> Option<u32> {
            Some(u32::from_be_bytes(
                bytes.get(from..from + 4)?.try_into().ok()?,
            ))
        };
        let payload = bytes.get(HEADER + 4..)?.to_vec();
        let length = usize::try_from(short(HEADER)?).ok()?;
        let is_right = bytes.get(80..112)? == digest(&SHA256, &payload).as_ref();
        if usize::try_from(short(0)?).ok()? != HEADER
            || short(36)? != 1
            || length != payload.len()
            || !is_right
        {
            return None;
        }
        let mut id = [0; 16];
        id[..8].copy_from_slice(bytes.get(72..80)?);
        id[8..].copy_from_slice(bytes.get(64..72)?);
        Some(Self {
            kind: String::from_utf8(bytes.get(4..36)?.to_vec())
                .ok()?
                .trim_end()
                .to_owned(),
            sequence: i64::from_be_bytes(number(48)?.to_be_bytes()),
            flags: number(56)?,
            id,
            payload_type: short(112)?,
            payload,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_and_a_damaged_one_does_not() {
        let message = Message::new("output_stream_data", 0, 1, b"text".to_vec());
        let bytes = message.encode();
        assert_eq!(bytes.len(), 124);
        assert_eq!(message.flags, 1);
        assert_eq!(Message::decode(&bytes), Some(message));
        for at in [0, 36, 80, 119, 123] {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            assert_eq!(Message::decode(&bytes), None, "{at}");
        }
        assert_eq!(Message::decode(&bytes[..100]), None);
    }
}
