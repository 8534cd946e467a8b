//! Nodes as Bottlerocket has them, out of real Linux namespaces: a network namespace with the
//! kernel's own connection tracking, a host root without a usable shell, a control and an admin
//! container, pods behind. This module knows nothing of AWS, of Kubernetes' API or of incidents.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

pub(crate) mod api;
pub mod config;
pub(crate) mod container;
mod contents;
pub mod counters;
mod cpus;
mod devices;
pub(crate) mod ena;
pub(crate) mod host;
pub(crate) mod image;
pub mod journal;
mod life;
pub(crate) mod logdog;
pub(crate) mod mount;
pub(crate) mod network;
pub mod pod;
pub(crate) mod proc_view;
mod reading;
mod root;
mod routed_eni;
pub(crate) mod state;
pub mod systemd;
mod upset;

use self::config::NodePlan;
pub use self::config::{KernelMessage, NodeConfig, Place, PodConfig, ProcView, Shell};
use self::container::Container;
pub use self::counters::{KernelCounters, ListenCounters};
use self::life::Life;
pub use self::logdog::LogdogUpset;
pub use self::pod::{Load, Outside, PodHandle};
use self::state::State;
pub use self::systemd::{Fate, Shown, TransientUnit, UnitKind, UnitName, UnitState};
use crate::machine::{Machine, cgroup};
pub use crate::program::traffic::LoadCounts;
use crate::program::{enter, enter::Entry};

/// Where the lab's programs are, as the host sees them.
const PROGRAMS: &str = "/.lab/image/bin";

/// A running node. A cheap handle: the last one to go ends everything that runs on the node.
#[derive(Clone)]
pub struct Node {
    inner: Arc<Inner>,
}

struct Inner {
    machine: Machine,
    plan: NodePlan,
    state: State,
    init: u32,
    outside: Option<Outside>,
    life: Life,
}

impl Node {
    /// Boots a node and returns when its API answers and its enabled containers run.
    ///
    /// # Errors
    /// When the machine can't give what a node needs; the node's log is part of the error.
    pub fn start(machine: &Machine, config: NodeConfig) -> Result<Self> {
        let plan = NodePlan {
            folder: machine.node_folder(&config.name),
            images: machine.image_folder(),
            control_group: machine.node_control_group(&config.name)?,
            config,
        };
        if plan.folder.exists() {
            bail!("a node called {} runs already", plan.config.name);
        }
        let state = State::at(&plan.folder);
        state.write_json(NodePlan::FILE, &plan)?;
        life::note_boot(&state)?;
        journal::begin(&plan, &state)?;
        routed_eni::begin(&plan)?;
        let log = plan.folder.join("log");
        let (life, init) = Life::begin(machine, &plan, &state).with_context(|| {
            format!(
                "node {}: {}",
                plan.config.name,
                fs::read_to_string(&log).unwrap_or_default()
            )
        })?;
        let mut inner = Inner {
            machine: machine.clone(),
            plan,
            state,
            init,
            outside: None,
            life,
        };
        inner.outside = Some(inner.make_outside()?);
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What the node was made of.
    #[must_use]
    pub fn config(&self) -> &NodeConfig {
        &self.inner.plan.config
    }

    /// The machine that the node is on.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.inner.machine
    }

    /// A command that runs on the node as root, in a process group of its own, with a clean
    /// environment and no input. It ends with the command's exit code, or 128 and its signal.
    #[must_use]
    pub fn command(&self, place: Place, argv: &[&str]) -> tokio::process::Command {
        tokio::process::Command::from(self.std_command(place, argv))
    }

    /// Runs a command on the node to its end.
    ///
    /// # Errors
    /// When it can't be started at all.
    pub fn run(&self, place: Place, argv: &[&str]) -> Result<Output> {
        self.std_command(place, argv)
            .output()
            .with_context(|| format!("running {argv:?} on the node"))
    }

    /// As [`Self::command`], for code without a runtime.
    #[must_use]
    pub fn std_command(&self, place: Place, argv: &[&str]) -> Command {
        let inner = &self.inner;
        let group = &inner.plan.control_group;
        let (target, control_group) = match place {
            Place::Host => (Some(inner.init), group.join("system.slice")),
            Place::Admin => (
                Container::Admin.first_process(group),
                Container::Admin.control_group(group).join("exec"),
            ),
            Place::Control => (
                Container::Control.first_process(group),
                Container::Control.control_group(group).join("exec"),
            ),
        };
        let entry = Entry {
            // Number 0 is nobody's: the program then says that the place does not run.
            target: target.unwrap_or(0),
            network_of: None,
            new_network: false,
            control_group,
            confined: place == Place::Control,
            argv: argv.iter().map(|word| (*word).to_owned()).collect(),
        };
        let mut command = enter::command(inner.machine.lab_binary(), &entry);
        command.stdin(Stdio::null());
        command
    }

    /// This machine's path of the control container's `/var/lib/amazon/ssm`.
    #[must_use]
    pub fn ssm_dir(&self) -> PathBuf {
        self.inner
            .plan
            .folder
            .join("local/host-containers/control/ssm")
    }

    /// This machine's path of the node's data volume, the host's `/local`.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.inner.plan.folder.join("local")
    }

    /// This machine's way to the host's own `/var/log`, as the host sees it, with whatever is mounted
    /// below it. It ends with the node.
    #[must_use]
    pub fn log_dir(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/var/log", self.inner.init))
    }

    /// Whether the admin container runs at this moment.
    #[must_use]
    pub fn admin_running(&self) -> bool {
        Container::Admin
            .first_process(&self.inner.plan.control_group)
            .is_some()
    }

    /// Puts a pod on the node.
    ///
    /// # Errors
    /// When its address or uid is taken.
    pub fn add_pod(&self, pod: PodConfig) -> Result<PodHandle> {
        let inner = &self.inner;
        let group = pod::control_group(&inner.plan.control_group, &pod);
        let place = pod::Place::make(
            &inner.machine,
            inner.init,
            group,
            Path::new(PROGRAMS),
            pod.host_network,
        )?;
        if !pod.host_network {
            network::wire_pod(inner.init, place.pid(), pod.ip)?;
        }
        Ok(PodHandle::new(pod, place))
    }

    /// The hosts behind the node's `eth0`.
    ///
    /// # Errors
    /// Never on a node that has booted.
    pub fn outside(&self) -> Result<&Outside> {
        self.inner
            .outside
            .as_ref()
            .context("the node has no surroundings")
    }

    /// The node's first process, by its number on this machine.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.inner.init
    }
}

impl Inner {
    fn make_outside(&self) -> Result<Outside> {
        let programs = self.plan.images.join("bin");
        let group = self
            .machine
            .node_control_group(&format!("{}-outside", self.plan.config.name))?;
        let place = pod::Place::make(&self.machine, std::process::id(), group, &programs, false)?;
        network::wire_outside(self.init, place.pid(), self.plan.config.address)?;
        Ok(Outside::new(place))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.outside = None;
        self.life.end();
        let ended = cgroup::end(&self.plan.control_group).and_then(|()| {
            fs::remove_dir_all(&self.plan.folder).context("removing the node's folder")
        });
        if let Err(error) = ended {
            eprintln!("lab: ending node {}: {error:#}", self.plan.config.name);
        }
    }
}
