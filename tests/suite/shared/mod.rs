//! What all who run heeler in a cluster share: the stop cord, the Lease of a node that is being
//! changed, the limits that hold for everybody, approvals that are used once. And the cluster that
//! can't say any of it.

mod approval;
mod desk;
mod lease;
mod limits;
mod rights;
mod stop;

use crate::harness::{Case, Need};

const NEEDS: &[Need] = &[Need::Nodes];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "shared::while_changes_are_stopped_none_starts_and_the_others_end",
        NEEDS,
        stop::cord,
    ),
    Case::new(
        "shared::what_is_under_way_goes_on_when_changes_are_stopped",
        NEEDS,
        stop::under_way,
    ),
    Case::new(
        "shared::without_a_board_nothing_can_be_stopped_and_that_is_said",
        NEEDS,
        stop::no_board,
    ),
    Case::new(
        "shared::neither_the_journal_nor_aws_keeps_anybody_from_stopping",
        NEEDS,
        stop::anyway,
    ),
    Case::new(
        "shared::a_node_that_somebody_changes_is_refused_before_it_is_asked",
        NEEDS,
        lease::taken,
    ),
    Case::new(
        "shared::a_lease_lasts_as_long_as_its_fix_and_ends_with_it",
        NEEDS,
        lease::renewed,
    ),
    Case::new(
        "shared::limits_count_what_everybody_changes",
        NEEDS,
        limits::counted,
    ),
    Case::new(
        "shared::a_part_of_a_zones_nodes_is_changed_at_once",
        NEEDS,
        limits::zone,
    ),
    Case::new(
        "shared::a_part_of_a_workloads_nodes_is_changed_at_once",
        NEEDS,
        limits::workload,
    ),
    Case::new(
        "shared::a_rule_about_a_node_group_holds_for_its_nodes",
        NEEDS,
        limits::group,
    ),
    Case::new(
        "shared::of_two_operators_one_takes_the_last_place_of_the_hour",
        NEEDS,
        limits::race,
    ),
    Case::new(
        "shared::a_fix_goes_on_where_the_cluster_can_not_be_asked",
        NEEDS,
        rights::missing,
    ),
    Case::new(
        "shared::a_cluster_that_falls_silent_after_the_plan_is_asked_again_and_then_refuses",
        NEEDS,
        rights::hiccup,
    ),
    Case::new(
        "shared::the_documented_rights_are_those_that_are_used",
        NEEDS,
        rights::least,
    ),
    Case::new(
        "shared::an_approval_is_used_once_from_whatever_journal",
        NEEDS,
        approval::once,
    ),
];
