//! The runbooks that were compiled in, with their pages and cases.

use heeler_core::syntax::Source;

use super::FILE;

/// A runbook that was compiled in.
pub(super) struct Bundled {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) readme: &'static str,
    /// Its cases: the name of each, and its text.
    pub(super) cases: &'static [(&'static str, &'static str)],
}

/// The cases of a bundled runbook, by their names.
macro_rules! cases {
    ($runbook:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(
            "../../../../runbooks/", $runbook, "/cases/", $name, ".yaml"
        )))),*]
    };
}

/// All of them.
pub(super) const BUNDLED: &[Bundled] = &[
    Bundled {
        name: "conntrack-exhaustion",
        text: include_str!("../../../../runbooks/conntrack-exhaustion/runbook.yaml"),
        readme: include_str!("../../../../runbooks/conntrack-exhaustion/README.md"),
        cases: cases!["conntrack-exhaustion":
            "accept-queue",
            "admin-off",
            "admin-off-full-table",
            "admin-off-no-proc-statistics",
            "admin-off-no-proc-statistics-nearly-full",
            "full-table",
            "full-table-and-clashes",
            "full-table-at-most",
            "full-table-at-one-reading",
            "full-table-fix-kept",
            "full-table-fix-reverted-drops",
            "full-table-fix-reverted-growth",
            "full-table-of-open-connections",
            "full-table-raise-kept",
            "full-table-raise-reverted",
            "full-table-shortened-already",
            "full-table-shortened-further",
            "full-table-without-memory",
            "healthy",
            "insert-clashes",
            "instance-allowance",
            "kubernetes-down",
            "proxy-left-alone",
            "proxy-lowered-max",
            "proxy-lowered-max-1-28",
            "proxy-lowered-max-1-36",
            "proxy-lowered-max-configured",
            "proxy-lowered-max-minimum",
            "proxy-same-as-bottlerocket",
            "table-bursts",
            "table-filling",
            "table-filling-steady",
            "was-full",
            "was-full-admin-off",
        ],
    },
    Bundled {
        name: "logs-when-collector-is-down",
        text: include_str!("../../../../runbooks/logs-when-collector-is-down/runbook.yaml"),
        readme: include_str!("../../../../runbooks/logs-when-collector-is-down/README.md"),
        cases: cases!["logs-when-collector-is-down":
            "down",
            "healthy",
            "kubernetes-down",
            "no-collector",
            "nothing-wanted",
            "partly-down",
        ],
    },
];

/// The cases that were compiled in with a bundled runbook: the name of each, and its text.
pub fn bundled_cases(runbook: &str) -> &'static [(&'static str, &'static str)] {
    bundled(runbook).map_or(&[], |bundled| bundled.cases)
}

/// The one of this name.
pub(super) fn bundled(name: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|bundled| bundled.name == name)
}

impl Bundled {
    /// Its text.
    pub(super) fn source(&self) -> Source {
        Source {
            name: format!("{}/{FILE}", self.name),
            text: self.text.to_owned(),
        }
    }
}
