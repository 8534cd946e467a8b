//! What can be evaluated, but is hardly what was meant: parts that never differ, comparisons that
//! can't go one way, numbers that no look answers with.

use super::ast::{Comparison, Node, Op, Operator, Pair};
use super::compare::number;
use super::ranges;
use super::world::World;
use crate::syntax::{Diagnostic, Faults, Patch, Span, Spanned};
use crate::value::{Bytes, DurationSpan, Share, Value};

/// Looks for doubts in an expression that has been checked.
pub(super) struct Doubts<'d> {
    pub(super) scalar: &'d Spanned<String>,
    pub(super) faults: &'d mut Faults,
}

impl Doubts<'_> {
    /// Doubts about a whole condition, and its parts where it does not stand for ever anyway.
    pub(super) fn condition(&mut self, node: &Node) {
        match node.constant() {
            Some(false) => {
                self.warn("never-holds", node.span, "this can never hold")
                    .help("compare something that a look answers");
            }
            Some(true) => {
                self.warn("always-holds", node.span, "this always holds")
                    .help("compare something that a look answers");
            }
            None => self.parts(node),
        }
    }

    /// Doubts about the parts of an expression.
    pub(super) fn parts(&mut self, node: &Node) {
        match &node.op {
            Op::Pair(Pair::Compare(how), left, right) => self.comparison(*how, node, left, right),
            Op::Pair(Pair::Calculate(Operator::Divide), _, by) => self.division(by),
            Op::Pair(pair @ (Pair::And | Pair::Or), left, right) => {
                for side in [left, right] {
                    self.constant_part(side);
                }
                // Once for the whole chain, at its outermost link.
                ranges::doubts(*pair, node, self);
            }
            Op::Choose { test, .. } => self.constant_part(test),
            Op::IsAbsent(inner) => self.never_absent(node, inner),
            _ => {}
        }
        for inner in node.children() {
            self.parts(inner);
        }
    }

    fn constant_part(&mut self, part: &Node) {
        let Some(holds) = part.constant() else { return };
        let title = format!("this part is always {holds}");
        self.warn("constant-part", part.span, title)
            .help("remove it, or compare something that a look answers");
    }

    fn never_absent(&mut self, node: &Node, inner: &Node) {
        let always_there = match &inner.op {
            Op::Literal(_) => true,
            Op::Pair(Pair::Default, _, otherwise) => matches!(otherwise.op, Op::Literal(_)),
            _ => false,
        };
        if always_there {
            self.warn("never-absent", node.span, "this is never absent")
                .help("ask it without `default`");
        }
    }

    fn division(&mut self, by: &Node) {
        if let Op::Literal(value) = &by.op
            && number(value) == Some(0.0)
        {
            self.warn("division-by-zero", by.span, "nothing can be divided by 0")
                .help("what needs the result is never seen");
        }
    }

    fn comparison(&mut self, how: Comparison, node: &Node, left: &Node, right: &Node) {
        if left.is_same(right) {
            self.warn("compares-itself", node.span, "both sides are the same")
                .help("compare it with something else");
            return;
        }
        let (literal, other, how) = match (&left.op, &right.op) {
            (_, Op::Literal(value)) => (value, left, how),
            (Op::Literal(value), _) => (value, right, how.turned()),
            _ => return,
        };
        let place = if std::ptr::eq(other, left) {
            right
        } else {
            left
        };
        match literal {
            Value::Bool(value) => self.with_boolean(*value == how.is_equal(), node, other),
            Value::Share(Share(share)) if *share > 1.0 => self.above_one(*share, place.span),
            Value::Share(Share(share)) => {
                self.bounds(how, *share <= 0.0, *share < 0.0, Some(*share >= 1.0), node);
            }
            Value::Duration(DurationSpan(span)) => {
                self.bounds(how, span.is_zero(), false, None, node);
            }
            Value::Bytes(Bytes(bytes)) => self.bounds(how, *bytes == 0, false, None, node),
            _ => {}
        }
        let is_round = |n: f64| n == 0.0 || n == 1.0;
        if matches!(literal, Value::Number(n) | Value::Share(Share(n)) if !is_round(*n) && *n <= 1.0)
            || matches!(literal, Value::Number(n) if *n > 1.0)
        {
            self.exact(how, node);
        }
    }

    /// A number with a fraction is seldom exactly another one.
    fn exact(&mut self, how: Comparison, node: &Node) {
        if matches!(how, Comparison::Equal | Comparison::NotEqual) {
            let title = "a measured number is hardly ever exactly another one";
            self.warn("exact-number", node.span, title)
                .help("compare with <= or >=");
        }
    }

    fn with_boolean(&mut self, as_it_is: bool, node: &Node, other: &Node) {
        let text = self.text(other.span);
        let right = match (as_it_is, &other.op) {
            (true, _) => text,
            (false, Op::Path(_)) => format!("not {text}"),
            (false, _) => format!("not ({text})"),
        };
        let patch = self.patch(node.span, &right);
        self.warn(
            "compares-with-boolean",
            node.span,
            "this is true or false already",
        )
        .help(format!("write `{right}`"))
        .patches
        .extend(patch);
    }

    fn above_one(&mut self, share: f64, span: Span) {
        let right = (share <= 100.0).then(|| (share * 100.0).round() / 10_000.0);
        let patch = right.and_then(|right| self.patch(span, &right.to_string()));
        let help = right.map_or("a share is a part of a whole".to_owned(), |right| {
            format!("{share} % is written as {right}")
        });
        self.warn("share-above-one", span, "a share is 0 to 1")
            .help(help)
            .patches
            .extend(patch);
    }

    /// A comparison at the end of what a kind can be: `least`, the literal is the smallest value;
    /// `below`, it is smaller than that; `most`, it is the largest one, where there is one.
    fn bounds(
        &mut self,
        how: Comparison,
        least: bool,
        below: bool,
        most: Option<bool>,
        node: &Node,
    ) {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let most = most.unwrap_or_default();
        let holds = match how {
            Less if least => false,
            LessOrEqual | Equal if below => false,
            GreaterOrEqual if least => true,
            Greater | NotEqual if below => true,
            Greater if most => false,
            LessOrEqual if most => true,
            _ => return,
        };
        let title = format!("this is always {holds}");
        self.warn("impossible-comparison", node.span, title)
            .help("durations and sizes are never below 0, shares never below 0 or above 1");
    }

    pub(super) fn warn(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        self.faults.warning_within(code, self.scalar, span, title)
    }

    /// The place of another part, for a label.
    pub(super) fn place(&self, span: Span) -> Span {
        self.faults.place(self.scalar, span)
    }

    fn text(&self, span: Span) -> String {
        let text = self.scalar.value.get(span.range()).unwrap_or_default();
        text.to_owned()
    }

    fn patch(&self, span: Span, text: &str) -> Option<Patch> {
        self.faults.written(self.scalar, span, text)
    }
}

impl Node {
    /// What it is whatever the looks answer: not seen decides nothing.
    pub(super) fn constant(&self) -> Option<bool> {
        match self.eval(&World::new()) {
            Ok(Value::Bool(holds)) => Some(holds),
            _ => None,
        }
    }
}

impl Comparison {
    /// The same with its sides exchanged.
    pub(super) fn turned(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            same => same,
        }
    }

    fn is_equal(self) -> bool {
        self == Comparison::Equal
    }
}
