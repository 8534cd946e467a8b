//! The checker's rules for operations on two operands.

use super::arithmetic;
use super::ast::{Comparison, Node, Op, Operator, Pair};
use super::check::{Checker, named};
use super::literal;
use crate::value::Kind;

impl Checker<'_> {
    /// The kind of an operation on two operands; `None` when a fault was reported.
    pub(super) fn pair(&mut self, pair: Pair, left: &mut Node, right: &mut Node) -> Option<Kind> {
        match pair {
            Pair::And | Pair::Or => {
                let (first, second) = (self.boolean(left), self.boolean(right));
                first.and(second)
            }
            Pair::Compare(how) => self.comparison(how, left, right),
            Pair::Calculate(operator) => self.calculation(operator, left, right),
            Pair::Join => {
                let (first, second) = (self.printable(left), self.printable(right));
                first.and(second).map(|_| Kind::Text)
            }
            Pair::Default => self.same(left, right, "a default has the kind of what it stands for"),
            Pair::Larger | Pair::Smaller => {
                let (first, second) = self.settled(left, right)?;
                if !has_order(&first, &second) {
                    return self.differ("compared", left, &first, right, &second);
                }
                Some(if first == second { first } else { Kind::Number })
            }
        }
    }

    /// Both operands have one kind.
    pub(super) fn same(&mut self, left: &mut Node, right: &mut Node, rule: &str) -> Option<Kind> {
        let (first, second) = self.settled(left, right)?;
        if first == second {
            return Some(first);
        }
        let title = format!(
            "{} and {} are of different kinds",
            named(&first),
            named(&second)
        );
        let other = self.faults.place(self.scalar, right.span);
        self.fault("different-kinds", left.span, title)
            .here(named(&first))
            .label(other, named(&second))
            .help(rule);
        None
    }

    /// The part can be printed.
    pub(super) fn printable(&mut self, node: &mut Node) -> Option<Kind> {
        let kind = self.kind(node)?;
        let single = match &kind {
            Kind::List(item) => item.as_ref(),
            single => single,
        };
        let Kind::Record(fields) = single else {
            return Some(kind);
        };
        let known: Vec<&str> = fields.keys().map(String::as_str).collect();
        let help = format!("name one of its fields: {}", known.join(", "));
        self.fault(
            "not-printable",
            node.span,
            "a whole record can't be printed",
        )
        .help(help);
        None
    }

    fn comparison(&mut self, how: Comparison, left: &mut Node, right: &mut Node) -> Option<Kind> {
        let (first, second) = self.settled(left, right)?;
        let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
        let same = first == second && matches!(first, Kind::Bool | Kind::Text);
        if has_order(&first, &second) || equality && same {
            return Some(Kind::Bool);
        }
        if same {
            let title = format!("{} is not larger or smaller than another", named(&first));
            self.fault("no-order", left.span, title)
                .here(named(&first))
                .help("text and booleans compare with == and !=");
            return None;
        }
        self.differ("compared", left, &first, right, &second)
    }

    fn calculation(
        &mut self,
        operator: Operator,
        left: &mut Node,
        right: &mut Node,
    ) -> Option<Kind> {
        // A factor is a number whatever it multiplies: `2 * age` makes no duration of the 2.
        let (first, second) = match operator {
            Operator::Multiply => self.kinds(left, right)?,
            _ => self.settled(left, right)?,
        };
        match arithmetic::kind_of(operator, &first, &second) {
            Some(kind) => Some(kind),
            None => self.differ("calculated", left, &first, right, &second),
        }
    }

    fn kinds(&mut self, left: &mut Node, right: &mut Node) -> Option<(Kind, Kind)> {
        let (first, second) = (self.kind(left), self.kind(right));
        Some((first?, second?))
    }

    /// The kinds of both, after what is written down has taken the other side's.
    fn settled(&mut self, left: &mut Node, right: &mut Node) -> Option<(Kind, Kind)> {
        let (first, second) = self.kinds(left, right)?;
        let (first_now, second_now) = (self.settle(left, &second), self.settle(right, &first));
        Some((first_now?.unwrap_or(first), second_now?.unwrap_or(second)))
    }

    /// `None`: a fault. `Some(None)`: nothing is written down here.
    fn settle(&mut self, node: &mut Node, kind: &Kind) -> Option<Option<Kind>> {
        let Op::Literal(value) = &mut node.op else {
            return Some(None);
        };
        match literal::settle(value, kind) {
            Ok(settled) => {
                let kind = literal::kind_of(&settled);
                *value = settled;
                Some(Some(kind))
            }
            Err(why) => {
                let title = format!("this has to be {}", named(kind));
                let patch = literal::respelled(value, kind).and_then(|right| {
                    self.faults
                        .written(self.scalar, node.span, &format!("\"{right}\""))
                });
                let fault = self.fault("bad-literal", node.span, title).help(why);
                fault.patches.extend(patch);
                None
            }
        }
    }

    fn differ<T>(
        &mut self,
        what: &str,
        left: &Node,
        first: &Kind,
        right: &Node,
        second: &Kind,
    ) -> Option<T> {
        let (first, second) = (named(first), named(second));
        let place = self.faults.place(self.scalar, right.span);
        let quoted = [
            ("a duration", "\"60s\""),
            ("a size in bytes", "\"512MiB\""),
            ("a version", "\"1.33\""),
        ]
        .into_iter()
        .find(|(kind, _)| first == *kind || second == *kind)
        .map(|(kind, example)| format!("{kind} is written in quotes: `{example}`"));
        let fault = self.fault(
            "different-kinds",
            left.span,
            format!("{first} can't be {what} with {second}"),
        );
        fault.here(first).label(place, second);
        if let Some(help) = quoted {
            fault.help(help);
        }
        None
    }
}

/// Whether values of these kinds are larger or smaller than one another.
fn has_order(left: &Kind, right: &Kind) -> bool {
    let with_unit = matches!(left, Kind::Duration | Kind::Bytes | Kind::Version);
    with_unit && left == right || arithmetic::is_number(left) && arithmetic::is_number(right)
}
