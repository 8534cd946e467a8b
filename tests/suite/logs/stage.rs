//! The stage of this area: a cluster's API, one pod, and its node's kubelet.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use heeler_tests::kube::seed::{NodeSeed, PodSeed, namespace};
use heeler_tests::kube::{KubeConfig, KubeLab, KubeconfigStyle};
use heeler_tests::kubelet::Kubelet;
use heeler_tests::kubelet::pod_log::PodLog;
use jiff::{SignedDuration, Timestamp};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use serde_json::{Value, json};

use crate::harness::{Context, Finished, Program, Surroundings};

/// The node's name in Kubernetes.
pub(super) const NODE: &str = "ip-10-0-1-23.eu-west-1.compute.internal";
/// The pod.
pub(super) const POD: &str = "shop/checkout-7d9f5c-x2vqz";
const UID: &str = "0c5e9a30-6ad4-4a08-8f7e-1d3c5b7a9e21";

/// The cluster, the kubelet, and the operator's way to them.
pub(super) struct Stage<'c> {
    context: &'c Context,
    pub(super) kube: KubeLab,
    pub(super) kubelet: Kubelet,
    pub(super) around: Surroundings,
}

impl<'c> Stage<'c> {
    /// With a pod of these containers.
    pub(super) fn open(context: &'c Context, containers: &[&str]) -> Result<Self> {
        Self::with(context, containers, Duration::ZERO)
    }

    /// The same where each answer takes so long.
    pub(super) fn with(
        context: &'c Context,
        containers: &[&str],
        latency: Duration,
    ) -> Result<Self> {
        let kube = KubeLab::start(KubeConfig {
            latency,
            ..KubeConfig::default()
        })?;
        let around = Surroundings::new()?;
        let kubeconfig = around.folder().join("kubeconfig");
        kube.write_kubeconfig(&kubeconfig, KubeconfigStyle::EksArn)?;
        let around = around.with("KUBECONFIG", kubeconfig);
        let logs = around.folder().join("var-log");
        std::fs::create_dir_all(&logs)?;
        let kubelet = Kubelet::new(&logs);
        kube.add(namespace("shop"))?;
        kube.add(NodeSeed::bottlerocket(NODE, "i-0abc1234def567890").build())?;
        kube.connect(NODE, &kubelet)?;
        let (space, name) = POD.split_once('/').context("a pod has a namespace")?;
        let mut pod = PodSeed::running(space, name, NODE).uid(UID).build();
        pod["spec"]["containers"] = containers
            .iter()
            .map(|name| json!({"name": name, "image": "x"}))
            .collect();
        let statuses = containers.iter().map(|name| status(name, 0));
        pod["status"]["containerStatuses"] = statuses.collect();
        kube.add(pod)?;
        Ok(Self {
            context,
            kube,
            kubelet,
            around,
        })
    }

    /// One more node of the cluster, with a kubelet.
    pub(super) fn node(&self, name: &str, instance: &str) -> Result<Kubelet> {
        let logs = self.around.folder().join(name);
        std::fs::create_dir_all(&logs)?;
        let kubelet = Kubelet::new(&logs);
        self.kube
            .add(NodeSeed::bottlerocket(name, instance).build())?;
        self.kube.connect(name, &kubelet)?;
        Ok(kubelet)
    }

    /// The log of one of its containers.
    pub(super) fn log(&self, container: &str) -> Result<PodLog> {
        let (space, name) = POD.split_once('/').context("a pod has a namespace")?;
        PodLog::begin(self.kubelet.logs(), (space, name, UID), container)
    }

    /// The pod's object says that a container was started anew so often.
    pub(super) fn restarted(&self, container: &str, restarts: u32) -> Result<()> {
        let (space, name) = POD.split_once('/').context("a pod has a namespace")?;
        self.kube.edit("pods", space, name, |pod| {
            let statuses = pod["status"]["containerStatuses"].as_array_mut();
            for one in statuses
                .into_iter()
                .flatten()
                .filter(|one| one["name"] == container)
            {
                *one = status(container, restarts);
            }
        })?;
        Ok(())
    }

    /// `heeler logs` of the pod, with more words.
    pub(super) fn logs(&self, words: &[&str]) -> Result<Program<'c>> {
        self.heeler(&[&["logs", POD], words].concat())
    }

    /// `kubectl get --raw` of a path of the node's kubelet.
    pub(super) fn kubectl(&self, path: &str) -> Program<'c> {
        let raw = format!("/api/v1/nodes/{NODE}/proxy{path}");
        self.context
            .kubectl(&self.around)
            .args(["get", "--raw", &raw])
    }

    /// `heeler` with these words.
    pub(super) fn heeler(&self, words: &[&str]) -> Result<Program<'c>> {
        Ok(self
            .context
            .heeler(&self.around)?
            .args(words.iter().copied()))
    }
}

pub(super) fn status(name: &str, restarts: u32) -> Value {
    json!({"name": name, "restartCount": restarts, "ready": true, "image": "x", "imageID": "x",
        "state": {"running": {"startedAt": "2026-11-20T10:00:00Z"}}})
}

/// So many seconds after the beginning of a case's time.
pub(super) fn second(number: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap_or_default();
    begin + SignedDuration::from_secs(number)
}

/// Writes numbered lines, one for each second.
pub(super) fn number(log: &mut PodLog, lines: std::ops::Range<i64>) -> Result<()> {
    for line in lines {
        log.write(second(line), "stdout", &format!("line {line}"))?;
    }
    Ok(())
}

/// What numbered lines of that range look like.
pub(super) fn numbered(lines: std::ops::Range<i64>) -> String {
    lines.map(|line| format!("line {line}\n")).collect()
}

/// What it has printed, a value on each line.
pub(super) fn values(json: &Finished) -> Result<Vec<Value>> {
    let values = json.stdout.lines().map(serde_json::from_str);
    Ok(values.collect::<Result<_, _>>()?)
}

/// Calls that begin while others are under way belong to the same round trip: their paths, by round trips.
/// Each answer takes more than 200 ms.
pub(super) fn rounds(stage: &Stage<'_>) -> Vec<Vec<String>> {
    let mut rounds: Vec<Vec<String>> = Vec::new();
    let mut begun = None;
    for call in stage.kube.calls() {
        let is_new = begun.is_none_or(|begun| call.at.duration_since(begun).as_millis() > 200);
        if is_new {
            begun = Some(call.at);
            rounds.push(Vec::new());
        }
        if let Some(round) = rounds.last_mut() {
            round.push(call.path);
        }
    }
    rounds
}

/// A small file system, until it is dropped.
pub(crate) struct Small(PathBuf);

impl Small {
    pub(crate) fn mount(folder: &Path, size: &str) -> Result<Self> {
        let options = format!("size={size}");
        mount(
            Some("tmpfs"),
            folder,
            Some("tmpfs"),
            MsFlags::empty(),
            Some(options.as_str()),
        )?;
        Ok(Small(folder.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        umount2(&self.0, MntFlags::MNT_DETACH).ok();
    }
}
