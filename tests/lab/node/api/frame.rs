//! What travels over an exec connection: the real messages (core kit `sources/models/src/exec.rs`)
//! in plain length-prefixed frames in place of WebSocket's.

use std::io::{ErrorKind, Read, Write};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// The server's limit for one frame, in bytes.
pub(crate) const LIMIT: usize = 64 * 1024;

/// One frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A control message in JSON.
    Text(String),
    /// Data of the standard streams.
    Binary(Vec<u8>),
    /// The remote command's exit code, in decimal.
    Close(String),
}

/// Control messages of the client.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ClientMessage {
    Initialize(Initialize),
    /// The client's standard input has ended.
    ContentComplete,
}

/// What is to run, and where.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Initialize {
    pub(crate) command: Vec<OsText>,
    pub(crate) target: String,
    pub(crate) tty: Option<Tty>,
}

/// A command word as the protocol has it: each byte a decimal number.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum OsText {
    Unix(Vec<u8>),
}

/// That the client wants a terminal. The lab gives none, but keeps what follows from it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tty {
    pub(crate) size: Option<(u16, u16)>,
}

impl Frame {
    pub(crate) fn write(&self, to: &mut impl Write) -> Result<()> {
        let (kind, payload) = match self {
            Self::Text(text) => (b'T', text.as_bytes()),
            Self::Binary(data) => (b'B', data.as_slice()),
            Self::Close(code) => (b'C', code.as_bytes()),
        };
        let mut bytes = vec![kind];
        bytes.extend_from_slice(&u32::try_from(payload.len())?.to_be_bytes());
        bytes.extend_from_slice(payload);
        to.write_all(&bytes)?;
        Ok(to.flush()?)
    }

    /// Reads one frame; `None` when the other side is gone.
    pub(crate) fn read(from: &mut impl Read) -> Result<Option<Self>> {
        let mut head = [0; 5];
        if let Err(error) = from.read_exact(&mut head) {
            return match error.kind() {
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Ok(None),
                _ => Err(error.into()),
            };
        }
        let [kind, length @ ..] = head;
        let length = usize::try_from(u32::from_be_bytes(length))?;
        if length > LIMIT {
            bail!("payload reached size limit");
        }
        let mut payload = vec![0; length];
        from.read_exact(&mut payload)?;
        Ok(Some(match kind {
            b'T' => Self::Text(String::from_utf8(payload)?),
            b'B' => Self::Binary(payload),
            b'C' => Self::Close(String::from_utf8(payload)?),
            unknown => bail!("a frame of unknown kind {unknown}"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_wire_and_large_ones_are_refused() {
        let mut wire = Vec::new();
        Frame::Binary(vec![0, 255]).write(&mut wire).unwrap();
        Frame::Close("7".to_owned()).write(&mut wire).unwrap();
        let mut reader = wire.as_slice();
        assert_eq!(
            Frame::read(&mut reader).unwrap(),
            Some(Frame::Binary(vec![0, 255]))
        );
        assert_eq!(
            Frame::read(&mut reader).unwrap(),
            Some(Frame::Close("7".to_owned()))
        );
        assert_eq!(Frame::read(&mut reader).unwrap(), None);
        let mut large = Vec::new();
        Frame::Binary(vec![0; LIMIT + 1]).write(&mut large).unwrap();
        assert!(Frame::read(&mut large.as_slice()).is_err());
    }

    #[test]
    fn a_command_of_20000_bytes_fits_and_one_of_22000_does_not() {
        let size = |length: usize| {
            let command = vec![OsText::Unix(vec![b'a'; length])];
            let message = ClientMessage::Initialize(Initialize {
                command,
                target: "admin".to_owned(),
                tty: None,
            });
            serde_json::to_string(&message).unwrap().len()
        };
        assert!(size(20_000) <= LIMIT);
        assert!(size(22_000) > LIMIT);
    }
}
