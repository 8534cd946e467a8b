//! The conditions that a condition is made of: what lies between `and`, `or`, `not` and the parts
//! of a choice. Coverage counts them, and a verdict is explained by them.

use super::ast::{Node, Op, Pair, Path};
use super::expression::Expr;
use super::world::World;
use crate::value::Value;

/// A condition without `and`, `or` and `not` in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// As it is written.
    pub text: String,
    /// Its number in the whole condition, from left to right, counted from 0.
    pub index: usize,
    /// Whether it holds; `None` where that can't be told.
    pub holds: Option<bool>,
    /// What it reads, with its value: `table.count`.
    pub reads: Vec<(String, Value)>,
}

impl Expr {
    /// Every path that it reads, as names: `[table, count]`.
    pub fn paths(&self) -> Vec<Vec<String>> {
        self.node().path_names()
    }

    /// What the condition is made of, over a world. A side of a choice that was not taken is told
    /// by nothing, and left out.
    pub fn atoms(&self, world: &World) -> Vec<Atom> {
        let mut walk = Walk {
            expr: self,
            world: Some(world),
            next: 0,
            found: Vec::new(),
        };
        walk.node(self.node(), true);
        walk.found
    }

    /// The texts of all conditions that it is made of, by their number.
    pub fn atom_texts(&self) -> Vec<String> {
        let mut walk = Walk {
            expr: self,
            world: None,
            next: 0,
            found: Vec::new(),
        };
        walk.node(self.node(), true);
        walk.found.into_iter().map(|atom| atom.text).collect()
    }
}

impl Node {
    /// Every path in it, as names.
    pub(super) fn path_names(&self) -> Vec<Vec<String>> {
        let names = |path: &Path| {
            let fields = path.fields.iter().map(|field| field.value.clone());
            std::iter::once(path.root.clone()).chain(fields).collect()
        };
        self.paths().into_iter().map(names).collect()
    }
}

struct Walk<'w> {
    expr: &'w Expr,
    /// `None`: only the texts are wanted.
    world: Option<&'w World>,
    next: usize,
    found: Vec<Atom>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, taken: bool) {
        match &node.op {
            Op::Not(inner) => self.node(inner, taken),
            Op::Pair(Pair::And | Pair::Or, left, right) => {
                self.node(left, taken);
                self.node(right, taken);
            }
            Op::Choose {
                test,
                then,
                otherwise,
            } => {
                let tested = self.world.map(|world| truth(test, world));
                let side = |wanted| taken && tested.is_none_or(|test| test == Some(wanted));
                self.node(then, side(true));
                self.node(test, taken);
                self.node(otherwise, side(false));
            }
            // A constant is no condition.
            Op::Literal(_) => {}
            _ => self.atom(node, taken),
        }
    }

    fn atom(&mut self, node: &Node, taken: bool) {
        let index = self.next;
        self.next += 1;
        if !taken {
            return;
        }
        let reads = match self.world {
            Some(world) => single(node)
                .into_iter()
                .map(|path| (path.to_string(), path.value(world)))
                .collect(),
            None => Vec::new(),
        };
        self.found.push(Atom {
            text: self.expr.part(node.span),
            index,
            holds: self.world.and_then(|world| truth(node, world)),
            reads,
        });
    }
}

/// The paths that have one value here: not those that a function goes over.
fn single(node: &Node) -> Vec<&Path> {
    match &node.op {
        Op::Fold { over, .. } => over.as_deref().map(single).unwrap_or_default(),
        Op::Path(path) => vec![path],
        Op::Literal(_) => Vec::new(),
        Op::Not(inner) | Op::Negate(inner) | Op::IsAbsent(inner) => single(inner),
        Op::Pair(_, left, right) => [single(left), single(right)].concat(),
        Op::Choose {
            test,
            then,
            otherwise,
        } => [single(then), single(test), single(otherwise)].concat(),
    }
}

fn truth(node: &Node, world: &World) -> Option<bool> {
    match node.eval(world) {
        Ok(Value::Bool(holds)) => Some(holds),
        _ => None,
    }
}
