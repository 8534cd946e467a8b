//! Identifiers that must not be mistaken for one another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::frame::LockId;

/// A run. A UUID v7; people see the first letters of its random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

/// Lower-case base 32 without letters that look alike.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of the whole short id: 60 of the 62 random bits of a version 7 UUID's second half.
const LETTERS: u32 = 12;

impl RunId {
    /// Takes a version 7 UUID as the id of a run.
    pub fn new(uuid: Uuid) -> Self {
        RunId(uuid)
    }

    /// The UUID.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// When it began, by the clock of whoever runs it, in seconds since 1970; 0 where the UUID does not
    /// say it.
    pub fn began_s(self) -> u64 {
        self.0.get_timestamp().map_or(0, |began| began.to_unix().0)
    }

    /// The whole short id, from the random bits: the first digits of a version 7 UUID are the
    /// clock, which all runs of a minute share.
    pub fn letters(self) -> String {
        let (_, random) = self.0.as_u64_pair();
        (0..LETTERS)
            .filter_map(|place| {
                let index = usize::try_from((random >> (place * 5)) & 31).ok()?;
                ALPHABET.get(index).copied().map(char::from)
            })
            .collect()
    }

    /// The id of the lock that this run takes on a node.
    pub fn lock(self) -> LockId {
        LockId::of(self.letters())
    }

    /// The short form that is printed; any unique prefix is accepted back.
    pub fn short(self) -> String {
        self.lock().short()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

/// An EC2 instance id, `i-` and 8 or 17 hexadecimal digits (the pattern of SendCommand's model).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceId(String);

impl InstanceId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InstanceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("i-").unwrap_or_default();
        let hexadecimal = digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        if matches!(digits.len(), 8 | 17) && hexadecimal {
            Ok(InstanceId(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is no EC2 instance id; one looks like i-0abc1234def567890"
            ))
        }
    }
}

impl TryFrom<String> for InstanceId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> String {
        id.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kernel's boot id: another one means that the node has been restarted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootId(pub String);

impl fmt::Display for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An SSM command id, as SendCommand gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub String);

impl CommandId {
    /// The first digits, for people who watch: the journal has the whole id.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
