//! The kernel's own counters and those of the clients, second by second.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::node::KernelCounters;
use crate::program::traffic::LoadCounts;
use crate::scene::Lab;

/// What happened while it was watched.
pub(super) struct Watched {
    /// Packets that the kernel dropped because the table was full.
    pub(super) dropped: u64,
    /// Connections that clients opened.
    pub(super) opened: u64,
    /// Attempts of clients that failed.
    pub(super) failed: u64,
    over: Duration,
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dropped,
            opened,
            failed,
            over,
        } = self;
        write!(
            f,
            "{dropped} packets dropped, {opened} connections opened, {failed} attempts failed in {over:.0?}"
        )
    }
}

/// Prints the counters once a second.
pub(super) fn watch(lab: &Lab, how_long: Duration) -> Result<Watched> {
    println!("   entries of      max   dropped   connections opened   attempts failed");
    let first = Sample::take(lab)?;
    let mut last = first;
    let began = Instant::now();
    while began.elapsed() < how_long {
        std::thread::sleep(Duration::from_secs(1));
        let now = Sample::take(lab)?;
        println!("{}", now.line(&last));
        last = now;
    }
    Ok(last.since(&first, began.elapsed()))
}

#[derive(Clone, Copy)]
struct Sample {
    kernel: KernelCounters,
    load: LoadCounts,
}

impl Sample {
    fn take(lab: &Lab) -> Result<Self> {
        let load = lab.load()?.context("the incident has ended")?;
        Ok(Self {
            kernel: lab.kernel_counters()?,
            load,
        })
    }

    fn line(&self, before: &Self) -> String {
        let grown = self.since(before, Duration::ZERO);
        format!(
            "{:>10} {:>11} {:>+9} {:>+20} {:>+17}",
            self.kernel.count,
            self.kernel.max,
            grown.dropped.cast_signed(),
            grown.opened.cast_signed(),
            grown.failed.cast_signed()
        )
    }

    /// The kernel counts insert failures as drops, too.
    fn since(&self, before: &Self, over: Duration) -> Watched {
        let lost = |sample: &Self| {
            sample
                .kernel
                .drop
                .saturating_sub(sample.kernel.insert_failed)
        };
        Watched {
            dropped: lost(self).saturating_sub(lost(before)),
            opened: self.load.opened.saturating_sub(before.load.opened),
            failed: self.load.failed.saturating_sub(before.load.failed),
            over,
        }
    }
}
