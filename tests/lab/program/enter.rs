//! Runs one command inside a node or a pod, from outside: the lab's `nsenter`.
//!
//! Unlike the real one it can join a control group, take the container's capabilities only, and
//! make a network namespace, all before the command starts.

use std::fs::File;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::libc;
use nix::sched::{CloneFlags, setns, unshare};
use serde::{Deserialize, Serialize};

use crate::machine::cgroup;
use crate::node::container::SEARCH_PATH;

/// The name by which the lab's binary is called to become this program.
pub(crate) const PROGRAM: &str = "lab-enter";

/// Where and how the command runs; travels as the program's one argument.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The process whose namespaces are entered.
    pub(crate) target: u32,
    /// The process whose network namespace is entered, where that is another one.
    pub(crate) network_of: Option<u32>,
    /// Whether the command gets a new network namespace instead.
    pub(crate) new_network: bool,
    /// The control group to join.
    pub(crate) control_group: PathBuf,
    /// Whether the command has an unprivileged container's capabilities only.
    pub(crate) confined: bool,
    pub(crate) argv: Vec<String>,
}

/// A container's default capabilities: chown, dac_override, fowner, fsetid, kill, setgid, setuid,
/// setpcap, net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
const CONTAINER_CAPABILITIES: &[u8] = &[0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31];
const LAST_CAPABILITY: u8 = 40;

/// Enters, runs the command, and ends as it ended: 128 plus the signal's number after a signal.
#[expect(
    unsafe_code,
    reason = "a child can enter namespaces only between fork and exec"
)]
pub(crate) fn main(arguments: &[String]) -> Result<i32> {
    let entry: Entry = serde_json::from_str(arguments.first().context("usage: lab-enter ENTRY")?)?;
    let (program, rest) = entry.argv.split_first().context("no command to run")?;
    let mount_namespace = namespace(entry.target, "mnt")?;
    let control_group = cgroup::open(&entry.control_group)?;
    enter_all_but_mounts(&entry)?;
    let confined = entry.confined;
    let mut command = Command::new(program);
    command.args(rest);
    let enter_rest = move || {
        nix::unistd::write(&control_group, b"0")?;
        setns(&mount_namespace, CloneFlags::CLONE_NEWNS)?;
        if confined { confine() } else { Ok(()) }
    };
    // SAFETY: the closure only makes system calls on files opened before, and this process has one thread.
    unsafe { command.pre_exec(enter_rest) };
    match command.status() {
        Ok(status) => {
            let code = status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
            Ok(code)
        }
        Err(error) => {
            eprintln!("lab: can't run {program} there: {error}");
            Ok(127)
        }
    }
}

/// Root and control group are left to the child: this process stays outside, where it waits.
fn enter_all_but_mounts(entry: &Entry) -> Result<()> {
    let network = namespace(entry.network_of.unwrap_or(entry.target), "net")?;
    let others: Vec<File> = ["uts", "ipc", "cgroup", "pid_for_children"]
        .iter()
        .map(|kind| namespace(entry.target, kind))
        .collect::<Result<_>>()?;
    for namespace in &others {
        setns(namespace, CloneFlags::empty()).context("entering a namespace")?;
    }
    if entry.new_network {
        unshare(CloneFlags::CLONE_NEWNET).context("making a network namespace")
    } else {
        setns(&network, CloneFlags::CLONE_NEWNET).context("entering the network namespace")
    }
}

fn namespace(pid: u32, kind: &str) -> Result<File> {
    let path = format!("/proc/{pid}/ns/{kind}");
    File::open(&path).with_context(|| format!("opening {path}: has the node ended?"))
}

/// Gives up all other capabilities for what is executed next: root's come from this bounding set.
#[expect(unsafe_code, reason = "nix does not wrap PR_CAPBSET_DROP")]
fn confine() -> std::io::Result<()> {
    for capability in
        (0..=LAST_CAPABILITY).filter(|capability| !CONTAINER_CAPABILITIES.contains(capability))
    {
        // SAFETY: passes two numbers; the kernel answers EINVAL for a capability that it does not know.
        let result = unsafe {
            libc::prctl(
                libc::PR_CAPBSET_DROP,
                libc::c_ulong::from(capability),
                0,
                0,
                0,
            )
        };
        if result != 0 && std::io::Error::last_os_error().raw_os_error() != Some(libc::EINVAL) {
            return Err(std::io::Error::last_os_error());
        }
    }
    Ok(())
}

/// The command that runs this program with `entry`, with a clean environment, in a process group
/// of its own: a Ctrl-C at the lab's terminal is for the lab, which then ends it in good order.
pub(crate) fn command(lab_binary: &Path, entry: &Entry) -> Command {
    // An entry of plain texts and numbers always has a JSON form.
    let argument = serde_json::to_string(entry).unwrap_or_default();
    let mut command = Command::new(lab_binary);
    command
        .arg0(PROGRAM)
        .arg(argument)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .current_dir("/")
        .process_group(0);
    command
}
