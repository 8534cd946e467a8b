//! Whether two expressions mean the same, however they are written: with other blanks and brackets,
//! or with operands in another order where that doesn't matter.

use std::mem::discriminant;

use super::ast::{Node, Op, Pair};

impl Node {
    /// Whether both mean the same. Where it can't be told they do not.
    pub(super) fn is_same(&self, other: &Node) -> bool {
        // The same for both directions, where one is a chain of `and` and the other one of `or`.
        let chains = [Pair::And, Pair::Or].into_iter();
        let mut chains = chains.filter(|pair| self.is_chain(*pair) || other.is_chain(*pair));
        if let Some(pair) = chains.next() {
            return same_chain(&self.chain(pair), &other.chain(pair));
        }
        match (&self.op, &other.op) {
            (Op::Literal(one), Op::Literal(other)) => one == other,
            (Op::Path(one), Op::Path(other)) => one.is_same(other),
            (
                Op::Pair(Pair::Compare(one), left, right),
                Op::Pair(Pair::Compare(other), first, second),
            ) => {
                let straight = one == other && left.is_same(first) && right.is_same(second);
                straight || *one == other.turned() && left.is_same(second) && right.is_same(first)
            }
            (Op::Pair(one, ..), Op::Pair(other, ..)) if one != other => false,
            (Op::Fold { fold: one, .. }, Op::Fold { fold: other, .. }) if one != other => false,
            (one, two) => {
                let (ours, others) = (self.children(), other.children());
                let mut pairs = ours.iter().zip(&others);
                discriminant(one) == discriminant(two)
                    && ours.len() == others.len()
                    && pairs.all(|(one, other)| one.is_same(other))
            }
        }
    }

    /// Whether this joins its parts, whose order then doesn't matter.
    fn is_chain(&self, pair: Pair) -> bool {
        matches!(&self.op, Op::Pair(own, ..) if *own == pair)
    }
}

/// Whether each part has one that is the same on the other side. Each two are compared once, so
/// that the work grows with the product of the sizes, however deep they are.
fn same_chain(ours: &[&Node], others: &[&Node]) -> bool {
    let mut found = vec![false; others.len()];
    ours.iter().all(|one| {
        let mut any = false;
        for (other, found) in others.iter().zip(&mut found) {
            let same = one.is_same(other);
            any |= same;
            *found |= same;
        }
        any
    }) && found.into_iter().all(|found| found)
}
