//! The kernel's own truth about a network namespace, for tests: read past everything that the lab
//! composes or a program could colour.

use std::fs;

use anyhow::{Context, Result};

use crate::machine::namespace;

/// Connection tracking of one network namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KernelCounters {
    /// Entries in the table, expired ones included until the kernel collects them.
    pub count: u64,
    /// The machine's limit for each namespace, in entries.
    pub max: u64,
    /// Packets dropped since the namespace was made; insert failures are in it.
    pub drop: u64,
    /// Entries that could not be confirmed.
    pub insert_failed: u64,
    /// Entries evicted to make room.
    pub early_drop: u64,
    /// `nf_conntrack_tcp_timeout_time_wait`, in seconds.
    pub time_wait_timeout: u64,
}

/// What a network namespace's listeners have refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenCounters {
    /// `TcpExt: ListenOverflows`: an accept queue was full.
    pub overflows: u64,
    /// `TcpExt: ListenDrops`: overflows and other reasons.
    pub drops: u64,
}

/// The connection tracking counters of the process `pid`'s network namespace.
pub(crate) fn conntrack(pid: u32) -> Result<KernelCounters> {
    namespace::within_network_of(pid, || {
        let sums = column_sums("/proc/thread-self/net/stat/nf_conntrack")?;
        let sum = |name: &str| {
            sums.iter()
                .find(|(column, _)| column == name)
                .map_or(0, |(_, sum)| *sum)
        };
        Ok(KernelCounters {
            count: sysctl("nf_conntrack_count")?,
            max: sysctl("nf_conntrack_max")?,
            drop: sum("drop"),
            insert_failed: sum("insert_failed"),
            early_drop: sum("early_drop"),
            time_wait_timeout: sysctl("nf_conntrack_tcp_timeout_time_wait")?,
        })
    })
}

/// The listeners' counters of the process `pid`'s network namespace.
pub(crate) fn listeners(pid: u32) -> Result<ListenCounters> {
    namespace::within_network_of(pid, || {
        let text =
            fs::read_to_string("/proc/thread-self/net/netstat").context("reading net/netstat")?;
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
        let names = lines.next().unwrap_or_default().split_whitespace();
        let values = lines.next().unwrap_or_default().split_whitespace();
        let pairs: Vec<(&str, &str)> = names.zip(values).collect();
        let value = |name: &str| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .and_then(|(_, value)| value.parse().ok())
                .unwrap_or(0)
        };
        Ok(ListenCounters {
            overflows: value("ListenOverflows"),
            drops: value("ListenDrops"),
        })
    })
}

fn sysctl(name: &str) -> Result<u64> {
    let path = format!("/proc/sys/net/netfilter/{name}");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    text.trim()
        .parse()
        .with_context(|| format!("{path} holds {text:?}"))
}

/// The sums over all CPUs of a file with a header and a line of hexadecimal numbers a CPU.
fn column_sums(path: &str) -> Result<Vec<(String, u64)>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {path}"))?;
    let mut lines = text.lines();
    let names = lines.next().unwrap_or_default().split_whitespace();
    let mut sums: Vec<(String, u64)> = names.map(|name| (name.to_owned(), 0)).collect();
    for line in lines {
        for ((_, sum), field) in sums.iter_mut().zip(line.split_whitespace()) {
            *sum += u64::from_str_radix(field, 16).with_context(|| format!("{path}: {field:?}"))?;
        }
    }
    Ok(sums)
}
