//! What the lab needs from the machine, and the one command that helps where it is missing.

use std::path::{Path, PathBuf};

use super::cgroup;

/// Something that the lab can't do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What is missing, in words.
    pub what: String,
    /// The one command that helps.
    pub help: String,
}

/// Programs and the Debian packages that bring them.
const PROGRAMS: &[(&str, &str)] = &[
    ("iptables", "iptables"),
    ("conntrack", "conntrack"),
    ("ethtool", "ethtool"),
    ("ip", "iproute2"),
    ("ss", "iproute2"),
    ("nstat", "iproute2"),
    ("sysctl", "procps"),
    ("ps", "procps"),
    ("bash", "bash"),
    ("bash-static", "bash-static"),
    ("dash", "dash"),
    ("jq", "jq"),
    ("gawk", "gawk"),
    ("curl", "curl"),
    ("gzip", "gzip"),
    ("nsenter", "util-linux"),
    ("findmnt", "util-linux"),
    ("journalctl", "systemd"),
];

/// Kernel interfaces, and what they are.
const KERNEL_FILES: &[(&str, &str, &str)] = &[
    (
        "/proc/sys/net/netfilter/nf_conntrack_max",
        "connection tracking in the kernel",
        "modprobe nf_conntrack",
    ),
    (
        "/proc/self/ns/net",
        "network namespaces in the kernel",
        "run the lab on a kernel with CONFIG_NET_NS",
    ),
    (
        "/proc/self/ns/pid",
        "pid namespaces in the kernel",
        "run the lab on a kernel with CONFIG_PID_NS",
    ),
];

/// Everything that this machine lacks for the lab; empty when it can run.
#[must_use]
pub fn requirements() -> Vec<Missing> {
    not_root().into_iter().chain(provisions()).collect()
}

/// As [`requirements`], but for the rights of root: what has to be installed or switched on.
#[must_use]
pub fn provisions() -> Vec<Missing> {
    let mut missing = missing_kernel_parts();
    missing.extend(missing_programs());
    missing
}

fn not_root() -> Option<Missing> {
    (!nix::unistd::geteuid().is_root()).then(|| Missing {
        what: "root rights: namespaces and connection tracking need them".to_owned(),
        help: "sudo -E \"$0\" \"$@\"".to_owned(),
    })
}

fn missing_kernel_parts() -> Vec<Missing> {
    let absent = KERNEL_FILES
        .iter()
        .filter(|(path, ..)| !Path::new(path).exists());
    let mut missing: Vec<Missing> = absent
        .map(|(_, what, help)| Missing {
            what: (*what).to_owned(),
            help: (*help).to_owned(),
        })
        .collect();
    if let Err(error) = cgroup::unified_root() {
        missing.push(Missing {
            what: format!("{error}"),
            help: "mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified"
                .to_owned(),
        });
    }
    missing
}

fn missing_programs() -> Vec<Missing> {
    let mut packages: Vec<&str> = Vec::new();
    let mut programs: Vec<&str> = Vec::new();
    for (program, package) in PROGRAMS
        .iter()
        .filter(|(program, _)| find_program(program).is_none())
    {
        programs.push(program);
        if !packages.contains(package) {
            packages.push(package);
        }
    }
    if programs.is_empty() {
        return Vec::new();
    }
    vec![Missing {
        what: format!("programs: {}", programs.join(", ")),
        help: format!("apt-get install -y {}", packages.join(" ")),
    }]
}

/// Where this machine has the program `name`, in the places where distributions put programs.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|at| at.exists())
}
