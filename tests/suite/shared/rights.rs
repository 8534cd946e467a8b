//! The rights that it takes, and what is done without them.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Hold;

use super::desk::{Desk, policy};
use crate::guarded::ward::SOON;
use crate::harness::{Context, Running};

/// What is told once a run where a right is missing.
const TOLD: &str = "what others change, and whether changes are stopped, is not known";

/// Each right is taken away in turn: the node's own lock has to do, and that is said.
pub(super) fn missing(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    let limits = desk.under(&policy(
        "limits: { share-of-zone: 10%, fixes-an-hour: 9 }\n",
    ))?;
    for (verb, resource) in [
        ("get", "configmaps"),
        ("update", "configmaps"),
        ("list", "leases"),
        ("create", "leases"),
        ("update", "leases"),
        ("list", "nodes"),
    ] {
        kube.access().deny("alice", verb, resource);
        let kept = desk.kept_and_taken_back(&limits)?;
        kept.expect_stdout(TOLD)
            .and_then(|kept| kept.expect_stdout(&format!("{verb} {resource}")))
            .with_context(|| format!("without {verb} {resource}"))?;
        kept.expect_stdout("not kept   nodes-at-once, share-of-zone, fixes-an-hour")
            .with_context(|| format!("without {verb} {resource}"))?;
        kube.access().allow("alice", verb, resource);
    }
    // The Lease that can't be removed ends by itself.
    kube.access().deny("alice", "delete", "leases");
    desk.fix("")?.expect_exit(0)?;
    ensure!(desk.lease(&desk.instance()?).is_some(), "there is no Lease");
    ward.take_back(&ward.latest()?)?;
    kube.access().allow("alice", "delete", "leases");
    kube.remove("leases", "heeler", &format!("node-{}", desk.instance()?))?;
    Ok(())
}

/// The API server goes down between the plan and the change: for a moment, and for good.
pub(super) fn hiccup(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    let begun = |digest: &str| -> Result<Running> {
        // The first time the Leases are looked at for the plan, the second time for the change.
        let first = kube.faults().hold("/leases");
        let fix = ward.fix(digest, "")?.start()?;
        caught(&first)?;
        let second = kube.faults().hold("/leases");
        first.release();
        caught(&second)?;
        kube.faults().api_down()?;
        second.release();
        Ok(fix)
    };
    let fix = begun(&ward.digest("")?)?;
    std::thread::sleep(Duration::from_secs(2));
    kube.faults().api_up()?;
    let kept = fix.finish(SOON)?.expect_exit(0)?;
    ensure!(!kept.stdout.contains(TOLD), "{kept}");
    ward.take_back(&ward.latest()?)?;

    let fix = begun(&ward.digest("")?)?;
    let refused = fix.finish(SOON)?.expect_exit(5)?;
    refused
        .expect_stdout("the cluster can't be asked any more")?
        .expect_stdout("make a new plan")?
        .expect_stdout("nothing changed")?;
    ward.expect_clean(ward.fixture.old)?;
    kube.faults().api_up()?;
    desk.kept_and_taken_back("")?;
    Ok(())
}

fn caught(hold: &Hold) -> Result<()> {
    let give_up = Instant::now() + SOON;
    while hold.caught() == 0 {
        ensure!(Instant::now() < give_up, "nobody asks for the Leases");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Everything that is done to the shared objects, and nothing else, stands in the manifest.
pub(super) fn least(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let kube = ward.operator.lab.kube();
    kube.forget_calls();
    desk.kept_and_taken_back("")?;
    desk.other_holds(&desk.instance()?, jiff::Timestamp::UNIX_EPOCH)?;
    desk.kept_and_taken_back("")?;
    for words in ["stop", "stop --release"] {
        ward.operator.heeler(words)?.expect_exit(0)?;
    }
    let used: BTreeSet<String> = kube
        .calls()
        .iter()
        .filter_map(|call| used(&call.method, &call.path))
        .collect();
    let page = fs::read_to_string(context.workspace().join("docs/shared.md"))?;
    let documented: BTreeSet<String> = documented(&page);
    ensure!(
        used == documented,
        "used: {used:?}\nin docs/shared.md: {documented:?}"
    );
    Ok(())
}

/// `update configmaps`, of a call to the namespace.
fn used(method: &str, path: &str) -> Option<String> {
    let (_, rest) = path.split_once("/namespaces/heeler/")?;
    let (resource, name) = rest.split_once('/').unwrap_or((rest, ""));
    let verb = match method {
        "GET" if name.is_empty() => "list",
        "GET" => "get",
        "POST" => "create",
        "PUT" => "update",
        "DELETE" => "delete",
        other => other,
    };
    Some(format!("{verb} {resource}"))
}

/// The rules of the page's Role.
fn documented(page: &str) -> BTreeSet<String> {
    let list = |line: &str, key: &str| -> Option<Vec<String>> {
        let rest = line.trim().trim_start_matches("- ").strip_prefix(key)?;
        let inside = rest.trim().trim_start_matches('[').trim_end_matches(']');
        Some(
            inside
                .split(", ")
                .map(|word| word.trim_matches('"').to_owned())
                .collect(),
        )
    };
    let mut rules = BTreeSet::new();
    let mut resources = Vec::new();
    for line in page.lines() {
        if let Some(found) = list(line, "resources:") {
            resources = found;
        }
        for verb in list(line, "verbs:").into_iter().flatten() {
            rules.extend(
                resources
                    .iter()
                    .map(|resource| format!("{verb} {resource}")),
            );
        }
    }
    rules
}
