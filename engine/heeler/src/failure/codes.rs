//! The table of failures: what each code means, with which status the process ends, and what to do.
//! `docs/reference/failures.md` is written from it, and a test holds it to the code.

mod approvals;
mod calls;
mod cases;
mod journal;
mod objects;
mod places;
mod shared;
mod targets;
#[cfg(test)]
mod tests;
mod using;

/// What the code of a failure means.
#[derive(Debug, Clone, Copy)]
pub struct FailureCode {
    /// Stable and kebab-case.
    pub name: &'static str,
    /// The process's exit status.
    pub status: u8,
    /// What went wrong, in one line.
    pub summary: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Codes of one kind of failure.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// A heading.
    pub title: &'static str,
    /// Its codes.
    pub codes: &'static [FailureCode],
}

/// Every group, in the order of the reference.
pub const GROUPS: [Group; 9] = [
    Group {
        title: "Use",
        codes: using::CODES,
    },
    Group {
        title: "Cases",
        codes: cases::CODES,
    },
    Group {
        title: "Where",
        codes: places::CODES,
    },
    Group {
        title: "Pod, node, instance",
        codes: targets::CODES,
    },
    Group {
        title: "Policy and approval",
        codes: approvals::CODES,
    },
    Group {
        title: "What others do",
        codes: shared::CODES,
    },
    Group {
        title: "Kubernetes objects",
        codes: objects::CODES,
    },
    Group {
        title: "Calls",
        codes: calls::CODES,
    },
    Group {
        title: "Journal",
        codes: journal::CODES,
    },
];

/// Every code.
pub fn all() -> impl Iterator<Item = &'static FailureCode> {
    GROUPS.into_iter().flat_map(|group| group.codes)
}

/// The row of a code.
pub fn find(name: &str) -> Option<&'static FailureCode> {
    all().find(|code| code.name == name)
}

impl FailureCode {
    /// What `heeler explain` prints.
    pub fn page(&self) -> String {
        format!(
            "{}\na failed command, exit status {}\n\nWhat: {}.\nWhat to do: {}.\n",
            self.name, self.status, self.summary, self.remedy
        )
    }
}

/// A failure that ends with status 1.
const fn failed(name: &'static str, summary: &'static str, remedy: &'static str) -> FailureCode {
    FailureCode {
        name,
        status: 1,
        summary,
        remedy,
    }
}

/// Wrong use.
const fn usage(name: &'static str, summary: &'static str, remedy: &'static str) -> FailureCode {
    FailureCode {
        status: 2,
        ..failed(name, summary, remedy)
    }
}

/// A fix that is refused.
const fn refused(name: &'static str, summary: &'static str, remedy: &'static str) -> FailureCode {
    FailureCode {
        status: 5,
        ..failed(name, summary, remedy)
    }
}
