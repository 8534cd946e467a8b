//! Known dangers of work on a node, as data: one file per danger, and the file's name is the danger's.
//!
//! Most are dangers of one change, found from what the plan of its fix knows: each either refuses the
//! fix, or is a line of its plan, and its case is the changes that have it and that don't. The others
//! no plan shows: each of them names the tests that show how it is met.

mod answered_early;
mod circumstances;
mod cuts_off_control;
mod elsewhere;
mod equal_value;
mod host_without_shell;
mod kube_proxy_writes_too;
mod kubelet_stays_stopped;
mod locked_settings;
mod logdog;
mod lost_end_of_input;
mod lost_eviction_defaults;
mod lowered_maximum;
mod no_unset;
mod others_at_work;
mod parameter_of_a_container;
mod reapplied_parameters;
mod restart_under_way;
mod second_restart;
mod slow_pull;
mod slow_scale_in;
mod soft_eviction_without_grace;
#[cfg(test)]
mod tests;
mod unseen_parameter;
mod versions;

pub use circumstances::{Circumstances, Touched, is_below, overlap};
pub use cuts_off_control::stops_control;
pub use elsewhere::{Elsewhere, Test};
pub use reapplied_parameters::REAPPLIES;
pub use second_restart::restarts_kubelet;
pub use slow_pull::PULL;
pub use versions::{Range, Versions};

/// All known dangers of a change, those that refuse before those that are told.
pub fn all() -> &'static [&'static Hazard] {
    &[
        &cuts_off_control::HAZARD,
        &second_restart::HAZARD,
        &lost_eviction_defaults::HAZARD,
        &soft_eviction_without_grace::HAZARD,
        &parameter_of_a_container::HAZARD,
        &kubelet_stays_stopped::HAZARD,
        &restart_under_way::HAZARD,
        &answered_early::HAZARD,
        &no_unset::HAZARD,
        &reapplied_parameters::HAZARD,
        &lowered_maximum::HAZARD,
        &kube_proxy_writes_too::HAZARD,
        &unseen_parameter::HAZARD,
        &slow_pull::HAZARD,
        &slow_scale_in::HAZARD,
    ]
}

/// All known dangers that no plan shows.
pub fn elsewhere() -> &'static [&'static Elsewhere] {
    &[
        &equal_value::HAZARD,
        &locked_settings::HAZARD,
        &lost_end_of_input::HAZARD,
        &host_without_shell::HAZARD,
        &logdog::HAZARD,
        &others_at_work::HAZARD,
    ]
}

/// The dangers of a change, in the order of [`all`].
pub fn of(circumstances: &Circumstances<'_>) -> Vec<&'static Hazard> {
    let here = |hazard: &&&'static Hazard| {
        hazard.versions.may_have(circumstances.os_version) && (hazard.applies)(circumstances)
    };
    all().iter().filter(here).copied().collect()
}

/// A known danger of a change.
#[derive(Debug)]
pub struct Hazard {
    /// Kebab-case, as the file's name, and stable.
    pub name: &'static str,
    /// What happens, in one line.
    pub title: &'static str,
    /// Where it is so.
    pub versions: Versions,
    /// Which changes it concerns.
    pub concerns: &'static str,
    /// What tells it.
    pub found_by: &'static str,
    /// What a plan makes of it.
    pub then: Then,
    /// What heeler does, or a person has to do.
    pub safe_way: &'static str,
    /// Where it was read.
    pub source: &'static str,
    /// Changes that have it.
    pub has: &'static [Example],
    /// Changes that are like those, and don't.
    pub spares: &'static [Example],
    /// Whether a change has it, on a node of these versions.
    applies: fn(&Circumstances<'_>) -> bool,
}

/// What a plan makes of a danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// There is no plan; this is why.
    Refuse(&'static str),
    /// This is a line of the plan.
    Warn(&'static str),
}

/// A change on a node: one danger's case.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The action, and its parameters as a runbook has them.
    pub change: (&'static str, &'static str),
    /// The value that is there, as the node writes it; `null`: none.
    pub from: &'static str,
    /// The services that the node says the change acts on.
    pub services: &'static [&'static str],
    /// The same of the changes before it in the same fix.
    pub earlier: &'static [&'static str],
    /// The version of Bottlerocket.
    pub os_version: &'static str,
}

impl Example {
    const fn of(action: &'static str, parameters: &'static str) -> Example {
        Example {
            change: (action, parameters),
            from: "null",
            services: &[],
            earlier: &[],
            os_version: "1.50.0",
        }
    }
}
