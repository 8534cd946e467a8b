//! The wires: a node's `eth0` to the hosts outside, and a pod's `eth0` to its node, as the VPC CNI
//! lays them (a host route for each pod, a link-local gateway). Nothing ever appears in the
//! machine's own network namespace.

use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The gateway that the VPC CNI gives each pod.
const POD_GATEWAY: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 1);
/// The address of the host behind a node's `eth0`.
pub(crate) const OUTSIDE: Ipv4Addr = Ipv4Addr::new(10, 0, 9, 4);

/// Wires the node to the hosts outside; both are given by a process of theirs on this machine.
pub(super) fn wire_outside(node: u32, outside: u32, address: Ipv4Addr) -> Result<()> {
    ip(&format!(
        "link add eth0 netns {node} type veth peer name eth0 netns {outside}"
    ))?;
    ip_within(
        node,
        &format!(
            "link set lo up\nlink set eth0 up\naddress add {address}/32 dev eth0\n\
             route add {OUTSIDE}/32 dev eth0 src {address}\nroute add default via {OUTSIDE} dev eth0 src {address}\n"
        ),
    )?;
    ip_within(
        outside,
        &format!(
            "link set lo up\nlink set eth0 up\naddress add {OUTSIDE}/32 dev eth0\n\
             route add {address}/32 dev eth0\nroute add default via {address} dev eth0\n"
        ),
    )?;
    track(node)
}

/// Makes the node's kernel track connections, as kube-proxy's rules do.
fn track(node: u32) -> Result<()> {
    let rule = "-A FORWARD -m conntrack --ctstate NEW,RELATED,ESTABLISHED -m comment --comment KUBE-FORWARD -j ACCEPT";
    iptables(node, rule)
}

/// Adds an iptables rule on the node.
pub(crate) fn iptables(node: u32, rule: &str) -> Result<()> {
    let node = node.to_string();
    let mut command = Command::new("nsenter");
    command
        .args(["-t", &node, "-n", "iptables", "-w"])
        .args(rule.split(' '));
    run(&mut command, "")
}

/// Wires a pod to its node.
pub(super) fn wire_pod(node: u32, pod: u32, address: Ipv4Addr) -> Result<()> {
    let [_, b, c, d] = address.octets();
    let device = format!("eni{b:02x}{c:02x}{d:02x}");
    ip(&format!(
        "link add {device} netns {node} type veth peer name eth0 netns {pod}"
    ))?;
    ip_within(
        node,
        &format!("link set {device} up\nroute add {address}/32 dev {device}\n"),
    )?;
    within_node(
        node,
        &[
            "sysctl",
            "-qw",
            &format!("net.ipv4.conf.{device}.proxy_arp=1"),
        ],
    )?;
    ip_within(
        pod,
        &format!(
            "link set lo up\nlink set eth0 up\naddress add {address}/32 dev eth0\n\
             route add {POD_GATEWAY}/32 dev eth0\nroute add default via {POD_GATEWAY} dev eth0\n"
        ),
    )?;
    // Tens of thousands of connections to one server need as many ports.
    within_node(
        pod,
        &["sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65535"],
    )
}

fn within_node(pid: u32, command: &[&str]) -> Result<()> {
    run(
        Command::new("nsenter")
            .args(["-t", &pid.to_string(), "-n"])
            .args(command),
        "",
    )
}

fn ip(arguments: &str) -> Result<()> {
    run(Command::new("ip").args(arguments.split(' ')), "")
}

fn ip_within(pid: u32, batch: &str) -> Result<()> {
    run(
        Command::new("nsenter").args(["-t", &pid.to_string(), "-n", "ip", "-batch", "-"]),
        batch,
    )
}

fn run(command: &mut Command, input: &str) -> Result<()> {
    use std::io::Write;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {command:?}"))?;
    child
        .stdin
        .take()
        .context("no pipe")?
        .write_all(input.as_bytes())?;
    let output = child
        .wait_with_output()
        .with_context(|| format!("running {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
