//! The lab's own `logdog` and what is asked of a kubelet beside its logs, held against the facts: by
//! the AWS CLI, kubectl and GNU tar.

mod kubelet;
mod run;
pub(crate) mod stage;
mod upset;

use crate::harness::{Case, Need};

const NODES: &[Need] = &[Need::Nodes];
const KUBECTL: &[Need] = &[Need::Nodes, Need::Kubectl];

/// The cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "logdog::a_tarball_comes_through_ssm_and_the_node_proxy",
        &[Need::Nodes, Need::Kubectl, Need::AwsClients],
        run::whole_way,
    ),
    Case::new(
        "logdog::says_what_it_does_and_where_the_tarball_is",
        NODES,
        run::words,
    ),
    Case::new("logdog::settings_are_redacted", NODES, run::redacted),
    Case::new(
        "logdog::hangs_before_and_within_the_tarball",
        NODES,
        upset::hangs,
    ),
    Case::new("logdog::fails_and_is_slow", NODES, upset::fails),
    Case::new("logdog::is_missing", NODES, upset::missing),
    Case::new("logdog::meets_a_full_disk", KUBECTL, upset::full),
    Case::new(
        "logdog::a_kubelets_configuration_follows_the_settings",
        KUBECTL,
        kubelet::told,
    ),
];
