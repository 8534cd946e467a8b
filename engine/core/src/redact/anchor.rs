//! What text is searched for: short words that a secret can't do without.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};

use super::prefixed::PREFIXES;
use super::text::{Look, Text};
use super::{header, jwt, keyed, pem, prefixed, url};

/// Who looks around an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Keyed,
    Bearer,
    Jwt,
    PrivateKey,
    PackedPrivateKey,
    Url,
    DataSource,
    Prefixed,
}

/// The anchors besides the prefixes of vendors. Case makes no difference.
const ANCHORS: &[(&str, Family)] = &[
    ("pass", Family::Keyed),
    ("pwd", Family::Keyed),
    ("secret", Family::Keyed),
    ("token", Family::Keyed),
    ("key", Family::Keyed),
    ("psk", Family::Keyed),
    ("auth", Family::Keyed),
    ("credential", Family::Keyed),
    ("signature", Family::Keyed),
    ("sig=", Family::Keyed),
    ("cookie", Family::Keyed),
    ("user-data", Family::Keyed),
    ("user_data", Family::Keyed),
    ("userdata", Family::Keyed),
    ("dockerc", Family::Keyed),
    ("bearer", Family::Bearer),
    ("eyj", Family::Jwt),
    ("private key", Family::PrivateKey),
    ("ls0tls1crudjti", Family::PackedPrivateKey),
    ("://", Family::Url),
    ("@tcp(", Family::DataSource),
    ("@unix(", Family::DataSource),
];

/// No anchor is longer.
pub(super) const LONGEST: usize = 32;

/// An anchor in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    family: Family,
}

static WORDS: LazyLock<Vec<(&'static str, Family)>> = LazyLock::new(|| {
    let prefixes = PREFIXES
        .iter()
        .map(|prefix| (prefix.anchor, Family::Prefixed));
    // Where several begin at one place, the first wins: `eyJ` is the beginning of others.
    prefixes.chain(ANCHORS.iter().copied()).collect()
});

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        .start_kind(StartKind::Anchored)
        .kind(Some(AhoCorasickKind::DFA))
        .build(WORDS.iter().map(|(word, _)| word))
        .ok()
});

/// Which three letters an anchor may begin with, or go on with behind its first: a place in the table
/// says whether one may stand here. An automaton needs each byte's result for the next; these can be asked
/// all at once, and for every second byte only, which is twice as fast.
static BEGINNINGS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut table = vec![false; 1 << BITS];
    let mut mark = |three: [u8; 3]| {
        if let Some(place) = table.get_mut(place(three)) {
            *place = true;
        }
    };
    for (word, _) in WORDS.iter() {
        let bytes = word.as_bytes();
        if let [a, b, c, ..] = *bytes {
            mark([a, b, c]);
        }
        match *bytes {
            [_, a, b, c, ..] => mark([a, b, c]),
            [_, a, b] => (0..=u8::MAX).for_each(|any| mark([a, b, any])),
            _ => {}
        }
    }
    table
});

const BITS: u32 = 15;

/// Where three letters have their place in the table, whatever their case.
fn place(three: [u8; 3]) -> usize {
    let [a, b, c] = three;
    let letters = u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020;
    usize::try_from(letters.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)).unwrap_or(0)
}

/// The next anchor from here on.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<Hit> {
    let Some(automaton) = AUTOMATON.as_ref() else {
        return next_slowly(bytes, from);
    };
    let beginnings = BEGINNINGS.as_slice();
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        let mut pairs = rest.chunks_exact(2).zip(rest.get(2..)?.chunks(2));
        let may = |(pair, behind): (&[u8], &[u8])| {
            let (&[a, b], &[c, ..]) = (pair, behind) else {
                return false;
            };
            beginnings.get(place([a, b, c])).copied().unwrap_or(true)
        };
        let Some(count) = pairs.position(may) else {
            // The last few have no three behind them.
            let mut left = rest.len().saturating_sub(4)..rest.len();
            return left.find_map(|place| here(automaton, bytes, at + place));
        };
        let place = at + 2 * count;
        // It may have begun at the byte before, which was not looked at.
        let before = place.checked_sub(1).filter(|_| count > 0);
        let hit = before.and_then(|before| here(automaton, bytes, before));
        if let Some(hit) = hit.or_else(|| here(automaton, bytes, place)) {
            return Some(hit);
        }
        at = place + 1;
    }
}

/// The anchor that begins here.
fn here(automaton: &AhoCorasick, bytes: &[u8], start: usize) -> Option<Hit> {
    let input = Input::new(bytes).range(start..).anchored(Anchored::Yes);
    let found = automaton.try_find(input).ok()??;
    let (_, family) = WORDS.get(found.pattern().as_usize())?;
    Some(Hit {
        start: found.start(),
        end: found.end(),
        family: *family,
    })
}

/// The same without the automaton: nothing may pass should it ever not be there.
pub(super) fn next_slowly(bytes: &[u8], from: usize) -> Option<Hit> {
    (from..bytes.len()).find_map(|start| {
        let rest = bytes.get(start..)?;
        let is_here = |(word, _): &&(&str, Family)| {
            let here = rest.get(..word.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes()))
        };
        let (word, family) = WORDS.iter().find(is_here)?;
        Some(Hit {
            start,
            end: start + word.len(),
            family: *family,
        })
    })
}

/// All of them.
#[cfg(test)]
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, _)| *word)
}

impl Hit {
    /// What is found around it.
    pub(super) fn look(self, text: Text<'_>) -> Look {
        match self.family {
            Family::Keyed => keyed::look(text, self.start, self.end),
            Family::Bearer => header::bearer(text, self.start, self.end),
            Family::Jwt => jwt::look(text, self.start),
            Family::PrivateKey => pem::look(text, self.start, self.end),
            Family::PackedPrivateKey => pem::packed(text, self.start),
            Family::Url => url::look(text, self.end),
            Family::DataSource => url::data_source(text, self.start),
            Family::Prefixed => prefixed::look(text, self.start),
        }
    }
}
