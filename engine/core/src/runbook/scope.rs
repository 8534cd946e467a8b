//! Whether a finding is judged once a node or once a run. What goes over all nodes can't look at a
//! single one beside that.

use super::facts::Facts;
use super::model::Scope;
use crate::expr::Read;
use crate::syntax::{Faults, Span, Spanned};

/// What several scalars read.
pub(super) struct Reads<'s>(Vec<(&'s Spanned<String>, Read)>);

impl<'s> Reads<'s> {
    pub(super) fn of(scalars: impl Iterator<Item = (&'s Spanned<String>, Vec<Read>)>) -> Self {
        let each = |(scalar, reads): (&'s Spanned<String>, Vec<Read>)| {
            reads.into_iter().map(move |read| (scalar, read))
        };
        Reads(scalars.flat_map(each).collect())
    }

    /// What a function lifts from the nodes to the run.
    fn lifted(&self) -> impl Iterator<Item = (&'s Spanned<String>, &Read)> {
        let all = self.0.iter().filter(|(_, read)| read.lifted);
        all.map(|(scalar, read)| (*scalar, read))
    }

    /// What is read of one node.
    fn of_one(&self, facts: &Facts) -> impl Iterator<Item = (&'s Spanned<String>, &Read)> {
        let all = self.0.iter().filter(|(_, read)| facts.is_of_one_node(read));
        all.map(|(scalar, read)| (*scalar, read))
    }
}

/// The scope that the conditions of a finding make, or its texts where those don't care. `None`
/// where they are at odds; each place that is gets a fault.
pub(super) fn of(
    conditions: &Reads<'_>,
    texts: &Reads<'_>,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<Scope> {
    let decisive = [conditions.lifted().next(), conditions.of_one(facts).next()];
    let [lifted, one] = match decisive {
        [None, None] => [texts.lifted().next(), texts.of_one(facts).next()],
        decisive => decisive,
    };
    let place = |found: Option<(&Spanned<String>, &Read)>, faults: &Faults| {
        found.map(|(scalar, read)| faults.place(scalar, read.span))
    };
    let (lifted, place_of_one) = (place(lifted, faults), place(one, faults));
    let before = faults.len();
    let scope = match (lifted, place_of_one) {
        (None, None) => Scope::Run,
        (Some(lifted), None) => {
            for (scalar, read) in texts.of_one(facts) {
                refuse_one(scalar, read, lifted, faults);
            }
            Scope::Run
        }
        (None, Some(one)) => {
            for (scalar, read) in texts.lifted() {
                refuse_all(scalar, read, one, faults);
            }
            Scope::Node
        }
        (Some(lifted), Some(_)) => {
            if let Some((scalar, read)) = one {
                refuse_one(scalar, read, lifted, faults);
            }
            Scope::Run
        }
    };
    (faults.len() == before).then_some(scope)
}

fn refuse_one(scalar: &Spanned<String>, read: &Read, lifted: Span, faults: &mut Faults) {
    let title = format!(
        "`{}` is of one node, and this finding is judged over the run",
        read.name
    );
    faults
        .error_within("run-scope", scalar, read.span, title)
        .here("differs from node to node")
        .label(lifted, "all nodes")
        .help("put it into any, all, count, share or max as well, or make two findings");
}

fn refuse_all(scalar: &Spanned<String>, read: &Read, one: Span, faults: &mut Faults) {
    let title = format!(
        "`{}` is of all nodes here, and this finding is judged for one",
        read.name
    );
    faults
        .error_within("run-scope", scalar, read.span, title)
        .here("all nodes")
        .label(one, "differs from node to node")
        .help("leave the function out, or make two findings");
}
