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
        let index = self.below(items.len());
        items.get(index).expect("below their number")
    }

    /// A whole number of any size, mostly a small one.
    pub fn whole(&mut self) -> i64 {
        match self.below(8) {
            0..=4 => self.small(),
            5 => -self.small(),
            6 => *self.pick(&[i64::MIN, i64::MAX, 1 << 53, 262_144]),
            _ => (0..8).fold(0, |whole, _| {
                let byte = u8::try_from(self.below(256)).unwrap_or_default();
                whole << 8 | i64::from(byte)
            }),
        }
    }

    /// One of the words.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        let word: &&str = self.pick(words);
        word
    }

    /// A whole number below 8.
    fn small(&mut self) -> i64 {
        i64::try_from(self.below(8)).unwrap_or_default()
    }
}
