//! What text is searched for: short words that a secret can't do without.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

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

static WORDS: LazyLock<Vec<(&str, Family)>> = LazyLock::new(|| {
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
        .kind(Some(AhoCorasickKind::DFA))
        .build(WORDS.iter().map(|(word, _)| word))
        .ok()
});

/// The next anchor from here on.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<Hit> {
    let Some(automaton) = AUTOMATON.as_ref() else {
        return next_slowly(bytes, from);
    };
    let found = automaton
        .try_find(Input::new(bytes).range(from.min(bytes.len())..))
        .ok()??;
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

/// How long the longest is.
#[cfg(test)]
pub(super) fn longest() -> usize {
    WORDS.iter().map(|(word, _)| word.len()).max().unwrap_or(0)
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
