//! Why a part of an expression has no value.

use std::collections::BTreeSet;

use crate::value::{Unseen, Value, Why};

/// A value, or what it would take to have one.
pub(super) type Seen = Result<Value, Missing>;

/// What it would take: looks that gave no answer, and answers that say "there is no such thing".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Missing {
    unseen: BTreeSet<Unseen>,
    absent: BTreeSet<Unseen>,
}

impl Missing {
    pub(super) fn unseen(reasons: impl IntoIterator<Item = Unseen>) -> Missing {
        Missing {
            unseen: reasons.into_iter().collect(),
            absent: BTreeSet::new(),
        }
    }

    /// `what` is absent from the answer of `look`.
    pub(super) fn absent(look: &str, what: String) -> Missing {
        let reason = Unseen {
            look: look.to_string(),
            why: Why::NotThere(what),
        };
        Missing {
            unseen: BTreeSet::new(),
            absent: BTreeSet::from([reason]),
        }
    }

    /// Missing for both reasons.
    pub(super) fn and(mut self, other: Missing) -> Missing {
        self.unseen.extend(other.unseen);
        self.absent.extend(other.absent);
        self
    }

    /// Everything was answered; the answers say that there is no such thing.
    pub(super) fn is_absent(&self) -> bool {
        self.unseen.is_empty()
    }

    /// The looks that gave no answer, as a value.
    pub(super) fn into_value(self) -> Value {
        if self.unseen.is_empty() {
            Value::Absent
        } else {
            Value::Unseen(self.unseen.into_iter().collect())
        }
    }

    /// Everything that stands in the way of a verdict, sorted and without repetition.
    pub(super) fn into_reasons(self) -> Vec<Unseen> {
        self.unseen.union(&self.absent).cloned().collect()
    }
}

/// Both values, or everything that is missing of them.
pub(super) fn both(left: Seen, right: Seen) -> Result<(Value, Value), Missing> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(left), Err(right)) => Err(left.and(right)),
        (Err(missing), Ok(_)) | (Ok(_), Err(missing)) => Err(missing),
    }
}
