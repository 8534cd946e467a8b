//! `heeler bundle`, against a lab's node with logdog, its kubelet and its SSM agent.

mod judge;
mod make;
mod odd;
mod step;
mod upset;

use crate::harness::{Case, Need};

const NODES: &[Need] = &[Need::Nodes];
const INCIDENT: &[Need] = &[Need::Incident];

/// The cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bundle::a_node_is_put_into_one_file_and_nothing_is_left",
        NODES,
        make::whole,
    ),
    Case::new(
        "bundle::what_is_secret_is_taken_out_and_stays_the_same",
        NODES,
        make::redacted,
    ),
    Case::new(
        "bundle::without_the_admin_container_there_is_what_the_kubelet_serves",
        NODES,
        make::without_admin,
    ),
    Case::new(
        "bundle::without_the_node_proxy_it_comes_through_ssm_in_slices",
        NODES,
        make::sliced,
    ),
    Case::new(
        "bundle::a_logdog_that_fails_leaves_what_else_there_is",
        NODES,
        upset::fails,
    ),
    Case::new(
        "bundle::somebody_elses_logdog_is_waited_for_by_nobody",
        NODES,
        upset::busy,
    ),
    Case::new(
        "bundle::two_at_once_are_one_after_the_other",
        NODES,
        upset::two,
    ),
    Case::new(
        "bundle::a_node_whose_disk_is_full_says_so",
        NODES,
        upset::full_there,
    ),
    Case::new(
        "bundle::a_connection_that_is_cut_is_gone_on_with",
        NODES,
        upset::cut,
    ),
    Case::new(
        "bundle::what_was_replaced_while_it_was_fetched_is_not_taken_for_whole",
        NODES,
        upset::replaced,
    ),
    Case::new(
        "bundle::a_disk_that_is_full_here_leaves_nothing_anywhere",
        NODES,
        upset::full_here,
    ),
    Case::new(
        "bundle::who_interrupts_a_logdog_that_hangs_leaves_nothing",
        NODES,
        upset::hangs,
    ),
    Case::new(
        "bundle::the_node_takes_it_back_when_nobody_else_does",
        NODES,
        upset::killed,
    ),
    Case::new(
        "bundle::what_is_no_capture_stays_and_an_old_one_goes",
        NODES,
        upset::foreign,
    ),
    Case::new(
        "bundle::judged_offline_the_verdicts_are_those_of_the_live_run",
        INCIDENT,
        judge::offline,
    ),
    Case::new(
        "bundle::judged_without_the_admin_container_the_same_is_unseen",
        NODES,
        judge::admin_off,
    ),
    Case::new(
        "bundle::judged_a_secret_that_was_taken_out_is_unseen",
        NODES,
        judge::secret,
    ),
    Case::new(
        "bundle::judged_what_was_forbidden_then_is_unseen",
        NODES,
        judge::forbidden,
    ),
    Case::new(
        "bundle::judged_a_bundle_that_is_cut_is_partial",
        NODES,
        odd::cut,
    ),
    Case::new("bundle::judged_what_is_no_bundle_is_told", NODES, odd::none),
    Case::new(
        "bundle::judged_answers_that_were_tampered_with_are_refused",
        NODES,
        odd::forged,
    ),
    Case::new(
        "bundle::judged_places_and_targets_are_wrong_use",
        NODES,
        odd::usage,
    ),
    Case::new(
        "bundle::a_runbook_makes_one_where_its_finding_holds",
        NODES,
        step::made,
    ),
    Case::new(
        "bundle::a_runbook_makes_none_where_its_findings_are_ruled_out",
        NODES,
        step::not_wanted,
    ),
    Case::new(
        "bundle::a_runbook_makes_one_where_its_finding_could_not_be_seen",
        NODES,
        step::not_seen,
    ),
    Case::new(
        "bundle::a_runbook_without_the_right_has_its_verdict_all_the_same",
        NODES,
        step::forbidden,
    ),
    Case::new(
        "bundle::a_runbooks_bundle_is_in_its_plan_and_nothing_is_sent",
        NODES,
        step::planned,
    ),
    Case::new(
        "bundle::a_policy_forbids_the_bundles_of_runbooks",
        NODES,
        step::policy,
    ),
    Case::new(
        "bundle::a_runbook_makes_so_many_at_most",
        NODES,
        step::several,
    ),
    Case::new(
        "bundle::a_runbook_leaves_somebody_elses_logdog_alone",
        NODES,
        step::busy,
    ),
    Case::new(
        "bundle::who_interrupts_a_runbooks_bundle_leaves_nothing",
        NODES,
        step::interrupted,
    ),
];
