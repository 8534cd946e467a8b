//! What a kubelet runs in a container of a pod: a real process of this machine, which sees the folders of
//! the node where the pod's spec mounts them, and cannot write where that says so.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::Kubelet;
use super::faults::Break;
use crate::node::container::SEARCH_PATH;
use crate::node::mount;

/// The only folder of the node that a pod can have here.
const LOGS: &str = "/var/log";
/// Bytes that are read at once.
const PIECE: usize = 32 << 10;

/// What comes of a process.
#[derive(Debug)]
pub(crate) enum Said {
    Out(Vec<u8>),
    Err(Vec<u8>),
    /// The connection breaks.
    Cut,
    /// Nothing comes any more.
    Stall,
    /// It has ended with this code.
    Ended(i32),
    /// It was not started.
    Unstarted(String),
}

/// A command that runs; it ends with this.
pub(crate) struct Running {
    said: mpsc::Receiver<Said>,
    /// Who is killed when nobody listens any more.
    pid: Option<i32>,
}

impl Running {
    pub(crate) async fn next(&mut self) -> Option<Said> {
        let said = self.said.recv().await;
        if matches!(said, Some(Said::Ended(_) | Said::Unstarted(_)) | None) {
            self.pid = None;
        }
        said
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(pid) = self.pid {
            // It may have ended by itself meanwhile.
            kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
        }
    }
}

impl Kubelet {
    /// Runs a command in the first container of a pod.
    pub(crate) async fn exec(&self, pod: &Value, command: Vec<String>) -> Running {
        let (sender, said) = mpsc::channel(4);
        let (started, pid) = oneshot::channel();
        let (mounts, stop) = (self.mounts(pod), self.faults.next_break());
        thread::spawn(move || {
            let child = mounts.and_then(|mounts| start(&mounts, &command));
            match child {
                Ok(child) => {
                    started.send(i32::try_from(child.id()).ok()).ok();
                    attend(child, &sender, stop);
                }
                Err(error) => {
                    started.send(None).ok();
                    sender
                        .blocking_send(Said::Unstarted(format!("{error:#}")))
                        .ok();
                }
            }
        });
        let pid = pid.await.ok().flatten();
        Running { said, pid }
    }

    /// What of the node the container sees, where, and whether it can only read it.
    fn mounts(&self, pod: &Value) -> Result<Vec<(PathBuf, PathBuf, bool)>> {
        let path_of = |name: &Value| {
            let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
            let mut named = volumes.filter(|volume| &volume["name"] == name);
            named.next()?["hostPath"]["path"].as_str()
        };
        let mounts = pod["spec"]["containers"][0]["volumeMounts"].as_array();
        let mounts = mounts.into_iter().flatten().map(|mount| {
            let host = path_of(&mount["name"]).context("a volume that is no hostPath")?;
            let below = Path::new(host).strip_prefix(LOGS);
            let below = below.with_context(|| format!("the lab's nodes have no {host}"))?;
            let at = mount["mountPath"].as_str().context("no mountPath")?;
            let is_read_only = mount["readOnly"] == true;
            Ok((self.logs.join(below), PathBuf::from(at), is_read_only))
        });
        mounts.collect()
    }
}

/// Starts a process in a mount namespace of its own, from a thread that ends with it.
fn start(mounts: &[(PathBuf, PathBuf, bool)], command: &[String]) -> Result<Child> {
    unshare(CloneFlags::CLONE_NEWNS).context("unsharing the mounts")?;
    mount::make_private()?;
    for (from, at, is_read_only) in mounts {
        match is_read_only {
            true => mount::bind_read_only(from, at)?,
            false => mount::bind(from, at)?,
        }
    }
    let Some((program, rest)) = command.split_first() else {
        bail!("you must specify at least one command for the container");
    };
    let child = Command::new(program)
        .args(rest)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    // As runc says it.
    child.with_context(|| format!("exec: {program:?}: executable file not found in $PATH"))
}

fn attend(mut child: Child, said: &mpsc::Sender<Said>, stop: Option<(u64, Break)>) {
    let errors = child.stderr.take().map(|pipe| {
        let said = said.clone();
        thread::spawn(move || pass(pipe, &said, Said::Err, None))
    });
    if let Some(pipe) = child.stdout.take() {
        pass(pipe, said, Said::Out, stop);
    }
    errors.map(thread::JoinHandle::join);
    let status = child.wait();
    let code = status.ok().and_then(|status| status.code()).unwrap_or(137);
    said.blocking_send(Said::Ended(code)).ok();
}

/// Hands on what comes, as far as it comes.
fn pass(
    mut pipe: impl Read,
    said: &mpsc::Sender<Said>,
    kind: fn(Vec<u8>) -> Said,
    stop: Option<(u64, Break)>,
) {
    let mut left = stop.as_ref().map_or(u64::MAX, |(after, _)| *after);
    let mut piece = vec![0; PIECE];
    while let Ok(count) = pipe.read(&mut piece)
        && count > 0
    {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(count);
        left -= most as u64;
        let bytes = piece.get(..most).unwrap_or_default().to_vec();
        if said.blocking_send(kind(bytes)).is_err() {
            return;
        }
        if left == 0 {
            let last = match stop.as_ref().map(|(_, stop)| stop) {
                Some(Break::Stall) => Said::Stall,
                _ => Said::Cut,
            };
            said.blocking_send(last).ok();
            return;
        }
    }
}
