//! The ENA driver's statistics, as `ethtool -S` prints them on an EC2 instance.
//!
//! Names and order: EC2 user guide "Monitor network performance", and the driver's
//! `ena_ethtool.c`. `conntrack_allowance_available` needs a Nitro instance and driver 2.8.1.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The interface that the driver has on every node.
pub(crate) const DEVICE: &str = "eth0";

/// Each counter and its value on a node that is well.
const COUNTERS: &[(&str, u64)] = &[
    ("total_resets", 0),
    ("reset_fail", 0),
    ("tx_timeout", 0),
    ("suspend", 0),
    ("resume", 0),
    ("wd_expired", 0),
    ("interface_up", 1),
    ("interface_down", 0),
    ("admin_q_pause", 0),
    ("bw_in_allowance_exceeded", 0),
    ("bw_out_allowance_exceeded", 0),
    ("pps_allowance_exceeded", 0),
    ("conntrack_allowance_exceeded", 0),
    ("linklocal_allowance_exceeded", 0),
    ("conntrack_allowance_available", 136_812),
    ("queue_0_tx_cnt", 1_082_344),
    ("queue_0_tx_bytes", 421_338_720),
    ("queue_0_tx_queue_stop", 0),
    ("queue_0_tx_queue_wakeup", 0),
    ("queue_0_tx_dma_mapping_err", 0),
    ("queue_0_rx_cnt", 1_294_101),
    ("queue_0_rx_bytes", 1_620_044_211),
    ("queue_0_rx_csum_bad", 0),
    ("queue_0_rx_page_alloc_fail", 0),
    ("queue_0_rx_skb_alloc_fail", 0),
    ("queue_1_tx_cnt", 977_210),
    ("queue_1_tx_bytes", 388_104_993),
    ("queue_1_rx_cnt", 1_187_640),
    ("queue_1_rx_bytes", 1_504_992_100),
    ("ena_admin_q_aborted_cmd", 0),
    ("ena_admin_q_submitted_cmd", 94),
    ("ena_admin_q_completed_cmd", 94),
    ("ena_admin_q_out_of_space", 0),
    ("ena_admin_q_no_completion", 0),
];

/// Whether the driver has a counter of this name.
pub(crate) fn has_counter(name: &str) -> bool {
    COUNTERS.iter().any(|(known, _)| *known == name)
}

/// The text of `ethtool -S`, with `changed` in place of the usual values.
pub(crate) fn statistics(changed: &BTreeMap<String, u64>) -> String {
    let mut text = "NIC statistics:\n".to_owned();
    for (name, usual) in COUNTERS {
        // Writing to a String can't fail.
        let _ = writeln!(text, "     {name}: {}", changed.get(*name).unwrap_or(usual));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_counters_replace_the_usual_ones() {
        let text = statistics(&BTreeMap::from([("pps_allowance_exceeded".to_owned(), 7)]));
        assert!(text.starts_with("NIC statistics:\n     total_resets: 0\n"));
        assert!(text.contains("\n     pps_allowance_exceeded: 7\n"));
        assert!(text.contains("\n     conntrack_allowance_exceeded: 0\n"));
    }
}
