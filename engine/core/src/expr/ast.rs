//! Our own form of an expression.

use std::collections::BTreeSet;
use std::fmt;

use crate::syntax::{Span, Spanned};
use crate::value::Value;

/// The item of a list that is gone over.
pub(super) const EACH: &str = "each";

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
    /// `any(…)` and its like: over the nodes of the run, or over a list.
    Fold {
        fold: Fold,
        /// The list; `None`: the nodes of the run.
        over: Option<Box<Node>>,
        /// What is asked of each.
        body: Box<Node>,
    },
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

/// What one value is made of many by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// Whether the condition holds for one of them at least.
    Any,
    /// Whether it holds for all of them.
    All,
    /// For how many it holds.
    Count,
    /// For which part of them it holds.
    Share,
    /// The largest of their numbers.
    Max,
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
            Op::Fold { over, body, .. } => over.iter().chain([body]).map(Box::as_ref).collect(),
            Op::Choose {
                test,
                then,
                otherwise,
            } => vec![then, test, otherwise],
        }
    }

    /// Every path in it, from left to right.
    pub(super) fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        self.walk(false, &mut |path, _, _| paths.push(path));
        paths
    }

    /// Every path with its place, and whether a function lifts it from a node to the run.
    pub(super) fn walk<'n>(&'n self, lifted: bool, visit: &mut impl FnMut(&'n Path, Span, bool)) {
        match &self.op {
            Op::Literal(_) => {}
            Op::Path(path) => visit(path, self.span, lifted),
            Op::Not(inner) | Op::Negate(inner) | Op::IsAbsent(inner) => inner.walk(lifted, visit),
            Op::Pair(_, left, right) => {
                left.walk(lifted, visit);
                right.walk(lifted, visit);
            }
            Op::Fold { over, body, .. } => {
                if let Some(list) = over {
                    list.walk(lifted, visit);
                }
                body.walk(lifted || over.is_none(), visit);
            }
            Op::Choose {
                test,
                then,
                otherwise,
            } => {
                then.walk(lifted, visit);
                test.walk(lifted, visit);
                otherwise.walk(lifted, visit);
            }
        }
    }

    /// What it reads, with places within the scalar. An item of a list is nothing of its own.
    pub(super) fn reads(&self) -> Vec<Read> {
        let mut reads = Vec::new();
        self.walk(false, &mut |path, span, lifted| {
            if path.root != EACH {
                reads.push(Read {
                    name: path.root.clone(),
                    field: path.fields.first().map(|field| field.value.clone()),
                    span,
                    lifted,
                });
            }
        });
        reads
    }
}

/// One name that an expression reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// A look, or a reserved name.
    pub name: String,
    /// The field of it.
    pub field: Option<String>,
    /// Where, in bytes of the scalar's value.
    pub span: Span,
    /// Within a function over the nodes: all of them are read, not one.
    pub lifted: bool,
}

/// What it reads without places: names, each with the field of it.
pub(super) fn roots(reads: Vec<Read>) -> BTreeSet<(String, Option<String>)> {
    let root = |read: Read| (read.name, read.field);
    reads.into_iter().map(root).collect()
}

impl Fold {
    /// Its name in expressions.
    pub(super) fn name(self) -> &'static str {
        match self {
            Fold::Any => "any",
            Fold::All => "all",
            Fold::Count => "count",
            Fold::Share => "share",
            Fold::Max => "max",
        }
    }
}

impl Path {
    /// Whether both name the same, wherever they stand.
    pub(super) fn is_same(&self, other: &Path) -> bool {
        let mut fields = self.fields.iter().zip(&other.fields);
        self.root == other.root
            && self.fields.len() == other.fields.len()
            && fields.all(|(one, other)| one.value == other.value)
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
