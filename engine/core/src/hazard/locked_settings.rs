//! A data store whose key the kernel has no more.

use super::versions::version;
use super::{Elsewhere, Range, Test, Versions};

pub(super) const HAZARD: Elsewhere = Elsewhere {
    name: "locked-settings",
    title: "The settings are locked, and none can be changed any more",
    // The first release with core kit 11 is one of those after 1.50.
    versions: Versions::Os(Range::From(version(1, 51))),
    concerns: "`settings` and `host-container`, on images with encrypted storage",
    found_by: "the node's refusal of the change; nothing that could be asked before tells it",
    safe_way: "the fix fails, says so, and has changed nothing; what has to be changed goes into the node group's user \
               data, and the nodes are replaced",
    source: "core kit 11.0.0 (#727): `rottweiler lock` removes the key of the data store",
    shown_by: &[
        Test::Core("action::tests::settings_scripts::a_refusal_is_told_and_changes_nothing"),
        Test::Suite("guarded::settings_that_are_locked_are_left_alone"),
    ],
};
