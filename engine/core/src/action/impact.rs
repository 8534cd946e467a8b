//! How much a look or a change can do.

use std::fmt;

/// What an action can do at worst, from the least on. Policy and people go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// It only reads: a fixed script of our own, or a GET.
    Read,
    /// A script of the runbook's own that nothing confines: it should only read, and could do
    /// anything.
    Unconfined,
    /// It changes something and knows the way back.
    Reversible,
    /// It has no way back, and ends in a documented state: a restart, a drain.
    Disruptive,
    /// What it changes can't be brought back.
    Irreversible,
}

impl Impact {
    /// All of them, from the least on.
    pub const ALL: [Impact; 5] = [
        Impact::Read,
        Impact::Unconfined,
        Impact::Reversible,
        Impact::Disruptive,
        Impact::Irreversible,
    ];

    /// The next one: for what nothing on the node takes back.
    pub fn raised(self) -> Self {
        match self {
            Impact::Read => Impact::Unconfined,
            Impact::Unconfined => Impact::Reversible,
            Impact::Reversible => Impact::Disruptive,
            Impact::Disruptive | Impact::Irreversible => Impact::Irreversible,
        }
    }

    /// Its name for people and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Impact::Read => "read",
            Impact::Unconfined => "unconfined",
            Impact::Reversible => "reversible",
            Impact::Disruptive => "disruptive",
            Impact::Irreversible => "irreversible",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Impact;

    #[test]
    fn they_are_ordered_from_the_least_on() {
        assert!(Impact::ALL.is_sorted());
        let names = Impact::ALL.map(Impact::name);
        let documented = "read unconfined reversible disruptive irreversible";
        assert_eq!(names.join(" "), documented);
        let raised = Impact::ALL.map(Impact::raised);
        assert_eq!(raised[..4], Impact::ALL[1..]);
        assert_eq!(raised[4], Impact::Irreversible);
    }
}
