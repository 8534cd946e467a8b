//! The checker: every name exists, and every operation fits the kinds of its operands. What is
//! written down in quotes takes its kind here, so that evaluation finds no text to interpret.

use std::rc::Rc;

use super::ast::{EACH, Node, Op, Path};
use super::check_folds::Within;
use super::literal;
use super::names::Names;
use super::parse::parse;
use crate::syntax::{Diagnostic, Faults, Span, Spanned, nearest};
use crate::value::{Field, Kind, Value};

/// Checks one expression of a scalar.
pub(super) struct Checker<'c> {
    pub(super) names: &'c Names,
    pub(super) scalar: &'c Spanned<String>,
    pub(super) faults: &'c mut Faults,
    /// The kind of the items of the list that is gone over here, beside that of `for-each`.
    pub(super) each: Option<Rc<Kind>>,
    /// The function that is gone into.
    pub(super) within: Within,
}

impl<'c> Checker<'c> {
    pub(super) fn new(
        scalar: &'c Spanned<String>,
        names: &'c Names,
        faults: &'c mut Faults,
    ) -> Checker<'c> {
        Checker {
            names,
            scalar,
            faults,
            each: None,
            within: Within::Nothing,
        }
    }

    /// The kind of a part; `None` when a fault was reported.
    pub(super) fn kind(&mut self, node: &mut Node) -> Option<Kind> {
        match &mut node.op {
            Op::Literal(value) => Some(literal::kind_of(value)),
            Op::Path(path) => self.path(path, node.span),
            Op::Not(inner) => self.boolean(inner),
            Op::Negate(inner) => match self.kind(inner)? {
                Kind::Integer => Some(Kind::Integer),
                Kind::Number | Kind::Share => Some(Kind::Number),
                other => {
                    let title = format!("{} has no opposite", named(&other));
                    self.fault("different-kinds", inner.span, title)
                        .here(named(&other));
                    None
                }
            },
            Op::IsAbsent(inner) => self.kind(inner).map(|_| Kind::Bool),
            Op::Pair(pair, left, right) => self.pair(*pair, left, right),
            Op::Fold { fold, over, body } => self.fold(*fold, over.as_deref_mut(), body, node.span),
            Op::Choose {
                test,
                then,
                otherwise,
            } => {
                let test = self.boolean(test);
                let kind = self.same(then, otherwise, "both sides of `else` give the same kind");
                test.and(kind)
            }
        }
    }

    /// The part has to be true or false.
    pub(super) fn boolean(&mut self, node: &mut Node) -> Option<Kind> {
        let kind = self.kind(node)?;
        if kind == Kind::Bool {
            return Some(kind);
        }
        if let Op::Literal(Value::Text(text)) = &node.op
            && is_expression(text)
        {
            let patch = self.faults.written(self.scalar, node.span, text);
            self.fault("quoted-expression", node.span, "this is text, no condition")
                .help("write it without the inner quotes")
                .patches
                .extend(patch);
            return None;
        }
        let title = format!("{} is neither true nor false", named(&kind));
        self.fault("not-a-condition", node.span, title)
            .here(named(&kind))
            .help("compare it with something, or ask `is absent`");
        None
    }

    fn path(&mut self, path: &Path, span: Span) -> Option<Kind> {
        let (names, each) = (self.names, self.each.clone());
        let known = match &each {
            Some(kind) if path.root == EACH => Some(Some(kind.as_ref())),
            _ => names.get(&path.root),
        };
        let Some(kind) = known else {
            if !names.is_complete() {
                return None;
            }
            let root = Span::new(span.start, span.start + path.root.len());
            self.unknown_name(&path.root, root);
            return None;
        };
        let mut kind = kind?;
        for (depth, field) in path.fields.iter().enumerate() {
            let so_far = || {
                let before = path.fields.iter().take(depth);
                before.fold(path.root.clone(), |text, field| text + "." + &field.value)
            };
            kind = match kind {
                Kind::Record(fields) => match fields.get(&field.value) {
                    Some(Field { kind, .. }) => kind,
                    None => {
                        let known: Vec<&str> = fields.keys().map(String::as_str).collect();
                        self.unknown_field(&so_far(), field, &known);
                        return None;
                    }
                },
                other => {
                    let title = format!("`{}` is {other} and has no fields", so_far());
                    self.fault("unknown-field", field.span, title);
                    return None;
                }
            };
        }
        Some(kind.clone())
    }

    fn unknown_name(&mut self, name: &str, span: Span) {
        let names = self.names;
        let patch = self
            .faults
            .written(self.scalar, span, &format!("inputs.{name}"));
        let fault = self.fault("unknown-name", span, format!("nothing is named `{name}`"));
        match names.get("inputs") {
            Some(Some(Kind::Record(inputs))) if inputs.contains_key(name) => {
                fault.help(format!("write `inputs.{name}`"));
                fault.patches.extend(patch);
            }
            _ if name == EACH => {
                fault.help("`each` is the item of a list: of `for-each`, or in `any(LIST, …)`");
            }
            _ => {
                let near = nearest(name, names.iter().filter(|name| is_operand(name)));
                fault
                    .help("expressions name looks, and `inputs`, `target`, `node`, `pod` and `run`")
                    .did_you_mean(near);
            }
        }
    }

    fn unknown_field(&mut self, of: &str, field: &Spanned<String>, known: &[&str]) {
        let title = format!("`{of}` has no field `{}`", field.value);
        let near = nearest(&field.value, known.iter().copied());
        let fields = match known {
            [] => "it has no fields at all".to_string(),
            _ => format!("it has {}", known.join(", ")),
        };
        self.fault("unknown-field", field.span, title)
            .help(fields)
            .did_you_mean(near);
    }

    pub(super) fn fault(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        self.faults.error_within(code, self.scalar, span, title)
    }
}

/// A look whose own name is faulty can't be meant.
fn is_operand(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().all(is_part)
}

/// Whether a text in quotes reads like a condition.
fn is_expression(text: &str) -> bool {
    let scalar = Spanned::new(text.to_owned(), Span::default());
    let mut faults = Faults::new();
    let node = parse(&scalar, Span::new(0, text.len()), &mut faults);
    node.is_some_and(|node| !node.paths().is_empty())
}

/// A kind for people; the fields of a record would fill the screen.
pub(super) fn named(kind: &Kind) -> String {
    match kind {
        Kind::Record(_) => "a record".to_string(),
        other => other.to_string(),
    }
}
