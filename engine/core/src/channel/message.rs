//! One message of the channel, as bytes.

use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::ChannelFault;

/// The longest payload that is taken; the agent sends 1,024 bytes at a time, and its handshake is not much longer.
pub const MOST_PAYLOAD: usize = 256 << 10;
/// The offset of the payload's length, which the first field tells.
const HEADER: usize = 116;
/// The same, as it stands on the wire.
const HEADER_FIELD: [u8; 4] = [0, 0, 0, 116];
/// The length of the header with the payload's length.
const WHOLE_HEADER: usize = HEADER + 4;
/// The only version of the schema.
const SCHEMA: u32 = 1;

/// What a payload is.
pub mod payload {
    /// Standard output, or what the client types.
    pub const OUTPUT: u32 = 1;
    /// What the agent asks of its client.
    pub const HANDSHAKE_REQUEST: u32 = 5;
    /// What the client answers.
    pub const HANDSHAKE_RESPONSE: u32 = 6;
    /// The handshake is over.
    pub const HANDSHAKE_COMPLETE: u32 = 7;
    /// A proof that the channel is encrypted.
    pub const ENCRYPTION_CHALLENGE: u32 = 8;
    /// Standard error.
    pub const ERRORS: u32 = 11;
    /// The exit code, as `EXIT_CODE: 3`.
    pub const EXIT_CODE: u32 = 12;
}

/// Whose and what a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// From the client to the agent.
    Input,
    /// From the agent to the client.
    Output,
    /// That a message has come.
    Acknowledge,
    /// That the session is over.
    Closed,
    /// Anything else, which is passed over.
    Other(String),
}

impl Kind {
    /// Its name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Kind::Input => "input_stream_data",
            Kind::Output => "output_stream_data",
            Kind::Acknowledge => "acknowledge",
            Kind::Closed => "channel_closed",
            Kind::Other(name) => name,
        }
    }

    fn named(name: &str) -> Self {
        [Kind::Input, Kind::Output, Kind::Acknowledge, Kind::Closed]
            .into_iter()
            .find(|kind| kind.name() == name)
            .unwrap_or_else(|| Kind::Other(name.to_owned()))
    }
}

/// A message.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentMessage {
    /// What it is.
    pub kind: Kind,
    /// When it was made, in milliseconds since 1970.
    pub created: u64,
    /// Its place in the order of its direction.
    pub sequence: i64,
    /// Bit 0: the first one; bit 1: the last one.
    pub flags: u64,
    /// By which it is acknowledged.
    pub id: Uuid,
    /// One of [`payload`].
    pub payload_type: u32,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// Payloads are what nodes print: not for anybody's log.
impl fmt::Debug for AgentMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentMessage")
            .field("kind", &self.kind)
            .field("sequence", &self.sequence)
            .field("payload_type", &self.payload_type)
            .field("bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

impl AgentMessage {
    /// As it goes over the wire. A name that is too long for its field is cut.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(WHOLE_HEADER + self.payload.len());
        bytes.extend(HEADER_FIELD);
        let mut name = [b' '; 32];
        for (to, from) in name.iter_mut().zip(self.kind.name().bytes()) {
            *to = from;
        }
        bytes.extend(name);
        bytes.extend(SCHEMA.to_be_bytes());
        bytes.extend(self.created.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.flags.to_be_bytes());
        // The halves change places on the wire.
        let (high, low) = self.id.as_u64_pair();
        bytes.extend(low.to_be_bytes());
        bytes.extend(high.to_be_bytes());
        bytes.extend(Sha256::digest(&self.payload));
        bytes.extend(self.payload_type.to_be_bytes());
        let length = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`ChannelFault::Damaged`]; [`ChannelFault::Digest`] where output is not what its digest says. Nobody checks the
    /// digests of other messages, and the service makes some of them itself.
    pub fn decode(bytes: &[u8]) -> Result<Self, ChannelFault> {
        let mut reader = Reader { bytes, at: 0 };
        let header = reader.u32()?;
        let name: [u8; 32] = reader.array()?;
        let _schema = reader.u32()?;
        let (created, sequence, flags) = (reader.u64()?, reader.u64()?, reader.u64()?);
        let (low, high) = (reader.u64()?, reader.u64()?);
        let digest: [u8; 32] = reader.array()?;
        let payload_type = reader.u32()?;
        // Later versions may have a longer header; the payload's length stands at its end.
        let header = usize::try_from(header).unwrap_or(usize::MAX);
        if !(HEADER..=HEADER * 8).contains(&header) {
            return Err(ChannelFault::Damaged(format!("a header of {header} bytes")));
        }
        reader.at = header;
        let length = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        if length > MOST_PAYLOAD {
            return Err(ChannelFault::Damaged(format!(
                "a payload of {length} bytes"
            )));
        }
        let payload = bytes.get(reader.at..).unwrap_or_default();
        if payload.len() != length {
            let has = payload.len();
            return Err(ChannelFault::Damaged(format!(
                "{has} bytes of a payload of {length}"
            )));
        }
        let name = String::from_utf8_lossy(&name);
        let message = AgentMessage {
            kind: Kind::named(name.trim_end_matches([' ', '\0'])),
            created,
            sequence: i64::from_be_bytes(sequence.to_be_bytes()),
            flags,
            id: Uuid::from_u64_pair(high, low),
            payload_type,
            payload: payload.to_vec(),
        };
        let is_right = Sha256::digest(&message.payload).as_slice() == digest;
        match message.kind {
            Kind::Output if !is_right => Err(ChannelFault::Digest(message.sequence)),
            _ => Ok(message),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ChannelFault> {
        let end = self.at.saturating_add(N);
        let part = self.bytes.get(self.at..end);
        let part = part.and_then(|part| <[u8; N]>::try_from(part).ok());
        self.at = end;
        part.ok_or_else(|| ChannelFault::Damaged(format!("it has {} bytes", self.bytes.len())))
    }

    fn u32(&mut self) -> Result<u32, ChannelFault> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, ChannelFault> {
        Ok(u64::from_be_bytes(self.array()?))
    }
}
