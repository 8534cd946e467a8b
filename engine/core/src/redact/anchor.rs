//! What text is searched for: short words that a secret can't do without.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};

use super::prefixed::PREFIXES;
use super::text::{Look, Text};
use super::{header, jwt, keyed, pem, prefixed, telegram, url};

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
    Telegram,
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
    (":aa", Family::Telegram),
    ("%3aaa", Family::Telegram),
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

/// Which three letters an anchor may begin with, and with which it may go on behind its first letter. An
/// automaton needs each byte's result for the next; a table can be asked all at once, and for every second
/// byte only.
static THREES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut table = vec![0; 1 << BITS];
    let mut mark = |three: [u8; 3], how: u8| {
        if let Some(place) = table.get_mut(place(three)) {
            *place |= how;
        }
    };
    for (word, _) in WORDS.iter() {
        if let [a, b, c, ..] = *word.as_bytes() {
            mark([a, b, c], BEGINS);
        }
        match *word.as_bytes() {
            [_, a, b, c, ..] => mark([a, b, c], GOES_ON),
            [_, a, b] => (0..=u8::MAX).for_each(|any| mark([a, b, any], GOES_ON)),
            _ => {}
        }
    }
    table
});

const BEGINS: u8 = 1;
const GOES_ON: u8 = 2;
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
    let table = THREES.as_slice();
    let known = |three: [u8; 3]| table.get(place(three)).copied().unwrap_or_default();
    let known_at = |at: usize| {
        let three = bytes.get(at..).and_then(|rest| rest.first_chunk::<3>());
        // Nothing is known of what is too near the end.
        three.map_or(BEGINS | GOES_ON, |three| known(*three))
    };
    let may_begin = |at: usize| known_at(at) & BEGINS != 0 && known_at(at + 1) & GOES_ON != 0;
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        let mut pairs = rest.chunks_exact(2).zip(rest.get(2..)?.chunks(2));
        let is_known = |(pair, behind): (&[u8], &[u8])| match (pair, behind) {
            (&[a, b], &[c, ..]) => known([a, b, c]) != 0,
            _ => false,
        };
        let Some(count) = pairs.position(is_known) else {
            // The last few have no three behind them.
            let mut left = rest.len().saturating_sub(4)..rest.len();
            return left.find_map(|place| here(automaton, bytes, at + place));
        };
        let place = at + 2 * count;
        // It may have begun at the byte before, which was not looked at.
        let before = place.saturating_sub(usize::from(count > 0));
        let mut places = (before..=place).filter(|place| may_begin(*place));
        if let Some(hit) = places.find_map(|place| here(automaton, bytes, place)) {
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
            Family::Telegram => telegram::look(text, self.start, self.end),
            Family::Prefixed => prefixed::look(text, self.start),
        }
    }
}
