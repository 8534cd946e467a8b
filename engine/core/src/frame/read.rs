//! From the service's output to the payload that the node wrote, or to what is wrong with it.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::fault::FrameFault;
use super::nonce::Nonce;
use super::payload;

/// A payload never grows beyond this when it is unpacked, whatever its header says.
const MOST_BYTES: u64 = 1 << 20;
/// Hexadecimal digits of the digest in a header.
const DIGEST_DIGITS: usize = 16;
/// What the SSM agent writes where it cut an output: the whole one, and the one of the listing.
const CUT_MARKS: [&str; 2] = ["--output truncated--", "---Output truncated---"];

/// Reads a command's output, standard error and all, as the frame that `nonce` was sent for.
pub fn read(output: &str, nonce: &Nonce) -> Result<Answer, FrameFault> {
    let mut lines = output
        .lines()
        .map(str::trim_end)
        .skip_while(|line| !line.starts_with("heeler1 "));
    let first = lines.next().ok_or_else(|| no_frame(output, nonce))?;
    let header = Header::parse(first)?;
    if header.nonce != nonce.as_str() {
        return Err(FrameFault::Foreign);
    }
    let data = lines.next().ok_or(FrameFault::Cut)?;
    let end = lines.next().ok_or(FrameFault::Cut)?;
    if end.strip_prefix("heeler1-end ") != Some(nonce.as_str()) {
        return Err(FrameFault::Cut);
    }
    payload::read(&header.open(data)?)
}

/// What an output without a frame says.
fn no_frame(output: &str, nonce: &Nonce) -> FrameFault {
    let full = output
        .lines()
        .find_map(|line| line.strip_prefix("heeler1-full "));
    match full.and_then(|line| line.split(':').next()) {
        Some(whose) if whose == nonce.as_str() => FrameFault::NoRoom,
        Some(_) => FrameFault::Foreign,
        None if is_cut(output) => FrameFault::Cut,
        None => FrameFault::Missing,
    }
}

fn is_cut(output: &str) -> bool {
    CUT_MARKS.iter().any(|mark| output.contains(mark))
}

/// The first line of a frame.
struct Header<'a> {
    nonce: &'a str,
    coding: &'a str,
    size: u64,
    wire: u64,
    digest: &'a str,
}

impl<'a> Header<'a> {
    /// A header that is not whole is a cut one: nothing but the end of an output can shorten it.
    fn parse(line: &'a str) -> Result<Self, FrameFault> {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, nonce, coding, size, wire, digest] = fields[..] else {
            return Err(FrameFault::Cut);
        };
        let number = |text: &str| {
            text.parse()
                .map_err(|_| malformed("its sizes are no numbers"))
        };
        if digest.len() != DIGEST_DIGITS {
            return Err(FrameFault::Cut);
        }
        Ok(Header {
            nonce,
            coding,
            size: number(size)?,
            wire: number(wire)?,
            digest,
        })
    }

    /// The payload, checked against everything that the header says of it.
    fn open(&self, data: &str) -> Result<Vec<u8>, FrameFault> {
        let wire = STANDARD
            .decode(data)
            .map_err(|_| malformed("it is not base64"))?;
        if wire.len() as u64 != self.wire {
            return Err(malformed("it is not as long as it says"));
        }
        let payload = match self.coding {
            "b64" => wire,
            "gz" => unpack(&wire)?,
            _ => return Err(malformed("its coding is unknown")),
        };
        if payload.len() as u64 != self.size {
            return Err(malformed("its content is not as long as it says"));
        }
        if self.digest != digest(&payload) {
            return Err(FrameFault::Forged);
        }
        Ok(payload)
    }
}

fn unpack(wire: &[u8]) -> Result<Vec<u8>, FrameFault> {
    let mut payload = Vec::new();
    flate2::read::GzDecoder::new(wire)
        .take(MOST_BYTES + 1)
        .read_to_end(&mut payload)
        .map_err(|error| malformed(&format!("it does not unpack: {error}")))?;
    if payload.len() as u64 > MOST_BYTES {
        return Err(malformed("it unpacks to more than 1 MiB"));
    }
    Ok(payload)
}

fn digest(payload: &[u8]) -> String {
    let hexadecimal: String = Sha256::digest(payload)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    hexadecimal.chars().take(DIGEST_DIGITS).collect()
}

fn malformed(what: &str) -> FrameFault {
    FrameFault::Malformed(what.to_owned())
}
