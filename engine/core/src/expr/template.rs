//! Text with `{{ }}` in it.

use std::collections::BTreeSet;

use super::ast::Node;
use super::expression::{checker, doubts};
use super::missing::Seen;
use super::names::{Names, World};
use super::parse::parse;
use crate::syntax::{Faults, Span, Spanned};
use crate::value::{Kind, Unseen, Value};

/// Text with `{{ }}` in it. Nothing else of a template language: no statements, no comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    scalar: Spanned<String>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Value(Node),
}

/// A template with its values filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// The text; a value that is missing says so.
    pub text: String,
    /// Why values were not seen, sorted and without repetition.
    pub unseen: Vec<Unseen>,
    /// Whether a value was absent.
    pub absent: bool,
}

impl Rendered {
    /// Whether every value was there and there is something to read.
    pub fn is_whole(&self) -> bool {
        self.unseen.is_empty() && !self.absent && !self.text.trim().is_empty()
    }
}

impl Template {
    /// Parses a whole scalar. `None` when it can't be; the fault says why.
    pub fn parse(scalar: &Spanned<String>, faults: &mut Faults) -> Option<Template> {
        let text = scalar.value.as_str();
        let before = faults.len();
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(start) = next_opening(text, at) {
            if text.get(start..start + 2) != Some("{{") {
                refuse_statement(scalar, start, faults);
                at = start + 2;
                continue;
            }
            let Some(end) = closing(text, start + 2) else {
                faults
                    .error_within(
                        "unclosed-template",
                        scalar,
                        Span::new(start, start + 2),
                        "this `{{` is never closed",
                    )
                    .help("add `}}`");
                return None;
            };
            push_text(&mut parts, text.get(at..start));
            let inner = Span::new(start + 2, end);
            parts.extend(expression(scalar, inner, faults).map(Part::Value));
            at = end + 2;
        }
        push_text(&mut parts, text.get(at..));
        (faults.len() == before).then(|| Template {
            scalar: scalar.clone(),
            parts,
        })
    }

    /// Checks names and kinds. Gives the kind of [`Template::value`]; `None` when something is
    /// wrong, and the faults say what.
    pub fn check(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        let mut checker = checker(&self.scalar, names, faults);
        let kinds: Vec<Option<Kind>> = self
            .parts
            .iter_mut()
            .map(|part| match part {
                Part::Text(_) => Some(Kind::Text),
                Part::Value(node) => checker.printable(node),
            })
            .collect();
        self.doubt(&kinds, names, faults);
        match kinds.as_slice() {
            [one] => one.clone(),
            many => many.iter().all(Option::is_some).then_some(Kind::Text),
        }
    }

    fn doubt(&self, kinds: &[Option<Kind>], names: &Names, faults: &mut Faults) {
        let mut doubts = doubts(&self.scalar, faults);
        for (index, part) in self.parts.iter().enumerate() {
            let (Part::Value(node), Some(Some(kind))) = (part, kinds.get(index)) else {
                continue;
            };
            doubts.parts(node);
            doubts.quoted_name(node, names);
            if let Some(Part::Text(text)) = self.parts.get(index + 1) {
                doubts.unit(node, kind, text);
            }
        }
    }

    /// Whether a value stands in it that can differ.
    pub fn varies(&self) -> bool {
        !self.roots().is_empty()
    }

    /// Fills in the values.
    pub fn render(&self, world: &World) -> Rendered {
        let mut rendered = Rendered::default();
        let mut reasons = BTreeSet::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => rendered.text.push_str(text),
                Part::Value(node) => {
                    let value = plain(node.eval(world));
                    rendered.absent |= value == Value::Absent;
                    rendered.text.push_str(&value.to_string());
                    if let Value::Unseen(unseen) = value {
                        reasons.extend(unseen);
                    }
                }
            }
        }
        rendered.unseen = reasons.into_iter().collect();
        rendered
    }

    /// The value of a template that is one whole `{{ }}`, with its kind; else the text, unseen
    /// where a value in it was not seen, absent where one is absent.
    pub fn value(&self, world: &World) -> Value {
        if let [Part::Value(node)] = self.parts.as_slice() {
            return plain(node.eval(world));
        }
        let rendered = self.render(world);
        match (rendered.unseen.is_empty(), rendered.absent) {
            (false, _) => Value::Unseen(rendered.unseen),
            (true, true) => Value::Absent,
            (true, false) => Value::Text(rendered.text),
        }
    }

    /// The names that it reads, each with the field that it reads of it.
    pub fn roots(&self) -> BTreeSet<(String, Option<String>)> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Text(_) => BTreeSet::new(),
                Part::Value(node) => node.roots(),
            })
            .collect()
    }

    /// The template as it is written.
    pub fn text(&self) -> &str {
        &self.scalar.value
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.scalar.span
    }
}

fn plain(seen: Seen) -> Value {
    seen.unwrap_or_else(|missing| missing.into_value())
}

fn push_text(parts: &mut Vec<Part>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        parts.push(Part::Text(text.to_string()));
    }
}

fn expression(scalar: &Spanned<String>, inner: Span, faults: &mut Faults) -> Option<Node> {
    let text = scalar.value.get(inner.range()).unwrap_or_default();
    if text.starts_with(['-', '+']) || text.ends_with(['-', '+']) {
        faults
            .error_within(
                "template-trim",
                scalar,
                inner,
                "`{{-` and `-}}` are not known here",
            )
            .help("nothing is trimmed; a sign has a space before it: `{{ -a }}`");
        return None;
    }
    parse(scalar, inner, faults)
}

fn refuse_statement(scalar: &Spanned<String>, start: usize, faults: &mut Faults) {
    faults
        .error_within(
            "template-statement",
            scalar,
            Span::new(start, start + 2),
            "text can hold `{{ }}` only",
        )
        .help("there are no statements or comments; choose with `{{ a if b else c }}`");
}

/// The next `{{`, `{%` or `{#` from `at` on.
fn next_opening(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let found = ["{{", "{%", "{#"]
        .iter()
        .filter_map(|sign| rest.find(sign))
        .min();
    found.map(|offset| at + offset)
}

/// The `}}` that closes an expression, beyond quoted text.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut quote = None;
    let mut letters = text.get(from..)?.char_indices();
    while let Some((offset, letter)) = letters.next() {
        match quote {
            Some(_) if letter == '\\' => {
                letters.next();
            }
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if text.get(from + offset..)?.starts_with("}}") => return Some(from + offset),
            None => {}
        }
    }
    None
}
