//! The node's host containers: how their roots are made, and how they start and stop. Everything
//! here runs inside the node, below its API server.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sched::CloneFlags;
use serde::{Deserialize, Serialize};

use super::config::{NodePlan, Shell};
use super::image::Layer;
use super::root::{self, below};
use super::state::LAB;
use super::{cpus, devices, mount, proc_view};
use crate::machine::cgroup;

/// The node's control groups as the node itself sees them.
pub(crate) const CONTROL_GROUPS: &str = "/sys/fs/cgroup";
/// The name by which the lab's binary is called to become a container's first process.
pub(crate) const PROGRAM: &str = "lab-container";
/// Holds a mark for each container that was started since the boot.
const STARTED: &str = "/run/host-containers";
/// The search path in every image.
pub(crate) const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// One of the node's host containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Container {
    Admin,
    Control,
}

impl Container {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Control => "control",
        }
    }

    /// The container called `name`, if the node can have it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Admin, Self::Control]
            .into_iter()
            .find(|container| container.name() == name)
    }

    /// The container's control group below the node's, which is at `node`.
    pub(crate) fn control_group(self, node: &Path) -> PathBuf {
        node.join("host-containers").join(self.name())
    }

    /// The container's first process, by the number that it has in the caller's pid namespace.
    pub(crate) fn first_process(self, node_control_group: &Path) -> Option<u32> {
        cgroup::first_process(&self.control_group(node_control_group).join("init"))
    }

    /// As [`Self::first_process`], for a caller on the node.
    pub(crate) fn first_process_here(self) -> Option<u32> {
        self.first_process(Path::new(CONTROL_GROUPS))
    }

    /// Starts the container and returns when its root is ready. `None` when it runs already.
    pub(crate) fn start(self) -> Result<Option<Child>> {
        if self.first_process_here().is_some() {
            return Ok(None);
        }
        let lab = Path::new(LAB).join("image/lab");
        let mut child = Command::new(lab)
            .arg0(PROGRAM)
            .arg(self.name())
            .env_clear()
            .env("PATH", SEARCH_PATH)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting the {} container", self.name()))?;
        let mut ready = String::new();
        let mut answer =
            std::io::BufReader::new(child.stdout.take().context("no pipe to the container")?);
        std::io::BufRead::read_line(&mut answer, &mut ready)?;
        if ready.trim() != "ready" {
            bail!(
                "the {} container did not start: see the node's log",
                self.name()
            );
        }
        fs::create_dir_all(STARTED)
            .and_then(|()| fs::write(self.started_mark(), ""))
            .context("noting the start")?;
        Ok(Some(child))
    }

    /// Whether the container was started since the node's boot; containerd words it differently.
    pub(crate) fn was_started(self) -> bool {
        self.started_mark().exists()
    }

    fn started_mark(self) -> PathBuf {
        Path::new(STARTED).join(self.name())
    }

    /// Kills everything that runs in the container.
    pub(crate) fn stop(self) -> Result<()> {
        cgroup::end(&self.control_group(Path::new(CONTROL_GROUPS)))
    }

    fn layers(self, plan: &NodePlan) -> Vec<Layer> {
        match self {
            Self::Admin => vec![Layer::Admin],
            Self::Control => {
                let shell = match plan.config.shell {
                    Shell::Bash => Layer::ShellBash,
                    Shell::Dash => Layer::ShellDash,
                };
                let gzip = plan.config.has_gzip.then_some(Layer::Gzip);
                gzip.into_iter().chain([shell, Layer::Control]).collect()
            }
        }
    }

    /// The namespaces that the container does not share with the host.
    pub(crate) fn own_namespaces(self) -> CloneFlags {
        let common = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUTS | CloneFlags::CLONE_NEWIPC;
        match self {
            Self::Admin => common,
            Self::Control => common | CloneFlags::CLONE_NEWPID,
        }
    }

    /// Joins the container's control group, for the first process.
    pub(crate) fn join_as_first(self) -> Result<()> {
        cgroup::join(&self.control_group(Path::new(CONTROL_GROUPS)).join("init"))
    }

    /// Replaces the host's root by the container's, in the calling process's own mount namespace.
    pub(crate) fn enter(self) -> Result<()> {
        let lab = Path::new(LAB);
        let plan = NodePlan::read(&lab.join("state").join(NodePlan::FILE))?;
        mount::make_slave()?;
        let host = (self == Self::Admin)
            .then(|| mount::detached_copy(Path::new("/"), true))
            .transpose()?;
        let root = root::assemble(
            &lab.join("image"),
            &self.layers(&plan),
            &lab.join("containers"),
        )?;
        self.mount_kernel(&plan, &root)?;
        self.mount_shared(&root)?;
        if let Some(host) = host {
            let rootfs = below(&root, "/.bottlerocket/rootfs");
            fs::create_dir_all(&rootfs)?;
            mount::attach(&host, &rootfs)?;
        }
        mount::pivot_into(&root)
    }

    fn mount_kernel(self, plan: &NodePlan, root: &Path) -> Result<()> {
        match self {
            Self::Admin => {
                mount::bind(Path::new("/proc"), &below(root, "/proc"))?;
                mount::bind(Path::new("/dev"), &below(root, "/dev"))?;
            }
            Self::Control => {
                proc_view::make(root)?;
                let sysctls = below(root, "/proc/sys");
                mount::bind_read_only(&sysctls, &sysctls)?;
                let state = Path::new(LAB).join("state");
                cpus::show_in_proc(root, &state)?;
                proc_view::show_boot_id(root, &state)?;
                proc_view::show(plan.config.proc, root, Path::new(LAB))?;
                devices::make(&below(root, "/dev"), false)?;
            }
        }
        mount::bind(Path::new("/sys"), &below(root, "/sys"))?;
        if Path::new("/.lab/net").exists() {
            mount::bind_read_only(Path::new("/.lab/net"), &below(root, "/.lab/net"))?;
        }
        Ok(())
    }

    /// The mounts that every host container gets (host-ctr `withDefaultMounts`).
    fn mount_shared(self, root: &Path) -> Result<()> {
        for at in ["/run", "/tmp"] {
            mount::file_system("tmpfs", &below(root, at), "mode=1777,size=64m")?;
        }
        mount::bind(Path::new("/run/api.sock"), &below(root, "/run/api.sock"))?;
        mount::bind_read_only(
            Path::new("/etc/os-release"),
            &below(root, "/etc/bottlerocket-release"),
        )?;
        mount::bind_read_only(
            Path::new("/var/log/support"),
            &below(root, "/.bottlerocket/support"),
        )?;
        let persistent = Path::new("/local/host-containers").join(self.name());
        fs::create_dir_all(persistent.join("ssm"))?;
        for name in [self.name(), "current"] {
            mount::bind(
                &persistent,
                &below(root, Path::new("/.bottlerocket/host-containers").join(name)),
            )?;
        }
        if self == Self::Control {
            fs::create_dir_all(below(root, "/var/lib/amazon"))?;
            symlink(
                "/.bottlerocket/host-containers/current/ssm",
                below(root, "/var/lib/amazon/ssm"),
            )?;
        }
        Ok(())
    }
}

/// What a process needs to run inside the admin container: open files, because nothing may be
/// allocated between fork and exec.
pub(crate) struct Door {
    namespaces: Vec<File>,
    control_group: File,
}

impl Door {
    /// The door to the admin container whose first process is `pid`.
    pub(crate) fn to_admin(pid: u32) -> Result<Self> {
        let control_group = cgroup::open(
            &Container::Admin
                .control_group(Path::new(CONTROL_GROUPS))
                .join("exec"),
        )?;
        let namespaces = ["ipc", "uts", "mnt"]
            .iter()
            .map(|kind| File::open(format!("/proc/{pid}/ns/{kind}")))
            .collect::<std::io::Result<_>>()
            .context("opening the admin container's namespaces")?;
        Ok(Self {
            namespaces,
            control_group,
        })
    }

    /// Moves the calling process in. For use between fork and exec.
    pub(crate) fn pass(&self) -> std::io::Result<()> {
        nix::unistd::write(&self.control_group, b"0")?;
        for namespace in &self.namespaces {
            nix::sched::setns(namespace, CloneFlags::empty())?;
        }
        Ok(())
    }
}
