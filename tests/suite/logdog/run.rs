//! `logdog` at work: where its tarball goes, what is in it, and what is not.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::node::Place;
use serde_json::{Value, json};

use super::stage::{SUPPORT, Stage, listed, member};
use crate::harness::Context;

/// How long a command may take on a busy machine.
const ENDED: Duration = Duration::from_secs(60);

/// Every member of a tarball on a lab node, but for those of globs.
const MEMBERS: &[&str] = &[
    "",
    "df",
    "df-inodes",
    "dmesg",
    "ipamd.log",
    "iptables-filter",
    "iptables-nat",
    "journalctl-boots",
    "journalctl.errors",
    "journalctl.log",
    "kube-status",
    "logdog.errors",
    "os-release",
    "plugin.log",
    "proc-mounts",
    "settings.json",
    "systemd-analyze-blame",
    "systemd-analyze-critical-chain",
    "systemd-analyze-plot.svg",
    // Their programs are missing: what the file was made for comes from nobody.
    "containerd-config",
    "containerd-config-host",
    "signpost",
];

fn expect_members(names: &BTreeSet<String>, more: &[&str]) -> Result<()> {
    let wanted = MEMBERS.iter().chain(more);
    let wanted: BTreeSet<String> = wanted
        .map(|name| format!("bottlerocket-logs/{name}"))
        .collect();
    ensure!(*names == wanted, "{names:?} instead of {wanted:?}");
    Ok(())
}

/// From the AWS CLI to the node, from the node by kubectl, and away again.
pub(super) fn whole_way(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let dump = stage.node()?.log_dir().join("kdump");
    std::fs::create_dir_all(&dump)?;
    std::fs::write(dump.join("dmesg.txt"), "panic")?;
    let script = format!(
        "sheltie mkdir {SUPPORT}/run-1; \
         sheltie env TMPDIR={SUPPORT}/run-1 logdog --output {SUPPORT}/run-1.tar.gz"
    );
    let gave = command(&stage, &script)?;
    ensure!(
        gave["StandardOutputContent"]
            .as_str()
            .is_some_and(|out| out.ends_with("logs are at: /var/log/support/run-1.tar.gz\n")),
        "{gave:#}"
    );
    let page = stage.kubectl("/logs/support/")?.expect_exit(0)?;
    page.expect_stdout("<a href=\"run-1.tar.gz\">run-1.tar.gz</a>")?;
    let tarball = stage.fetch("/logs/support/run-1.tar.gz", "run-1.tar.gz")?;
    expect_members(
        &listed(&tarball)?,
        &[
            "var/",
            "var/log/",
            "var/log/kdump/",
            "var/log/kdump/dmesg.txt",
        ],
    )?;
    for (name, text) in [
        ("journalctl.log", "kubelet"),
        ("os-release", "VARIANT_ID=aws-k8s-1.33"),
        ("ipamd.log", "\"msg\":\"IP stats - total IPs: 14"),
        ("proc-mounts", " /var "),
        ("iptables-filter", "Chain INPUT (policy ACCEPT"),
        ("df", "Use% Mounted on"),
        ("var/log/kdump/dmesg.txt", "panic"),
    ] {
        let had = member(&tarball, name)?;
        ensure!(had.contains(text), "no {text:?} in {name}: {had}");
    }
    for place in [Place::Control, Place::Admin] {
        let seen = stage.run(place, "ls /.bottlerocket/support")?;
        let seen = seen.expect(0, "")?.out;
        ensure!(seen == "run-1\nrun-1.tar.gz\n", "{place:?} sees {seen:?}");
        let touch = stage.run(place, "touch /.bottlerocket/support/x")?;
        touch.expect(1, "Read-only file system")?;
    }
    command(
        &stage,
        &format!("sheltie rm -r {SUPPORT}/run-1 {SUPPORT}/run-1.tar.gz"),
    )?;
    let left = stage.run(Place::Control, "ls /.bottlerocket/support")?;
    ensure!(left.expect(0, "")?.out.is_empty(), "something is left");
    let gone = stage.kubectl("/logs/support/run-1.tar.gz")?;
    gone.expect_error("the server could not find the requested resource")?;
    Ok(())
}

/// Runs a script in the admin container by the AWS CLI, and gives how it ended well.
fn command(stage: &Stage, script: &str) -> Result<Value> {
    let script = format!("apiclient exec -T admin bash -c 'exec </dev/null; {script}' </dev/null");
    let instance = stage.node()?.config().instance_id.clone();
    let ask = |words: &[&str]| -> Result<Value> {
        let aws = stage.context.aws(&stage.around)?;
        let asked = aws.args(["ssm"]).args(words.iter().copied());
        asked.args(["--output", "json"]).expect_exit(0)?.json()
    };
    let parameters = json!({"commands": [script]}).to_string();
    let document = ["send-command", "--document-name", "AWS-RunShellScript"];
    let to = ["--instance-ids", &instance, "--parameters", &parameters];
    let sent = ask(&[&document[..], &to].concat())?;
    let id = sent["Command"]["CommandId"]
        .as_str()
        .context("no id")?
        .to_owned();
    let invocation = ["--command-id", &id, "--instance-id", &instance];
    let end = Instant::now() + ENDED;
    loop {
        let gave = ask(&[&["get-command-invocation"], &invocation[..]].concat())?;
        match gave["Status"].as_str().unwrap_or_default() {
            "Success" => return Ok(gave),
            "Pending" | "InProgress" if Instant::now() < end => sleep(Duration::from_millis(100)),
            _ => bail!("{script} did not end well: {gave:#}"),
        }
    }
}

pub(super) fn words(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let gave = stage.run(Place::Host, "logdog")?.expect(0, "")?;
    let checked = "Checking: /usr/share/logdog.d/logdog.common.conf\n\
                   Checking: /usr/share/logdog.d/logdog.kubelet.conf\n";
    ensure!(gave.err == checked, "stderr: {}", gave.err);
    let said: Vec<&str> = gave.out.lines().collect();
    let (last, requests) = said.split_last().context("it says nothing")?;
    ensure!(*last == "logs are at: /var/log/support/bottlerocket-logs.tar.gz");
    ensure!(
        requests.len() == 21 && requests.iter().all(|line| line.starts_with("Running: ")),
        "{requests:?}"
    );
    let tarball = stage.support("bottlerocket-logs.tar.gz")?;
    expect_members(&listed(&tarball)?, &[])?;
    let errors = member(&tarball, "logdog.errors")?;
    let failed = |request: &str| {
        format!(
            "Error running command '{request}': 'Error starting command '{request}': \
             No such file or directory (os error 2)'\n"
        )
    };
    let wanted: String = [
        "exec containerd-config containerd --config /etc/containerd/config.toml config dump",
        "exec containerd-config-host containerd --config /etc/host-containerd/config.toml config dump",
        "exec signpost signpost status",
    ]
    .map(failed)
    .concat();
    ensure!(errors == wanted, "logdog.errors: {errors}");
    let temporary = stage.run(Place::Host, "ls -A /tmp")?.expect(0, "")?;
    ensure!(temporary.out.is_empty(), "{} is left", temporary.out);
    stage
        .run(Place::Host, "logdog --bad")?
        .expect(2, "Usage: ")?;
    stage
        .run(Place::Host, "logdog --output")?
        .expect(2, "Did not give argument to --output")?;
    stage
        .run(Place::Host, "env TMPDIR=/no/such logdog")?
        .expect(1, "Error creating tempdir: No such file or directory")?;
    Ok(())
}

pub(super) fn redacted(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let secret = json!({
        "kubernetes": {"bootstrap-token": "hush-1", "server-key": "hush-2", "node-labels": {"team": "seen"}},
        "network": {"https-proxy": "http://u:hush-3@proxy:3128"},
        "container-registry": {"credentials": [{"registry": "r", "auth": "hush-4"}]},
        "aws": {"config": "hush-5", "credentials": "hush-6"},
        "host-containers": {"admin": {"user-data": "hush-7"}},
    });
    let set = ["apiclient", "set", "--json", &secret.to_string()];
    let set = stage.node()?.run(Place::Host, &set)?;
    ensure!(
        set.status.success(),
        "{}",
        String::from_utf8_lossy(&set.stderr)
    );
    stage
        .run(Place::Host, "logdog --output /var/log/support/a.tar.gz")?
        .expect(0, "")?;
    let settings = member(&stage.support("a.tar.gz")?, "settings.json")?;
    ensure!(!settings.contains("hush"), "a secret is left: {settings}");
    let settings: Value = serde_json::from_str(&settings)?;
    ensure!(
        settings["settings"]["kubernetes"]["bootstrap-token"] == "REDACTED"
            && settings["settings"]["kubernetes"]["node-labels"]["team"] == "seen"
            && settings["os"]["variant_id"] == "aws-k8s-1.33",
        "{settings:#}"
    );
    Ok(())
}
