//! A value that is there already is set like any other.

use super::{Elsewhere, Test, Versions};

pub(super) const HAZARD: Elsewhere = Elsewhere {
    name: "equal-value",
    title: "A value that is set again restarts its services all the same",
    versions: Versions::All,
    concerns: "settings that have the wanted value already",
    found_by: "the present value, which is read for the plan, and once more by the command that is to change it",
    safe_way: "a plan leaves out what holds already, and is refused where nothing is left; on the node nothing is set \
               over another value than the plan's. By hand, ask with `apiclient get` before each `apiclient set`",
    source: "apiserver and thar-be-settings of the core kit",
    shown_by: &[
        Test::Core("hazard::tests::elsewhere::a_value_that_is_there_is_not_set_again"),
        Test::Suite("guarded::what_is_kept_stays_alone"),
    ],
};
