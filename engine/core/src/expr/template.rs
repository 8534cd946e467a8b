//! Text with `{{ }}` in it.

use std::collections::BTreeSet;

use super::ast::{EACH, Node, Read, roots};
use super::check::Checker;
use super::expression::doubts;
use super::missing::{Missing, Seen};
use super::names::Names;
use super::parse::parse;
use super::world::World;
use crate::syntax::limits::{RENDERED_BYTES, TEXT};
use crate::syntax::{Faults, Span, Spanned};
use crate::value::{Kind, Unseen, Value, Why};

/// Text with `{{ }}` in it. Nothing else of a template language: no statements, no comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    scalar: Spanned<String>,
    parts: Vec<Part>,
    /// Each `{{ }}`, in bytes of the scalar's value.
    places: Vec<Span>,
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
    /// Whether the text was too long, and ends where it was cut.
    pub cut: bool,
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
        Template::read(scalar, &["{{", "{%", "{#"], faults)
    }

    /// Parses a script, in which `{#` and `{%` have a meaning of their own.
    pub fn parse_script(scalar: &Spanned<String>, faults: &mut Faults) -> Option<Template> {
        Template::read(scalar, &["{{"], faults)
    }

    fn read(scalar: &Spanned<String>, signs: &[&str], faults: &mut Faults) -> Option<Template> {
        let text = scalar.value.as_str();
        if text.len() > TEXT.most {
            let title = format!("the text is longer than {} bytes", TEXT.most);
            faults
                .error(TEXT.code, scalar.span, title)
                .help("a text is read at three in the morning: shorten it");
            return None;
        }
        let before = faults.len();
        let (mut parts, mut places) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(start) = next_opening(text, signs, at) {
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
            places.push(Span::new(start, end + 2));
            at = end + 2;
        }
        push_text(&mut parts, text.get(at..));
        (faults.len() == before).then(|| Template {
            scalar: scalar.clone(),
            parts,
            places,
        })
    }

    /// Checks names and kinds. Gives the kind of [`Template::value`]; `None` when something is
    /// wrong, and the faults say what.
    pub fn check(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        let mut checker = Checker::new(&self.scalar, names, faults);
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

    /// Like [`Template::check`] for a text whose value goes to a program: one whole `{{ }}` may be a
    /// record too.
    pub fn check_value(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        let [Part::Value(node)] = self.parts.as_mut_slice() else {
            return self.check(names, faults);
        };
        let kind = Checker::new(&self.scalar, names, faults).kind(node);
        self.doubt(std::slice::from_ref(&kind), names, faults);
        kind
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
        let is_value = |part: &Part| matches!(part, Part::Value(node) if !node.paths().is_empty());
        self.parts.iter().any(is_value)
    }

    /// Like [`Template::check`] for a text that programs read: each value has to be a single one.
    pub fn check_plain(&mut self, names: &Names, faults: &mut Faults) -> Option<()> {
        let mut checker = Checker::new(&self.scalar, names, faults);
        let mut sound = true;
        for part in &mut self.parts {
            let Part::Value(node) = part else { continue };
            match checker.printable(node) {
                Some(Kind::List(_)) => {
                    checker
                        .fault("not-a-word", node.span, "a list is not one word")
                        .help("go over it with `for-each`, and name `each` here");
                    sound = false;
                }
                kind => sound &= kind.is_some(),
            }
        }
        sound.then_some(())
    }

    /// The text with its values as programs write them, each made a part of it by `put`. `Err`:
    /// everything that is missing; an absent value is missing too.
    pub fn fill(&self, world: &World, put: impl Fn(&str) -> String) -> Result<String, Vec<Unseen>> {
        let mut text = String::new();
        let mut missing = Missing::default();
        for part in &self.parts {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::Value(node) => match node.eval(world) {
                    Err(more) => missing = missing.and(more),
                    Ok(value) => match value.plain() {
                        Some(plain) => text.push_str(&put(&plain)),
                        None => missing = missing.and(node.unfit(world)),
                    },
                },
            }
        }
        let reasons = missing.into_reasons();
        if reasons.is_empty() {
            Ok(text)
        } else {
            Err(reasons)
        }
    }

    /// Where its values stand: each `{{ }}`, in bytes of the scalar's value.
    pub fn places(&self) -> &[Span] {
        &self.places
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
        rendered.cut = rendered.text.len() > RENDERED_BYTES;
        if rendered.cut {
            let end = rendered.text.floor_char_boundary(RENDERED_BYTES);
            rendered.text.truncate(end);
            rendered.text.push_str(" … (cut here: it is too long)");
        }
        rendered
    }

    /// The value of a template that is one whole `{{ }}`, with its kind; else the text, unseen
    /// where a value in it was not seen or the text had to be cut, absent where one is absent.
    pub fn value(&self, world: &World) -> Value {
        if let [Part::Value(node)] = self.parts.as_slice() {
            return plain(node.eval(world));
        }
        let mut rendered = self.render(world);
        if rendered.cut {
            let first = self.roots().into_iter().next();
            let look = first.map(|(name, _)| name).unwrap_or_default();
            rendered.unseen.push(Unseen {
                look,
                why: Why::Truncated,
            });
        }
        match (rendered.unseen.is_empty(), rendered.absent) {
            (false, _) => Value::Unseen(rendered.unseen),
            (true, true) => Value::Absent,
            (true, false) => Value::Text(rendered.text),
        }
    }

    /// The names that it reads, each with the field that it reads of it.
    pub fn roots(&self) -> BTreeSet<(String, Option<String>)> {
        roots(self.reads())
    }

    /// Everything that it reads, in order, with places.
    pub fn reads(&self) -> Vec<Read> {
        let read = |part: &Part| match part {
            Part::Text(_) => Vec::new(),
            Part::Value(node) => node.reads(),
        };
        self.parts.iter().flat_map(read).collect()
    }

    /// Whether it names `each`, the item of a list.
    pub fn names_each(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Text(_) => false,
            Part::Value(node) => node.paths().iter().any(|path| path.root == EACH),
        })
    }

    /// The scalar that it was read from.
    pub fn scalar(&self) -> &Spanned<String> {
        &self.scalar
    }

    /// Every path that it reads, as names: `[table, count]`.
    pub fn paths(&self) -> Vec<Vec<String>> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Text(_) => Vec::new(),
                Part::Value(node) => node.path_names(),
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

/// The next of these signs from `at` on.
fn next_opening(text: &str, signs: &[&str], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let brackets = rest.match_indices('{').map(|(offset, _)| offset);
    let mut found = brackets.filter(|offset| {
        let sign = rest.get(*offset..*offset + 2);
        sign.is_some_and(|sign| signs.contains(&sign))
    });
    found.next().map(|offset| at + offset)
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
