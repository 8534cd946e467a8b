//! Reading YAML. The only module that knows which library does it.

mod lift;
mod quick;
mod refused;
mod resume;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_yaml::{Error, Location, Options, Spanned as Located};

use super::fault::Faults;
use super::limits::{ANCHORS, DEPTH, DOCUMENT, NODES};
use super::source::{Source, Span};
use super::tree::Tree;
use lift::lift;
use quick::quick;
use refused::explain;
use resume::read_on;

/// Reads one YAML document. `None` when it can't be read; the fault says why.
///
/// There are no anchors, aliases, merge keys or custom tags, only `true` and `false` are boolean,
/// and no key may occur twice: what a reader sees is what is done. Keys that occur twice are all
/// reported, and the first of each is taken, so that everything else can be checked too. For the same
/// reason text that lacks its quotes is reported, and read as if it had them.
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
    match quick(text) {
        Some(tree) => Some(tree),
        None => read_on(text, faults),
    }
}

/// The long way, which says what is wrong with a text as it is.
fn parse_with_care(text: &str, faults: &mut Faults) -> Option<Tree> {
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
