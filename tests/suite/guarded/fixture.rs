//! The fixes of `tests/fixes/`: what each of them changes, and what the node has of it.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{Node, Place};

/// A fix that is tried on a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixture {
    /// Its runbook's name.
    pub(crate) name: &'static str,
    /// What the node has before it; what was never set counts as what the way back sets.
    pub(crate) old: &'static str,
    /// What it has after it.
    pub(crate) new: &'static str,
    /// When the node takes it back by itself.
    pub(crate) undo_after: Duration,
    /// Where its switch is.
    pub(crate) switch: Switch,
    read: fn(&Node) -> Result<String>,
}

/// What takes a change back on the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    /// A timer of the host, which a restart forgets together with the value.
    Host,
    /// A job in the control container; the value outlives a restart.
    Control,
}

/// Each kind of change that has a way back.
pub(crate) const ALL: [&Fixture; 6] = [
    &ONE_PARAMETER,
    &TWO_PARAMETERS,
    &KERNEL_SETTING,
    &GREETING,
    &CONTAINER,
    &OWN_SCRIPT,
];

/// One `sysctl`.
pub(crate) const ONE_PARAMETER: Fixture = Fixture {
    name: "one-parameter",
    old: "120",
    new: "60",
    undo_after: Duration::from_secs(3),
    switch: Switch::Host,
    read: |node| parameter(node, TIME_WAIT),
};

/// Two of them, which stand or fall together.
pub(crate) const TWO_PARAMETERS: Fixture = Fixture {
    name: "two-parameters",
    old: "120 3600",
    new: "60 60",
    undo_after: Duration::from_secs(3),
    switch: Switch::Host,
    read: |node| {
        let (first, second) = (parameter(node, TIME_WAIT)?, parameter(node, CLOSE_WAIT)?);
        Ok(format!("{first} {second}"))
    },
};

/// `settings` of a kernel parameter.
pub(crate) const KERNEL_SETTING: Fixture = Fixture {
    name: "kernel-setting",
    old: "30, set to 30",
    new: "45, set to 45",
    undo_after: Duration::from_secs(3),
    switch: Switch::Control,
    read: |node| {
        let settings = node.settings()?;
        let set = settings["kernel"]["sysctl"][UDP].as_str().unwrap_or("30");
        Ok(format!("{}, set to {set}", parameter(node, UDP)?))
    },
};

/// `settings` of nothing that matters.
pub(crate) const GREETING: Fixture = Fixture {
    name: "greeting",
    old: "Welcome to Bottlerocket!",
    new: "changed",
    undo_after: Duration::from_secs(3),
    switch: Switch::Control,
    read: |node| {
        let settings = node.settings()?;
        Ok(settings["motd"].as_str().unwrap_or("absent").to_owned())
    },
};

/// `host-container`: a container takes seconds to start and to stop.
pub(crate) const CONTAINER: Fixture = Fixture {
    name: "borrowed-container",
    old: "off",
    new: "on",
    undo_after: Duration::from_secs(15),
    switch: Switch::Control,
    read: |node| {
        let enabled = node.settings()?["host-containers"]["admin"]["enabled"] == true;
        Ok(match (enabled, node.admin_running()) {
            (true, true) => "on",
            (false, false) => "off",
            (true, false) => "wanted, and not there",
            (false, true) => "not wanted, and there",
        }
        .to_owned())
    },
};

/// `run` with a way back of its own.
pub(crate) const OWN_SCRIPT: Fixture = Fixture {
    name: "own-script",
    old: "idle",
    new: "busy",
    undo_after: Duration::from_secs(3),
    switch: Switch::Control,
    read: |node| {
        let file = node.data_dir().join("host-containers/control/mode");
        let mode = fs::read_to_string(file).unwrap_or_else(|_| "idle".to_owned());
        Ok(mode.trim_end().to_owned())
    },
};

/// `restart`, which nothing takes back: how often the kubelet was started since the boot.
pub(crate) const SERVICE: Fixture = Fixture {
    name: "restarted-service",
    old: "1",
    new: "2",
    // Its lock ends by itself then.
    undo_after: Duration::from_secs(141),
    switch: Switch::Host,
    read: |node| Ok(node.service("kubelet.service")?.starts.to_string()),
};

const TIME_WAIT: &str = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
const CLOSE_WAIT: &str = "net.netfilter.nf_conntrack_tcp_timeout_close_wait";
const UDP: &str = "net.netfilter.nf_conntrack_udp_timeout";

impl Fixture {
    /// What the node has now.
    pub(crate) fn value(&self, node: &Node) -> Result<String> {
        (self.read)(node)
    }

    /// Whether its change needs the admin container.
    pub(crate) fn needs_admin(&self) -> bool {
        self.switch == Switch::Host
    }

    /// Whether a restart undoes it.
    pub(crate) fn is_lost_by_restarts(&self) -> bool {
        self.switch == Switch::Host
    }
}

fn parameter(node: &Node, key: &str) -> Result<String> {
    let read = node.run(Place::Host, &["sysctl", "-n", key])?;
    ensure!(read.status.success(), "the node has no {key}");
    let text = String::from_utf8(read.stdout).context("a parameter is no text")?;
    Ok(text.trim().to_owned())
}
