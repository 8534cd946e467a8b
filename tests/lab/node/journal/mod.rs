//! The node's systemd journal: a real journal file on the data volume, which the host's own
//! journalctl reads. What its units have written is made up, and told here.

mod file;
mod hash;

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::file::{Entry, Ids};
use super::Node;
use super::config::NodePlan;
use super::state::{State, file as state_file};

/// journald's folder on the data volume, which the host sees as `/var/log/journal`.
const FOLDER: &str = "local/var/log/journal";
/// The kubelet's process id.
const KUBELET_PID: u32 = 1357;

/// What `kubelet.service` has written before the node was started: seconds ago, klog's severity,
/// the place in the kubelet's source, and the message.
pub const KUBELET: &[(u64, &str, &str, &str)] = &[
    (1795, "I", "server.go:1274", "\"Started kubelet\""),
    (
        1790,
        "E",
        "kubelet.go:3008",
        "\"Container runtime network not ready\" networkReady=\"NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized\"",
    ),
    (
        1785,
        "E",
        "kubelet.go:3008",
        "\"Container runtime network not ready\" networkReady=\"NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized\"",
    ),
    (
        900,
        "I",
        "kubelet.go:2488",
        "\"SyncLoop ADD\" source=\"api\" pods=[\"shop/checkout-7d9f5c-x2vqz\"]",
    ),
];

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Microseconds since 1970.
    at: u64,
    unit: String,
    program: String,
    pid: u32,
    message: String,
}

/// Lays down the journal of a node that has run for half an hour.
pub(super) fn begin(plan: &NodePlan, state: &State) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let mut lines = vec![
        line(
            now,
            1800,
            "kubelet.service",
            "systemd",
            1,
            "Started kubelet.service - Kubelet.",
        )?,
        line(
            now,
            60,
            "containerd.service",
            "containerd",
            1111,
            "level=info msg=\"Start event monitor\"",
        )?,
    ];
    for (age, severity, place, message) in KUBELET {
        let at = Timestamp::now() - Duration::from_secs(*age);
        let stamp = at.strftime("%m%d %H:%M:%S%.6f");
        let text = format!("{severity}{stamp} {KUBELET_PID:>7} {place}] {message}");
        lines.push(line(
            now,
            *age,
            "kubelet.service",
            "kubelet",
            KUBELET_PID,
            &text,
        )?);
    }
    write(plan, state, lines)
}

impl Node {
    /// Adds a line to the node's journal that a unit, such as `kubelet.service`, wrote so long ago.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn plant_journal_line(&self, unit: &str, age: Duration, message: &str) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let program = unit.split('.').next().unwrap_or(unit);
        let inner = &self.inner;
        let mut lines: Vec<Line> = inner.state.read_json(state_file::JOURNAL)?;
        lines.push(line(
            now,
            age.as_secs(),
            unit,
            program,
            KUBELET_PID,
            message,
        )?);
        write(&inner.plan, &inner.state, lines)
    }
}

/// The node's `/etc/machine-id`: its instance's number.
pub(super) fn machine_id(plan: &NodePlan) -> String {
    let digits = plan.config.instance_id.trim_start_matches("i-");
    format!("{digits:0>32}")
}

fn line(
    now: Duration,
    age: u64,
    unit: &str,
    program: &str,
    pid: u32,
    message: &str,
) -> Result<Line> {
    let at = now.saturating_sub(Duration::from_secs(age));
    Ok(Line {
        at: u64::try_from(at.as_micros())?,
        unit: unit.to_owned(),
        program: program.to_owned(),
        pid,
        message: message.to_owned(),
    })
}

/// Replaces the file as a whole, so that a reader sees the old or the new one.
fn write(plan: &NodePlan, state: &State, mut lines: Vec<Line>) -> Result<()> {
    lines.sort();
    state.write_json(state_file::JOURNAL, &lines)?;
    let machine = machine_id(plan);
    let boot = state.read(state_file::BOOT_ID)?;
    let ids = Ids {
        file: rand::random(),
        machine: u128::from_str_radix(&machine, 16)
            .unwrap_or(1)
            .to_be_bytes(),
        boot: uuid::Uuid::try_parse(boot.trim())?.into_bytes(),
    };
    let entries: Vec<Entry> = lines.iter().map(|line| entry(plan, line)).collect();
    let folder = plan.folder.join(FOLDER).join(machine);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    replace(&folder.join("system.journal"), &file::file(&ids, &entries))
}

fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, bytes).with_context(|| format!("writing {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("replacing {}", path.display()))
}

/// The fields that journald stores: what systemd says of a unit is systemd's own message.
fn entry(plan: &NodePlan, line: &Line) -> Entry {
    let mut fields = vec![
        ("MESSAGE", line.message.clone()),
        ("PRIORITY", "6".to_owned()),
        ("SYSLOG_IDENTIFIER", line.program.clone()),
        ("_COMM", line.program.clone()),
        ("_PID", line.pid.to_string()),
        ("_UID", "0".to_owned()),
        ("_HOSTNAME", plan.config.name.clone()),
        ("_MACHINE_ID", machine_id(plan)),
    ];
    if line.pid == 1 {
        fields.push(("_SYSTEMD_UNIT", "init.scope".to_owned()));
        fields.push(("UNIT", line.unit.clone()));
    } else {
        fields.push(("_SYSTEMD_UNIT", line.unit.clone()));
    }
    Entry {
        realtime: line.at,
        fields,
    }
}
