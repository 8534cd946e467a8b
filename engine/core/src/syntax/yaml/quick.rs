//! The short way to a tree, from the parser's own events: most runbooks and cases have nothing
//! unusual in them. Whatever is unusual, or wrong, is left to the long way, which can say so.

use std::borrow::Cow;
use std::collections::BTreeSet;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span as Place, StrInput};

use super::super::expect::older_boolean;
use super::super::limits::{DEPTH, NODES};
use super::super::source::{Span, Spanned};
use super::super::tree::{Entry, Tree};
use super::lift::{list, map};

/// Words that are no text for one tool or another when they stand without quotes, beside older
/// booleans.
const WORDS: [&str; 5] = ["null", "true", "false", "inf", "nan"];

const LONGEST_WORD: usize = 5;
/// So few keys are compared one with another.
const FEW: usize = 12;

/// A list or map that is not at its end yet.
enum Open {
    List(Span, Vec<Tree>),
    Map(Span, Vec<Entry>, Option<Spanned<String>>),
}

/// The tree of a document in which everything is plain; `None` where the long way has to be taken.
pub(super) fn quick(text: &str) -> Option<Tree> {
    let mut open: Vec<Open> = Vec::new();
    let (mut root, mut nodes) = (None, 0);
    let mut options = Options::default();
    options.set_emit_comments(false);
    for next in Parser::with_options(StrInput::new(text), options) {
        let (event, place) = next.ok()?;
        let done = match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => continue,
            // An explicit start may be that of a second document.
            Event::DocumentStart(explicit, version) => {
                let plain = !explicit && version.is_none() && root.is_none();
                plain.then_some(())?;
                continue;
            }
            Event::Scalar(value, style, 0, None) => scalar(value, style, span(text, &place)?)?,
            Event::SequenceStart(_, 0, None) => {
                open.push(Open::List(span(text, &place)?, Vec::new()));
                continue;
            }
            Event::MappingStart(_, 0, None) => {
                let place = span(text, &place)?;
                open.push(Open::Map(place, Vec::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop()? {
                Open::List(span, items) => list(text, span, items),
                Open::Map(span, entries, None) => map(text, span, distinct(entries)?),
                Open::Map(..) => return None,
            },
            _ => return None,
        };
        nodes += 1;
        // Both limits are the long way's to tell of: it is taken well before.
        if nodes * 2 > NODES.most || (open.len() + 1) * 2 > DEPTH.most {
            return None;
        }
        match open.last_mut() {
            None => root = Some(done),
            Some(Open::List(_, items)) => items.push(done),
            Some(Open::Map(_, entries, key)) => match (key.take(), done) {
                (Some(key), value) => entries.push(Entry { key, value }),
                (None, Tree::Text(name)) if name.value != "<<" => *key = Some(name),
                (None, _) => return None,
            },
        }
    }
    root
}

/// The same entries; `None` where a key occurs twice.
fn distinct(entries: Vec<Entry>) -> Option<Vec<Entry>> {
    let keys = || entries.iter().map(|entry| entry.key.value.as_str());
    let differ = if entries.len() <= FEW {
        let later = |index: usize, key: &str| keys().skip(index + 1).all(|other| other != key);
        keys().enumerate().all(|(index, key)| later(index, key))
    } else {
        keys().collect::<BTreeSet<&str>>().len() == entries.len()
    };
    differ.then_some(entries)
}

fn span(text: &str, place: &Place) -> Option<Span> {
    let span = Span::new(place.start.byte_offset()?, place.end.byte_offset()?);
    text.get(span.range()).map(|_| span)
}

/// What a scalar is, where there can be no two opinions of that.
fn scalar(value: Cow<'_, str>, style: ScalarStyle, span: Span) -> Option<Tree> {
    let make = kind(&value, style)?;
    Some(make(Spanned::new(value.into_owned(), span)))
}

fn kind(value: &str, style: ScalarStyle) -> Option<fn(Spanned<String>) -> Tree> {
    if style != ScalarStyle::Plain {
        return Some(Tree::Text);
    }
    match value {
        "true" => return Some(|text| Tree::Bool(true, text)),
        "false" => return Some(|text| Tree::Bool(false, text)),
        _ => {}
    }
    let first = value.chars().next()?;
    let is_known = |word: &&str| value.eq_ignore_ascii_case(word);
    let is_word = value.len() <= LONGEST_WORD
        && (older_boolean(value).is_some() || WORDS.iter().any(is_known));
    let is_text = first.is_alphabetic() || matches!(first, '/' | '_' | '(' | '$');
    if is_text && !is_word || is_measure(value) {
        Some(Tree::Text)
    } else if is_number(value) {
        Some(Tree::Number)
    } else {
        None
    }
}

/// A time, a size, a share, a version, an address or a phrase: no number ends like that, or has two
/// points or a blank.
fn is_measure(text: &str) -> bool {
    let starts = text.starts_with(|first: char| first.is_ascii_digit());
    let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
    starts
        && (text.ends_with(['s', 'm', 'h', 'i', '%'])
            || text.ends_with("iB")
            || text.contains(' ')
            || text.matches('.').count() > 1 && text.chars().all(digits))
}

/// A decimal number, written as everybody does.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| {
        (1..18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    are_digits(whole) && are_digits(part) && (whole == "0" || !whole.starts_with('0'))
}
