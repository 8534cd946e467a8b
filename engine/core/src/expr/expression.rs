//! A bare expression: `when`, `only-if`, `require`, `that` and `for-each`.

use std::collections::BTreeSet;

use super::ast::{Node, Read, roots};
use super::check::Checker;
use super::names::Names;
use super::parse::parse;
use super::world::World;
use crate::syntax::{Faults, Span, Spanned};
use crate::value::{Kind, Unseen, Value};

/// A bare expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    scalar: Spanned<String>,
    node: Node,
}

impl Expr {
    /// Parses a whole scalar. `None` when it can't be; the fault says why.
    pub fn parse(scalar: &Spanned<String>, faults: &mut Faults) -> Option<Expr> {
        if let Some(start) = scalar.value.find("{{") {
            faults
                .error_within(
                    "template-in-expression",
                    scalar,
                    Span::new(start, start + 2),
                    "`{{ }}` can't be used in an expression",
                )
                .help("write the expression alone; `{{ }}` belongs into text");
            return None;
        }
        let node = parse(scalar, Span::new(0, scalar.value.len()), faults)?;
        Some(Expr {
            scalar: scalar.clone(),
            node,
        })
    }

    /// Checks names and kinds, and gives what is written in quotes its kind. `None` when something
    /// is wrong; the faults say what.
    pub fn check(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        Checker::new(&self.scalar, names, faults).kind(&mut self.node)
    }

    /// Like [`Expr::check`]; the whole has to be true or false.
    pub fn check_condition(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        Checker::new(&self.scalar, names, faults).boolean(&mut self.node)
    }

    /// Like [`Expr::check`]; the whole has to be a list, and what is given is the kind of its items.
    pub fn check_list(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        Checker::new(&self.scalar, names, faults).list(&mut self.node)
    }

    /// The value; absent or unseen where it has none.
    pub fn eval(&self, world: &World) -> Value {
        self.node
            .eval(world)
            .unwrap_or_else(|missing| missing.into_value())
    }

    /// Whether the condition holds. `Err` where that can't be told: everything that is missing,
    /// sorted and without repetition. An absent value counts as missing here.
    pub fn holds(&self, world: &World) -> Result<bool, Vec<Unseen>> {
        match self.node.eval(world) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err(self.node.unfit(world).into_reasons()),
            Err(missing) => Err(missing.into_reasons()),
        }
    }

    /// The world of each item of a list, as `each`. `Err` where there is no list to be seen. An item
    /// may be unseen itself: then nobody knows how many it stands for.
    pub fn worlds(&self, world: &World) -> Result<Vec<World>, Vec<Unseen>> {
        let of = self.node.first_look(world);
        match self.node.eval(world) {
            Ok(Value::List(items)) => Ok(items
                .into_iter()
                .map(|item| world.with_each(item, &of))
                .collect()),
            Ok(_) => Err(self.node.unfit(world).into_reasons()),
            Err(missing) => Err(missing.into_reasons()),
        }
    }

    /// The names that it reads, each with the field that it reads of it.
    pub fn roots(&self) -> BTreeSet<(String, Option<String>)> {
        roots(self.reads())
    }

    /// Everything that it reads, in order, with places.
    pub fn reads(&self) -> Vec<Read> {
        self.node.reads()
    }

    /// The scalar that it was read from.
    pub fn scalar(&self) -> &Spanned<String> {
        &self.scalar
    }

    /// The expression as it is written.
    pub fn text(&self) -> &str {
        self.scalar.value.trim()
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.scalar.span
    }
}
