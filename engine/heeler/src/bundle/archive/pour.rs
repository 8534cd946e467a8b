//! Copies, and tells a source that fails from a sink that fails.

use std::io::{self, ErrorKind, Read};

/// Bytes that are read at once.
pub(super) const PIECE: usize = 64 << 10;

/// Hands all of `from` on, piece by piece. Answers with why it ended too soon, where the source failed.
///
/// # Errors
/// Of whoever takes it.
pub(super) fn pour<E>(
    from: &mut dyn Read,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<Option<String>, E> {
    let mut piece = vec![0; PIECE];
    loop {
        match read_some(from, &mut piece) {
            Ok([]) => return Ok(None),
            Ok(bytes) => take(bytes)?,
            Err(error) => return Ok(Some(error.to_string())),
        }
    }
}

/// Some bytes; none at the end.
///
/// # Errors
/// Of the source.
pub(super) fn read_some<'b>(from: &mut dyn Read, into: &'b mut [u8]) -> io::Result<&'b [u8]> {
    loop {
        match from.read(into) {
            Ok(count) => return Ok(into.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
