//! A cluster of eight nodes with kubelets, behind one API server and one line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use heeler_tests::kube::seed::{NodeSeed, PodSeed, namespace};
use heeler_tests::kube::{KubeConfig, KubeLab, KubeconfigStyle};
use heeler_tests::kubelet::{Bandwidth, Kubelet};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Nodes, each with one pod of the workload.
pub(crate) const NODES: u64 = 8;

/// The nodes, their kubelets, and the operator's way to them.
pub(crate) struct Cluster {
    pub(crate) kube: KubeLab,
    folder: TempDir,
}

/// How it answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Way {
    /// How long every answer takes.
    pub(crate) latency: Duration,
    /// So many bytes a second for all kubelets together.
    pub(crate) bytes_per_second: Option<u32>,
}

impl Cluster {
    /// With a pod of `shop/sts/db` on each node, and a pod of `shop/deploy/web`, none of which has
    /// said anything.
    ///
    /// # Errors
    /// When the lab can't be started.
    pub(crate) fn start(way: Way) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("heeler-bench-").tempdir()?;
        let kube = KubeLab::start(KubeConfig {
            latency: way.latency,
            ..KubeConfig::default()
        })?;
        let cluster = Self { kube, folder };
        cluster
            .kube
            .write_kubeconfig(&cluster.kubeconfig(), KubeconfigStyle::EksArn)?;
        cluster.kube.add(namespace("shop"))?;
        let (db, web) = (workload("StatefulSet", "db"), workload("Deployment", "web"));
        let mut set = workload("ReplicaSet", "web-7d9f5c");
        set["metadata"]["labels"] = json!({"app": "web"});
        set["spec"] = web["spec"].clone();
        set["metadata"]["ownerReferences"] = json!([{
            "apiVersion": "apps/v1", "kind": "Deployment", "controller": true,
            "name": web["metadata"]["name"], "uid": web["metadata"]["uid"],
        }]);
        cluster.kube.add_all([db.clone(), web, set.clone()])?;
        let line = way.bytes_per_second.map(Bandwidth::of);
        for number in 0..NODES {
            let node = node(number);
            let instance = format!("i-0abc1234def56789{number}");
            cluster
                .kube
                .add(NodeSeed::bottlerocket(&node, &instance).build())?;
            let kubelet = Kubelet::new(&cluster.folder.path().join(&node));
            let kubelet = match &line {
                Some(line) => kubelet.behind(line),
                None => kubelet,
            };
            cluster.kube.connect(&node, &kubelet)?;
            cluster
                .kube
                .add(pod(&format!("db-{number}"), number, &db))?;
            cluster
                .kube
                .add(pod(&format!("web-7d9f5c-x2vq{number}"), number, &set))?;
        }
        Ok(cluster)
    }

    /// A folder that goes with it, and is on the same file system as its nodes' disks.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the container of a pod on that node has its log.
    pub(crate) fn log(&self, pod: &str, number: u64) -> PathBuf {
        let logs = self.folder.path().join(node(number));
        logs.join(format!("pods/shop_{pod}_u-{pod}/app"))
    }

    /// A program that finds this cluster, and nothing else of this machine's user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let home = self.folder.path();
        let mut command = Command::new(program);
        command.env_clear().current_dir(home);
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("HEELER_STATE_DIR", home.join("state"))
            .env("KUBECONFIG", self.kubeconfig())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_COLOR", "1");
        command
    }

    /// The address of a file of a node's log, as the API server's clients write it.
    pub(crate) fn url(&self, pod: &str, number: u64, file: &str) -> String {
        format!(
            "{}/api/v1/nodes/{}/proxy/logs/pods/shop_{pod}_u-{pod}/app/{file}",
            self.kube.server_url(),
            node(number)
        )
    }

    /// What a client of the API server says who it is by, and knows the server by: the token, and the
    /// certificate.
    ///
    /// # Errors
    /// When the kubeconfig is another one than the lab writes.
    pub(crate) fn credentials(&self) -> Result<(String, String)> {
        let config: Value = serde_json::from_str(&fs::read_to_string(self.kubeconfig())?)?;
        let token = config["users"][0]["user"]["token"].as_str();
        let authority = config["clusters"][0]["cluster"]["certificate-authority-data"].as_str();
        let authority = STANDARD.decode(authority.context("no certificate")?)?;
        Ok((
            token.context("no token")?.to_owned(),
            String::from_utf8(authority)?,
        ))
    }

    fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }
}

fn node(number: u64) -> String {
    format!("ip-10-0-{number}-23.eu-west-1.compute.internal")
}

fn workload(kind: &str, name: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"namespace": "shop", "name": name, "uid": format!("uid-{name}")},
        "spec": {"selector": {"matchLabels": {"app": name}}},
    })
}

fn pod(name: &str, number: u64, owner: &Value) -> Value {
    let app = owner["spec"]["selector"]["matchLabels"]["app"].as_str();
    let mut pod = PodSeed::running("shop", name, &node(number))
        .uid(&format!("u-{name}"))
        .label("app", app.unwrap_or_default())
        .owner(owner)
        .build();
    pod["status"]["containerStatuses"] = json!([{
        "name": "app", "restartCount": 0, "ready": true, "image": "x", "imageID": "x",
        "state": {"running": {"startedAt": "2026-11-20T10:00:00Z"}},
    }]);
    pod
}
