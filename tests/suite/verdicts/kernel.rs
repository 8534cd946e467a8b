//! The kernel's own truth: an incident is real, and the numbers in a report are the kernel's.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::node::KernelCounters;
use heeler_tests::scene::Incident;

use crate::operator::{Operator, Report};

/// Entries that may come and go between two readings of a table that is in use: of a full one up to three
/// hundred were seen to end at once, where those of one moment had come at once.
const STIR: u64 = 400;
/// How long nothing may be counted until it is over.
const QUIET: Duration = Duration::from_secs(1);
/// How long the last packets of an incident may take.
const AFTERMATH: Duration = Duration::from_secs(15);

/// The kernel's counters of the node and of the pod, at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth {
    table: KernelCounters,
    overflows: u64,
}

impl Truth {
    pub(super) fn now(operator: &Operator<'_>) -> Result<Self> {
        Ok(Self {
            table: operator.lab.kernel_counters()?,
            overflows: operator.pod()?.listen_counters()?.overflows,
        })
    }
}

/// Waits until what is still on its way has been counted.
pub(super) fn settle(operator: &Operator<'_>) -> Result<()> {
    let give_up = Instant::now() + AFTERMATH;
    let counted = |truth: &Truth| (truth.table.drop, truth.table.insert_failed, truth.overflows);
    let mut before = Truth::now(operator)?;
    loop {
        sleep(QUIET);
        let now = Truth::now(operator)?;
        if counted(&now) == counted(&before) {
            return Ok(());
        }
        ensure!(
            Instant::now() < give_up,
            "the counters go on: {before:?}, then {now:?}"
        );
        before = now;
    }
}

/// The state was what its name says, all the time from one reading to the other.
pub(super) fn expect_real(incident: Incident, from: &Truth, to: &Truth) -> Result<()> {
    let (drops, failures) = (
        to.table.drop - from.table.drop,
        to.table.insert_failed - from.table.insert_failed,
    );
    let (least, most) = (
        from.table.count.min(to.table.count),
        from.table.count.max(to.table.count),
    );
    let max = to.table.max;
    let overflows = to.overflows - from.overflows;
    let is_quiet = drops == 0 && failures == 0 && overflows == 0;
    let is_real = match incident {
        Incident::Full => drops > failures && least * 10 >= max * 9,
        Incident::Filling => {
            is_quiet && least * 4 >= max * 3 && most < max && to.table.count > from.table.count
        }
        Incident::WasFull => {
            is_quiet && to.table.drop > to.table.insert_failed && most * 4 < max * 3
        }
        Incident::Clash => drops > 0 && drops == failures && most * 10 < max,
        Incident::AcceptQueue => overflows > 0 && drops == 0 && failures == 0 && most * 10 < max,
        // The ENA driver and kube-proxy's formula are no business of the kernel's.
        Incident::Healthy | Incident::Allowance | Incident::ProxiedMax => {
            is_quiet && most * 10 < max
        }
    };
    ensure!(
        is_real,
        "the kernel knows of no {incident:?}: {from:?}, then {to:?}"
    );
    Ok(())
}

/// Whatever the report says of the kernel lies between the two readings.
pub(super) fn expect_told(report: &Report, from: &Truth, to: &Truth) -> Result<()> {
    let (first, last) = (&from.table, &to.table);
    let stirred = first.count.min(last.count).saturating_sub(STIR)
        ..=first.count.max(last.count).saturating_add(STIR);
    let ranges = [
        ("table", "/max", last.max..=last.max),
        ("table", "/count", stirred),
        ("traffic", "/drop/total", first.drop..=last.drop),
        (
            "traffic",
            "/insert_failed/total",
            first.insert_failed..=last.insert_failed,
        ),
        (
            "sockets",
            "/pod/listen_overflows/total",
            from.overflows..=to.overflows,
        ),
    ];
    for (look, field, range) in ranges {
        let told = report.number(look, field)?;
        ensure!(
            told.is_none_or(|told| range.contains(&told)),
            "{look}{field} is {told:?}, and the kernel says {range:?}\n{}",
            report.ended
        );
    }
    ensure!(
        report.number("table", "/count")?.is_some(),
        "the table's size is always in sight"
    );
    Ok(())
}
