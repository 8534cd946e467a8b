//! A bare expression: `when`, `only-if`, `require`, `that` and `for-each`.

use std::collections::BTreeSet;

use super::ast::{Node, Op, Pair, Read, roots};
use super::check::Checker;
use super::doubts::Doubts;
use super::names::Names;
use super::parse::parse;
use super::ranges;
use super::world::World;
use crate::syntax::{Faults, Patch, Span, Spanned};
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
            let patches = unwrapped(scalar, faults);
            faults
                .error_within(
                    "template-in-expression",
                    scalar,
                    Span::new(start, start + 2),
                    "`{{ }}` can't be used in an expression",
                )
                .help("write the expression alone; `{{ }}` belongs into text")
                .patches
                .extend(patches.into_iter().flatten());
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
        let kind = Checker::new(&self.scalar, names, faults).kind(&mut self.node)?;
        doubts(&self.scalar, faults).parts(&self.node);
        Some(kind)
    }

    /// Like [`Expr::check`]; the whole has to be true or false.
    pub fn check_condition(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        let kind = Checker::new(&self.scalar, names, faults).boolean(&mut self.node)?;
        doubts(&self.scalar, faults).condition(&self.node);
        Some(kind)
    }

    /// Like [`Expr::check`]; the whole has to be a list, and what is given is the kind of its items.
    pub fn check_list(&mut self, names: &Names, faults: &mut Faults) -> Option<Kind> {
        let item = Checker::new(&self.scalar, names, faults).list(&mut self.node)?;
        doubts(&self.scalar, faults).parts(&self.node);
        Some(item)
    }

    /// Whether both mean the same, however they are written. Where it can't be told they do not.
    pub fn is_same(&self, other: &Expr) -> bool {
        self.node.is_same(&other.node)
    }

    /// Whether this holds only where the other one does: it demands the same, and maybe more.
    pub fn includes(&self, other: &Expr) -> bool {
        let own = self.node.chain(Pair::And);
        let demands = |part: &Node| own.iter().any(|own| own.is_same(part));
        // Of alternatives one is enough.
        let demanded =
            |part: &&Node| demands(part) || part.chain(Pair::Or).into_iter().any(demands);
        other.node.chain(Pair::And).iter().all(demanded)
    }

    /// Whether both can't hold together, as far as comparisons with written values tell; then the
    /// two comparisons, each counted in bytes of its own text.
    pub fn excludes(&self, other: &Expr) -> Option<(Span, Span)> {
        ranges::exclude(&self.node, &other.node)
    }

    /// Whether a value decides it that could be said: it holds more than questions of yes or no.
    pub fn compares(&self) -> bool {
        compares(&self.node)
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

    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    /// A part of it as it is written, on one line.
    pub(super) fn part(&self, span: Span) -> String {
        let text = self.scalar.value.get(span.range()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
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

/// The patches that take the brackets away, where they enclose the whole.
fn unwrapped(scalar: &Spanned<String>, faults: &Faults) -> Option<[Patch; 2]> {
    let text = scalar.value.as_str();
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?;
    if inner.contains(['{', '}']) || inner.trim_start().starts_with(['"', '\'']) {
        return None;
    }
    let start = text.len() - "}}".len() - inner.trim_start().len();
    let end = "{{".len() + inner.trim_end().len();
    let opening = faults.written(scalar, Span::new(0, start), "")?;
    let closing = faults.written(scalar, Span::new(end, text.len()), "")?;
    Some([opening, closing])
}

fn compares(node: &Node) -> bool {
    matches!(node.op, Op::Pair(Pair::Compare(_), ..)) || node.children().into_iter().any(compares)
}

pub(super) fn doubts<'d>(scalar: &'d Spanned<String>, faults: &'d mut Faults) -> Doubts<'d> {
    Doubts { scalar, faults }
}
