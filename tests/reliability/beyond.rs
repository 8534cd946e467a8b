//! Fixes that need other questions than those with a switch on the node: in the Kubernetes API,
//! where heeler itself takes them back; without a way back; and the bundled one, on a table that
//! is really full. The program is killed after the records of each, too.

use std::cell::Cell;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::guarded::cluster::{self, Site};
use super::guarded::kill::{self, Killed};
use super::guarded::requests::{self, Expect};
use super::guarded::step::Wrong;
use super::guarded::{disruptive, drain, reboot, ward};
use super::harness::Context;
use super::jobs::{Done, MOST_RECORDS};
use super::repair::{self, Repair};

/// How long the table may take to be full again.
const FULL_AGAIN: Duration = Duration::from_secs(90);
/// Between two questions about that.
const PAUSE: Duration = Duration::from_secs(2);

const CORDONED: &str = "cordoned";
const UNCORDONED: &str = "uncordoned";
const PATCHED: &str = "patched";

/// One of these fixes.
pub(crate) struct Beyond {
    /// Its runbook's name.
    pub(crate) name: &'static str,
    /// What takes it back.
    pub(crate) undo: &'static str,
    /// Kills it after every so manyth record.
    pub(crate) run: fn(&Context, usize, &mut Done) -> Result<()>,
}

/// All of them.
pub(crate) const BEYOND: &[Beyond] = &[
    Beyond {
        name: CORDONED,
        undo: "by `heeler revert`",
        run: |context, step, done| {
            let start = |context| Site::with(context, CORDONED);
            in_cluster(context, (start, cluster::is_cordoned), step, done)
        },
    },
    Beyond {
        name: UNCORDONED,
        undo: "by `heeler revert`",
        run: |context, step, done| {
            let start = |context| Site::cordoned(context, UNCORDONED);
            in_cluster(context, (start, cluster::is_uncordoned), step, done)
        },
    },
    Beyond {
        name: PATCHED,
        undo: "by `heeler revert`",
        run: |context, step, done| {
            let start = |context| Site::with(context, PATCHED);
            in_cluster(context, (start, cluster::is_patched), step, done)
        },
    },
    Beyond {
        name: "restarted-service",
        undo: "by nothing: done once, or never",
        run: one_way,
    },
    Beyond {
        name: "drained",
        undo: "by nothing: as many pods are gone as are told",
        // It has few records.
        run: |context, step, done| drained(context, step.div_ceil(3), done),
    },
    Beyond {
        name: "rebooted",
        undo: "by nothing: done once, or never; its cordon by `heeler revert`",
        run: rebooted,
    },
    Beyond {
        name: "conntrack-exhaustion",
        undo: "by `heeler revert`, before its switch comes",
        run: |context, step, done| bundled(context, step * 4, done),
    },
];

/// Once more, after so many records; nothing where the fix has come to its end before.
fn sweep(
    step: usize,
    mut kill: impl FnMut(usize) -> Result<Option<Killed>>,
    mut check: impl FnMut(&Killed) -> Result<()>,
) -> Result<()> {
    let mut records = 1;
    while let Some(killed) = kill(records)? {
        ensure!(records < MOST_RECORDS, "the fix has no end");
        records = killed.events.len() + step;
        check(&killed).map_err(|error| {
            error.context(format!(
                "killed after {}: {}",
                killed.last(),
                killed.events.join(" ")
            ))
        })?;
    }
    Ok(())
}

/// Until the change stands a fix that does not help is like one that does.
fn has(events: &[String], records: usize, cured: bool) -> bool {
    events.len() >= records && (cured || stands(events))
}

/// A change stands, by these records.
fn stands(events: &[String]) -> bool {
    events.iter().any(|event| event == "change-applied")
}

/// What is there is all of the new value, or all of the old one.
fn in_cluster<'c>(
    context: &'c Context,
    (start, expect): (impl Fn(&'c Context) -> Result<Site<'c>>, Expect),
    step: usize,
    done: &mut Done,
) -> Result<()> {
    for cured in [true, false] {
        let site = start(context)?;
        let inputs = if cured { "" } else { "-i cured=false" };
        let kill = |records| {
            let fix = site.approved(inputs)?;
            kill::running(&site.operator, fix, |events| has(events, records, cured))
        };
        sweep(step, kill, |killed| {
            done.kills += 1;
            let stands = expect(&site, true);
            if stands.is_err() {
                expect(&site, false)?;
            }
            let stands = stands.is_ok();
            ensure!(
                !stands || killed.has("change-started"),
                "it was changed before anything was written down"
            );
            ensure!(
                stands || !killed.has("fix-kept"),
                "the journal says that it was kept, and it is not there"
            );
            done.kept += usize::from(killed.has("fix-kept"));
            if killed.has("run-started") {
                site.revert(killed.revert_code())?;
            }
            expect(&site, false)
        })?;
        if cured {
            expect(&site, true)?;
            site.revert(6)?;
        }
        expect(&site, false)?;
        // Once, whatever is tried: it takes as long as the verification.
        cluster::outlasts(&site, expect)?;
    }
    if step > 1 {
        return Ok(());
    }
    let site = start(context)?;
    done.failed += requests::each(&site, expect, Wrong::Failed)?;
    done.repeated += requests::each(&site, expect, Wrong::Repeated)?;
    Ok(())
}

/// Whoever is killed: the service is restarted once, or not at all, and that is what is told.
fn one_way(context: &Context, step: usize, done: &mut Done) -> Result<()> {
    let (ward, policy) = disruptive::alone(context)?;
    let mut starts = 1;
    let kill = |records| {
        let digest = ward.digest(&policy)?;
        kill::after(&ward, (&digest, &policy), |events| {
            has(events, records, true)
        })
    };
    sweep(step, kill, |killed| {
        done.kills += 1;
        if killed.has("change-started") {
            let restarted = disruptive::ended_by_revert(&ward, &policy)?;
            starts += restarted;
            done.kept += usize::try_from(restarted)?;
        }
        disruptive::expect_started(&ward, &starts.to_string())
    })?;
    disruptive::expect_started(&ward, &(starts + 1).to_string())
}

/// Whoever is killed: the pods that are gone are counted, and who comes later ends it. One of them is
/// held back by its budget until another has gone, so that there is a half-way.
fn drained(context: &Context, step: usize, done: &mut Done) -> Result<()> {
    let (site, planned) = (drain::Site::start(context)?, Cell::new(0));
    let kill = |records| {
        planned.set(site.fill()?);
        let fix = site.approved("")?;
        kill::running(&site.operator, fix, |events| {
            let is_enough = has(events, records, true);
            if !is_enough && stands(events) {
                site.lift();
            }
            is_enough
        })
    };
    sweep(step, kill, |killed| {
        done.kills += 1;
        let gone = site.seen_to(killed, planned.get())?;
        done.kept += usize::from(gone > 0);
        Ok(())
    })?;
    site.expect_there(&[])
}

/// Whoever is killed: the node is rebooted once, or not at all, and is not left cordoned.
fn rebooted(context: &Context, step: usize, done: &mut Done) -> Result<()> {
    let (site, booted) = (reboot::Site::start(context)?, Cell::new(0));
    let kill = |records| {
        site.fill()?;
        booted.set(site.boots()?);
        let fix = site.approved("")?;
        kill::running(&site.operator, fix, |events| has(events, records, true))
    };
    sweep(step, kill, |killed| {
        done.kills += 1;
        let rebooted = site.seen_to(killed, booted.get())?;
        done.kept += usize::from(rebooted);
        Ok(())
    })?;
    let last = site.boots()? - booted.get();
    ensure!(last == 1, "at last it was rebooted {last} times");
    Ok(())
}

fn bundled(context: &Context, step: usize, done: &mut Done) -> Result<()> {
    let repair = Repair::start(context)?;
    let node = repair.operator.node()?;
    let kill = |records| {
        full_again(&repair)?;
        let fix = repair.approved()?;
        kill::running(&repair.operator, fix, |events| has(events, records, true))
    };
    let clean = |seconds| {
        let traces = ward::traces(node)?;
        ensure!(traces.is_empty(), "there is {traces:?}");
        repair.operator.expect_time_wait(seconds)
    };
    sweep(step, kill, |killed| {
        done.kills += 1;
        done.kept += usize::from(killed.has("fix-kept"));
        if killed.has("run-started") {
            let run = repair.latest()?;
            let revert = repair.heeler(&format!("revert {run}"))?;
            revert.expect_exit(killed.revert_code())?;
        }
        clean(repair::BEFORE)
    })?;
    clean(repair::AFTER)
}

/// The fix is on offer only while packets are dropped.
fn full_again(repair: &Repair<'_>) -> Result<()> {
    let give_up = Instant::now() + FULL_AGAIN;
    while repair.planned("")?.finish()?.status.code() != Some(0) {
        ensure!(Instant::now() < give_up, "the table is not full again");
        sleep(PAUSE);
    }
    Ok(())
}
