//! Reading YAML. The only file that knows which library does it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::budget::BudgetBreach;
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_yaml::{Error, Location, Options, Spanned as Located};

use super::fault::Faults;
use super::limits::{ANCHORS, DEPTH, DOCUMENT, NODES};
use super::slips::malformed;
use super::source::{Source, Span, Spanned};
use super::tree::{Entry, Tree};

/// Reads one YAML document. `None` when it can't be read; the fault says why.
///
/// There are no anchors, aliases, merge keys or custom tags, only `true` and `false` are boolean,
/// and no key may occur twice: what a reader sees is what is done. Keys that occur twice are all
/// reported, and the first of each is taken, so that everything else can be checked too.
pub fn parse_yaml(source: &Source, faults: &mut Faults) -> Option<Tree> {
    let text = source.text.as_str();
    if text.len() > DOCUMENT.most {
        faults
            .error(
                DOCUMENT.code,
                Span::default(),
                "the file is larger than 1 MiB",
            )
            .help("a runbook is a page; logs and data belong elsewhere");
        return None;
    }
    let read = |policy| {
        let mut options = options();
        options.duplicate_keys = policy;
        serde_yaml::from_str_with_options::<Located<Shape>>(text, options)
    };
    let error = match read(DuplicateKeyPolicy::Error) {
        Ok(root) => return lift(text, root, faults),
        Err(error) => error,
    };
    if let Error::DuplicateMappingKey { .. } = error.without_snippet()
        && let Ok(root) = read(DuplicateKeyPolicy::LastWins)
    {
        let before = faults.len();
        let tree = lift(text, root, faults);
        if faults.len() > before {
            return tree;
        }
    }
    explain(text, &error, faults);
    None
}

fn options() -> Options {
    serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        reject_unsupported_tags: true,
        ignore_binary_tag_for_string: true,
        merge_keys: MergeKeyPolicy::Error,
        // The text of a number is kept, its value is not used.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        budget: serde_yaml::budget! {
            max_anchors: ANCHORS.most,
            max_aliases: ANCHORS.most,
            max_depth: DEPTH.most,
            max_nodes: NODES.most,
        },
    }
}

/// What a node is, as the library tells it.
enum Shape {
    Nothing,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Located<Shape>>),
    Map(Vec<(Located<Shape>, Located<Shape>)>),
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Shape, E> {
        Ok(Shape::Text(text.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Shape::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Shape::Map(entries))
    }
}

/// `None` where it holds a key that is no text: then what is meant by the rest can't be told.
fn lift(text: &str, node: Located<Shape>, faults: &mut Faults) -> Option<Tree> {
    let span = span_of(text, &node.referenced);
    let written = || Spanned::new(text.get(span.range()).unwrap_or_default().to_string(), span);
    Some(match node.value {
        Shape::Nothing => Tree::Nothing(span),
        Shape::Bool(value) => Tree::Bool(value, written()),
        Shape::Number => Tree::Number(written()),
        Shape::Text(value) => Tree::Text(Spanned::new(value, span)),
        Shape::List(items) => {
            let items: Vec<Option<Tree>> = items
                .into_iter()
                .map(|item| lift(text, item, faults))
                .collect();
            let items: Vec<Tree> = items.into_iter().collect::<Option<_>>()?;
            let span = items.iter().fold(span, |span, item| span.to(item.span()));
            let span = closed(text, span, '[', ']');
            Tree::List(Spanned::new(items, span))
        }
        Shape::Map(entries) => {
            let entries = lift_map(text, entries, faults)?;
            let span = entries.iter().fold(span, |span, entry| {
                span.to(entry.key.span).to(entry.value.span())
            });
            let span = closed(text, span, '{', '}');
            Tree::Map(Spanned::new(entries, span))
        }
    })
}

fn lift_map(
    text: &str,
    entries: Vec<(Located<Shape>, Located<Shape>)>,
    faults: &mut Faults,
) -> Option<Vec<Entry>> {
    let mut first: BTreeMap<String, Span> = BTreeMap::new();
    let mut lifted = Some(Vec::with_capacity(entries.len()));
    for (key, value) in entries {
        let span = span_of(text, &key.referenced);
        let value = lift(text, value, faults);
        let key = match key.value {
            Shape::Text(key) => key,
            // A number or boolean is the name that it is written as.
            Shape::Bool(_) | Shape::Number => text.get(span.range()).unwrap_or_default().to_owned(),
            Shape::Map(_)
                if text
                    .get(..span.start)
                    .is_some_and(|before| before.ends_with('{')) =>
            {
                malformed(
                    text,
                    "a map that is a key, expected string scalar",
                    span,
                    faults,
                );
                lifted = None;
                continue;
            }
            Shape::Nothing | Shape::List(_) | Shape::Map(_) => {
                odd_key(span, faults);
                lifted = None;
                continue;
            }
        };
        if let Some(earlier) = first.get(&key) {
            twice(&key, span, *earlier, faults);
            continue;
        }
        first.insert(key.clone(), span);
        if let (Some(entries), Some(value)) = (&mut lifted, value) {
            let key = Spanned::new(key, span);
            entries.push(Entry { key, value });
        } else {
            lifted = None;
        }
    }
    lifted
}

pub(super) fn odd_key(span: Span, faults: &mut Faults) {
    faults
        .error("yaml-key", span, "this key is no text")
        .here("a list, a map or nothing")
        .help("keys are words; text that starts with `{`, `[` or `~` is written in quotes");
}

fn twice(key: &str, span: Span, earlier: Span, faults: &mut Faults) {
    faults
        .error(
            "yaml-duplicate-key",
            span,
            format!("the key `{key}` occurs twice"),
        )
        .here("the second one")
        .label(earlier, "the first")
        .help("remove one, or give it another name");
}

/// The library tells where brackets open; they close behind the last entry, its comma and comments.
fn closed(text: &str, span: Span, opening: char, closing: char) -> Span {
    let opens = |rest: &str| rest.starts_with(opening);
    if !text.get(span.start..).is_some_and(opens) {
        return span;
    }
    let end = span.end.max(span.start + opening.len_utf8());
    let mut comment = false;
    for (offset, letter) in text.get(end..).unwrap_or_default().char_indices() {
        match letter {
            '#' => comment = true,
            '\n' => comment = false,
            _ if comment || letter == ',' || letter.is_whitespace() => {}
            _ if letter == closing => return Span::new(span.start, end + offset + 1),
            _ => break,
        }
    }
    span
}

/// Byte offsets of a location. Errors of the scanner carry none: then line and column are counted.
fn span_of(text: &str, location: &Location) -> Span {
    let bytes = location.span();
    let offset = bytes
        .byte_offset()
        .and_then(|start| usize::try_from(start).ok());
    let length = bytes
        .byte_len()
        .and_then(|length| usize::try_from(length).ok());
    if let (Some(start), Some(length)) = (offset, length)
        && text.get(start..start.saturating_add(length)).is_some()
    {
        return Span::new(start, start + length);
    }
    let line = usize::try_from(location.line())
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    let column = usize::try_from(location.column())
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let in_line: usize = text
        .get(before..)
        .unwrap_or_default()
        .chars()
        .take_while(|letter| *letter != '\n')
        .take(column)
        .map(char::len_utf8)
        .sum();
    let start = before + in_line;
    let next = text.get(start..).unwrap_or_default().chars().next();
    Span::new(
        start,
        start
            + next
                .filter(|letter| *letter != '\n')
                .map_or(0, char::len_utf8),
    )
}

/// The library speaks to programmers; this speaks to the author of a runbook.
fn explain(text: &str, error: &Error, faults: &mut Faults) {
    let error = error.without_snippet();
    let span = error
        .location()
        .map_or(Span::default(), |location| span_of(text, &location));
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            faults
                .error(
                    "yaml-duplicate-key",
                    span,
                    format!("the key `{key}` occurs twice"),
                )
                .here("the second one")
                .help("remove one, or give it another name");
        }
        Error::MultipleDocuments { .. } => {
            faults
                .error(
                    "yaml-documents",
                    span,
                    "the file holds more than one document",
                )
                .here("the second one starts here")
                .help("write one runbook per file, without `---`");
        }
        Error::MergeKeyNotAllowed { .. } | Error::UnknownAnchor { .. } => {
            aliases(anchor_before(text, span), faults);
        }
        Error::Budget { breach, .. } => over_budget(text, breach, span, faults),
        _ => malformed(text, &error.to_string(), span, faults),
    }
}

/// The anchor in front of what it names; the library points behind it.
fn anchor_before(text: &str, span: Span) -> Span {
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let word = before
        .rfind(char::is_whitespace)
        .map_or(0, |blank| blank + 1);
    match before.get(word..) {
        Some(anchor) if anchor.starts_with('&') => Span::new(word, before.len()),
        _ => span,
    }
}

fn aliases(span: Span, faults: &mut Faults) {
    faults
        .error(
            ANCHORS.code,
            span,
            "anchors, aliases and merge keys are not allowed",
        )
        .help("write it out; quote text that starts with `&` or `*`");
}

fn over_budget(text: &str, breach: &BudgetBreach, span: Span, faults: &mut Faults) {
    match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => {
            aliases(anchor_before(text, span), faults);
        }
        BudgetBreach::Depth { .. } => {
            faults
                .error(
                    DEPTH.code,
                    span,
                    format!("lists and maps are nested more than {} deep", DEPTH.most),
                )
                .help("a runbook is a page; is this the right file?");
        }
        _ => {
            faults
                .error(
                    NODES.code,
                    span,
                    format!("the file has more than {} entries", NODES.most),
                )
                .help("a runbook is a page; logs and data belong elsewhere");
        }
    }
}
