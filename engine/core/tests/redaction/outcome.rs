//! How well secrets are taken out of a corpus of which it is known what is secret, and how fast. The
//! benchmark of logs uses it too.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use heeler_core::redact::{RedactionKey, Redactor};
use regex::bytes::Regex;

use super::corpus::Text;

/// What is handed over at once.
const PIECE: usize = 64 << 10;

/// What a tool has made of the corpus.
pub(crate) struct Outcome {
    /// Of each kind: how many there were, and how many can still be read.
    pub(crate) kinds: BTreeMap<&'static str, (usize, usize)>,
    /// Bytes that are no secret, and how many of them are gone.
    pub(crate) harmless: (usize, usize),
    /// Examples of these, and of secrets that can still be read, by kind.
    pub(crate) examples: BTreeMap<&'static str, Vec<String>>,
}

impl Outcome {
    /// Secrets.
    pub(crate) fn planted(&self) -> usize {
        self.kinds.values().map(|(planted, _)| planted).sum()
    }

    /// The share of the secrets of which less than a half is left.
    pub(crate) fn recall(&self) -> f64 {
        let readable: usize = self.kinds.values().map(|(_, readable)| readable).sum();
        1.0 - readable as f64 / self.planted() as f64
    }

    /// The share of harmless bytes that are gone.
    pub(crate) fn false_share(&self) -> f64 {
        self.harmless.1 as f64 / self.harmless.0 as f64
    }
}

/// Takes the secrets out as `heeler` does; what it comes to, and how long it took.
pub(crate) fn ours(text: &Text) -> (Vec<u8>, Duration) {
    let began = Instant::now();
    let mut redactor = Redactor::new(RedactionKey::new([7; 32]));
    let mut out = Vec::with_capacity(text.bytes.len());
    for piece in text.bytes.chunks(PIECE) {
        redactor.push(piece, &mut out);
    }
    redactor.finish(&mut out);
    (out, began.elapsed())
}

/// How a tool marks what it has taken out.
pub(crate) const OURS: &str = r"\[redacted:[a-z0-9-]+:[0-9a-f]{8}\]";

/// Compares what came out with what was planted. Between two marks everything is as it was: so it is known
/// what each mark stands for.
///
/// # Errors
/// When something else was changed.
pub(crate) fn judge(text: &Text, out: &[u8], mark: &str) -> Result<Outcome> {
    let gone = gone(&text.bytes, out, &Regex::new(mark)?)?;
    let mut kinds: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    let (mut examples, mut secret) = (BTreeMap::new(), vec![false; text.bytes.len()]);
    let mut note = |what, example| examples.entry(what).or_insert_with(Vec::new).push(example);
    let example = |from: usize, to: usize| {
        let around = from.saturating_sub(60)..(to + 20).min(text.bytes.len());
        let around = text.bytes.get(around).unwrap_or_default();
        String::from_utf8_lossy(around).escape_debug().to_string()
    };
    for planted in &text.secrets {
        let bytes: usize = planted.ranges.iter().map(ExactSizeIterator::len).sum();
        let left = planted
            .ranges
            .iter()
            .flat_map(|range| gone[range.clone()].iter());
        let is_readable = left.filter(|gone| !**gone).count() * 2 >= bytes;
        let of = kinds.entry(planted.kind).or_default();
        of.0 += 1;
        of.1 += usize::from(is_readable);
        let first = planted.ranges.first().cloned().unwrap_or_default();
        if is_readable {
            let end = first.end.min(first.start + 60);
            note(planted.kind, example(first.start, end));
        }
        for range in &planted.ranges {
            secret[range.clone()].fill(true);
        }
    }
    for range in &text.beside {
        secret[range.clone()].fill(true);
    }
    let mut harmless = (0, 0);
    let mut before = false;
    for (at, (gone, secret)) in gone.iter().zip(&secret).enumerate() {
        let is_false = *gone && !secret;
        harmless.0 += usize::from(!secret);
        harmless.1 += usize::from(is_false);
        if is_false && !before {
            note("harmless", example(at, at + 40));
        }
        before = is_false;
    }
    Ok(Outcome {
        kinds,
        harmless,
        examples,
    })
}

/// Which bytes are gone.
fn gone(text: &[u8], out: &[u8], mark: &Regex) -> Result<Vec<bool>> {
    let mut gone = vec![true; text.len()];
    let (mut at, mut from) = (0, 0);
    let marks = mark.find_iter(out).map(|mark| (mark.start(), mark.end()));
    for (start, end) in marks.chain([(out.len(), out.len())]) {
        let kept = out.get(from..start).unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        let skipped = match (from, start == out.len()) {
            // Nothing is taken out before the first mark.
            (0, _) => rest.starts_with(kept).then_some(0),
            (_, true) => rest.ends_with(kept).then(|| rest.len() - kept.len()),
            _ => find(rest, kept),
        };
        let skipped = skipped.with_context(|| {
            let kept = String::from_utf8_lossy(kept.get(..kept.len().min(200)).unwrap_or(kept));
            format!("not as it was: {kept:?}")
        })?;
        at += skipped;
        gone[at..at + kept.len()].fill(false);
        (at, from) = (at + kept.len(), end);
    }
    Ok(gone)
}

/// Where in the text a part of it is first.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some(first) = part.first() else {
        return Some(0);
    };
    let places = text.iter().enumerate().filter(|(_, byte)| *byte == first);
    places
        .map(|(at, _)| at)
        .find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(part)))
}
