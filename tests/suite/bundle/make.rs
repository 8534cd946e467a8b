//! What a bundle has, and what it has not.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kubelet::Reach;
use heeler_tests::node::Place;
use heeler_tests::scene::Plan;
use serde_json::{Value, json};

use crate::harness::{Context, Program};
use crate::logdog::stage::Stage;

/// Nothing of a capture is left on the node, and no timer waits for it.
pub(super) fn expect_clean(stage: &Stage<'_>) -> Result<()> {
    let left = stage
        .run(Place::Host, "ls -A /var/log/support")?
        .expect(0, "")?;
    ensure!(left.out.is_empty(), "left on the node: {:?}", left.out);
    let timers = stage.run(Place::Host, "systemctl list-timers --all --no-legend")?;
    ensure!(
        !timers.out.contains("heeler"),
        "a timer is left: {}",
        timers.out
    );
    let running = stage.run(Place::Host, "pgrep -x logdog")?;
    ensure!(
        running.out.is_empty(),
        "logdog is still running: {}",
        running.out
    );
    Ok(())
}

/// A lab whose node has a small disk of its own for captures: how full this machine's is does not matter.
pub(super) fn open(context: &Context, change: impl FnOnce(Plan) -> Plan) -> Result<Stage<'_>> {
    Stage::open(context, |plan| {
        change(plan.each_node(|node| node.support_bytes = Some(1 << 30)))
    })
}

/// `heeler bundle` of the lab's node into this file.
pub(super) fn bundle<'c>(stage: &Stage<'c>, file: &Path, words: &[&str]) -> Result<Program<'c>> {
    let node = stage.node()?.config().name.clone();
    let file = file.display().to_string();
    let heeler = stage.context.heeler(&stage.around)?;
    let heeler = heeler.args(["bundle", "--node", &node, "-o", &file]);
    Ok(heeler.args(words.iter().copied()))
}

/// Asks a bundle.
pub(super) fn ask<'c>(stage: &Stage<'c>, words: &[&str]) -> Result<Program<'c>> {
    Ok(stage
        .context
        .heeler(&stage.around)?
        .args(["bundle"])
        .args(words.iter().copied()))
}

pub(super) fn file(stage: &Stage<'_>, name: &str) -> PathBuf {
    stage.around.folder().join(name)
}

pub(super) fn whole(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &[])?.expect_exit(0)?;
    made.expect_stdout("nothing is left on the node")?;
    expect_clean(&stage)?;
    let name = path.display().to_string();
    let shown = ask(&stage, &["show", &name, "--output", "json"])?
        .expect_exit(0)?
        .json()?;
    let members = shown["members"].as_array().context("no members")?;
    let has = |label: &str| {
        members.iter().any(|member| {
            member["label"]
                .as_str()
                .is_some_and(|own| own.starts_with(label))
        })
    };
    for label in [
        "journalctl.log",
        "settings.json",
        "logdog.errors",
        "node/sysctl",
        "node/conntrack-counters",
        "node/netstat",
        "kubelet/configz.json",
        "kubelet/stats-summary.json",
        "var/log/aws-routed-eni/network-policy-agent.log",
        "var/log/aws-routed-eni/ebpf-sdk.log",
        "var/log/pods/",
        "manifest.json",
    ] {
        ensure!(has(label), "{label} is not there: {shown:#}");
    }
    // logdog has it.
    ensure!(!has("var/log/aws-routed-eni/ipamd.log"), "{shown:#}");
    ask(&stage, &["show", &name])?
        .expect_exit(0)?
        .expect_stdout("journalctl.log")?;
    ask(&stage, &["show", &name, "node/sysctl"])?
        .expect_exit(0)?
        .expect_stdout("net.netfilter.nf_conntrack_max")?;
    let found = ask(&stage, &["grep", "nf_conntrack_max", &name])?.expect_exit(0)?;
    found.expect_stdout("node/sysctl:")?;
    // GNU tar reads it too.
    let listed = crate::logdog::stage::tar(&["-tzf", &name])?.expect(0, "")?;
    ensure!(
        listed.out.contains("heeler-bundle/manifest.json"),
        "{}",
        listed.out
    );
    // Nothing is written over.
    let again = bundle(&stage, &path, &[])?.expect_exit(1)?;
    again.expect_stdout("is there already: a bundle overwrites nothing")?;
    let runs = stage
        .context
        .heeler(&stage.around)?
        .args(["runs"])
        .expect_exit(0)?;
    runs.expect_stdout("bundle")?;
    Ok(())
}

pub(super) fn redacted(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let secret = "AKIAIOSFODNN7EXAMPLQ";
    let log = stage.node()?.log_dir().join("aws-routed-eni/ebpf-sdk.log");
    let line =
        format!("{{\"msg\":\"assumed\",\"AccessKeyId\":\"{secret}\",\"again\":\"{secret}\"}}\n");
    std::fs::write(&log, line)?;
    let mut tokens = Vec::new();
    for name in ["a.tar.gz", "b.tar.gz"] {
        let path = file(&stage, name);
        bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(0)?;
        let name = path.display().to_string();
        let found = ask(
            &stage,
            &["show", &name, "var/log/aws-routed-eni/ebpf-sdk.log"],
        )?
        .expect_exit(0)?;
        ensure!(!found.stdout.contains(secret), "{found}");
        let parts: Vec<&str> = found
            .stdout
            .split('"')
            .filter(|part| part.starts_with("[redacted:"))
            .collect();
        ensure!(parts.len() == 2 && parts[0] == parts[1], "{found}");
        tokens.push(parts[0].to_owned());
        let none = ask(&stage, &["grep", secret, &name])?.expect_exit(0)?;
        ensure!(none.stdout.is_empty(), "{none}");
    }
    ensure!(tokens[0] == tokens[1], "{tokens:?}");
    let (a, b) = (file(&stage, "a.tar.gz"), file(&stage, "b.tar.gz"));
    let (a, b) = (a.display().to_string(), b.display().to_string());
    ask(&stage, &["diff", &a, &b])?.expect_exit(0)?;
    Ok(())
}

pub(super) fn without_admin(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan.admin(false))?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &["--output", "json"])?.expect_exit(1)?;
    let said: Value = made.json()?;
    ensure!(
        said["missing"][0]
            .as_str()
            .is_some_and(|text| text.contains("admin container is off")),
        "{said:#}"
    );
    ensure!(said["left-on-node"] == json!(null), "{said:#}");
    expect_clean(&stage)?;
    let name = path.display().to_string();
    let shown = ask(&stage, &["show", &name])?.expect_exit(0)?;
    shown.expect_stdout("kubelet/configz.json")?;
    // What logdog would have had of these.
    shown.expect_stdout("var/log/aws-routed-eni/ipamd.log")?;
    shown.expect_stdout("what logdog and the host say")?;
    Ok(())
}

/// With the kubelet's finer rights alone it comes from the kubelet itself.
pub(super) fn straight(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    let kube = stage.lab.kube();
    for part in ["nodes/proxy", "nodes/stats"] {
        kube.access().deny("alice", "get", part);
    }
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &[])?.expect_exit(1)?;
    made.expect_stdout("nothing is left on the node")?;
    made.expect_stderr("missing: kubelet/stats-summary.json: not allowed: get nodes/stats")?;
    expect_clean(&stage)?;
    let name = path.display().to_string();
    let shown = ask(&stage, &["show", &name])?.expect_exit(0)?;
    for label in [
        "journalctl.log",
        "node/sysctl",
        "kubelet/configz.json",
        "var/log/pods/",
    ] {
        shown.expect_stdout(label)?;
    }
    let manifest = ask(&stage, &["show", &name, "manifest.json"])?.expect_exit(0)?;
    manifest.expect_stdout("kubelet itself; not the node proxy: not allowed: get nodes/proxy")?;
    let proxied = kube
        .calls()
        .into_iter()
        .filter(|call| call.path.contains("/proxy/"));
    ensure!(proxied.count() == 0, "the node proxy was asked");
    let door = kube.kubelet_door(&stage.node()?.config().name);
    ensure!(
        door.as_ref().is_some_and(|door| !door.calls().is_empty()),
        "the kubelet was not asked"
    );
    // Who has the right to the proxy names this way.
    kube.access().allow("alice", "get", "nodes/proxy");
    let name = stage.node()?.config().name.clone();
    let kubelet = kube.kubelet(&name).context("no kubelet")?;
    kubelet.faults().set_server_reach(Reach::Refused);
    let path = file(&stage, "b.tar.gz");
    let made = bundle(&stage, &path, &[])?.expect_exit(1)?;
    made.expect_stderr(
        "not the kubelet itself: the node proxy is allowed, and it would see your credentials",
    )?;
    let made = bundle(&stage, &path, &["--through-kubelet"])?.expect_exit(1)?;
    made.expect_stderr("missing: kubelet/stats-summary.json: not allowed: get nodes/stats")?;
    expect_clean(&stage)?;
    let name = path.display().to_string();
    let manifest = ask(&stage, &["show", &name, "manifest.json"])?.expect_exit(0)?;
    manifest.expect_stdout("kubelet itself; not the node proxy: ")?;
    Ok(())
}

/// Without the right, and without Kubernetes: through SSM, a part with each command.
pub(super) fn sliced(context: &Context) -> Result<()> {
    let stage = open(context, |plan| plan)?;
    for part in ["nodes/proxy", "nodes/log"] {
        stage.lab.kube().access().deny("alice", "get", part);
    }
    let path = file(&stage, "a.tar.gz");
    stage.lab.kube().forget_calls();
    let refused = bundle(&stage, &path, &[])?.expect_exit(1)?;
    refused.expect_stdout(
        "there is no way to the node's files: not allowed: get nodes/proxy or get nodes/log",
    )?;
    refused.expect_stdout("not the kubelet itself: not allowed: get nodes/log")?;
    refused.expect_stdout("nothing was asked of the node")?;
    expect_clean(&stage)?;
    let made = bundle(&stage, &path, &["--through-ssm"])?.expect_exit(1)?;
    made.expect_stderr("secrets included")?;
    made.expect_stderr(
        "missing: what the kubelet serves, and the logs of pods: not allowed: get nodes/proxy",
    )?;
    let asked = stage
        .lab
        .kube()
        .calls()
        .into_iter()
        .filter(|call| call.path.contains("/proxy/"));
    ensure!(
        asked.count() == 0,
        "the node was asked through the node proxy"
    );
    let instance = stage.node()?.config().instance_id.clone();
    let other = file(&stage, "b.tar.gz");
    let heeler = stage
        .context
        .heeler(&stage.around)?
        .env("KUBECONFIG", "/nowhere");
    let heeler = heeler.args([
        "bundle",
        "--through-ssm",
        "--instance",
        &instance,
        "--region",
        "eu-west-1",
        "-o",
        &other.display().to_string(),
    ]);
    heeler
        .expect_exit(1)?
        .expect_stderr("no context leads to its cluster")?;
    expect_clean(&stage)?;
    for path in [path, other] {
        let shown = ask(&stage, &["show", &path.display().to_string()])?.expect_exit(0)?;
        shown.expect_stdout("journalctl.log")?;
        shown.expect_stdout("node/sysctl")?;
        shown.expect_stdout("SSM, in slices")?;
    }
    Ok(())
}
