//! Bytes of a file, unpacked where they are packed, without ever holding much of them.

use std::io::Write as _;

use flate2::write::MultiGzDecoder;
use tokio_util::bytes::Bytes;

/// Packed bytes that are taken at once: gzip makes at most about 1,032 bytes of one.
const BITE: usize = 4 << 10;

/// Unpacks a file piece by piece.
pub(super) enum Unpack {
    /// It is not packed.
    Plain,
    /// By gzip.
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

impl Unpack {
    pub(super) fn of(packed: bool) -> Self {
        match packed {
            true => Unpack::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            false => Unpack::Plain,
        }
    }

    /// Takes a bite of the bytes, and gives what it comes to: a few megabytes at most.
    ///
    /// # Errors
    /// In words, when it is not packed as it should be, with what came before that.
    pub(super) fn bite(&mut self, bytes: &mut Bytes) -> (Bytes, Result<(), String>) {
        let Unpack::Gzip(decoder) = self else {
            return (std::mem::take(bytes), Ok(()));
        };
        let bite = bytes.split_to(BITE.min(bytes.len()));
        // It keeps some of it otherwise.
        let unpacked = decoder.write_all(&bite).and_then(|()| decoder.flush());
        let bad = |error| format!("it is no good gzip: {error}");
        let out = std::mem::take(decoder.get_mut());
        (out.into(), unpacked.map_err(bad))
    }

    /// Gives what is left.
    ///
    /// # Errors
    /// In words, when its end is missing, or its checksum is not that of what was unpacked; with what
    /// came before that.
    pub(super) fn finish(&mut self) -> (Bytes, Result<(), String>) {
        match std::mem::replace(self, Unpack::Plain) {
            Unpack::Plain => (Bytes::new(), Ok(())),
            Unpack::Gzip(mut decoder) => {
                let ended = decoder.try_finish();
                let bad = |error| format!("its packed end is missing or wrong: {error}");
                (std::mem::take(decoder.get_mut()).into(), ended.map_err(bad))
            }
        }
    }
}
