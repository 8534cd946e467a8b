//! `lab demo`: a full connection tracking table on a real kernel, and the real `heeler` that finds
//! and mends it. Every step must do what it should, or the demo fails and says what differed.

mod build;
mod heeler;
mod watch;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

pub(super) use self::build::build_heeler;
use self::heeler::Heeler;
use self::watch::watch;
use super::root::invoking_user;
use crate::machine::nf_conntrack_max_at_rest;
use crate::scene::{Incident, Lab, Plan};

const RUNBOOK: &str = "conntrack-exhaustion";
const POD: &str = "shop/checkout-7d9f5c-x2vqz";
const FIX: &str = "shorten-time-wait";
/// The exit status of a run that found something.
const FOUND: i32 = 3;
/// How long the kernel's counters are shown before and after.
const SHOWN_FOR: Duration = Duration::from_secs(5);

/// Runs the whole demo with this `heeler`; needs root.
pub(super) fn run(heeler: &Path) -> Result<()> {
    let began = Instant::now();
    let before = nf_conntrack_max_at_rest()?;
    introduce(before);
    let lab = start_lab()?;
    let ended = play(&lab, heeler);
    drop(lab);
    let after = nf_conntrack_max_at_rest()?;
    if after != before {
        bail!(
            "nf_conntrack_max was {before} and is {after}: sysctl -w net.netfilter.nf_conntrack_max={before}"
        );
    }
    println!("\nThe lab is gone; nf_conntrack_max is {after} again.");
    ended?;
    println!(
        "Everything did what it should, in {} s.",
        began.elapsed().as_secs()
    );
    Ok(())
}

fn introduce(max: u64) {
    println!(
        "A Bottlerocket node, made of Linux namespaces on this machine's kernel, gets a connection\n\
         tracking table that is really full. The real heeler then finds and mends it, through an AWS\n\
         and a Kubernetes API that are on 127.0.0.1. Needs no network, and takes about three minutes.\n\n\
         One value of this machine changes meanwhile: net.netfilter.nf_conntrack_max, {max} here.\n\
         It is put back at the end, also when the demo is killed."
    );
}

fn start_lab() -> Result<Lab> {
    let binary = std::env::current_exe().context("finding this program")?;
    let plan = Plan::new(binary)
        .admin(true)
        .incident(Incident::Full)
        .owned_by(invoking_user());
    println!(
        "\nStarting the lab and filling the table (seed {}) …",
        plan.latency_seed()
    );
    Lab::start(plan)
}

fn play(lab: &Lab, heeler: &Path) -> Result<()> {
    let heeler = Heeler::new(lab, heeler);

    heading("The kernel's own counters: it drops packets of new connections");
    let ill = watch(lab, SHOWN_FOR)?;
    if ill.dropped == 0 {
        bail!("the kernel dropped nothing, although the table is full");
    }
    if ill.failed <= ill.opened {
        bail!("most connections come about, although the table is full: {ill}");
    }

    heading("On call: what is wrong with this pod's node?");
    heeler.show(&["run", RUNBOOK, "--pod", POD], FOUND)?;
    let run = latest_run(&heeler)?;

    heading("What would the fix change? Nothing is changed yet");
    heeler.show(&["plan", &run, FIX], 0)?;
    let digest = digest(&heeler, &run)?;

    heading("The fix, approved by the digest of its plan; it watches the drops for a while");
    heeler.show(&["fix", &run, FIX, "--yes", &digest], 0)?;

    heading("The kernel's own counters again, under the same load");
    let mended = watch(lab, SHOWN_FOR)?;
    if mended.dropped > 0 {
        bail!(
            "the kernel still dropped {} packets after the fix",
            mended.dropped
        );
    }
    // Of how many attempts: a full table takes some, too, whenever entries of it end.
    if mended.opened == 0 || mended.failed > mended.opened / 20 {
        bail!("traffic did not recover: before {ill}; after {mended}");
    }
    println!("Before: {ill}.\nAfter:  {mended}.");

    heading("What was done stays on record");
    heeler.show(&["runs"], 0)
}

fn heading(text: &str) {
    println!("\n== {text}");
}

/// The id of the newest run in the journal.
fn latest_run(heeler: &Heeler) -> Result<String> {
    text_at(&heeler.ask(&["runs", "--output", "json"])?, "/runs/0/run")
}

/// What the approval of the fix binds to.
fn digest(heeler: &Heeler, run: &str) -> Result<String> {
    text_at(
        &heeler.ask(&["plan", run, FIX, "--output", "json"])?,
        "/plan/digest",
    )
}

fn text_at(document: &Value, pointer: &str) -> Result<String> {
    let text = document.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned)
        .with_context(|| format!("heeler's JSON holds no text at {pointer}: {document}"))
}
