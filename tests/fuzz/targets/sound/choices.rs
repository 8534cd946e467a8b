//! Choices out of bytes. Where the bytes end every choice is the first one, and first ones are the
//! simplest: so a shorter text of bytes makes a simpler runbook, and a fuzzer can learn.

/// What is left to choose by.
pub struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    /// Chooses by these bytes.
    pub fn new(bytes: &'b [u8]) -> Choices<'b> {
        Choices(bytes)
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        let (byte, rest) = match self.0.split_first() {
            Some((byte, rest)) => (*byte, rest),
            None => (0, self.0),
        };
        self.0 = rest;
        usize::from(byte) % count.max(1)
    }

    /// True for one of `count` bytes, and not where the bytes have ended.
    pub fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    /// One of the items.
    pub fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    /// A whole number of any size, mostly a small one.
    pub fn whole(&mut self) -> i64 {
        match self.below(8) {
            0..=4 => self.below(8) as i64,
            5 => -(self.below(8) as i64),
            6 => *self.pick(&[i64::MIN, i64::MAX, 1 << 53, 262_144]),
            _ => i64::from_le_bytes(std::array::from_fn(|_| self.below(256) as u8)),
        }
    }
}
