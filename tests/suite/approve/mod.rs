//! What it takes before a fix may start: a policy, a plan that is as it was written, and where the
//! policy wants it the signature of another person, with her own machine, journal and credentials.

mod asked;
mod false_ones;
mod nobody;
mod plan_file;
mod policy;
mod signed;
mod signers;
mod two;

use crate::harness::{Case, Need};

const NEEDS: &[Need] = &[Need::Incident];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "approve::another_person_approves_once_and_the_fix_is_kept",
        NEEDS,
        signed::kept,
    ),
    Case::new(
        "approve::each_false_approval_is_refused_in_words_of_its_own",
        NEEDS,
        false_ones::each,
    ),
    Case::new(
        "approve::a_policy_that_can_not_be_read_is_never_no_policy",
        NEEDS,
        policy::unusable,
    ),
    Case::new(
        "approve::a_policy_is_asked_before_a_node_is",
        NEEDS,
        policy::asked_first,
    ),
    Case::new(
        "approve::a_policy_that_changes_between_plan_and_fix_is_noticed",
        NEEDS,
        policy::changed,
    ),
    Case::new(
        "approve::a_freeze_that_begins_while_somebody_is_asked_holds",
        &[Need::Nodes],
        asked::frozen,
    ),
    Case::new(
        "approve::a_plan_that_was_edited_by_hand_is_noticed",
        NEEDS,
        plan_file::edited,
    ),
    Case::new(
        "approve::two_others_have_to_be_two_people_and_others",
        &[Need::Nodes],
        signers::two,
    ),
    Case::new(
        "approve::what_has_a_way_back_needs_nobody_where_the_policy_says_so",
        &[Need::Nodes],
        nobody::reversible,
    ),
    Case::new(
        "approve::what_has_no_way_back_needs_another_person_all_the_same",
        &[Need::Nodes],
        nobody::disruptive,
    ),
];
