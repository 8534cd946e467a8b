//! Lines of a stream, however long they are, in little memory.

use std::io::Read;
use std::ops::ControlFlow;

use memchr::memchr;

use super::pour::{PIECE, read_some};

/// A line, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Of the line, from 1 on.
    pub(super) number: u64,
    /// Without the line's end.
    pub(super) bytes: &'a [u8],
    /// Whether the line begins with it.
    pub(super) begins: bool,
    /// Whether the line ends with it.
    pub(super) ends: bool,
}

/// How lines are cut to pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// A line that is longer is cut to pieces, of about that many bytes.
    pub(super) most: usize,
    /// Bytes that a piece has from the one before it.
    pub(super) overlap: usize,
}

/// Hands on the lines of a stream. Answers with why it ended too soon, where the stream has failed.
///
/// # Errors
/// Of whoever takes them.
pub(super) fn pieces<E>(
    from: &mut dyn Read,
    cut: Cut,
    mut take: impl FnMut(Piece<'_>) -> Result<ControlFlow<()>, E>,
) -> Result<Option<String>, E> {
    let mut chunk = vec![0; PIECE];
    let mut held: Vec<u8> = Vec::new();
    let (mut number, mut begins) = (1, true);
    let broken = loop {
        let mut rest = match read_some(from, &mut chunk) {
            Ok([]) => break None,
            Ok(bytes) => bytes,
            Err(error) => break Some(error.to_string()),
        };
        while let Some(end) = memchr(b'\n', rest) {
            let (line, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = behind.get(1..).unwrap_or_default();
            let bytes = match held.is_empty() {
                true => line,
                false => {
                    held.extend_from_slice(line);
                    &held
                }
            };
            let piece = Piece {
                number,
                bytes,
                begins,
                ends: true,
            };
            if take(piece)?.is_break() {
                return Ok(None);
            }
            held.clear();
            (number, begins) = (number + 1, true);
        }
        held.extend_from_slice(rest);
        if held.len() < cut.most {
            continue;
        }
        let end = whole_letters(&held);
        let bytes = held.get(..end).unwrap_or(&held);
        let piece = Piece {
            number,
            bytes,
            begins,
            ends: false,
        };
        if take(piece)?.is_break() {
            return Ok(None);
        }
        let kept = end.saturating_sub(cut.overlap);
        held.drain(..kept);
        begins = false;
    };
    if !held.is_empty() || !begins {
        let bytes = held.as_slice();
        let _ = take(Piece {
            number,
            bytes,
            begins,
            ends: true,
        })?;
    }
    Ok(broken)
}

/// Where the last letter ends that is there in full: it may be cut in the middle.
fn whole_letters(bytes: &[u8]) -> usize {
    let last = bytes
        .iter()
        .rev()
        .take(3)
        .position(|byte| byte & 0xc0 != 0x80);
    let Some(back) = last else { return bytes.len() };
    let start = bytes.len() - 1 - back;
    let needs = match bytes.get(start).copied().unwrap_or_default() {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 1,
    };
    // A start that is alone at the very beginning is handed on as it is, so that it goes on.
    if back + 1 < needs && start > 0 {
        start
    } else {
        bytes.len()
    }
}
