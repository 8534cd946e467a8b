//! `heeler logs`, against a kubelet whose `/var/log` is a folder, with logs that are written, rotated and
//! packed as on a node.

mod fault;
mod read;
mod stage;

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
];
