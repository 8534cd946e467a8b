//! Somebody else drains, reboots or removes the same node.

use super::{Elsewhere, Test, Versions};

pub(super) const HAZARD: Elsewhere = Elsewhere {
    name: "others-at-work",
    title: "The update operator is at work on the node, or somebody is about to remove it",
    versions: Versions::All,
    concerns: "`drain` and `reboot`; every fix that a restart of the node can interrupt",
    found_by: "the Node's label `bottlerocket.aws/updater-interface-version`, and the taints of Karpenter and of the \
               cluster autoscaler; `/updates/status` of the node; the node's boot id",
    safe_way: "a plan of `drain` or `reboot` says who is at work there. A reboot is refused where the operator has staged a \
               version: let it finish first. A restart in the middle of a fix is noticed, and ends it",
    source: "the update operator's README; karpenter.sh, Disruption; `utils/taints` of the cluster autoscaler; \
             `sources/updater` of the core kit",
    shown_by: &[
        Test::Core("action::reboot::surroundings::tests::whoever_may_come_in_between_is_named"),
        Test::Core(
            "action::reboot::surroundings::tests::whoever_is_about_to_remove_it_is_named_once",
        ),
        Test::Core("plan::tests::change::another_boot_or_value_changes_nothing_at_all"),
        Test::Suite("guarded::what_is_in_the_way_of_emptying_a_node_is_refused"),
        Test::Suite("guarded::a_restart_beside_the_program_leaves_nothing_behind"),
    ],
};
