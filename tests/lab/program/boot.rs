//! The processes that a node consists of: one outside that makes its namespaces, the first inside,
//! and the first of each container. Each is the lab's own binary under another name.

use std::io::{Read, Write, stdin, stdout};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::{WaitStatus, wait};

use crate::machine::cgroup;
use crate::node::config::{NodePlan, ProcView};
use crate::node::container::Container;
use crate::node::systemd::pid1;
use crate::node::{host, proc_view};

/// The name of the process that makes a node's namespaces.
pub(crate) const BOOT: &str = "lab-boot";
/// The name of a node's first process.
pub(crate) const INIT: &str = "lab-init";
const ONESELF: &str = "/proc/self/exe";

/// Makes the node's namespaces, starts its first process and lives as long as that does.
///
/// `arguments` is the path of the node's plan. Standard input is the node's life line: when its
/// other end closes, the node ends.
pub(crate) fn boot(arguments: &[String]) -> Result<()> {
    let plan = read_plan(arguments)?;
    nix::unistd::setsid().ok();
    cgroup::join(&plan.control_group)?;
    unshare(
        CloneFlags::CLONE_NEWNS
            | CloneFlags::CLONE_NEWNET
            | CloneFlags::CLONE_NEWPID
            | CloneFlags::CLONE_NEWUTS
            | CloneFlags::CLONE_NEWIPC
            | CloneFlags::CLONE_NEWCGROUP,
    )
    .context("making the node's namespaces")?;
    let mut init = Command::new(ONESELF)
        .arg0(INIT)
        .args(arguments)
        .spawn()
        .context("starting the node's init")?;
    println!("init {}", init.id());
    init.wait().context("waiting for the node's init")?;
    Ok(())
}

/// The node's first process: enters the host's root, becomes its systemd, reaps.
pub(crate) fn init(arguments: &[String]) -> Result<()> {
    let plan = read_plan(arguments)?;
    name_process(c"systemd");
    std::fs::write("/proc/sys/kernel/hostname", &plan.config.name).context("naming the host")?;
    host::enter(&plan)?;
    host::apply_boot_sysctls()?;
    if let ProcView::Composed { cpus } = plan.config.proc {
        std::thread::spawn(move || proc_view::refresh(cpus));
    }
    let reaper = pid1::begin()?;
    std::thread::spawn(|| {
        // The kernel kills the whole pid namespace with its first process.
        stdin().read_to_end(&mut Vec::new()).ok();
        std::process::exit(0);
    });
    reap_for_ever(|status| reaper.tell(status))
}

/// The first process of a container: makes its namespaces and its root, then only waits.
///
/// A container with a pid namespace of its own needs a second process to be the first in there.
pub(crate) fn container(arguments: &[String]) -> Result<i32> {
    let name = arguments.first().context("usage: lab-container NAME")?;
    let container =
        Container::named(name).with_context(|| format!("no container is called {name}"))?;
    container.join_as_first()?;
    unshare(container.own_namespaces()).context("making the container's namespaces")?;
    if container == Container::Control {
        return run_control_init();
    }
    finish_container(container, c"sleep")
}

fn run_control_init() -> Result<i32> {
    let status = Command::new(ONESELF)
        .arg0(super::CONTROL_INIT)
        .status()
        .context("starting the control container")?;
    Ok(i32::from(!status.success()))
}

/// The first process in the control container's pid namespace.
pub(crate) fn control_init() -> Result<i32> {
    finish_container(Container::Control, c"amazon-ssm-agent")
}

fn finish_container(container: Container, process_name: &std::ffi::CStr) -> Result<i32> {
    container.enter()?;
    name_process(process_name);
    println!("ready");
    stdout().flush()?;
    reap_for_ever(|_| {})
}

fn reap_for_ever<T>(tell: impl Fn(WaitStatus)) -> Result<T> {
    loop {
        match wait() {
            Err(Errno::ECHILD) => std::thread::sleep(std::time::Duration::from_millis(200)),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error).context("reaping"),
            Ok(status) => tell(status),
        }
    }
}

fn name_process(name: &std::ffi::CStr) {
    // Only for the eyes of `ps`: a failure changes nothing.
    nix::sys::prctl::set_name(name).ok();
}

fn read_plan(arguments: &[String]) -> Result<NodePlan> {
    NodePlan::read(Path::new(
        arguments.first().context("usage: lab-boot PLAN")?,
    ))
}
