//! How far one node was climbed to.

use std::collections::BTreeMap;

use crate::world::error::CallError;

/// The way that was taken to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What it is called.
    pub way: &'static str,
    /// Those before it, and why they were not taken.
    pub not: Vec<Missed>,
}

/// A way that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// What it is called.
    pub way: &'static str,
    /// Why.
    pub why: String,
}

impl Taken {
    /// `kubelet itself; not the node proxy: …`.
    pub fn words(&self) -> String {
        let not = self.not.iter();
        let not = not.map(|Missed { way, why }| format!("; not the {way}: {why}"));
        format!("{}{}", self.way, not.collect::<String>())
    }
}

/// Why a rung was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// It was known before it was tried.
    Barred(String),
    /// It was tried.
    Failed(CallError),
}

impl Why {
    pub(super) fn words(&self) -> String {
        match self {
            Why::Barred(why) => why.clone(),
            Why::Failed(error) => error.what(),
        }
    }
}

/// What is known of the rungs to one node.
#[derive(Debug, Default)]
pub(super) struct Climb {
    /// The one that has worked.
    pub(super) taken: Option<usize>,
    /// Those that are not tried any more.
    pub(super) not: BTreeMap<usize, Why>,
}

impl Climb {
    /// This one has worked. The first one that does is kept to.
    pub(super) fn take(&mut self, number: usize) {
        self.taken.get_or_insert(number);
    }

    /// This one is not tried any more.
    pub(super) fn miss(&mut self, number: usize, why: Why) {
        self.not.insert(number, why);
    }

    /// What may pass has to be tried again: nothing else is left.
    pub(super) fn forget_passing(&mut self) {
        self.not
            .retain(|_, why| !matches!(why, Why::Failed(error) if error.is_passing()));
    }
}
