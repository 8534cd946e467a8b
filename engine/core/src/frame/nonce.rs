//! What ties a frame to the command that asked for it.

use std::fmt;

/// Sixteen hexadecimal digits, new for each command: an answer with other ones is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// Takes random bytes; where they come from is the caller's business.
    pub fn new(bytes: [u8; 8]) -> Self {
        Nonce(format!("{:016x}", u64::from_be_bytes(bytes)))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
