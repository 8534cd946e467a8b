//! What one line says about those that follow.

use super::kind::Kind;
use super::mark::{Digest, Form};
use super::text::Ends;

/// So many lines that aren't a private key's may come between its own.
const FOREIGN: u8 = 16;
/// So much of what stands before a key's lines is kept.
const PREFIX: usize = 256;

/// What one line says about those that follow.
#[derive(Debug, Default)]
pub(super) enum Carry {
    /// Nothing.
    #[default]
    None,
    /// A private key has begun.
    PrivateKey(PrivateKey),
    /// `value: …` may follow.
    Value(Kind),
    /// `- …` may follow.
    Item(Kind),
    /// What stands further to the right than this is a value.
    Block { kind: Kind, indent: usize },
}

/// A private key of which lines have come.
#[derive(Debug)]
pub(super) struct PrivateKey {
    digest: Digest,
    /// How many fields a log has before each line.
    pub(super) fields: usize,
    /// What stood before the first line, and how it ended.
    prefix: Option<Vec<u8>>,
    ending: Vec<u8>,
    foreign: u8,
}

impl Carry {
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Carry::None)
    }
}

impl PrivateKey {
    pub(super) fn new(digest: Digest, fields: usize) -> Self {
        PrivateKey {
            digest,
            fields,
            prefix: None,
            ending: Vec::new(),
            foreign: 0,
        }
    }

    /// Takes a line of it, whose letters begin at `start`.
    pub(super) fn take(&mut self, line: &[u8], start: usize) {
        let (before, letters) = line.split_at_checked(start).unwrap_or((&[], line));
        self.digest.update(letters, Form::Lines);
        if self.prefix.is_none() {
            let kept = before.get(..PREFIX).unwrap_or(before);
            self.prefix = Some(kept.to_vec());
            let end = letters.trim_ascii_end().len();
            self.ending = letters.get(end..).unwrap_or_default().to_vec();
        }
        self.foreign = 0;
    }

    /// Counts a line that is none of it; `false`: there have been too many.
    pub(super) fn pass(&mut self) -> bool {
        self.foreign += 1;
        self.foreign < FOREIGN
    }

    /// Writes the token as a line; `false`: there was nothing of a key.
    pub(super) fn write(self, out: &mut Vec<u8>) -> bool {
        let Some(prefix) = self.prefix else {
            return false;
        };
        out.extend_from_slice(&prefix);
        self.digest.write(Kind::PrivateKey, out);
        out.extend_from_slice(&self.ending);
        true
    }
}

/// Where a secret ends that goes on here, and whether it does.
pub(super) fn end_of_rest(bytes: &[u8], ends: Ends, escaped: &mut bool) -> Option<usize> {
    bytes.iter().position(|&byte| {
        let was = std::mem::replace(escaped, byte == b'\\' && !*escaped);
        match ends {
            _ if byte == b'\n' => true,
            Ends::Blank => byte <= b' ' || b"\"'".contains(&byte),
            Ends::Quote(mark) => byte == mark && !was,
            Ends::Line => false,
        }
    })
}
