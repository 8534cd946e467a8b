//! What Heeler is compared with: the same looks, sent one by one with boto3 or the AWS CLI.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::scene::Lab;
use serde_json::{Value, json};

/// Between two listings, from start to start.
const POLL: Duration = Duration::from_millis(200);
/// How an invocation can end, but for success.
const FAILED: [&str; 3] = ["Failed", "TimedOut", "Cancelled"];
const BOTO3: &str = include_str!("look_by_look.py");

/// The runbook's looks at a node, each as the shortest command that a person would type for it.
/// Counters are read once; nothing is framed, packed or interpreted. That costs a node less than
/// the runbook's own scripts do, so that the comparison is in favour of the other side.
pub(crate) const LOOKS: [&str; 8] = [
    // table
    "cd /proc/sys/net/netfilter && cat nf_conntrack_count nf_conntrack_max nf_conntrack_tcp_timeout_time_wait",
    // traffic
    "cat /proc/net/stat/nf_conntrack",
    // entries
    "head -n 5000 /proc/net/nf_conntrack | awk '{ n[$6]++ } END { print NR; for (state in n) print state, n[state] }'",
    // log
    "apiclient exec -T admin sh -c 'dmesg | grep -c \"table full\" || true'",
    // sockets
    "apiclient exec -T admin sh -c 'cat /proc/[0-9]*/net/netstat | grep ^TcpExt | sort -u'",
    // allowance
    "apiclient exec -T admin chroot /.bottlerocket/rootfs ethtool -S eth0 | grep conntrack_allowance_exceeded",
    // memory
    "grep -E '^Mem(Total|Available)' /proc/meminfo",
    // kernel_settings
    "apiclient get settings.kernel",
];

/// One boto3 process that asks all looks of all nodes of the lab; the time that it takes.
pub(crate) fn with_boto3(lab: &Lab, python: &Path) -> Result<Duration> {
    let began = Instant::now();
    let mut child = lab
        .command(python)
        .args(["-c", BOTO3])
        .args(instances(lab))
        .stdin(Stdio::piped())
        .spawn()
        .context("start Python")?;
    let mut stdin = child.stdin.take().context("Python has no standard input")?;
    stdin.write_all(json!(LOOKS).to_string().as_bytes())?;
    drop(stdin);
    ensure!(child.wait()?.success(), "the boto3 process failed");
    Ok(began.elapsed())
}

/// The AWS CLI, one process for each call, asking the same; the time that it takes.
pub(crate) fn with_aws_cli(lab: &Lab, python: &Path) -> Result<Duration> {
    let began = Instant::now();
    let instances = instances(lab);
    for look in LOOKS {
        let parameters = json!({ "commands": [look] }).to_string();
        let mut send = aws(lab, python, "send-command");
        send.args([
            "--document-name",
            "AWS-RunShellScript",
            "--parameters",
            &parameters,
        ]);
        send.arg("--instance-ids").args(&instances);
        let sent = answer(&mut send)?;
        let command = sent
            .pointer("/Command/CommandId")
            .and_then(Value::as_str)
            .context("no command id")?;
        await_end(lab, python, command, instances.len())?;
    }
    Ok(began.elapsed())
}

fn await_end(lab: &Lab, python: &Path, command: &str, nodes: usize) -> Result<()> {
    loop {
        let asked = Instant::now();
        let mut list = aws(lab, python, "list-command-invocations");
        let listed = answer(list.args(["--details", "--command-id", command]))?;
        let invocations = listed
            .pointer("/CommandInvocations")
            .and_then(Value::as_array)
            .context("no invocations")?;
        let status =
            |invocation: &Value| invocation.pointer("/Status")?.as_str().map(str::to_owned);
        let statuses: Vec<String> = invocations.iter().filter_map(status).collect();
        if statuses.len() == nodes && statuses.iter().all(|status| status == "Success") {
            return Ok(());
        }
        if statuses
            .iter()
            .any(|status| FAILED.contains(&status.as_str()))
        {
            bail!("a look failed: {listed}");
        }
        sleep(POLL.saturating_sub(asked.elapsed()));
    }
}

fn aws(lab: &Lab, python: &Path, operation: &str) -> Command {
    let mut command = lab.command(python);
    command.args(["-m", "awscli", "ssm", operation, "--output", "json"]);
    command
}

fn answer(command: &mut Command) -> Result<Value> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .context("start the AWS CLI")?;
    ensure!(output.status.success(), "the AWS CLI failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn instances(lab: &Lab) -> Vec<String> {
    let nodes = lab.nodes().iter();
    nodes
        .map(|node| node.config().instance_id.clone())
        .collect()
}
