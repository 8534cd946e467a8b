//! What the VPC CNI's pod leaves in the host's `/var/log/aws-routed-eni`: the address daemon's log,
//! the plugin's, and the two of the network policy agent, as lines of JSON.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::config::NodePlan;

/// The folder on the data volume.
const FOLDER: &str = "local/var/log/aws-routed-eni";
/// For how long the daemon has run.
const AGE: SignedDuration = SignedDuration::from_mins(30);
/// It looks at its pool of addresses so often.
const EVERY: SignedDuration = SignedDuration::from_secs(5);

/// A line: how long after the daemon's start, the level, the place in the source or the logger, and
/// the message.
type Line = (SignedDuration, &'static str, &'static str, String);

/// Writes what is there after half an hour.
pub(super) fn begin(plan: &NodePlan) -> Result<()> {
    let folder = plan.folder.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for (name, place, lines) in [
        ("ipamd.log", "caller", daemon()),
        ("plugin.log", "caller", plugin()),
        ("network-policy-agent.log", "logger", agent()),
        ("ebpf-sdk.log", "caller", sdk()),
    ] {
        let path = folder.join(name);
        fs::write(&path, text(Timestamp::now() - AGE, place, &lines)?)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn text(start: Timestamp, place: &str, lines: &[Line]) -> Result<String> {
    let mut text = String::new();
    for (after, level, of, message) in lines {
        let at = start + *after;
        let mut line = json!({"level": level, "ts": format!("{at:.3}"), "msg": message});
        line[place] = Value::from(*of);
        writeln!(text, "{line}")?;
    }
    Ok(text)
}

fn daemon() -> Vec<Line> {
    let at_once = SignedDuration::from_millis;
    let mut lines = vec![
        (at_once(3), "info", "aws-k8s-agent/main.go:42", "Starting L-IPAMD   ...".to_owned()),
        (at_once(9), "info", "aws-k8s-agent/main.go:53", "Testing communication with server".to_owned()),
        (at_once(71), "info", "aws-k8s-agent/main.go:53", "Successful communication with the Cluster! Cluster Version is: v1.33.".to_owned()),
        (at_once(240), "debug", "ipamd/ipamd.go:420", "Start node init".to_owned()),
        (
            SignedDuration::from_secs(2),
            "debug",
            "rpc/rpc.pb.go:713",
            "AddNetworkRequest: K8S_POD_NAME:\"checkout-7d9f5c-x2vqz\" K8S_POD_NAMESPACE:\"shop\" IfName:\"eth0\"".to_owned(),
        ),
        (
            SignedDuration::from_millis(2_004),
            "info",
            "rpc/rpc.pb.go:713",
            "Send AddNetworkReply: success: true IPv4Addr: \"10.0.1.101\", DeviceNumber: 0, err: <nil>".to_owned(),
        ),
    ];
    let mut at = EVERY;
    while at < AGE {
        lines.push((
            at,
            "debug",
            "ipamd/ipamd.go:660",
            "IP stats - total IPs: 14, assigned IPs: 2, cooldown IPs: 0".to_owned(),
        ));
        at += EVERY;
    }
    lines
}

fn plugin() -> Vec<Line> {
    let second = SignedDuration::from_secs(2);
    vec![
        (
            second,
            "info",
            "routed-eni-cni-plugin/cni.go:119",
            "Received CNI add request: ContainerID(5f2c9d) Netns(/var/run/netns/cni-8a1) IfName(eth0)".to_owned(),
        ),
        (
            second,
            "debug",
            "driver/driver.go:284",
            "Successfully set up pod network: hostVethName=eni3ac5c1, contVethName=eth0".to_owned(),
        ),
    ]
}

fn agent() -> Vec<Line> {
    vec![
        (
            SignedDuration::from_secs(1),
            "info",
            "setup",
            "starting manager".to_owned(),
        ),
        (
            SignedDuration::from_secs(3),
            "info",
            "controllers.policyEndpoints",
            "Received a new reconcile request".to_owned(),
        ),
    ]
}

fn sdk() -> Vec<Line> {
    vec![(
        SignedDuration::from_secs(1),
        "info",
        "maps/loader.go:284",
        "map /sys/fs/bpf/globals/aws/maps/global_aws_conntrack_map is loaded".to_owned(),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_json_with_its_time() {
        let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        for (place, lines) in [("caller", daemon()), ("logger", agent())] {
            let text = text(start, place, &lines).unwrap();
            for line in text.lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let at: Timestamp = line["ts"].as_str().unwrap().parse().unwrap();
                assert!(
                    at > start && at < start + AGE && line[place].is_string(),
                    "{line}"
                );
            }
        }
    }
}
