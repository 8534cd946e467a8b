//! What has to be told in each state, and with how much of the node in sight. Derived from how
//! the kernel, EC2 and kube-proxy behave; the runbook was not asked.
//!
//! Two of everything that is needed can be out of sight: with the admin container off the kernel
//! log, the pods' queues and the ENA driver; and without `/proc/net/stat/nf_conntrack` also the
//! counters of the table, which then only the host's `conntrack` could tell. Its size and its
//! limit are always in sight, and so are kube-proxy's objects.

use anyhow::{Result, ensure};
use heeler_tests::scene::Incident;

use crate::operator::{Report, Verdict};

/// How much of the node can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// With the admin container: all, whatever `/proc` shows.
    Whole,
    /// Without it, where the control container can read the counters of the table.
    Counters,
    /// Without it, where it can't: the size of the table and nothing else of it.
    SizeOnly,
}

const COUNTERS: &str = "the table's counters";
const LOG: &str = "kernel log";
const QUEUES: &str = "pods' accept queues";
const ALLOWANCE: &str = "EC2 allowance";
/// The one reason in all these states.
const ADMIN_OFF: &str = "the admin container is off";

/// What a finding comes to.
#[derive(Debug, Clone, Copy)]
enum Row {
    /// It holds.
    Holds,
    /// The facts in sight prove that it does not hold.
    Out,
    /// It could hold or not: these would have to be seen.
    Needs(&'static [&'static str]),
}

use Row::{Holds, Needs, Out};

/// A finding, and what it comes to with [`Sight::Whole`], [`Sight::Counters`] and
/// [`Sight::SizeOnly`].
type Finding = (&'static str, [Row; 3]);

/// Nothing is wrong, and the kernel's log is the one thing that could still tell of the past.
const HEALTHY: [Finding; 8] = [
    // Whether it is full, or was for a moment, shows in the counters; one reading of its size with
    // room to spare rules out no more than that it is about to be.
    ("table-full", [Out, Out, Needs(&[COUNTERS])]),
    ("table-bursts", [Out, Out, Needs(&[COUNTERS])]),
    ("table-filling", [Out, Out, Out]),
    // The log of the past is out of sight; the counters alone could prove it, not rule it out.
    ("was-full", [Out, Needs(&[LOG]), Needs(&[LOG, COUNTERS])]),
    (
        "instance-allowance",
        [Out, Needs(&[ALLOWANCE]), Needs(&[ALLOWANCE])],
    ),
    ("proxy-lowered-max", [Out, Out, Out]),
    ("insert-clashes", [Out, Out, Needs(&[COUNTERS])]),
    ("accept-queue", [Out, Needs(&[QUEUES]), Needs(&[QUEUES])]),
];

/// Where a state differs from [`HEALTHY`].
fn differences(incident: Incident) -> &'static [Finding] {
    match incident {
        Incident::Healthy => &[],
        // Full: is it dropping now, or just not growing? Only the counters know.
        Incident::Full => &[
            ("table-full", [Holds, Holds, Needs(&[COUNTERS])]),
            // It was read while it was full: no burst has to explain anything.
            ("table-bursts", [Out, Out, Out]),
            ("table-filling", [Out, Out, Needs(&[COUNTERS])]),
            // What is happening now is not the past.
            ("was-full", [Out, Out, Needs(&[LOG, COUNTERS])]),
        ],
        Incident::Filling => &[("table-filling", [Holds, Holds, Needs(&[COUNTERS])])],
        Incident::WasFull => &[("was-full", [Holds, Holds, Needs(&[LOG, COUNTERS])])],
        Incident::Allowance => &[(
            "instance-allowance",
            [Holds, Needs(&[ALLOWANCE]), Needs(&[ALLOWANCE])],
        )],
        Incident::ProxiedMax => &[("proxy-lowered-max", [Holds, Holds, Holds])],
        Incident::Clash => &[("insert-clashes", [Holds, Holds, Needs(&[COUNTERS])])],
        Incident::AcceptQueue => &[("accept-queue", [Holds, Needs(&[QUEUES]), Needs(&[QUEUES])])],
    }
}

/// Compares every verdict, and the exit code that follows from them.
pub(super) fn expect(report: &Report, incident: Incident, sight: Sight) -> Result<()> {
    let rows = HEALTHY.map(|healthy| {
        let changed = differences(incident)
            .iter()
            .find(|(name, _)| *name == healthy.0);
        *changed.unwrap_or(&healthy)
    });
    let wanted = rows.map(|(finding, verdicts)| (finding, told(verdicts, sight)));
    let mut wrong = Vec::new();
    for (finding, wanted) in &wanted {
        let verdict = report.verdict(finding)?;
        if verdict != *wanted {
            wrong.push(format!("{finding}: {verdict:?} instead of {wanted:?}"));
        }
    }
    let code = code(wanted.iter().map(|(_, told)| told));
    if report.ended.status.code() != Some(code) {
        wrong.push(format!(
            "{} instead of exit code {code}",
            report.ended.status
        ));
    }
    ensure!(
        wrong.is_empty(),
        "{incident:?} with {sight:?} in sight:\n  {}\n{}",
        wrong.join("\n  "),
        report.ended
    );
    Ok(())
}

fn told([whole, counters, size_only]: [Row; 3], sight: Sight) -> Verdict {
    let row = match sight {
        Sight::Whole => whole,
        Sight::Counters => counters,
        Sight::SizeOnly => size_only,
    };
    match row {
        Holds => Verdict::Holds,
        Out => Verdict::RuledOut,
        Needs(looks) => {
            let unseen = |look: &&str| ((*look).to_owned(), ADMIN_OFF.to_owned());
            let mut looks: Vec<_> = looks.iter().map(unseen).collect();
            looks.sort();
            Verdict::NotSeen(looks)
        }
    }
}

/// 3 where something holds, 4 where something could not be told, else 0.
fn code<'t>(verdicts: impl Iterator<Item = &'t Verdict>) -> i32 {
    verdicts.fold(0, |code, told| match (code, told) {
        (3, _) | (_, Verdict::Holds) => 3,
        (_, Verdict::NotSeen(_)) => 4,
        (code, Verdict::RuledOut) => code,
    })
}
