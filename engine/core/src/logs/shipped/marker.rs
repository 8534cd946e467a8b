//! The checksum that Fluent Bit keeps beside a position: XXH3 (64 bits, no seed) of up to 32 bytes right
//! before it. Source: `plugins/in_tail/tail_file.c`, `compute_offset_marker`; from 5.0.3 on.
//!
//! Bytes that differ prove that a file is another one. Equal ones prove little: logs repeat themselves, so
//! that another segment may have a line with the same end in the same place.

/// A checksum of the bytes right before a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    hash: u64,
    size: usize,
}

/// XXH3's own constants (`XXH3_kSecret`, its first four words; the rest of the hash for 17 to 128 bytes).
const SECRET: [u64; 4] = [
    0xbe4b_a423_396c_feb8,
    0x1cad_21f7_2c81_017c,
    0xdb97_9083_e96d_d4de,
    0x1f67_b3b7_a4a4_4072,
];
const PRIME: u64 = 0x9e37_79b1_85eb_ca87;
const AVALANCHE: u64 = 0x1656_6791_9e37_79f9;
/// So many bytes there are where there are so many before the position.
const MOST: usize = 32;
/// Fewer have another form of the hash. A line of a log has hardly ever less: they are not compared.
const LEAST: usize = 17;

impl Marker {
    /// A checksum as the database has it; `None`: there is none, or one that is not compared.
    pub fn of(hash: i64, size: i64) -> Option<Self> {
        let size = usize::try_from(size).ok()?;
        (LEAST..=MOST).contains(&size).then(|| Marker {
            hash: hash.cast_unsigned(),
            size,
        })
    }

    /// Whether these bytes end with what was right before the position. `None`: they are too few.
    pub fn fits(&self, before: &[u8]) -> Option<bool> {
        let from = before.len().checked_sub(self.size)?;
        Some(xxh3(before.get(from..)?)? == self.hash)
    }
}

/// XXH3 of 17 to 32 bytes.
fn xxh3(bytes: &[u8]) -> Option<u64> {
    let [first, second, third, fourth] = SECRET;
    let end = bytes.len().checked_sub(16)?;
    let sum = u64::try_from(bytes.len()).ok()?.wrapping_mul(PRIME);
    let sum = sum.wrapping_add(mix(bytes, 0, [first, second])?);
    let sum = sum.wrapping_add(mix(bytes, end, [third, fourth])?);
    let sum = (sum ^ (sum >> 37)).wrapping_mul(AVALANCHE);
    Some(sum ^ (sum >> 32))
}

fn mix(bytes: &[u8], at: usize, [low, high]: [u64; 2]) -> Option<u64> {
    let product = u128::from(word(bytes, at)? ^ low) * u128::from(word(bytes, at + 8)? ^ high);
    let half = |part: u128| u64::try_from(part & u128::from(u64::MAX)).ok();
    Some(half(product)? ^ half(product >> 64)?)
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at + 8)?;
    Some(u64::from_le_bytes(word.try_into().ok()?))
}

#[cfg(test)]
impl Marker {
    /// The checksum of the last bytes, as the database has it.
    pub(super) fn hash_of(bytes: &[u8]) -> i64 {
        xxh3(&bytes[bytes.len() - MOST..])
            .expect("enough of them")
            .cast_signed()
    }
}
