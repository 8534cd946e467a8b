//! What Vector has read: `checkpoints.json` of its `kubernetes_logs` source.
//!
//! Facts, from its sources (August 2026):
//! - The file is `{"version":"1","checkpoints":[{"fingerprint":…,"position":N,"modified":"RFC 3339"}]}`, in
//!   `DATA_DIR/COMPONENT/`, written every 60 s (`glob_minimum_cooldown_ms`) and at the end, to
//!   `checkpoints.new.json` first, which counts more where it is there and whole
//!   (`lib/file-source-common/src/checkpointer.rs`). There is no other version.
//! - A fingerprint is `{"first_lines_checksum":N}` (also `first_line_checksum`), `{"dev_inode":[N,N]}` and before
//!   0.51 `{"checksum":N}` or `{"unknown":N}` (`fingerprinter.rs`, `FileFingerprint`). This source has
//!   the first kind: CRC-64/ECMA-182 of the first line with its newline (`fingerprint_lines`, 1), of
//!   unpacked bytes, of the first 32 KiB (`max_line_bytes`) where it is longer; of a file with less there is
//!   none, and it is not read. Before 0.28 the rest of the 32 KiB was filled with zeros.
//! - `position` is behind the newline of the last line that was handed on, in bytes of the file with the
//!   CRI's prefix (`src/sources/kubernetes_logs/mod.rs`, `checkpoints.update`). Parts of a line (`P`) that
//!   wait for its end count as handed on, and so does what waits in memory for its sink: it does not
//!   acknowledge.
//! - Files are those below `/var/log/pods` but for `*.gz` and `*.tmp`. One that was rotated is read to its end
//!   (`rotate_wait_secs` has no limit); its record is removed 60 s after it is gone from the disk. Records of
//!   what went while Vector was down stay.
//! - No record names its file: of a container whose files are gone nothing can be told.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What can be wrong with a file of checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCheckpoints {
    /// It is not what Vector writes.
    #[error("this is no file of Vector's checkpoints: {0}")]
    Other(String),
    /// It has a format that is not known.
    #[error("Vector's checkpoints have version {0:?}: only \"1\" is known")]
    Version(String),
}

/// What Vector has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vector {
    /// Positions by the checksum of the first lines.
    positions: BTreeMap<u64, u64>,
    /// Checkpoints by other fingerprints, which this source does not write.
    pub others: usize,
    /// How files were told apart.
    pub fingerprints: Fingerprints,
}

/// How Vector tells files apart: its source's own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprints {
    /// `fingerprint_lines`.
    pub lines: usize,
    /// `max_line_bytes`.
    pub longest: usize,
}

impl Default for Fingerprints {
    fn default() -> Self {
        Fingerprints {
            lines: 1,
            longest: 32 << 10,
        }
    }
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    #[serde(rename = "version")]
    _version: String,
    checkpoints: Vec<Checkpoint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checkpoint {
    fingerprint: Fingerprint,
    position: u64,
    #[serde(rename = "modified")]
    _modified: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "others are read so that their form is known to be right"
)]
enum Fingerprint {
    #[serde(alias = "first_line_checksum")]
    FirstLinesChecksum(u64),
    DevInode(u64, u64),
    Checksum(u64),
    Unknown(u64),
}

impl Vector {
    /// Reads a file of checkpoints.
    ///
    /// # Errors
    /// When Vector has not written it so.
    pub fn read(json: &[u8]) -> Result<Self, NoCheckpoints> {
        let other = |error: serde_json::Error| NoCheckpoints::Other(error.to_string());
        let Version { version } = serde_json::from_slice(json).map_err(other)?;
        if version != "1" {
            return Err(NoCheckpoints::Version(version));
        }
        let state: State = serde_json::from_slice(json).map_err(other)?;
        let (mut positions, mut others) = (BTreeMap::new(), 0);
        for checkpoint in state.checkpoints {
            let Fingerprint::FirstLinesChecksum(sum) = checkpoint.fingerprint else {
                others += 1;
                continue;
            };
            // Twice the same: what is further back loses nothing.
            let position = positions.entry(sum).or_insert(checkpoint.position);
            *position = checkpoint.position.min(*position);
        }
        Ok(Vector {
            positions,
            others,
            fingerprints: Fingerprints::default(),
        })
    }

    /// How many files it has read.
    pub fn files(&self) -> usize {
        self.positions.len()
    }

    /// How far the file was read that begins so.
    pub fn position(&self, head: &[u8]) -> Option<u64> {
        let fingerprints = self.fingerprints;
        let known = |sum: u64| self.positions.get(&sum).copied();
        let sum = fingerprints.of(head)?;
        known(sum).or_else(|| known(fingerprints.before_0_28(head)?))
    }
}

impl Fingerprints {
    /// The checksum of a file by its first unpacked bytes. `None`: they are too few.
    pub fn of(&self, head: &[u8]) -> Option<u64> {
        self.lines(head).map(|lines| crc64(lines, 0))
    }

    fn before_0_28(&self, head: &[u8]) -> Option<u64> {
        let lines = self.lines(head)?;
        let zeros = self.longest.saturating_sub(lines.len());
        Some(crc64(lines, zeros))
    }

    fn lines<'a>(&self, head: &'a [u8]) -> Option<&'a [u8]> {
        let most = head.get(..self.longest.min(head.len()))?;
        let mut ends = most.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        match ends.nth(self.lines.saturating_sub(1)) {
            Some((end, _)) => most.get(..=end),
            None => (most.len() == self.longest).then_some(most),
        }
    }
}

/// CRC-64/ECMA-182 of these bytes and so many zeros.
fn crc64(bytes: &[u8], zeros: usize) -> u64 {
    const POLYNOMIAL: u64 = 0x42f0_e1eb_a9ea_3693;
    let zeros = std::iter::repeat_n(&0, zeros);
    bytes.iter().chain(zeros).fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u64::from(*byte) << 56), |sum, _| {
            let carry = if sum >> 63 == 1 { POLYNOMIAL } else { 0 };
            (sum << 1) ^ carry
        })
    })
}
