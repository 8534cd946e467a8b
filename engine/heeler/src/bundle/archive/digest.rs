//! SHA-256 of what passes by.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

/// Counts and digests what is written to it, and hands it on.
pub(super) struct Digesting<W> {
    pub(super) inner: W,
    pub(super) digest: Digest,
}

impl<W: Write> Digesting<W> {
    pub(super) fn new(inner: W) -> Self {
        Digesting {
            inner,
            digest: Digest::default(),
        }
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.add(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A digest that grows.
#[derive(Clone, Default)]
pub(in crate::bundle) struct Digest {
    sha: Sha256,
    /// Bytes so far.
    pub(super) size: u64,
}

impl Digest {
    pub(in crate::bundle) fn add(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// In hexadecimal digits.
    pub(in crate::bundle) fn hex(self) -> String {
        let digest = self.sha.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
