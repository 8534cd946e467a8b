//! Pods and the hosts outside: network namespaces with processes in them.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::config::PodConfig;
use super::counters::{self, ListenCounters};
use crate::machine::{Machine, cgroup};
use crate::program::enter::{self, Entry};
use crate::program::traffic::{self, LoadCounts, LoadPlan, ServePlan};

/// A network namespace of a node's surroundings, kept by a process that only exists.
pub(super) struct Place {
    machine: Machine,
    /// The process whose mounts and processes those of this place share.
    home: u32,
    control_group: PathBuf,
    /// Where the programs are, as seen from `home`.
    programs: PathBuf,
    pid: u32,
    keeper: Attendant,
}

impl Place {
    /// Makes a place beside `home`; with `shares_network` in its network namespace, else in a new one.
    pub(super) fn make(
        machine: &Machine,
        home: u32,
        control_group: PathBuf,
        programs: &Path,
        shares_network: bool,
    ) -> Result<Self> {
        let entry = Entry {
            target: home,
            network_of: None,
            new_network: !shares_network,
            control_group: control_group.clone(),
            confined: false,
            argv: vec![programs.join(traffic::WAIT).display().to_string()],
        };
        let keeper = Attendant::start(enter::command(machine.lab_binary(), &entry))?;
        let pid = cgroup::first_process(&control_group).context("a place's process has ended")?;
        Ok(Self {
            machine: machine.clone(),
            home,
            control_group,
            programs: programs.to_owned(),
            pid,
            keeper,
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// A command in this place's network namespace.
    pub(super) fn command(&self, argv: Vec<String>) -> Command {
        let entry = Entry {
            target: self.home,
            network_of: Some(self.pid),
            new_network: false,
            control_group: self.control_group.clone(),
            confined: false,
            argv,
        };
        enter::command(self.machine.lab_binary(), &entry)
    }

    fn attendant(&self, program: &str, plan: &impl Serialize) -> Result<Attendant> {
        let program = self.programs.join(program).display().to_string();
        Attendant::start(self.command(vec![program, serde_json::to_string(plan)?]))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.keeper.end();
        if let Err(error) = cgroup::end(&self.control_group) {
            eprintln!("lab: {error:#}");
        }
    }
}

/// A process of the lab in a place: it answers `ready` when it runs, and ends with its input.
pub(crate) struct Attendant {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Attendant {
    fn start(mut command: Command) -> Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().context("no pipe from a process")?);
        let mut attendant = Self {
            process,
            orders,
            answers,
        };
        match attendant.answer()?.as_str() {
            "ready" => Ok(attendant),
            other => bail!("{command:?} did not start: {other:?}"),
        }
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .context("waiting for a process's answer")?;
        Ok(line.trim_end().to_owned())
    }

    fn order(&mut self, order: &str) -> Result<String> {
        let orders = self
            .orders
            .as_mut()
            .context("the process was told to end")?;
        writeln!(orders, "{order}").context("ordering a process: it has ended")?;
        self.answer()
    }

    fn end(&mut self) {
        drop(self.orders.take());
        // The process in the namespace is killed with its control group at the latest.
        self.process.try_wait().ok();
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        self.end();
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A load generator that runs in a pod until it is dropped.
pub struct Load {
    process: Attendant,
}

impl Load {
    /// Opens `count` connections at once and returns when all have ended, or were given up.
    pub(crate) fn burst(&mut self, count: u64) -> Result<LoadCounts> {
        self.counts_after(&format!("burst {count}"))
    }

    /// The same where there is room for all of them: each has the time that it needs.
    pub(crate) fn fill(&mut self, count: u64) -> Result<LoadCounts> {
        self.counts_after(&format!("fill {count}"))
    }

    /// Changes the rate, in connections a second.
    pub(crate) fn set_rate(&mut self, per_second: f64) -> Result<LoadCounts> {
        self.counts_after(&format!("rate {per_second}"))
    }

    /// What it has done so far.
    ///
    /// # Errors
    /// When the generator has ended.
    pub fn counts(&mut self) -> Result<LoadCounts> {
        self.counts_after("count 0")
    }

    fn counts_after(&mut self, order: &str) -> Result<LoadCounts> {
        let answer = self.process.order(order)?;
        serde_json::from_str(&answer).with_context(|| format!("the load generator said {answer:?}"))
    }
}

/// A pod on a node. A cheap handle: the last one to go ends the pod.
#[derive(Clone)]
pub struct PodHandle {
    config: PodConfig,
    place: Arc<Place>,
}

impl PodHandle {
    pub(super) fn new(config: PodConfig, place: Place) -> Self {
        Self {
            config,
            place: Arc::new(place),
        }
    }

    /// What the pod was made of.
    #[must_use]
    pub fn config(&self) -> &PodConfig {
        &self.config
    }

    /// The pod's process, by its number on this machine.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.place.pid()
    }

    /// What the pod's listeners have refused, from the kernel.
    ///
    /// # Errors
    /// When the pod has ended.
    pub fn listen_counters(&self) -> Result<ListenCounters> {
        counters::listeners(self.pid())
    }

    /// Starts a server in the pod.
    pub(crate) fn serve(&self, plan: &ServePlan) -> Result<Attendant> {
        self.place.attendant(traffic::SERVE, plan)
    }

    /// Starts a load generator in the pod.
    pub(crate) fn load(&self, plan: &LoadPlan) -> Result<Load> {
        Ok(Load {
            process: self.place.attendant(traffic::LOAD, plan)?,
        })
    }
}

/// The hosts outside: what a node reaches through its `eth0`.
pub struct Outside {
    place: Place,
}

impl Outside {
    pub(super) fn new(place: Place) -> Self {
        Self { place }
    }

    /// Starts a server out there.
    pub(crate) fn serve(&self, plan: &ServePlan) -> Result<Attendant> {
        self.place.attendant(traffic::SERVE, plan)
    }

    /// Starts a load generator out there.
    pub(crate) fn load(&self, plan: &LoadPlan) -> Result<Load> {
        Ok(Load {
            process: self.place.attendant(traffic::LOAD, plan)?,
        })
    }
}

/// A pod's control group below its node's, in the form that the kubelet and containerd give it.
pub(super) fn control_group(node: &Path, pod: &PodConfig) -> PathBuf {
    let uid = pod.uid.replace('-', "_");
    let container = format!("{:0<64}", pod.uid.replace('-', ""));
    node.join("kubepods.slice/kubepods-burstable.slice")
        .join(format!("kubepods-burstable-pod{uid}.slice"))
        .join(format!("cri-containerd-{container}.scope"))
}
