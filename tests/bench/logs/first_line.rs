//! How many round trips it takes until the first line is printed.

use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;

use super::cluster::{Cluster, NODES, Way};
use super::files::Files;

/// How long an answer takes here: much longer than anything else.
const LATENCY: Duration = Duration::from_millis(300);
/// A call that begins so long after others waits for their answers.
const SAME: Duration = Duration::from_millis(200);
/// Bytes of a file.
const FILE: u64 = 64 << 10;

/// Round trips until a line of the target is printed, which has a pod on each node, or is one.
///
/// # Errors
/// When there is no line.
pub(crate) fn round_trips(program: &Path, target: &str) -> Result<usize> {
    let cluster = Cluster::start(Way {
        latency: LATENCY,
        ..Way::default()
    })?;
    for number in 0..NODES {
        for pod in [format!("db-{number}"), format!("web-7d9f5c-x2vq{number}")] {
            Files::write(&cluster.log(&pod, number), number, FILE, true)?;
        }
    }
    let mut command = cluster.command(program);
    command.args(["logs", target]).stdin(Stdio::null());
    command.stderr(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut output = child.stdout.take().context("no standard output")?;
    output.read_exact(&mut [0]).context("it prints nothing")?;
    let at = Timestamp::now();
    std::io::copy(&mut output, &mut std::io::sink())?;
    ensure!(child.wait()?.success(), "`heeler logs {target}` has failed");
    let (mut count, mut begun) = (0, None);
    // What was asked later had no answer yet.
    let last = at - LATENCY;
    for call in cluster.kube.calls().iter().filter(|call| call.at <= last) {
        let waits = |begun| call.at.duration_since(begun).unsigned_abs() > SAME;
        if begun.is_none_or(waits) {
            begun = Some(call.at);
            count += 1;
        }
    }
    Ok(count)
}
