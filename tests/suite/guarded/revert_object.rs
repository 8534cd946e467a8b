//! `heeler revert` of fixes in the Kubernetes API: it needs nobody but the API server, takes back only
//! what is still the fix's, field by field, and says at once where nothing is left.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::cluster::{NEW, OLD, Site};
use super::ward::SOON;
use crate::harness::{Context, Finished, Program, Surroundings};

/// Between two looks at what has come.
const PAUSE: Duration = Duration::from_millis(10);
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// The same operator without AWS: no credentials, no endpoint.
fn without_aws(site: &Site<'_>) -> Result<Surroundings> {
    let around = Surroundings::in_lab(&site.offer.operator.lab)?;
    Ok(around
        .with("AWS_ACCESS_KEY_ID", "")
        .with("AWS_SECRET_ACCESS_KEY", "")
        .with("AWS_SESSION_TOKEN", "")
        .with("AWS_ENDPOINT_URL", NOWHERE))
}

/// `heeler revert` without AWS, under a policy that lets this caller do everything.
fn revert<'c>(
    context: &'c Context,
    (around, who): (&Surroundings, &str),
    run: &str,
) -> Result<Program<'c>> {
    let policy = around.folder().join("policy.yaml");
    let allow = format!(
        "heeler-policy: 1\nallow:\n  - {{ who: \"{who}\", runbooks: \"*\", fixes: \"*\", where: {{}} }}\n"
    );
    fs::write(&policy, allow)?;
    let heeler = context.heeler(around)?;
    Ok(heeler.args(["revert", run, "--policy"]).args([policy]))
}

pub(super) fn alone(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    let kube = site.offer.operator.lab.kube();
    kube.add(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "heeler"}}))?;
    kube.add(json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "heeler", "namespace": "heeler"}}))?;
    let instance = &site.offer.operator.node()?.config().instance_id;
    let lease = || kube.get("leases", "heeler", &format!("node-{instance}"));
    site.killed_after("change-applied", "-i cured=false")?;
    let run = site.offer.latest()?;
    site.expect_limit(NEW)?;
    ensure!(lease().is_some(), "it has no Lease");
    // Nothing is left but the API server and the journal, and changes are stopped.
    site.offer.operator.heeler("stop")?.expect_exit(0)?;
    kube.remove("nodes", "", &site.offer.node)?;
    fs::remove_dir_all(&site.offer.runbooks)?;
    let around = without_aws(&site)?;
    let refused = |who: &str, words: &str| -> Result<()> {
        let refused = revert(context, (&around, who), &run)?.expect_exit(5)?;
        refused.expect_stdout("error[policy-not-allowed]")?;
        refused.expect_stdout(words)?;
        site.expect_limit(NEW)
    };
    // The API server says who asks.
    refused(
        "ops/bob",
        "no rule allows ops/alice to apply adjust of patched",
    )?;
    kube.access().deny("alice", "create", "selfsubjectreviews");
    refused(
        "ops/alice",
        "might, but who asks, or where that is, can't be told",
    )?;
    kube.access().allow("alice", "create", "selfsubjectreviews");
    let back = revert(context, (&around, "ops/alice"), &run)?.expect_exit(6)?;
    back.expect_stdout("as ops/alice")?
        .expect_stdout("taken back")?;
    site.expect_limit(OLD)?;
    ensure!(lease().is_none(), "a Lease is left");

    // What everybody may take back may be taken back by whom nobody knows.
    let site = Site::with(context, "cordoned")?;
    site.offer.approved("")?.expect_exit(0)?;
    site.expect_cordoned(true)?;
    let access = site.offer.operator.lab.kube().access();
    access.deny("alice", "create", "selfsubjectreviews");
    let around = without_aws(&site)?;
    let back = revert(context, (&around, "*"), &site.offer.latest()?)?.expect_exit(6)?;
    back.expect_stdout("as somebody")?;
    site.expect_cordoned(false)
}

pub(super) fn elsewhere(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    site.offer.approved("")?.expect_exit(0)?;
    let run = site.offer.latest()?;
    for (option, code, status) in [
        ("--cluster test-eu", "cluster-mismatch", 1),
        ("--region us-east-1", "region-mismatch", 1),
    ] {
        let other = site.offer.heeler(&format!("revert {run} {option}"))?;
        let other = other.expect_exit(status)?;
        other.expect_stdout(&format!("error[{code}]"))?;
        site.expect_limit(NEW)?;
    }
    // The same context leads to a cluster of that name in another account.
    let theirs = "arn:aws:eks:eu-west-1:222233334444:cluster/prod-eu";
    let config = fs::read(site.offer.operator.lab.kubeconfig())?;
    let mut config: Value = serde_json::from_slice(&config)?;
    config["clusters"][0]["name"] = json!(theirs);
    config["contexts"][0]["context"]["cluster"] = json!(theirs);
    let path = site.offer.operator.around.folder().join("theirs.json");
    fs::write(&path, config.to_string())?;
    let around = Surroundings::in_lab(&site.offer.operator.lab)?.with("KUBECONFIG", path);
    let other = revert(context, (&around, "*"), &run)?.expect_exit(5)?;
    other.expect_stdout("error[other-place]")?;
    site.expect_limit(NEW)?;
    site.revert_run(&run, 6)?;
    site.expect_limit(OLD)
}

/// A fix is slow, and somebody takes it back beside it.
pub(super) fn late(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    let approved = site.offer.approved("")?;
    let hold = site
        .offer
        .operator
        .lab
        .kube()
        .faults()
        .hold_writes("configmaps/limits");
    let fix = approved.start()?;
    let give_up = Instant::now() + SOON;
    while hold.caught() == 0 {
        ensure!(Instant::now() < give_up, "it never sends its patch");
        sleep(PAUSE);
    }
    let run = site.offer.latest()?;
    let seen = site.revert_run(&run, 6)?;
    seen.expect_stdout("the old value was there already")?;
    ensure!(
        seen.stderr.contains("if it still goes on, stop it first"),
        "{seen}"
    );
    hold.release();
    fix.finish(SOON)?.expect_exit(0)?;
    site.expect_limit(NEW)?;
    // What was only seen is no end of it.
    site.revert_run(&run, 6)?;
    site.expect_limit(OLD)
}

/// Somebody sets fields of an object, under this name.
fn set(site: &Site<'_>, manager: &str, (object, patch): (&str, &Value)) -> Result<()> {
    let context = site.offer.operator.context;
    let kubectl = context.kubectl(&site.offer.operator.around);
    let words = format!("patch {object} --type merge --field-manager {manager} -p");
    let kubectl = kubectl.args(words.split(' ')).args([patch.to_string()]);
    kubectl.expect_exit(0).map(drop)
}

/// Somebody else uncordons the node, and cordons it for reasons of their own.
fn cordon_anew(site: &Site<'_>) -> Result<()> {
    let node = format!("node {}", site.offer.node);
    for value in [Value::Null, json!(true)] {
        let patch = json!({"spec": {"unschedulable": value}});
        set(site, "bob", (&node, &patch))?;
    }
    Ok(())
}

fn refused_code(site: &Site<'_>, run: &str) -> Result<String> {
    let refused = site.offer.heeler(&format!("revert {run} --output json"))?;
    let json = refused.expect_exit(5)?.json()?;
    let code = json["fix"]["refused_code"].as_str();
    Ok(code.context("it has no code")?.to_owned())
}

pub(super) fn theirs(context: &Context) -> Result<()> {
    let site = Site::with(context, "cordoned")?;
    site.offer.approved("")?.expect_exit(0)?;
    let run = site.offer.latest()?;
    cordon_anew(&site)?;
    let theirs = site.revert_run(&run, 5)?;
    theirs
        .expect_stdout(
            "is `true`, as the fix has set it, but `bob` has set it since (its last write: ",
        )?
        .expect_stdout("--type merge --patch '{\"spec\":{\"unschedulable\":null}}'")?
        .expect_stdout("nothing changed")?;
    ensure!(refused_code(&site, &run)? == "set-since", "another code");
    site.expect_cordoned(true)?;
    // Where nobody keeps a note of who has set what the value has to do.
    let kube = site.offer.operator.lab.kube();
    kube.edit("nodes", "", &site.offer.node, |node| {
        node["metadata"]["managedFields"] = json!([]);
    })?;
    site.revert_run(&run, 6)?;
    site.expect_cordoned(false)?;

    // The fix itself leaves it alone, too.
    let site = Site::with(context, "cordoned")?;
    let fix = site.offer.begun("change-applied", "-i cured=false")?;
    cordon_anew(&site)?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    stuck.expect_stdout("`bob` has set it since")?;
    site.expect_cordoned(true)
}

pub(super) fn fields(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    site.offer.approved("")?.expect_exit(0)?;
    let run = site.offer.latest()?;
    let most = |value: &str| {
        let patch = json!({"data": {"most": value}});
        set(&site, "bob", ("configmap limits --namespace shop", &patch))
    };
    most("7")?;
    let by_hand = |told: &Finished| -> Result<()> {
        told.expect_stdout("data.most is `7` now, which is neither the old nor the new value")?;
        told.expect_stdout("--type merge --patch '{\"data\":{\"most\":\"5\"}}'")?;
        Ok(())
    };
    let part = site.revert_run(&run, 7)?;
    part.expect_stdout(
        r#"taken back configmaps shop/limits: metadata.annotations["example.org/raised"]"#,
    )?;
    by_hand(&part)?;
    let limits = site.limits()?;
    ensure!(
        limits["data"]["most"] == "7"
            && limits["metadata"]["annotations"]["example.org/raised"].is_null(),
        "{limits:#}"
    );
    // Nothing is left but theirs.
    let theirs = site.revert_run(&run, 5)?;
    by_hand(&theirs)?;
    theirs.expect_stdout("nothing changed")?;
    // What nobody could read is not told.
    let access = site.offer.operator.lab.kube().access();
    access.deny("alice", "get", "configmaps");
    let unread = site.revert_run(&run, 7)?;
    unread.expect_stdout("was not taken back, and can't be read")?;
    ensure!(!unread.stdout.contains("stays at"), "{unread}");
    access.allow("alice", "get", "configmaps");
    // The very value of the fix, from somebody else.
    most(NEW)?;
    ensure!(refused_code(&site, &run)? == "set-since", "another code");
    ensure!(site.limits()?["data"]["most"] == NEW, "it was set");
    Ok(())
}

pub(super) fn at_once(context: &Context) -> Result<()> {
    let site = Site::with(context, "patched")?;
    let (kube, aws) = (
        site.offer.operator.lab.kube(),
        site.offer.operator.lab.aws(),
    );
    let nothing = |run: &str, words: &[&str]| -> Result<()> {
        kube.forget_calls();
        let asked = aws.count("GetCallerIdentity");
        let told = site.revert_run(run, 5)?;
        let begin = "error[nothing-stands]: there is nothing to take back: ";
        for words in [&[begin], words].concat() {
            ensure!(told.stderr.contains(words), "no `{words}`\n{told}");
        }
        ensure!(
            kube.calls().is_empty() && aws.count("GetCallerIdentity") == asked,
            "somebody was asked: {:?}",
            kube.calls()
        );
        Ok(())
    };
    site.offer.approved("-i cured=false")?.expect_exit(6)?;
    nothing(
        &site.offer.latest()?,
        &["it was taken back already at ", "UTC, by itself"],
    )?;
    site.offer.plan("")?.expect_exit(0)?;
    nothing(&site.offer.latest()?, &["it has changed nothing"])?;
    let moved = site.offer.approved("")?;
    site.edit(|limits| limits["data"]["most"] = json!("6"))?;
    moved.expect_exit(5)?;
    nothing(
        &site.offer.latest()?,
        &["it was refused, and has changed nothing"],
    )?;
    site.edit(|limits| limits["data"]["most"] = json!(OLD))?;
    site.offer.approved("")?.expect_exit(0)?;
    let run = site.offer.latest()?;
    site.revert_run(&run, 6)?;
    let by = format!(
        "by run {}",
        site.offer.latest()?.get(..5).unwrap_or_default()
    );
    // What somebody has set alike since then is not the fix's.
    site.edit(|limits| limits["data"]["most"] = json!(NEW))?;
    nothing(&run, &["it was taken back already at ", &by])?;
    ensure!(site.limits()?["data"]["most"] == NEW, "it was set");
    Ok(())
}
