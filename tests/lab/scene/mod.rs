//! One lab put together: a machine with nodes, an AWS account and a Kubernetes cluster that say
//! the same about them, and a home for the operator, and for colleagues, with the environment that
//! leads to all this.
//!
//! It holds no facts of its own about nodes, AWS or Kubernetes, and judges nothing.

mod account;
mod cluster;
mod home;
mod incident;
mod kubelet;
mod logs;
mod person;
mod plan;
mod shell;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use serde_json::Value;

use self::account::Account;
pub use self::incident::Incident;
use self::incident::Running;
use self::kubelet::Kubelets;
use self::person::Belongings;
pub use self::person::Person;
use self::plan::OPERATOR;
pub use self::plan::{Owner, Plan};
use crate::aws::{AwsLab, BucketPlan, OPERATOR_ACCESS_KEY};
use crate::incident::full::Scale;
use crate::kube::seed::PodSeed;
use crate::kube::{KubeConfig, KubeLab, KubeconfigStyle, User};
use crate::machine::{Machine, namespace};
use crate::node::{KernelCounters, Node, PodHandle};
use crate::program::traffic::LoadCounts;

/// A running lab. Everything of it is gone after its drop; the machine's watcher sees to that when
/// the lab is killed. It can be started and dropped on any thread.
pub struct Lab {
    // Fields end in this order: what uses the nodes before the nodes.
    incident: Mutex<Option<Running>>,
    _kubelets: Kubelets,
    account: Account,
    kube: Arc<KubeLab>,
    pods: Mutex<Vec<PodHandle>>,
    nodes: Vec<Node>,
    operator: Person,
    kubeconfig: KubeconfigStyle,
    machine: Machine,
    scale: Scale,
    owner: Option<Owner>,
    seed: u64,
}

impl Lab {
    /// Starts everything, the plan's incident last. Needs root, and takes a second or two.
    ///
    /// # Errors
    /// When the machine lacks something, or another lab's incident runs on it.
    pub fn start(plan: Plan) -> Result<Self> {
        let seed = plan.latency_seed();
        let machine = Machine::prepare(&plan.lab_binary)?;
        let nodes: Vec<Node> = plan
            .nodes
            .into_iter()
            .map(|config| Node::start(&machine, config))
            .collect::<Result<_>>()?;
        let objects = cluster::objects(&nodes, &plan.kube_proxy, plan.collector)?;
        let pods = nodes
            .iter()
            .map(|node| pods_on(node, &objects))
            .collect::<Result<Vec<_>>>()?;
        let kube = Arc::new(KubeLab::start(KubeConfig {
            latency: plan.kube_latency,
            users: vec![User::new(OPERATOR)],
            ..KubeConfig::default()
        })?);
        kube.add_all(objects.iter().cloned())?;
        for node in &nodes {
            logs::write(&kube, node, &objects)?;
        }
        let account = Account::open(&nodes, plan.latency)?;
        let belongings = Belongings {
            folder: machine.home_folder(OPERATOR),
            user: OPERATOR,
            access_key: OPERATOR_ACCESS_KEY,
            kubeconfig: plan.kubeconfig,
            owner: plan.owner,
        };
        let operator = Person::settle(belongings, &kube, account.aws())?;
        let lab = Self {
            incident: Mutex::default(),
            _kubelets: Kubelets::start(&nodes, &kube)?,
            account,
            kube,
            pods: Mutex::new(pods.into_iter().flatten().collect()),
            nodes,
            operator,
            kubeconfig: plan.kubeconfig,
            machine,
            scale: plan.scale,
            owner: plan.owner,
            seed,
        };
        if let Some(incident) = plan.incident {
            lab.start_incident(incident)?;
        }
        Ok(lab)
    }

    /// The AWS endpoints, their faults and their request log.
    pub fn aws(&self) -> &AwsLab {
        self.account.aws()
    }

    /// Makes a bucket, and lets the nodes reach AWS's endpoints under the address at which clients do: a node
    /// has a network of its own.
    ///
    /// # Errors
    /// When a node has ended, or something listens there already.
    pub fn open_bucket(&self, name: &str, plan: BucketPlan) -> Result<()> {
        self.aws().create_bucket(name, plan);
        let address = self.aws().endpoint_url().trim_start_matches("http://");
        for node in &self.nodes {
            let bind = || TcpListener::bind(address).context("reaching AWS from a node");
            let socket = namespace::within_network_of(node.pid(), bind)?;
            self.aws().serve_also(socket)?;
        }
        Ok(())
    }

    /// The Kubernetes API, its objects, faults and request log.
    pub fn kube(&self) -> &KubeLab {
        &self.kube
    }

    /// The machine that all of it is on.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// All nodes, in the order of their addresses; incidents play on the first one.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The first node.
    ///
    /// # Errors
    /// Never: a plan has at least one node.
    pub fn node(&self) -> Result<&Node> {
        self.nodes.first().context("the lab has no node")
    }

    /// A pod of some node, such as `shop`, `checkout-7d9f5c-x2vqz`: the client of all incidents.
    ///
    /// # Errors
    /// When no node of the lab has this pod.
    pub fn pod(&self, namespace: &str, name: &str) -> Result<PodHandle> {
        let pods = self.pods.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = pods
            .iter()
            .find(|pod| pod.config().namespace == namespace && pod.config().name == name);
        wanted
            .cloned()
            .with_context(|| format!("the lab has no pod {namespace}/{name}"))
    }

    /// Puts one more pod into the cluster and on its node.
    ///
    /// # Errors
    /// When the lab doesn't have the pod's node, or the address is taken.
    pub fn add_pod(&self, pod: PodSeed) -> Result<PodHandle> {
        let object = pod.build();
        let on = object["spec"]["nodeName"].as_str().unwrap_or_default();
        let node = self.nodes.iter().find(|node| node.config().name == on);
        let node = node.with_context(|| format!("the lab has no node {on:?}"))?;
        let handle = node.add_pod(cluster::pod_config(&object)?)?;
        self.kube.add(object)?;
        self.pods
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(handle.clone());
        Ok(handle)
    }

    /// Reboots a node, and returns when the cluster has its new boot id. A node may reboot by itself
    /// as well; then the cluster has it a moment later.
    ///
    /// # Errors
    /// When the node has ended.
    pub fn reboot(&self, node: &Node) -> Result<String> {
        let boot_id = node.reboot()?;
        kubelet::report(&self.kube, node, &boot_id)?;
        Ok(boot_id)
    }

    /// Starts an incident on the first node, in place of the one that runs there.
    ///
    /// # Errors
    /// When an incident of another lab runs on this machine, or it does not take hold.
    pub fn start_incident(&self, incident: Incident) -> Result<()> {
        let mut running = self.running();
        // The present one must have put everything back before the next one looks.
        *running = None;
        let (node, pods) = (self.node()?, &self.pods);
        let client = pods
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .first()
            .cloned();
        *running =
            Some(incident.start(node, &client.context("the lab has no pod")?, self.scale)?);
        Ok(())
    }

    /// Ends the incident, if one runs.
    pub fn end_incident(&self) {
        *self.running() = None;
    }

    /// What the clients of [`Incident::Full`] have reached so far; `None` while it does not run.
    ///
    /// # Errors
    /// When the load generator has ended.
    pub fn load(&self) -> Result<Option<LoadCounts>> {
        self.running().as_mut().and_then(Running::load).transpose()
    }

    /// The kernel's own counters of the first node.
    ///
    /// # Errors
    /// When the node has ended.
    pub fn kernel_counters(&self) -> Result<KernelCounters> {
        self.node()?.kernel_counters()
    }

    /// Lets another person work with the lab: a session of the operator's role, a user of the
    /// cluster, and a home, all called `name`.
    ///
    /// # Errors
    /// When the name is no word of a few small letters, or is taken.
    pub fn colleague(&self, name: &str) -> Result<Person> {
        let belongings = Belongings {
            folder: self.machine.home_folder(name),
            user: name,
            access_key: &self.aws().add_colleague(name)?,
            kubeconfig: self.kubeconfig,
            owner: self.owner,
        };
        self.kube.access().admit(User::new(name))?;
        Person::settle(belongings, &self.kube, self.aws())
    }

    /// All variables that the operator's clients need.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.operator.environment()
    }

    /// A command in the operator's environment and in no other, which runs as the lab's owner.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        self.operator.command(program)
    }

    /// The operator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.operator.kubeconfig()
    }

    /// The folder in which the operator's Heeler keeps its state.
    pub fn state_folder(&self) -> PathBuf {
        self.operator.state_folder()
    }

    /// A folder for a test's own files, the operator's home; it goes with the lab.
    pub fn folder(&self) -> &Path {
        self.operator.folder()
    }

    /// The seed of the delays, to be printed so that a run can be repeated.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.incident.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the pods that the cluster's objects put on a node.
fn pods_on(node: &Node, objects: &[Value]) -> Result<Vec<PodHandle>> {
    let here = objects
        .iter()
        .filter_map(|object| cluster::pod_on(&node.config().name, object));
    here.map(|pod| node.add_pod(pod?)).collect()
}
