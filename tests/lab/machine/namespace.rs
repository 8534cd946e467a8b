//! Doing one thing inside another process's namespaces, on a thread that ends with it.

use std::fs::File;

use anyhow::{Context, Result, anyhow};
use nix::sched::{CloneFlags, setns, unshare};

/// Runs `work` in the mount and network namespaces of the process `pid` of this machine.
///
/// The network namespace is needed for mounts as well: which file a path below `/proc/sys/net`
/// leads to depends on it.
pub(crate) fn within_mounts_of<T: Send>(
    pid: u32,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    within(pid, &["net", "mnt"], work)
}

/// Runs `work` in the network namespace of the process `pid` of this machine: `/proc/sys/net` and
/// `/proc/thread-self/net` then are that namespace's, and so are sockets, for as long as they live.
pub(crate) fn within_network_of<T: Send>(
    pid: u32,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    within(pid, &["net"], work)
}

fn within<T: Send>(pid: u32, kinds: &[&str], work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let open = |kind: &&str| {
        let path = format!("/proc/{pid}/ns/{kind}");
        File::open(&path).with_context(|| format!("opening {path}: the process has ended"))
    };
    let namespaces: Vec<File> = kinds.iter().map(open).collect::<Result<_>>()?;
    let on_thread = move || {
        // A mount namespace can't be entered while root and working folder are shared with other threads.
        unshare(CloneFlags::CLONE_FS).context("unsharing the thread's root folder")?;
        for namespace in &namespaces {
            setns(namespace, CloneFlags::empty()).context("entering a namespace")?;
        }
        work()
    };
    std::thread::scope(|scope| scope.spawn(on_thread).join())
        .unwrap_or_else(|_| Err(anyhow!("the work in a namespace panicked")))
}
