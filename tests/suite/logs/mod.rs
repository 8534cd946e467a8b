//! `heeler logs`, against a kubelet whose `/var/log` is a folder, with logs that are written, rotated and
//! packed as on a node.

mod backfill;
mod fault;
mod follow;
mod into;
mod ladder;
mod numbered;
mod read;
mod stage;
mod workload;

pub(crate) use self::stage::Small;
use crate::harness::{Case, Need};

/// The cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("logs::a_pod_says_what_it_has_said", &[], read::plain),
    Case::new("logs::containers_are_merged_by_time", &[], read::merged),
    Case::new(
        "logs::rotated_packed_and_former_logs_come_once_and_in_order",
        &[],
        read::whole,
    ),
    Case::new(
        "logs::a_span_of_time_and_a_pattern_are_kept_to",
        &[],
        read::some,
    ),
    Case::new("logs::what_is_no_text_is_kept", &[], read::odd),
    Case::new(
        "logs::the_first_line_comes_after_three_round_trips",
        &[],
        read::round_trips,
    ),
    Case::new(
        "logs::kubectl_reads_the_same_files",
        &[Need::Kubectl],
        read::kubectl,
    ),
    Case::new(
        "logs::a_log_that_is_rotated_while_it_is_read_comes_whole",
        &[],
        fault::rotated,
    ),
    Case::new(
        "logs::who_interrupts_knows_that_it_is_only_the_beginning",
        &[],
        fault::interrupted,
    ),
    Case::new(
        "logs::a_connection_that_is_cut_is_gone_on_with",
        &[],
        fault::cut,
    ),
    Case::new("logs::what_can_not_be_read_is_named", &[], fault::partial),
    Case::new(
        "logs::a_right_that_is_missing_is_named_before_a_node_is_asked",
        &[],
        fault::forbidden,
    ),
    Case::new(
        "logs::a_kubelet_that_is_started_anew_is_waited_for",
        &[],
        fault::away,
    ),
    Case::new(
        "logs::a_kubelet_that_gives_no_logs_says_why",
        &[],
        fault::refused,
    ),
    Case::new("logs::a_pod_that_is_gone_says_so", &[], fault::gone),
    Case::new("logs::wrong_use_asks_nobody", &[], fault::usage),
    Case::new(
        "logs::a_file_that_stalls_is_gone_on_with",
        &[],
        fault::stall,
    ),
    Case::new(
        "logs::a_node_that_vanishes_half_way_leaves_what_was_read",
        &[],
        fault::vanished,
    ),
    Case::new(
        "logs::clocks_that_differ_keep_the_order_of_each_log",
        &[],
        workload::skewed,
    ),
    Case::new(
        "logs::a_deployment_has_said_what_its_pods_have_and_had",
        &[],
        workload::deployment,
    ),
    Case::new(
        "logs::the_first_line_of_a_workload_comes_after_four_round_trips",
        &[],
        workload::round_trips,
    ),
    Case::new(
        "logs::services_selectors_sets_and_jobs_have_pods_too",
        &[],
        workload::others,
    ),
    Case::new(
        "logs::a_pod_of_the_same_name_as_before_is_another_one",
        &[],
        workload::same_name,
    ),
    Case::new(
        "logs::what_is_left_of_a_pod_that_is_gone_is_read",
        &[],
        workload::left,
    ),
    Case::new(
        "logs::numbered_lines_come_once_and_what_is_lost_is_counted",
        &[],
        numbered::recovered,
    ),
    Case::new(
        "logs::what_vector_has_not_shipped_comes_and_nothing_else",
        &[],
        backfill::vector,
    ),
    Case::new(
        "logs::what_fluent_bit_has_not_shipped_comes",
        &[],
        backfill::fluent_bit,
    ),
    Case::new(
        "logs::what_was_shipped_up_to_a_time_is_left_out",
        &[],
        backfill::time,
    ),
    Case::new(
        "logs::where_nobody_could_look_is_said",
        &[],
        workload::unseen,
    ),
    Case::new(
        "logs::a_folder_gets_a_file_for_each_container",
        &[],
        into::folder,
    ),
    Case::new(
        "logs::a_disk_that_is_full_leaves_a_part_that_is_named",
        &[],
        into::full,
    ),
    Case::new(
        "logs::what_is_followed_goes_on_through_rotation_and_restart",
        &[],
        follow::goes_on,
    ),
    Case::new(
        "logs::what_is_followed_waits_for_a_node_that_is_long_away",
        &[],
        follow::long_away,
    ),
    Case::new(
        "logs::a_node_that_is_silent_holds_nobody_back_for_long",
        &[],
        follow::silent_node,
    ),
    Case::new(
        "logs::many_containers_do_not_ask_all_at_once",
        &[],
        workload::many,
    ),
    Case::new(
        "logs::a_node_that_is_away_is_waited_for_once",
        &[],
        into::away,
    ),
    Case::new(
        "logs::a_line_that_is_being_written_is_one_that_goes_on",
        &[],
        fault::half,
    ),
    Case::new(
        "logs::a_new_pod_of_what_is_followed_turns_up",
        &[],
        follow::new_pod,
    ),
    Case::new(
        "logs::with_the_right_to_logs_alone_they_come_from_the_kubelet_itself",
        &[],
        ladder::straight,
    ),
    Case::new(
        "logs::with_the_right_to_the_proxy_alone_no_kubelet_is_asked",
        &[],
        ladder::proxied,
    ),
    Case::new(
        "logs::without_either_right_both_ways_are_named",
        &[],
        ladder::neither,
    ),
    Case::new(
        "logs::a_kubelet_that_the_api_server_does_not_reach_is_asked_straight",
        &[],
        ladder::fallen,
    ),
    Case::new(
        "logs::a_kubelet_that_nobody_reaches_is_said_to_be_so_by_both_ways",
        &[],
        ladder::unreachable,
    ),
    Case::new(
        "logs::who_shows_another_certificate_gets_no_token",
        &[],
        ladder::stranger,
    ),
    Case::new(
        "logs::what_breaks_on_the_way_from_the_kubelet_itself_is_gone_on_with",
        &[],
        ladder::broken,
    ),
    Case::new(
        "logs::curl_and_kubectl_find_the_same_kubelet",
        &[Need::Curl],
        ladder::curl,
    ),
];
