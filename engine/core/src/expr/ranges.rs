//! Comparisons of one thing with several values: two that exclude one another, or of which one
//! says it all.

use std::cmp::Ordering;

use super::ast::{Comparison, Node, Op, Pair, Path};
use super::compare::{compare, order};
use super::doubts::Doubts;
use crate::syntax::Span;
use crate::value::Value;

/// What a comparison allows for the path that it is about.
#[derive(Debug)]
struct Limit<'n> {
    path: String,
    low: Option<Bound<'n>>,
    high: Option<Bound<'n>>,
    span: Span,
}

/// An end of a range, and whether it belongs to it.
#[derive(Debug, Clone, Copy)]
struct Bound<'n> {
    value: &'n Value,
    is_in: bool,
}

/// Reports limits of one chain of `and` or `or` that exclude or repeat one another.
pub(super) fn doubts(pair: Pair, chain: &Node, doubts: &mut Doubts<'_>) {
    let limits = limits(pair, chain);
    for (index, later) in limits.iter().enumerate() {
        for earlier in limits.iter().take(index) {
            if earlier.path != later.path || !chain.splits(pair, earlier.span, later.span) {
                continue;
            }
            let other = doubts.place(earlier.span);
            match pair {
                Pair::And if earlier.excludes(later) => {
                    let title = format!("`{}` can't be both", later.path);
                    doubts
                        .warn("contradiction", later.span, title)
                        .label(other, "excluded by this")
                        .help("this never holds; is `or` meant?");
                }
                Pair::Or if earlier.completes(later) => {
                    let title = format!("`{}` is always one of the two", later.path);
                    doubts
                        .warn("always-holds", later.span, title)
                        .label(other, "the other one")
                        .help("is `and` meant?");
                }
                _ => repeated(pair, earlier, later, other, doubts),
            }
        }
    }
}

/// Whether two conditions can't hold together; then the places of the two comparisons.
pub(super) fn exclude(first: &Node, second: &Node) -> Option<(Span, Span)> {
    let (first, second) = (limits(Pair::And, first), limits(Pair::And, second));
    first.iter().find_map(|one| {
        let other = second
            .iter()
            .find(|other| one.path == other.path && one.excludes(other))?;
        Some((one.span, other.span))
    })
}

fn repeated(
    pair: Pair,
    earlier: &Limit<'_>,
    later: &Limit<'_>,
    other: Span,
    doubts: &mut Doubts<'_>,
) {
    let (wide, narrow) = match (earlier.holds_all_of(later), later.holds_all_of(earlier)) {
        (true, _) => (earlier, later),
        (false, true) => (later, earlier),
        (false, false) => return,
    };
    // Of an `and`, the wider range says nothing; of an `or`, the narrower one.
    let idle = if pair == Pair::And { wide } else { narrow };
    let telling = if std::ptr::eq(idle, later) {
        other
    } else {
        doubts.place(later.span)
    };
    doubts
        .warn("redundant-comparison", idle.span, "this changes nothing")
        .label(telling, "this decides")
        .help("remove it");
}

impl Node {
    /// Whether this link of a chain has the two places on different sides: each pair of a chain is
    /// told at one link only.
    fn splits(&self, pair: Pair, first: Span, second: Span) -> bool {
        match &self.op {
            Op::Pair(own, left, _) if *own == pair => {
                let in_left =
                    |span: Span| left.span.start <= span.start && span.end <= left.span.end;
                in_left(first) != in_left(second)
            }
            _ => false,
        }
    }

    /// The operands of a chain of `and` or `or`, from left to right.
    pub(super) fn chain(&self, pair: Pair) -> Vec<&Node> {
        match &self.op {
            Op::Pair(own, left, right) if *own == pair => {
                [left.chain(pair), right.chain(pair)].concat()
            }
            _ => vec![self],
        }
    }
}

fn limits(pair: Pair, chain: &Node) -> Vec<Limit<'_>> {
    chain.chain(pair).into_iter().filter_map(limit).collect()
}

fn limit(node: &Node) -> Option<Limit<'_>> {
    let Op::Pair(Pair::Compare(how), left, right) = &node.op else {
        return None;
    };
    let (path, value, turned): (&Path, &Value, bool) = match (&left.op, &right.op) {
        (Op::Path(path), Op::Literal(value)) => (path, value, false),
        (Op::Literal(value), Op::Path(path)) => (path, value, true),
        _ => return None,
    };
    let bound = |is_in| Some(Bound { value, is_in });
    let (low, high) = match (how, turned) {
        (Comparison::Equal, _) => (bound(true), bound(true)),
        (Comparison::NotEqual, _) => return None,
        (Comparison::Less, false) | (Comparison::Greater, true) => (None, bound(false)),
        (Comparison::LessOrEqual, false) | (Comparison::GreaterOrEqual, true) => {
            (None, bound(true))
        }
        (Comparison::Greater, false) | (Comparison::Less, true) => (bound(false), None),
        (Comparison::GreaterOrEqual, false) | (Comparison::LessOrEqual, true) => {
            (bound(true), None)
        }
    };
    Some(Limit {
        path: path.to_string(),
        low,
        high,
        span: node.span,
    })
}

impl Limit<'_> {
    /// Nothing is in both.
    fn excludes(&self, other: &Limit<'_>) -> bool {
        ends_before(self.high, other.low) || ends_before(other.high, self.low)
    }

    /// Everything is in one of the two.
    fn completes(&self, other: &Limit<'_>) -> bool {
        let open = |a: &Limit<'_>, b: &Limit<'_>| {
            a.low.is_none() && b.high.is_none() && !leaves_a_gap(a.high, b.low)
        };
        open(self, other) || open(other, self)
    }

    /// Whatever is in the other one is in this one.
    fn holds_all_of(&self, other: &Limit<'_>) -> bool {
        let low = reaches(self.low, other.low, Ordering::Less);
        let high = reaches(self.high, other.high, Ordering::Greater);
        low && high
    }
}

fn ends_before(high: Option<Bound<'_>>, low: Option<Bound<'_>>) -> bool {
    let (Some(high), Some(low)) = (high, low) else {
        return false;
    };
    match order_of(high, low) {
        Some(Ordering::Equal) => !(high.is_in && low.is_in),
        Some(order) => order.is_lt(),
        // Text has no order: it is this one or another one.
        None => high.is_in && low.is_in,
    }
}

fn leaves_a_gap(high: Option<Bound<'_>>, low: Option<Bound<'_>>) -> bool {
    let (Some(high), Some(low)) = (high, low) else {
        return false;
    };
    match order_of(high, low) {
        Some(Ordering::Equal) => !(high.is_in || low.is_in),
        Some(order) => order.is_lt(),
        None => true,
    }
}

/// Whether the outer end lies as far out as the inner one.
fn reaches(outer: Option<Bound<'_>>, inner: Option<Bound<'_>>, out: Ordering) -> bool {
    match (outer, inner) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => match order_of(outer, inner) {
            Some(Ordering::Equal) => outer.is_in || !inner.is_in,
            Some(order) => order == out,
            None => false,
        },
    }
}

fn order_of(left: Bound<'_>, right: Bound<'_>) -> Option<Ordering> {
    let equal = compare(Comparison::Equal, left.value, right.value);
    order(left.value, right.value).or(equal.filter(|equal| *equal).map(|_| Ordering::Equal))
}
