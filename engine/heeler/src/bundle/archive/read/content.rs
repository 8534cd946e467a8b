//! The bytes of one member, as they come.

use std::io::{self, Read};

use super::super::digest::Digest;
use super::super::pour::PIECE;
use super::super::told::{Trouble, TroubleKind};

/// Bytes among which a zero says that it is no text.
pub(in super::super) const LOOKED_AT: u64 = 8 << 10;

/// The bytes of one member, as they come. Whoever doesn't read to the end loses nothing: the digest is
/// made of all of it.
///
/// A read fails where the archive ends or breaks within the member: that is known to whoever reads the
/// archive, and no failure of whoever takes the member.
pub struct Content<'a> {
    unpacked: &'a mut dyn Read,
    left: u64,
    digest: Digest,
    is_binary: bool,
    /// Where the first bytes are kept beside, up to a limit.
    kept: Option<(Vec<u8>, usize)>,
    /// Whether the archive's packed bytes have ended within it.
    has_ended: bool,
}

/// What came of a member.
pub(super) struct Ended {
    pub(super) digest: Digest,
    pub(super) is_binary: bool,
    pub(super) kept: Option<Vec<u8>>,
}

impl<'a> Content<'a> {
    pub(super) fn new(unpacked: &'a mut dyn Read, size: u64, keep: Option<usize>) -> Self {
        Content {
            unpacked,
            left: size,
            digest: Digest::default(),
            is_binary: false,
            kept: keep.map(|most| (Vec::new(), most)),
            has_ended: false,
        }
    }

    /// Bytes that are still to come, if the archive speaks the truth.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Reads what nobody wanted.
    pub(super) fn finish(mut self) -> (Ended, io::Result<()>) {
        let rest = usize::try_from(self.left).unwrap_or(usize::MAX);
        let mut piece = vec![0; rest.min(PIECE)];
        let ended = loop {
            match self.read(&mut piece) {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        let came = Ended {
            digest: self.digest,
            is_binary: self.is_binary,
            kept: self.kept.map(|(kept, _)| kept),
        };
        (came, ended)
    }
}

impl Read for Content<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(into.len());
        let into = into.get_mut(..most).unwrap_or_default();
        if into.is_empty() {
            return Ok(0);
        }
        let count = match self.has_ended {
            true => 0,
            false => self.unpacked.read(into)?,
        };
        if count == 0 {
            self.has_ended = true;
            return Err(io::Error::other(cut()));
        }
        let bytes = into.get(..count).unwrap_or_default();
        let looked_at = LOOKED_AT.saturating_sub(self.digest.size);
        let looked_at = usize::try_from(looked_at).unwrap_or(usize::MAX);
        self.is_binary |= bytes.iter().take(looked_at).any(|byte| *byte == 0);
        if let Some((kept, most)) = &mut self.kept {
            let room = most.saturating_sub(kept.len()).min(count);
            kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        self.digest.add(bytes);
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// A tar that ends too soon, although what it is packed in does not.
pub(super) fn cut() -> Trouble {
    Trouble::new(
        TroubleKind::Cut,
        "it ends too soon: it was cut before it was packed",
    )
}
