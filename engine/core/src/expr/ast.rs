//! Our own form of an expression.

use std::collections::BTreeSet;
use std::fmt;

use crate::syntax::{Span, Spanned};
use crate::value::Value;

/// A part of an expression. Its span counts bytes within the expression's own text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) op: Op,
    pub(super) span: Span,
}

/// What a part of an expression does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Op {
    /// A value that is written down. Text takes the kind of what it is held against.
    Literal(Value),
    /// What was seen: `table.count`, or a field with any name: `node["a.b/c"]`.
    Path(Path),
    /// `not a`.
    Not(Box<Node>),
    /// `-a`.
    Negate(Box<Node>),
    /// `a is absent`.
    IsAbsent(Box<Node>),
    /// Everything that takes two operands.
    Pair(Pair, Box<Node>, Box<Node>),
    /// `then if test else otherwise`.
    Choose {
        test: Box<Node>,
        then: Box<Node>,
        otherwise: Box<Node>,
    },
}

/// A look or a reserved name, and the way to one of its fields.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) root: String,
    pub(super) fields: Vec<Spanned<String>>,
}

/// An operation on two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    And,
    Or,
    Compare(Comparison),
    Calculate(Operator),
    /// `a ~ b`: text of both.
    Join,
    /// `a | default(b)`.
    Default,
    /// `larger(a, b)`.
    Larger,
    /// `smaller(a, b)`.
    Smaller,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Node {
    pub(super) fn new(op: Op, span: Span) -> Node {
        Node { op, span }
    }

    /// Its opposite; a negative number is written down like any other.
    pub(super) fn negated(self) -> Op {
        match self.op {
            Op::Literal(Value::Integer(n)) if n != i64::MIN => Op::Literal(Value::Integer(-n)),
            Op::Literal(Value::Number(n)) => Op::Literal(Value::Number(-n)),
            _ => Op::Negate(Box::new(self)),
        }
    }

    /// The parts that it is made of.
    pub(super) fn children(&self) -> Vec<&Node> {
        match &self.op {
            Op::Literal(_) | Op::Path(_) => Vec::new(),
            Op::Not(inner) | Op::Negate(inner) | Op::IsAbsent(inner) => vec![inner],
            Op::Pair(_, left, right) => vec![left, right],
            Op::Choose {
                test,
                then,
                otherwise,
            } => vec![then, test, otherwise],
        }
    }

    /// A text that is the same for two parts that mean the same, however they are written: without
    /// blanks and brackets, and with the operands of `and` and `or` in one order.
    pub(super) fn canonical(&self) -> String {
        let of = |node: &Node| node.canonical();
        match &self.op {
            Op::Literal(value) => format!("{value:?}"),
            Op::Path(path) => path.to_string(),
            Op::Pair(pair @ (Pair::And | Pair::Or), ..) => {
                let mut parts: Vec<String> = self.chain(*pair).into_iter().map(of).collect();
                parts.sort();
                parts.dedup();
                format!("{pair:?}({})", parts.join(","))
            }
            Op::Pair(pair, left, right) => format!("{pair:?}({},{})", of(left), of(right)),
            Op::Not(inner) => format!("not({})", of(inner)),
            Op::Negate(inner) => format!("-({})", of(inner)),
            Op::IsAbsent(inner) => format!("absent({})", of(inner)),
            Op::Choose {
                test,
                then,
                otherwise,
            } => format!("if({},{},{})", of(test), of(then), of(otherwise)),
        }
    }

    /// Every path in it, from left to right.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match &self.op {
            Op::Literal(_) => Vec::new(),
            Op::Path(path) => vec![path],
            Op::Not(inner) | Op::Negate(inner) | Op::IsAbsent(inner) => inner.paths(),
            Op::Pair(_, left, right) => [left.paths(), right.paths()].concat(),
            Op::Choose {
                test,
                then,
                otherwise,
            } => [then.paths(), test.paths(), otherwise.paths()].concat(),
        }
    }

    /// The names that it reads, each with the field that it reads of it.
    pub(super) fn roots(&self) -> BTreeSet<(String, Option<String>)> {
        self.paths()
            .into_iter()
            .map(|path| {
                let field = path.fields.first().map(|field| field.value.clone());
                (path.root.clone(), field)
            })
            .collect()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        for field in &self.fields {
            write!(f, ".{}", field.value)?;
        }
        Ok(())
    }
}
