//! `/stats/summary` and `/metrics`: disks and logs are those that there are, CPU and memory are made
//! up. The pods are those whose logs lie on the node.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use nix::sys::statvfs::statvfs;
use serde_json::{Value, json};

use super::Host;

/// How long the node and its pods have run.
const AGE: SignedDuration = SignedDuration::from_mins(30);
const MIB: u64 = 1 << 20;

/// A pod whose logs lie on the node.
struct Pod {
    namespace: String,
    name: String,
    uid: String,
    containers: Vec<Container>,
}

struct Container {
    name: String,
    /// Bytes of all its log files.
    logs: u64,
}

/// The summary of node and pods.
pub(super) fn summary(host: &Host, logs: &Path) -> Value {
    let now = Timestamp::now();
    let disk = disk(now, logs);
    let pods: Vec<Value> = pods(logs)
        .iter()
        .map(|pod| of_pod(now, &disk, pod))
        .collect();
    json!({
        "node": {
            "nodeName": host.node,
            "startTime": second(now - AGE),
            "cpu": cpu(now, 180_000_000),
            "memory": memory(now, 1_800),
            "network": {"time": second(now), "name": "eth0", "rxBytes": 81_264_511, "rxErrors": 0,
                "txBytes": 63_105_844, "txErrors": 0},
            "fs": disk.clone(),
            // The images lie on the same disk.
            "runtime": {"imageFs": disk.clone(), "containerFs": disk},
            "rlimit": {"time": second(now), "maxpid": 4_194_304, "curproc": 412},
        },
        "pods": pods,
    })
}

/// A few of the kubelet's metrics.
pub(super) fn metrics(host: &Host, logs: &Path) -> String {
    let pods = pods(logs);
    let containers: usize = pods.iter().map(|pod| pod.containers.len()).sum();
    let started = (Timestamp::now() - AGE).as_second();
    let label = |name: &str| format!("{{{name}}}");
    let mut text = String::new();
    for (name, labels, value) in [
        (
            "kubelet_node_name",
            label(&format!("node=\"{}\"", host.node)),
            "1".to_owned(),
        ),
        (
            "kubelet_running_containers",
            label("container_state=\"running\""),
            containers.to_string(),
        ),
        (
            "kubelet_running_pods",
            String::new(),
            pods.len().to_string(),
        ),
        (
            "process_start_time_seconds",
            String::new(),
            started.to_string(),
        ),
    ] {
        // Writing to a text never fails.
        writeln!(text, "# TYPE {name} gauge\n{name}{labels} {value}").ok();
    }
    text
}

fn of_pod(now: Timestamp, disk: &Value, pod: &Pod) -> Value {
    let containers = pod.containers.iter().map(|container| {
        json!({
            "name": container.name,
            "startTime": second(now - AGE),
            "cpu": cpu(now, 9_000_000),
            "memory": memory(now, 96),
            "rootfs": used(disk, 4 * MIB),
            "logs": used(disk, container.logs),
        })
    });
    let logs: u64 = pod.containers.iter().map(|container| container.logs).sum();
    json!({
        "podRef": {"name": pod.name, "namespace": pod.namespace, "uid": pod.uid},
        "startTime": second(now - AGE),
        "containers": containers.collect::<Vec<_>>(),
        "cpu": cpu(now, 9_000_000),
        "memory": memory(now, 96),
        "ephemeral-storage": used(disk, logs + 4 * MIB * pod.containers.len() as u64),
        "process_stats": {"process_count": pod.containers.len()},
    })
}

fn cpu(now: Timestamp, nano_cores: u64) -> Value {
    let seconds = u64::try_from(AGE.as_secs()).unwrap_or(0);
    json!({"time": second(now), "usageNanoCores": nano_cores,
        "usageCoreNanoSeconds": nano_cores * seconds})
}

fn memory(now: Timestamp, mebibytes: u64) -> Value {
    let bytes = mebibytes * MIB;
    json!({"time": second(now), "availableBytes": 6_000 * MIB, "usageBytes": bytes,
        "workingSetBytes": bytes / 10 * 9, "rssBytes": bytes / 2, "pageFaults": 51_340,
        "majorPageFaults": 12})
}

/// The file system that the logs are on.
fn disk(now: Timestamp, logs: &Path) -> Value {
    let Ok(disk) = statvfs(logs) else {
        return json!({"time": second(now)});
    };
    let block = disk.fragment_size();
    let (all, free) = (disk.blocks() * block, disk.blocks_available() * block);
    json!({"time": second(now), "availableBytes": free, "capacityBytes": all,
        "usedBytes": all.saturating_sub(free), "inodesFree": disk.files_free(),
        "inodes": disk.files(), "inodesUsed": disk.files().saturating_sub(disk.files_free())})
}

/// So many bytes of that disk.
fn used(disk: &Value, bytes: u64) -> Value {
    let mut used = disk.clone();
    used["usedBytes"] = json!(bytes);
    used
}

fn pods(logs: &Path) -> Vec<Pod> {
    let folders = folders(&logs.join("pods")).into_iter();
    let pods = folders.filter_map(|folder| {
        let name = name(&folder);
        let mut parts = name.split('_').map(str::to_owned);
        Some(Pod {
            namespace: parts.next()?,
            name: parts.next()?,
            uid: parts.next()?,
            containers: folders_of(&folder),
        })
    });
    pods.collect()
}

fn folders_of(pod: &Path) -> Vec<Container> {
    let containers = folders(pod).into_iter().map(|folder| Container {
        name: name(&folder),
        logs: entries(&folder)
            .iter()
            .filter_map(|file| file.metadata().ok())
            .map(|file| file.len())
            .sum(),
    });
    containers.collect()
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found = entries(of);
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// What is in a folder; nothing where there is none, or no more.
fn entries(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn name(of: &Path) -> String {
    of.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Kubernetes' times have no parts of a second.
fn second(at: Timestamp) -> String {
    format!("{at:.0}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubelet::pod_log::PodLog;

    #[test]
    fn pods_and_their_logs_are_those_on_the_disk() {
        let logs = tempfile::TempDir::new().unwrap();
        let mut log = PodLog::begin(logs.path(), ("shop", "web-1", "u1"), "app").unwrap();
        log.raw(b"12345").unwrap();
        let host = Host {
            node: "n1".to_owned(),
            cpus: 2,
            settings: Box::new(Value::default),
        };
        let summary = summary(&host, logs.path());
        let pod = &summary["pods"][0];
        assert_eq!(
            pod["podRef"],
            json!({"name": "web-1", "namespace": "shop", "uid": "u1"})
        );
        assert_eq!(pod["containers"][0]["logs"]["usedBytes"], 5);
        assert_eq!(summary["node"]["nodeName"], "n1");
        let fs = &summary["node"]["fs"];
        assert!(
            fs["capacityBytes"].as_u64() >= fs["usedBytes"].as_u64(),
            "{fs}"
        );
        let metrics = metrics(&host, logs.path());
        assert!(metrics.contains("\nkubelet_running_pods 1\n"), "{metrics}");
    }
}
