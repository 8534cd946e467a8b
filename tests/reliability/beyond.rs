//! Fixes that need other questions than those with a switch on the node: in the Kubernetes API,
//! where heeler itself takes them back; without a way back; and the bundled one, on a table that
//! is really full. The program is killed after the records of each, too.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::node::{KernelCounters, Place};
use heeler_tests::scene::Incident;

use super::guarded::cluster::{self, Site};
use super::guarded::disruptive::Restarts;
use super::guarded::kill::{self, Killed, Ran};
use super::guarded::one_way::{self, OneWay};
use super::guarded::requests::{self, Expect};
use super::guarded::step::{Asked, Wrong};
use super::guarded::{drain, reboot, ward};
use super::harness::{self, Context, Program};
use super::jobs::{Cuts, Done, MOST_RECORDS};
use super::repair::{self, Repair};

/// So often a fix may be too slow to be kept, or find nothing to mend.
const MOST_SLOW: usize = 10;

const CORDONED: &str = "cordoned";
const UNCORDONED: &str = "uncordoned";
const PATCHED: &str = "patched";

/// One of these fixes.
pub(crate) struct Beyond {
    /// The name of its runbook, or of the bundled fix.
    pub(crate) name: &'static str,
    /// What takes it back.
    pub(crate) undo: &'static str,
    /// Kills it after every so manyth record.
    pub(crate) kill: fn(&Context, usize, &mut Done) -> Result<()>,
    /// What else breaks off in its middle; the bundled ones are made of changes that have that tried.
    pub(crate) breaks: Option<Breaks>,
}

/// Whom a fix asks, and what becomes of it where they do not answer.
#[derive(Clone, Copy)]
pub(crate) struct Breaks {
    pub(crate) asks: &'static [Asked],
    /// Each request goes wrong in turn; gives how many there are.
    pub(crate) turn: fn(&Context, Asked, Wrong) -> Result<usize>,
    /// Who is asked is out of reach in its middle.
    pub(crate) cut: fn(&Context, Asked) -> Result<Cuts>,
}

/// All of them, those first that take longest.
pub(crate) const BEYOND: &[Beyond] = &[
    Beyond {
        name: "shorten-time-wait",
        undo: "by the node, 30 s after the change",
        kill: |context, step, done| bundled(context, &TIME_WAIT, step, done),
        breaks: None,
    },
    Beyond {
        name: "raise-max",
        undo: "by the node, 30 s after the change, as the table fits then",
        kill: |context, step, done| bundled(context, &MAX, step, done),
        breaks: None,
    },
    Beyond {
        name: "rebooted",
        undo: "by nothing: done once, or never; its cordon by `heeler revert`",
        kill: |context, step, done| one_way(&reboot::Site::start(context)?, step, done),
        breaks: Some(Breaks {
            asks: reboot::Site::ASKS,
            turn: |context, asked, wrong| {
                one_way::each(&reboot::Site::start(context)?, asked, wrong)
            },
            cut: |context, asked| given_up(&reboot::Site::start(context)?, asked),
        }),
    },
    Beyond {
        name: "drained",
        undo: "by nothing: as many pods are gone as are told",
        // It has few records.
        kill: |context, step, done| one_way(&drain::Site::start(context)?, step.div_ceil(3), done),
        breaks: Some(Breaks {
            asks: drain::Site::ASKS,
            turn: |context, asked, wrong| {
                one_way::each(&drain::Site::start(context)?, asked, wrong)
            },
            cut: |context, asked| given_up(&drain::Site::start(context)?, asked),
        }),
    },
    Beyond {
        name: "restarted-service",
        undo: "by nothing: done once, or never",
        kill: |context, step, done| one_way(&Restarts::start(context)?, step, done),
        breaks: Some(Breaks {
            asks: Restarts::ASKS,
            turn: |context, asked, wrong| one_way::each(&Restarts::start(context)?, asked, wrong),
            cut: |context, asked| given_up(&Restarts::start(context)?, asked),
        }),
    },
    Beyond {
        name: CORDONED,
        undo: "by `heeler revert`",
        kill: |context, step, done| in_cluster(context, (cordoned, IS_CORDONED), step, done),
        breaks: Some(Breaks {
            asks: &[Asked::Kubernetes],
            turn: |context, _, wrong| requests::each(&cordoned(context)?, IS_CORDONED, wrong),
            cut: |context, _| outlasted(&cordoned(context)?, IS_CORDONED),
        }),
    },
    Beyond {
        name: UNCORDONED,
        undo: "by `heeler revert`",
        kill: |context, step, done| in_cluster(context, (uncordoned, IS_UNCORDONED), step, done),
        breaks: Some(Breaks {
            asks: &[Asked::Kubernetes],
            turn: |context, _, wrong| requests::each(&uncordoned(context)?, IS_UNCORDONED, wrong),
            cut: |context, _| outlasted(&uncordoned(context)?, IS_UNCORDONED),
        }),
    },
    Beyond {
        name: PATCHED,
        undo: "by `heeler revert`",
        kill: |context, step, done| in_cluster(context, (patched, IS_PATCHED), step, done),
        breaks: Some(Breaks {
            asks: &[Asked::Kubernetes],
            turn: |context, _, wrong| requests::each(&patched(context)?, IS_PATCHED, wrong),
            cut: |context, _| outlasted(&patched(context)?, IS_PATCHED),
        }),
    },
];

const IS_CORDONED: Expect = cluster::is_cordoned;
const IS_UNCORDONED: Expect = cluster::is_uncordoned;
const IS_PATCHED: Expect = cluster::is_patched;

fn cordoned(context: &Context) -> Result<Site<'_>> {
    Site::with(context, CORDONED)
}

fn uncordoned(context: &Context) -> Result<Site<'_>> {
    Site::cordoned(context, UNCORDONED)
}

fn patched(context: &Context) -> Result<Site<'_>> {
    Site::with(context, PATCHED)
}

fn given_up<'c>(site: &impl OneWay<'c>, asked: Asked) -> Result<Cuts> {
    let given_up = one_way::cut(site, asked)?;
    Ok(Cuts {
        given_up,
        ..Cuts::default()
    })
}

fn outlasted(site: &Site<'_>, expect: Expect) -> Result<Cuts> {
    cluster::outlasts(site, expect)?;
    Ok(Cuts {
        outlasted: 1,
        ..Cuts::default()
    })
}

/// Once more, after so many records, until the fix is faster: then it has to end so.
fn sweep(
    (step, end): (usize, &str),
    mut kill: impl FnMut(usize) -> Result<Ran>,
    mut check: impl FnMut(&Killed) -> Result<()>,
) -> Result<()> {
    let (mut records, mut slow) = (1, 0);
    loop {
        let killed = match kill(records)? {
            Ran::Killed(killed) => killed,
            Ran::Ended(ended) if ended.has(end) => return Ok(()),
            // On a busy machine the switch was faster, or the load too slow for a packet to be dropped.
            Ran::Ended(ended) if is_slow(&ended) && slow < MOST_SLOW => {
                slow += 1;
                continue;
            }
            Ran::Ended(ended) => bail!("it has ended: {}", ended.shown()),
        };
        ensure!(records < MOST_RECORDS, "the fix has no end");
        (records, slow) = (killed.events.len() + step, 0);
        check(&killed).with_context(|| format!("killed after {}", killed.shown()))?;
    }
}

/// Whether it was taken back in time, or refused before anything was changed.
fn is_slow(ended: &Killed) -> bool {
    let is_idle = !ended.has("change-started");
    ended.has("fix-reverted") || ended.has("fix-refused") && is_idle
}

/// Until the change stands a fix that does not help is like one that does.
fn has(events: &[String], records: usize, cured: bool) -> bool {
    events.len() >= records && (cured || kill::stands(events))
}

/// What is there is all of the new value, or all of the old one.
fn in_cluster(
    context: &Context,
    (start, expect): (fn(&Context) -> Result<Site<'_>>, Expect),
    step: usize,
    done: &mut Done,
) -> Result<()> {
    for cured in [true, false] {
        let site = start(context)?;
        let inputs = if cured { "" } else { "-i cured=false" };
        let kill = |records| {
            let fix = site.offer.approved(inputs)?;
            kill::running(&site.offer.operator, fix, |events| {
                has(events, records, cured)
            })
        };
        let end = if cured { "fix-kept" } else { "fix-reverted" };
        sweep((step, end), kill, |killed| {
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
    }
    Ok(())
}

/// Whoever is killed: it is done once, or not at all, and that is what is told.
fn one_way<'c>(site: &impl OneWay<'c>, step: usize, done: &mut Done) -> Result<()> {
    let mut records = 1;
    while let Some((killed, was)) = one_way::killed(site, |events| has(events, records, true))? {
        ensure!(records < MOST_RECORDS, "the fix has no end");
        records = killed.events.len() + step;
        done.kills += 1;
        done.kept += usize::from(was != one_way::Done::Nothing);
    }
    Ok(())
}

/// A bundled fix, on a table that is really full.
struct Bundled {
    /// Where the runbook names it.
    begins: &'static str,
    name: &'static str,
    /// What it changes, as the node's kernel has it.
    value: fn(&KernelCounters) -> u64,
    old: u64,
    new: u64,
    /// Whether the table has to fit the old value before it is taken back.
    waits_for_room: bool,
}

const TIME_WAIT: Bundled = Bundled {
    begins: "  shorten-time-wait:\n",
    name: "shorten-time-wait",
    value: |counters| counters.time_wait_timeout,
    old: repair::BEFORE,
    new: repair::AFTER,
    waits_for_room: false,
};
const MAX: Bundled = Bundled {
    begins: "  raise-max:\n",
    name: "raise-max",
    value: |counters| counters.max,
    old: repair::MAX,
    new: 2 * repair::MAX,
    waits_for_room: true,
};

/// The fix, approved. It is on offer only while packets are dropped: the last fix has ended that, and on
/// a busy machine the load may pause just when the plan looks.
fn offered<'c>(repair: &Repair<'c>, name: &str) -> Result<Program<'c>> {
    let mut tries = 0;
    loop {
        tries += 1;
        repair.operator.lab.start_incident(Incident::Full)?;
        repair.operator.wait_for_steady_drops()?;
        let plan = repair.plan_of(name)?.finish()?;
        if tries == MOST_SLOW || !plan.stdout.contains("fix-not-needed") {
            return repair.approved_by(name, plan);
        }
    }
}

/// This machine has one maximum, so that there is one full table at a time.
static TABLE: Mutex<()> = Mutex::new(());
/// The revert time of the bundled fixes here; their own would be minutes.
const UNDO_AFTER: Duration = Duration::from_secs(30);

/// The node takes back what is not kept, by itself and in its time; `heeler revert` takes back what is.
fn bundled(context: &Context, fix: &Bundled, step: usize, done: &mut Done) -> Result<()> {
    let _table = harness::lock(&TABLE);
    let after = UNDO_AFTER.as_secs();
    let sooner = format!("{}    undo-unless-kept: {after}s\n", fix.begins);
    let repair = Repair::with(context, &[(fix.begins, &sooner)])?;
    let node = repair.operator.node()?;
    let value = || Ok::<_, anyhow::Error>((fix.value)(&repair.operator.lab.kernel_counters()?));
    let kill = |records| {
        let fix = offered(&repair, fix.name)?;
        kill::running(&repair.operator, fix, |events| has(events, records, true))
    };
    sweep((step, "fix-kept"), kill, |killed| {
        let began = Instant::now();
        done.kills += 1;
        let free = || {
            if fix.waits_for_room {
                // As if the load were gone.
                repair.operator.on_node(Place::Host, &["conntrack", "-F"])?;
            }
            Ok(ward::traces(node)?.is_empty())
        };
        let limit = UNDO_AFTER + context.slack();
        kill::until_quiet(limit, free)
            .with_context(|| format!("there is {:?}", ward::traces(node)))?;
        done.longest = done.longest.max(began.elapsed());
        let now = value()?;
        ensure!([fix.old, fix.new].contains(&now), "the node has {now}");
        let kept = now == fix.new;
        ensure!(
            !kept || killed.has("keep-started"),
            "the new value stands, and nobody has verified it"
        );
        ensure!(
            kept || !killed.has("fix-kept"),
            "the journal says that it was kept, and it was taken back"
        );
        done.kept += usize::from(kept);
        if killed.has("run-started") {
            let run = repair.latest()?;
            let revert = repair.heeler(&format!("revert {run}"))?;
            revert.expect_exit(killed.revert_code())?;
        }
        let (now, left) = (value()?, ward::traces(node)?);
        ensure!(
            now == fix.old && left.is_empty(),
            "the node has {now} in the end, and {left:?}"
        );
        Ok(())
    })?;
    let now = value()?;
    ensure!(
        now == fix.new,
        "it was kept at last, and the node has {now}"
    );
    Ok(())
}
