//! What the agent makes of bytes: chunks that end between two runes. What is no whole rune at the very end is never
//! sent (shell_unix.go: measured, `printf 'abc\377\376'` arrives as it is but for an incomplete rest).

/// Bytes that wait for the rest of their rune.
#[derive(Debug, Default)]
pub(super) struct Runes(Vec<u8>);

impl Runes {
    /// The bytes that can be sent now.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.0);
        all.extend_from_slice(bytes);
        let whole = all.len() - incomplete(&all);
        self.0 = all.split_off(whole);
        all
    }
}

/// How many bytes at the end may be the beginning of a rune.
fn incomplete(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let needs = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::Runes;

    #[test]
    fn an_incomplete_rune_waits_and_is_lost_at_the_end() {
        let mut runes = Runes::default();
        assert_eq!(runes.take("aü".as_bytes()), "aü".as_bytes());
        assert_eq!(runes.take(&[b'b', 0xe2, 0x82]), b"b");
        assert_eq!(runes.take(&[0xac, b'c']), "€c".as_bytes());
        assert_eq!(runes.take(&[b'x', 0xff, 0xfe]), [b'x', 0xff, 0xfe]);
        assert_eq!(runes.take(&[0xf0, 0x9f]), b"");
    }
}
