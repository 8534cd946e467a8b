//! `shorten-time-wait` from its plan to its end, on a node whose table is really full: what the
//! operator sees before the approval, what the node's kernel says after it, the way back, and
//! that nothing is changed which was not approved.
//!
//! The bundled runbook waits for minutes, as a table of that age has to. Where a fix is carried
//! out here it is that runbook with shorter times, on a table whose entries live for 20 seconds.

pub(crate) mod approval;
mod course;
mod crash;
mod raise;
mod refusal;
pub(crate) mod repair;
mod way_back;

use crate::harness::{Case, Need};

const NEEDS: &[Need] = &[Need::Incident];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "fix::a_plan_shows_all_and_changes_nothing",
        NEEDS,
        approval::plan,
    ),
    Case::new(
        "fix::only_the_plans_own_digest_approves_it",
        NEEDS,
        approval::digest,
    ),
    Case::new(
        "fix::a_plan_that_the_node_has_left_behind_is_no_approval",
        NEEDS,
        approval::moved,
    ),
    Case::new(
        "fix::is_approved_or_declined_at_the_prompt",
        NEEDS,
        approval::prompt,
    ),
    Case::new(
        "fix::is_refused_without_admin_and_the_ways_it_names_work",
        NEEDS,
        refusal::without_admin,
    ),
    Case::new(
        "fix::is_refused_where_nothing_is_left_to_change",
        NEEDS,
        refusal::changed_already,
    ),
    Case::new(
        "fix::is_refused_where_nothing_is_wrong",
        NEEDS,
        refusal::healthy,
    ),
    Case::new(
        "fix::is_not_planned_where_no_command_can_carry_it",
        NEEDS,
        refusal::too_long,
    ),
    Case::new(
        "fix::is_not_offered_where_its_requirement_is_not_seen",
        NEEDS,
        refusal::unseen,
    ),
    Case::new(
        "fix::is_kept_when_the_drops_end_and_taken_back_on_request",
        NEEDS,
        course::kept,
    ),
    Case::new(
        "fix::is_taken_back_when_the_drops_go_on",
        NEEDS,
        course::taken_back,
    ),
    Case::new(
        "fix::is_taken_back_when_it_is_interrupted",
        NEEDS,
        course::interrupted,
    ),
    Case::new(
        "fix::revert_leaves_a_value_alone_that_somebody_else_has_set",
        NEEDS,
        way_back::other_value,
    ),
    Case::new(
        "fix::revert_leaves_another_boot_alone",
        NEEDS,
        way_back::other_boot,
    ),
    Case::new(
        "fix::killed_before_the_change_is_in_doubt_and_settled",
        NEEDS,
        crash::before,
    ),
    Case::new(
        "fix::killed_after_the_change_is_in_doubt_and_settled",
        NEEDS,
        crash::after,
    ),
    Case::new(
        "fix::a_raised_maximum_ends_the_drops_and_is_kept",
        NEEDS,
        raise::kept,
    ),
    Case::new(
        "fix::a_raised_maximum_stays_until_the_table_fits_the_old_one",
        NEEDS,
        raise::stays,
    ),
];
