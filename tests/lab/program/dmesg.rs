//! `dmesg`: the machine's real kernel log, as this node alone would have it.
//!
//! Of the machine's lines only those of the node's own network namespace since its own boot are
//! shown, and what a test planted. The machine's clock is the node's clock, as in `/proc/uptime`.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use anyhow::{Context, Result, bail};
use nix::libc;
use regex::Regex;

use crate::node::config::{KernelMessage, NodePlan};
use crate::node::state::{State, file};

const TABLE_FULL: &str =
    r"nf_conntrack: (?:nf_conntrack: )?table full(?: in netns (\d+))?, dropping packet";

struct Line {
    microseconds: u64,
    text: String,
}

/// Prints the log with stamps in seconds, as util-linux's `dmesg` does without options.
pub(crate) fn main(arguments: &[String]) -> Result<i32> {
    if let Some(unknown) = arguments.iter().find(|argument| {
        !matches!(
            argument.as_str(),
            "-x" | "--nopager" | "-P" | "--color=never"
        )
    }) {
        bail!(
            "this dmesg has no option {unknown}: call it without, and compute from the [seconds] stamps"
        );
    }
    let state = State::of_this_node()?;
    let plan = NodePlan::read(&state.path(NodePlan::FILE))?;
    let booted_at: u64 = state
        .read(file::BOOTED_AT)?
        .trim()
        .parse()
        .context("the node's boot time is damaged")?;
    let filter = Filter::new(plan.config.message, own_network_namespace()?)?;
    let mut lines: Vec<Line> = kernel_log()?
        .into_iter()
        .filter_map(|line| filter.show(line))
        .collect();
    lines.extend(planted(&state.read(file::KERNEL_LINES)?));
    lines.retain(|line| line.microseconds / 1_000_000 >= booted_at);
    lines.sort_by_key(|line| line.microseconds);
    for line in lines {
        println!(
            "[{:5}.{:06}] {}",
            line.microseconds / 1_000_000,
            line.microseconds % 1_000_000,
            line.text
        );
    }
    Ok(0)
}

struct Filter {
    table_full: Regex,
    style: KernelMessage,
    namespace: u64,
}

impl Filter {
    fn new(style: KernelMessage, namespace: u64) -> Result<Self> {
        Ok(Self {
            table_full: Regex::new(TABLE_FULL)?,
            style,
            namespace,
        })
    }

    /// The line as this node's kernel would have put it, `None` when it is another node's.
    fn show(&self, line: Line) -> Option<Line> {
        let captures = self.table_full.captures(&line.text)?;
        let namespace: u64 = captures.get(1)?.as_str().parse().ok()?;
        (namespace == self.namespace).then(|| Line {
            text: match self.style {
                KernelMessage::Classic => "nf_conntrack: table full, dropping packet".to_owned(),
                KernelMessage::InNetns => line.text,
            },
            ..line
        })
    }
}

fn own_network_namespace() -> Result<u64> {
    Ok(std::fs::metadata("/proc/self/ns/net")
        .context("reading the network namespace's number")?
        .ino())
}

/// All records that the kernel still has. Each read of the device gives one.
fn kernel_log() -> Result<Vec<Line>> {
    let mut device = File::options()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open("/dev/kmsg")
        .context("read kernel buffer failed: Operation not permitted")?;
    let mut lines = Vec::new();
    let mut record = [0_u8; 8192];
    loop {
        match device.read(&mut record) {
            Ok(0) => return Ok(lines),
            Ok(length) => lines.extend(parse_record(&String::from_utf8_lossy(
                record.get(..length).unwrap_or_default(),
            ))),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(lines),
            // The record was overwritten while it was read; the next read goes on behind the gap.
            Err(error) if error.raw_os_error() == Some(libc::EPIPE) => {}
            Err(error) => return Err(error).context("reading /dev/kmsg"),
        }
    }
}

/// A record is `priority,sequence,microseconds,flags[,more];text`, with further lines that are not text.
fn parse_record(record: &str) -> Option<Line> {
    let (head, text) = record.split_once(';')?;
    let microseconds = head.split(',').nth(2)?.parse().ok()?;
    Some(Line {
        microseconds,
        text: text.lines().next()?.to_owned(),
    })
}

fn planted(lines: &str) -> impl Iterator<Item = Line> {
    lines.lines().filter_map(|line| {
        let (microseconds, text) = line.split_once('\t')?;
        Some(Line {
            microseconds: microseconds.parse().ok()?,
            text: text.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(style: KernelMessage, text: &str) -> Option<String> {
        let filter = Filter::new(style, 4_026_532_249).unwrap();
        filter
            .show(Line {
                microseconds: 1,
                text: text.to_owned(),
            })
            .map(|line| line.text)
    }

    #[test]
    fn a_node_sees_its_own_lines_only() {
        let own = "nf_conntrack: nf_conntrack: table full in netns 4026532249, dropping packet";
        assert_eq!(shown(KernelMessage::InNetns, own).as_deref(), Some(own));
        assert_eq!(
            shown(KernelMessage::Classic, own).as_deref(),
            Some("nf_conntrack: table full, dropping packet")
        );
        assert_eq!(
            shown(KernelMessage::InNetns, &own.replace("249", "250")),
            None
        );
        assert_eq!(
            shown(KernelMessage::InNetns, "EXT4-fs (vda): mounted filesystem"),
            None
        );
    }

    #[test]
    fn records_of_the_kernels_device_are_understood() {
        let line = parse_record("4,1024,98765432,-;nf_conntrack: hello\n SUBSYSTEM=net\n").unwrap();
        assert_eq!(
            (line.microseconds, line.text.as_str()),
            (98_765_432, "nf_conntrack: hello")
        );
    }
}
