//! Logs of what has several pods, and of pods that there were.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::seed::{PodSeed, ServiceSeed, event_killing, event_scheduled};
use heeler_tests::kubelet::pod_log::PodLog;
use heeler_tests::kubelet::{Kubelet, Reach};
use serde_json::{Value, json};

use super::stage::{NODE, Stage, number, rounds, second, values};
use crate::harness::{Context, Finished};

pub(super) const OTHER: &str = "ip-10-0-2-9.eu-west-1.compute.internal";
const THIRD: &str = "ip-10-0-3-7.eu-west-1.compute.internal";

/// A workload's object, whose pods have the label `app=web`.
pub(super) fn workload(api: &str, kind: &str, name: &str) -> Value {
    json!({
        "apiVersion": api,
        "kind": kind,
        "metadata": {"namespace": "shop", "name": name, "uid": format!("uid-{kind}-{name}"), "labels": {"app": "web"}},
        "spec": {"selector": {"matchLabels": {"app": "web"}}},
    })
}

fn set(name: &str, deployment: &Value) -> Value {
    let mut set = workload("apps/v1", "ReplicaSet", name);
    let owner = &deployment["metadata"];
    set["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "apps/v1", "kind": "Deployment", "name": owner["name"], "uid": owner["uid"], "controller": true,
    }]);
    set
}

/// A pod of the workload, and its log.
pub(super) fn pod(
    kubelet: &Kubelet,
    (name, node): (&str, &str),
    owner: &Value,
) -> Result<(Value, PodLog)> {
    let uid = format!("u-{name}");
    let mut pod = PodSeed::running("shop", name, node)
        .uid(&uid)
        .label("app", "web")
        .owner(owner)
        .build();
    pod["status"]["containerStatuses"] = json!([super::stage::status("app", 0)]);
    let log = PodLog::begin(kubelet.logs(), ("shop", name, &uid), "app")?;
    Ok((pod, log))
}

fn lines(ended: &Finished) -> Vec<String> {
    ended.stdout.lines().map(str::to_owned).collect()
}

/// Pods of two ReplicaSets on three nodes: running, ended, forgotten with files, forgotten without.
pub(super) fn deployment(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let (other, third) = (
        stage.node(OTHER, "i-0bbc1234def567890")?,
        stage.node(THIRD, "i-0cbc1234def567890")?,
    );
    let deployment = workload("apps/v1", "Deployment", "web");
    let (old, new) = (
        set("web-5c4d8f9b6d", &deployment),
        set("web-7d9f5c", &deployment),
    );
    stage.kube.add_all([deployment, old.clone(), new.clone()])?;
    // Labels alone make no pod of it.
    let stranger = workload("apps/v1", "ReplicaSet", "web-api-7d9f5c");
    let (alien, mut alien_log) = pod(&other, ("web-api-7d9f5c-bbbbb", OTHER), &stranger)?;
    let (running, mut running_log) = pod(&stage.kubelet, ("web-7d9f5c-x2vqz", NODE), &new)?;
    let (mut ended, mut ended_log) = pod(&other, ("web-5c4d8f9b6d-kw8fz", OTHER), &old)?;
    ended["status"]["phase"] = json!("Failed");
    let (forgotten, mut forgotten_log) = pod(&third, ("web-5c4d8f9b6d-q4q4q", THIRD), &old)?;
    let (gone, _) = pod(&third, ("web-5c4d8f9b6d-zzzzz", THIRD), &old)?;
    std::fs::remove_dir_all(
        third
            .logs()
            .join("pods/shop_web-5c4d8f9b6d-zzzzz_u-web-5c4d8f9b6d-zzzzz"),
    )?;
    stage.kube.add_all([running, ended, alien])?;
    stage
        .kube
        .add(event_scheduled(&gone, THIRD, second(-600)))?;
    stage.kube.add(event_killing(&gone, THIRD, second(-300)))?;
    // Nothing remembers the one whose files are left but its node.
    let _ = forgotten;
    for line in 0..90 {
        let logs = [&mut running_log, &mut ended_log, &mut forgotten_log];
        number(
            [logs]
                .into_iter()
                .flatten()
                .nth(usize::try_from(line % 3)?)
                .context("a log")?,
            line..line + 1,
        )?;
    }
    number(&mut alien_log, 0..3)?;
    for target in ["shop/deployment/web", "shop/deploy/web"] {
        let printed = stage.heeler(&["logs", target])?.expect_exit(0)?;
        let whose = [
            "web-7d9f5c-x2vqz",
            "web-5c4d8f9b6d-kw8fz",
            "web-5c4d8f9b6d-q4q4q",
        ];
        let expected: Vec<String> = (0..90)
            .map(|line| format!("[shop/{}/app] line {line}", whose[line % 3]))
            .collect();
        ensure!(lines(&printed) == expected, "{printed}");
        printed.expect_stderr(
            "shop/web-5c4d8f9b6d-zzzzz: gone: a pod on ip-10-0-3-7.eu-west-1.compute.internal of which events are from \
             2026-11-20T09:50:00Z to 2026-11-20T09:55:00Z; its logs went with it",
        )?;
    }
    let json = stage
        .heeler(&["logs", "shop/deploy/web", "-o", "json"])?
        .expect_exit(0)?;
    let last: Value = serde_json::from_str(json.stdout.lines().last().context("no line")?)?;
    ensure!(
        last["all-read"] == true && last["gone-pods"][0]["pod"] == "shop/web-5c4d8f9b6d-zzzzz",
        "{last}"
    );
    ensure!(
        last["containers"].as_array().map(Vec::len) == Some(3),
        "{last}"
    );
    let none = stage
        .heeler(&["logs", "shop/deploy/nope"])?
        .expect_exit(1)?;
    none.expect_stderr("error[no-workload]: there is no deployment shop/nope")?;
    Ok(())
}

pub(super) fn round_trips(context: &Context) -> Result<()> {
    let stage = Stage::with(context, &["app"], Duration::from_millis(300))?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let deployment = workload("apps/v1", "Deployment", "web");
    let set = set("web-7d9f5c", &deployment);
    stage.kube.add_all([deployment, set.clone()])?;
    for (kubelet, place) in [
        (&stage.kubelet, ("web-7d9f5c-x2vqz", NODE)),
        (&other, ("web-7d9f5c-bbbbb", OTHER)),
    ] {
        let (pod, mut log) = pod(kubelet, place, &set)?;
        stage.kube.add(pod)?;
        number(&mut log, 0..100)?;
        log.rotate(second(100))?;
        number(&mut log, 100..200)?;
    }
    stage.heeler(&["logs", "shop/deploy/web"])?.expect_exit(0)?;
    let rounds = rounds(&stage);
    let fourth = rounds.get(3).context("fewer than four round trips")?;
    for pod in ["x2vqz", "bbbbb"] {
        let opens = |path: &String| path.contains(pod) && path.contains("app/0.log.");
        ensure!(fourth.iter().any(opens), "{rounds:#?}");
    }
    Ok(())
}

pub(super) fn others(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut count = 0;
    let mut add = |api: &str, kind: &str, name: &str, pod_name: &str| -> Result<()> {
        let owner = workload(api, kind, name);
        let (one, mut log) = pod(&stage.kubelet, (pod_name, NODE), &owner)?;
        stage.kube.add(owner)?;
        stage.kube.add(one)?;
        number(&mut log, count..count + 1)?;
        count += 1;
        Ok(())
    };
    add("apps/v1", "StatefulSet", "db", "db-0")?;
    add("apps/v1", "DaemonSet", "agent", "agent-x2vqz")?;
    add(
        "batch/v1",
        "Job",
        "report-29402880",
        "report-29402880-kw8fz",
    )?;
    stage.kube.add(workload("batch/v1", "CronJob", "report"))?;
    stage.kube.add_all(
        ServiceSeed::new("shop", "web", "10.100.0.9")
            .port(80, 80)
            .build(),
    )?;
    let logs = |words: &[&str]| stage.heeler(&[&["logs"], words].concat())?.expect_exit(0);
    for (target, expected) in [
        ("shop/sts/db", "[shop/db-0/app] line 0\n"),
        ("shop/daemonset/agent", "[shop/agent-x2vqz/app] line 1\n"),
        (
            "shop/job/report-29402880",
            "[shop/report-29402880-kw8fz/app] line 2\n",
        ),
        (
            "shop/cronjob/report",
            "[shop/report-29402880-kw8fz/app] line 2\n",
        ),
    ] {
        let ended = logs(&[target])?;
        ensure!(ended.stdout == expected, "{target}\n{ended}");
    }
    for words in [
        &["shop/svc/web"][..],
        &["shop", "--selector", "app=web"],
        &["shop/", "-l", "app in (web)"],
    ] {
        let ended = logs(words)?;
        ensure!(lines(&ended).len() == 3, "{ended}");
    }
    let none = stage
        .heeler(&["logs", "shop", "-l", "app=nope"])?
        .expect_exit(1)?;
    none.expect_stderr("error[no-pods]: there are no pods: pods of shop with app=nope")?;
    Ok(())
}

/// A StatefulSet's pod was deleted and made again, and its node could not remove its files.
pub(super) fn same_name(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (now, mut now_log) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    number(&mut now_log, 5..9)?;
    let mut before = now.clone();
    before["metadata"]["uid"] = json!("u-before");
    let mut before_log = PodLog::begin(other.logs(), ("shop", "db-0", "u-before"), "app")?;
    number(&mut before_log, 0..5)?;
    stage.kube.add_all([owner, now])?;
    stage
        .kube
        .add(event_scheduled(&before, OTHER, second(-10)))?;
    for target in ["shop/db-0", "shop/sts/db"] {
        let ended = stage
            .heeler(&["logs", target, "-o", "json"])?
            .expect_exit(0)?;
        let values = values(&ended)?;
        ensure!(values.len() == 10, "{ended}");
        for (line, value) in values.iter().take(9).enumerate() {
            let node = if line < 5 { OTHER } else { NODE };
            ensure!(
                value["text"] == format!("line {line}") && value["node"] == node,
                "{ended}"
            );
        }
    }
    Ok(())
}

/// The pod is gone from Kubernetes, and its files are there still.
pub(super) fn left(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (gone, mut log) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    number(&mut log, 0..5)?;
    stage.kube.add(event_scheduled(&gone, NODE, second(-10)))?;
    let ended = stage.heeler(&["logs", "shop/db-0"])?.expect_exit(0)?;
    ensure!(lines(&ended).len() == 5, "{ended}");
    std::fs::remove_dir_all(stage.kubelet.logs().join("pods/shop_db-0_u-db-0"))?;
    let ended = stage.heeler(&["logs", "shop/db-0"])?.expect_exit(1)?;
    ended.expect_stderr("error[pod-gone]: the pod shop/db-0 is gone: it was on ip-10-0-1-23")?;
    Ok(())
}

pub(super) fn unseen(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (one, mut log) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    number(&mut log, 0..5)?;
    stage.kube.add_all([owner, one])?;
    other.faults().set_reach(Reach::Refused)?;
    // Nothing is known of a pod there.
    let ended = stage.heeler(&["logs", "shop/sts/db"])?.expect_exit(0)?;
    ensure!(lines(&ended).len() == 5, "{ended}");
    ended.expect_stderr(&format!(
        "note: not looked: what former pods have left on {OTHER}, if anything: "
    ))?;
    let (former, _) = pod(
        &other,
        ("db-1", OTHER),
        &json!({"kind": "StatefulSet", "metadata": {"name": "db"}}),
    )?;
    stage.kube.add(event_scheduled(&former, OTHER, second(0)))?;
    let ended = stage.heeler(&["logs", "shop/sts/db"])?.expect_exit(1)?;
    ended.expect_stderr(&format!(
        "PARTIAL: not looked: what is left on {OTHER} of shop/db-1: "
    ))?;
    stage.kube.access().deny("alice", "list", "events");
    let ended = stage.heeler(&["logs", "shop/sts/db"])?.expect_exit(1)?;
    ended.expect_stderr(
        "PARTIAL: not looked: what events remember of former pods: not allowed: list events",
    )?;
    Ok(())
}

/// One node's clock is three seconds behind: what it says comes where its own times say, in its order.
pub(super) fn skewed(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (one, mut right) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    let (two, mut behind) = pod(&other, ("db-1", OTHER), &owner)?;
    stage.kube.add_all([owner, one, two])?;
    for line in 0..10 {
        right.write(second(line), "stdout", &format!("right {line}"))?;
        behind.write(second(line - 3), "stdout", &format!("behind {line}"))?;
    }
    let ended = stage.heeler(&["logs", "shop/sts/db"])?.expect_exit(0)?;
    let expected: Vec<String> = (-3..10)
        .flat_map(|at| {
            let right = (at >= 0).then(|| format!("[shop/db-0/app] right {at}"));
            let behind = (at < 7).then(|| format!("[shop/db-1/app] behind {}", at + 3));
            [right, behind]
        })
        .flatten()
        .collect();
    ensure!(lines(&ended) == expected, "{ended}");
    Ok(())
}

/// Each container's files are looked into, and nobody asks for all of them at once.
pub(super) fn many(context: &Context) -> Result<()> {
    let latency = Duration::from_millis(300);
    let stage = Stage::with(context, &["app"], latency)?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let mut objects = vec![owner.clone()];
    for number in 0..40 {
        let name = format!("db-{number}");
        let (pod, mut log) = pod(&stage.kubelet, (&name, NODE), &owner)?;
        for part in 0..3 {
            log.write(second(part), "stdout", &format!("{name} {part}"))?;
            log.rotate(second(part + 1))?;
        }
        log.write(second(9), "stdout", &format!("{name} 9"))?;
        objects.push(pod);
    }
    stage.kube.add_all(objects)?;
    let words = ["logs", "shop/sts/db", "--since", "2026-11-20T10:00:02Z"];
    let ended = stage.heeler(&words)?.expect_exit(0)?;
    ensure!(ended.stdout.lines().count() == 80, "{ended}");
    let calls = stage.kube.calls();
    let asked: Vec<_> = calls
        .iter()
        .filter(|call| call.path.contains("/proxy/"))
        .collect();
    // An answer takes as long as the latency, so those that began within that wait at the same time.
    let waiting = asked.iter().map(|call| {
        let later = asked.iter().filter(|later| later.at >= call.at);
        later
            .filter(|later| later.at.duration_since(call.at).as_millis() < 300)
            .count()
    });
    let most = waiting.max().unwrap_or_default();
    ensure!(asked.len() > 160, "{} calls only", asked.len());
    // And the few that ask how a kubelet is configured.
    ensure!((9..=20).contains(&most), "{most} at once");
    Ok(())
}
