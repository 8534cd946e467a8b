//! The area's cases, each in the file of what it is about.

use super::*;
use crate::harness::{Case, Need};

const NEEDS: &[Need] = &[Need::Nodes];
/// Somebody else changes objects by hand.
const BY_HAND: &[Need] = &[Need::Nodes, Need::Kubectl];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("guarded::the_fixtures_have_no_fault", &[], lint),
    Case::new("guarded::what_is_kept_stays_alone", NEEDS, |context| {
        each(context, course::kept)
    }),
    Case::new(
        "guarded::what_does_not_help_is_taken_back",
        NEEDS,
        |context| each(context, course::taken_back),
    ),
    Case::new(
        "guarded::nothing_is_changed_without_a_switch",
        NEEDS,
        |context| each(context, course::not_armed),
    ),
    Case::new(
        "guarded::a_lost_switch_is_settled_by_the_next_contact",
        NEEDS,
        |context| each(context, loss::switch),
    ),
    Case::new(
        "guarded::who_takes_over_a_lost_lock_finds_the_original_value",
        NEEDS,
        |context| each(context, loss::taken_over),
    ),
    Case::new(
        "guarded::a_restart_leaves_nothing_behind",
        NEEDS,
        |context| each(context, loss::restart),
    ),
    Case::new(
        "guarded::a_restart_beside_the_program_leaves_nothing_behind",
        NEEDS,
        |context| each(context, loss::restart_beside),
    ),
    Case::new(
        "guarded::a_restart_after_a_fix_does_what_the_plan_says",
        NEEDS,
        |context| each(context, loss::restart_after),
    ),
    Case::new(
        "guarded::the_node_needs_nobody_to_take_it_back",
        NEEDS,
        |context| each(context, loss::way),
    ),
    Case::new(
        "guarded::a_node_that_is_cut_off_needs_nobody_to_take_it_back",
        NEEDS,
        |context| each(context, loss::agent),
    ),
    Case::new(
        "guarded::without_kubernetes_it_goes_on_from_the_change",
        NEEDS,
        |context| each(context, loss::cluster),
    ),
    Case::new(
        "guarded::a_journal_that_is_full_leaves_nothing_behind",
        NEEDS,
        |context| each(context, unwritten::each),
    ),
    Case::new(
        "guarded::a_journal_that_is_full_lets_no_pod_and_no_object_change",
        NEEDS,
        unwritten::cluster,
    ),
    Case::new(
        "guarded::settings_that_are_locked_are_left_alone",
        NEEDS,
        course::locked,
    ),
    Case::new("guarded::each_command_fails_in_turn", NEEDS, |context| {
        step::each(context, &ONE_PARAMETER, (Wrong::Failed, "")).map(drop)
    }),
    Case::new(
        "guarded::each_command_comes_twice_in_turn",
        NEEDS,
        |context| step::each(context, &ONE_PARAMETER, (Wrong::Repeated, "")).map(drop),
    ),
    Case::new(
        "guarded::killed_before_the_change_comes",
        NEEDS,
        |context| {
            each(context, |context, fixture| {
                held(context, fixture, HoldPoint::BeforeExecuting)
            })
        },
    ),
    Case::new(
        "guarded::killed_when_the_change_has_come",
        NEEDS,
        |context| {
            each(context, |context, fixture| {
                held(context, fixture, HoldPoint::BeforeReplying)
            })
        },
    ),
    Case::new("guarded::killed_after_a_record", NEEDS, |context| {
        each(context, killed)
    }),
    Case::new(
        "guarded::who_interrupts_twice_leaves_it_to_the_node",
        NEEDS,
        interrupted::twice,
    ),
    Case::new(
        "guarded::of_a_script_that_takes_long_only_one_runs",
        NEEDS,
        own_script::one_at_a_time,
    ),
    Case::new(
        "guarded::a_switch_outlives_the_processes_of_its_command",
        NEEDS,
        own_script::group_killed,
    ),
    Case::new(
        "guarded::a_script_that_fails_half_way_is_left_to_a_person",
        NEEDS,
        own_script::half_way,
    ),
    Case::new("guarded::of_two_operators_one_changes_it", NEEDS, races),
    Case::new(
        "guarded::a_plan_in_the_cluster_says_who_takes_it_back",
        NEEDS,
        cluster::plan,
    ),
    Case::new(
        "guarded::another_person_approves_a_fix_in_the_cluster",
        NEEDS,
        cluster::approved_by_another,
    ),
    Case::new(
        "guarded::what_is_kept_in_the_cluster_can_be_reverted",
        NEEDS,
        cluster::kept,
    ),
    Case::new(
        "guarded::what_does_not_help_in_the_cluster_is_taken_back",
        NEEDS,
        cluster::taken_back,
    ),
    Case::new(
        "guarded::killed_with_a_change_in_the_cluster",
        NEEDS,
        cluster::killed,
    ),
    Case::new(
        "guarded::a_change_in_the_cluster_outlasts_the_api_server",
        NEEDS,
        cluster::api_down,
    ),
    Case::new(
        "guarded::each_request_of_a_change_in_the_cluster_fails",
        NEEDS,
        cluster::each_request,
    ),
    Case::new(
        "guarded::what_may_not_be_patched_in_the_cluster_is_refused",
        NEEDS,
        cluster::refused,
    ),
    Case::new(
        "guarded::what_somebody_else_sets_in_the_cluster_is_theirs",
        NEEDS,
        cluster::moved,
    ),
    Case::new(
        "guarded::a_revert_in_the_cluster_needs_nobody_but_the_api_server",
        NEEDS,
        revert_object::alone,
    ),
    Case::new(
        "guarded::a_revert_in_the_cluster_is_refused_elsewhere",
        NEEDS,
        revert_object::elsewhere,
    ),
    Case::new(
        "guarded::a_patch_that_comes_after_its_revert_can_be_taken_back",
        NEEDS,
        revert_object::late,
    ),
    Case::new(
        "guarded::an_equal_value_that_somebody_else_has_set_is_theirs",
        BY_HAND,
        revert_object::theirs,
    ),
    Case::new(
        "guarded::each_field_in_the_cluster_is_taken_back_by_itself",
        BY_HAND,
        revert_object::fields,
    ),
    Case::new(
        "guarded::where_nothing_stands_a_revert_says_so_at_once",
        NEEDS,
        revert_object::at_once,
    ),
    Case::new(
        "guarded::what_has_no_way_back_needs_another_person",
        NEEDS,
        disruptive::approved,
    ),
    Case::new(
        "guarded::what_has_no_way_back_and_does_not_help_is_stuck",
        NEEDS,
        disruptive::stuck,
    ),
    Case::new(
        "guarded::a_service_that_does_not_come_is_told",
        NEEDS,
        disruptive::does_not_come,
    ),
    Case::new(
        "guarded::what_has_no_way_back_is_done_once_whoever_is_killed",
        NEEDS,
        disruptive::killed,
    ),
    Case::new(
        "guarded::what_has_no_way_back_is_done_once_whoever_does_not_answer",
        NEEDS,
        disruptive::each_command,
    ),
    Case::new(
        "guarded::a_lost_answer_about_it_is_asked_for_again",
        NEEDS,
        disruptive::answer_lost,
    ),
    Case::new(
        "guarded::a_service_that_does_not_run_is_left_alone",
        NEEDS,
        disruptive::not_running,
    ),
    Case::new(
        "guarded::a_node_is_emptied_pod_by_pod",
        NEEDS,
        drain::course::kept,
    ),
    Case::new(
        "guarded::an_emptied_node_that_does_not_help_is_told",
        NEEDS,
        drain::course::does_not_help,
    ),
    Case::new(
        "guarded::no_budget_is_overruled",
        NEEDS,
        drain::course::budget,
    ),
    Case::new(
        "guarded::what_is_in_the_way_of_emptying_a_node_is_refused",
        NEEDS,
        drain::course::refused,
    ),
    Case::new(
        "guarded::only_pods_that_the_plan_shows_are_evicted",
        NEEDS,
        drain::course::moved,
    ),
    Case::new(
        "guarded::killed_while_a_node_is_emptied",
        NEEDS,
        drain::killed::half_way,
    ),
    Case::new(
        "guarded::emptying_a_node_outlasts_the_api_server",
        NEEDS,
        drain::trouble::api_down,
    ),
    Case::new(
        "guarded::an_eviction_without_an_answer_is_looked_for",
        NEEDS,
        drain::trouble::answers_lost,
    ),
    Case::new(
        "guarded::who_interrupts_evicts_no_other_pod",
        NEEDS,
        drain::trouble::interrupted,
    ),
    Case::new(
        "guarded::a_node_that_is_uncordoned_is_emptied_no_further",
        NEEDS,
        drain::trouble::uncordoned,
    ),
    Case::new(
        "guarded::a_reboot_brings_the_node_back",
        NEEDS,
        reboot::kept,
    ),
    Case::new(
        "guarded::a_node_that_was_cordoned_before_its_reboot_stays_so",
        NEEDS,
        reboot::stays_cordoned,
    ),
    Case::new(
        "guarded::a_budget_in_the_way_keeps_the_node_from_its_reboot",
        NEEDS,
        reboot::budget_blocks,
    ),
    Case::new(
        "guarded::a_node_that_does_not_come_back_is_told",
        NEEDS,
        reboot::does_not_come_back,
    ),
    Case::new(
        "guarded::a_reboot_that_was_killed_leaves_no_cordon_untold",
        NEEDS,
        reboot::killed::each,
    ),
    Case::new(
        "guarded::a_reboot_s_mark_goes_where_somebody_else_uncordons",
        NEEDS,
        reboot::uncordoned,
    ),
    Case::new(
        "guarded::a_reboot_that_is_interrupted_uncordons_the_node",
        NEEDS,
        reboot::interrupted,
    ),
    Case::new(
        "guarded::a_lost_answer_of_a_reboot_is_told_by_the_boot_id",
        NEEDS,
        reboot::answer_lost,
    ),
    Case::new(
        "guarded::what_has_no_way_back_and_finds_another_value_is_refused",
        NEEDS,
        disruptive::moved_on,
    ),
    Case::new(
        "guarded::what_the_node_has_no_record_of_any_more_is_not_known",
        NEEDS,
        disruptive::record_removed,
    ),
];
