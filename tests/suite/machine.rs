//! The machine is as it was before a lab, however the lab ended: the one value that it lends, and
//! everything that it makes. Each case first sees that there was something to put back.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::machine::nf_conntrack_max;
use heeler_tests::scene::Lab;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::harness::{Case, Context, Need, Running, Surroundings};

const NEEDS: &[Need] = &[Need::Machine];
/// How long a lab with its incident may take to stand.
const UP: Duration = Duration::from_secs(90);
/// How long the watcher of a killed lab may take to tidy up.
const TIDY: Duration = Duration::from_secs(20);
/// How long an orderly end may take to show: the kernel frees namespaces in its own time.
const AT_ONCE: Duration = Duration::from_secs(2);
/// How long another lab on this machine may take to end before a case begins.
const QUIET: Duration = Duration::from_secs(120);
/// Where labs keep their nodes.
const RUNS: &str = "/var/lib/heeler-lab";
/// Where an incident writes down what it has changed.
const RECORDS: &str = "/run/heeler-lab";
/// The process that tidies up after a lab.
const WATCHER: &str = "lab-watcher";

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "machine::is_as_before_after_a_lab_of_the_suites_own",
        &[Need::Machine, Need::Kubectl],
        own,
    ),
    Case::new(
        "machine::a_colleague_is_somebody_else_everywhere",
        &[Need::Machine, Need::Kubectl, Need::AwsClients],
        colleague,
    ),
    Case::new("machine::is_as_before_after_a_lab", NEEDS, ended),
    Case::new("machine::is_as_before_after_a_killed_lab", NEEDS, killed),
    Case::new(
        "machine::is_repaired_by_the_next_lab_when_the_watcher_died_too",
        NEEDS,
        abandoned,
    ),
];

fn own(context: &Context) -> Result<()> {
    let before = Snapshot::of_a_quiet_machine()?;
    let lab = Lab::start(context.plan().instant())?;
    let operator = Surroundings::in_lab(&lab)?;
    let nodes = context
        .kubectl(&operator)
        .args(["get", "nodes", "-o", "name"]);
    nodes
        .expect_exit(0)?
        .expect_stdout(&lab.node()?.config().name)?;
    before.expect_traces_now()?;
    drop(lab);
    before.expect_again(AT_ONCE)
}

fn colleague(context: &Context) -> Result<()> {
    let lab = Lab::start(context.plan().instant())?;
    let bob = lab.colleague("bob")?;
    let around = Surroundings::of_person(&bob)?;
    let caller = context
        .aws(&around)?
        .args(["sts", "get-caller-identity"])
        .expect_exit(0)?;
    caller.expect_stdout("arn:aws:sts::111122223333:assumed-role/ops/bob")?;
    lab.kube().access().deny("bob", "list", "nodes");
    let nodes = context.kubectl(&around).args(["get", "nodes"]);
    nodes.expect_error("User \"bob\" cannot list resource \"nodes\"")?;
    ensure!(
        bob.state_folder() != lab.state_folder() && bob.state_folder().is_dir(),
        "bob has no state of his own"
    );
    ensure!(lab.colleague("bob").is_err(), "there are two of them");
    Ok(())
}

fn ended(context: &Context) -> Result<()> {
    let before = Snapshot::of_a_quiet_machine()?;
    let lab = with_incident(context)?;
    before.expect_lowered()?;
    before.expect_traces_now()?;
    lab.signal(Signal::SIGTERM)?;
    let ended = lab.finish(TIDY)?;
    ensure!(
        ended.status.success(),
        "the lab did not end cleanly\n{ended}"
    );
    // Nothing is left to wait for: the lab itself has seen to it.
    before.expect_again(AT_ONCE)
}

fn killed(context: &Context) -> Result<()> {
    let before = Snapshot::of_a_quiet_machine()?;
    let lab = with_incident(context)?;
    before.expect_lowered()?;
    before.expect_traces_now()?;
    lab.kill()?;
    before.expect_again(TIDY)
}

fn abandoned(context: &Context) -> Result<()> {
    let before = Snapshot::of_a_quiet_machine()?;
    let lab = with_incident(context)?;
    let pid = lab.pid().context("the lab has ended")?;
    nix::sys::signal::kill(watcher_of(pid)?, Signal::SIGKILL)?;
    lab.kill()?;
    before.expect_lowered()?;
    let next = start(context, &["up"])?;
    next.signal(Signal::SIGTERM)?;
    next.finish(TIDY)?;
    before.expect_again(TIDY)
}

fn with_incident(context: &Context) -> Result<Running<'_>> {
    start(context, &["up", "--incident", "full", "--admin", "on"])
}

fn start<'c>(context: &'c Context, arguments: &[&str]) -> Result<Running<'c>> {
    let lab = context.lab_program(&Surroundings::new()?);
    let lab = lab.args(arguments.iter().copied());
    let mut lab = lab.start()?;
    while lab.line(UP)? != "ready" {}
    Ok(lab)
}

fn watcher_of(lab: u32) -> Result<Pid> {
    let threads = fs::read_dir(format!("/proc/{lab}/task"))?.flatten();
    let children: String = threads
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .collect();
    let named = |pid: &&str| {
        let line = fs::read_to_string(format!("/proc/{pid}/cmdline"));
        line.is_ok_and(|line| line.split('\0').next() == Some(WATCHER))
    };
    let found = children
        .split_whitespace()
        .find(named)
        .context("the lab has no watcher")?;
    Ok(Pid::from_raw(found.parse()?))
}

/// What a lab could leave behind.
#[derive(Debug, PartialEq, Eq)]
struct Snapshot {
    nf_conntrack_max: u64,
    /// One line for each thing: a namespace that processes are in, a mount, a control group, a
    /// process of the lab's, a folder, a network interface.
    things: BTreeSet<String>,
}

impl Snapshot {
    /// While another lab comes or goes, before and after say nothing about one's own.
    fn of_a_quiet_machine() -> Result<Self> {
        let end = Instant::now() + QUIET;
        loop {
            let now = Self::take()?;
            let of_a_lab =
                |thing: &String| [RUNS, RECORDS].iter().any(|place| thing.starts_with(place));
            if !now.things.iter().any(of_a_lab) {
                return Ok(now);
            }
            ensure!(
                Instant::now() < end,
                "another lab is on this machine: end it; if it was killed, `cargo lab up` repairs \
                 what it left"
            );
            sleep(Duration::from_millis(100));
        }
    }

    fn take() -> Result<Self> {
        let mut things = BTreeSet::new();
        things.extend(foreign_namespaces()?);
        things.extend(mounts()?);
        things.extend(entries("/sys/class/net", ""));
        things.extend(entries(RUNS, ""));
        things.extend(entries(RECORDS, ".json"));
        things.extend(control_groups());
        things.extend(lab_processes()?);
        Ok(Self {
            nf_conntrack_max: nf_conntrack_max()?,
            things,
        })
    }

    /// An incident has changed the machine: else there would be nothing to put back.
    fn expect_lowered(&self) -> Result<()> {
        let max = nf_conntrack_max()?;
        ensure!(
            max < self.nf_conntrack_max,
            "the incident did not lower nf_conntrack_max: {max}"
        );
        Ok(())
    }

    /// A lab stands, or has left its things.
    fn expect_traces_now(&self) -> Result<()> {
        let now = Self::take()?;
        for kind in ["net:", "mnt:", "pid:", "cgroup ", "process ", RUNS] {
            let is_new = |thing: &&String| thing.starts_with(kind);
            let found = now.things.difference(&self.things).find(is_new);
            ensure!(found.is_some(), "the lab has made no `{kind}`");
        }
        Ok(())
    }

    fn expect_again(&self, limit: Duration) -> Result<()> {
        let end = Instant::now() + limit;
        loop {
            let now = Self::take()?;
            let left: Vec<&String> = now.things.difference(&self.things).collect();
            if now.nf_conntrack_max == self.nf_conntrack_max && left.is_empty() {
                return Ok(());
            }
            ensure!(
                Instant::now() < end,
                "after {limit:?} nf_conntrack_max is {} instead of {}, and there is still\n{left:#?}",
                now.nf_conntrack_max,
                self.nf_conntrack_max,
            );
            sleep(Duration::from_millis(100));
        }
    }
}

/// Namespaces of any process that this process is not in, such as `net:[4026532001]`.
fn foreign_namespaces() -> Result<BTreeSet<String>> {
    let of = |process: &Path, kind: &str| {
        let link = fs::read_link(process.join("ns").join(kind)).ok()?;
        Some(link.display().to_string())
    };
    let mut foreign = BTreeSet::new();
    for kind in ["net", "mnt", "pid"] {
        let own = of(Path::new("/proc/self"), kind);
        let all = processes()?.filter_map(|process| of(&process, kind));
        foreign.extend(all.filter(|namespace| Some(namespace) != own.as_ref()));
    }
    Ok(foreign)
}

fn mounts() -> Result<Vec<String>> {
    let mounted = fs::read_to_string("/proc/self/mountinfo").context("read the mounts")?;
    let point = |line: &str| format!("mount {}", line.split(' ').nth(4).unwrap_or_default());
    Ok(mounted.lines().map(point).collect())
}

fn control_groups() -> Vec<String> {
    let roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
    let all = roots.iter().flat_map(|root| entries(root, ""));
    all.filter(|path| Path::new(path).is_dir())
        .map(|path| format!("cgroup {path}"))
        .collect()
}

/// Processes whose program is the lab's, or lies in one of its images.
fn lab_processes() -> Result<Vec<String>> {
    let lab = fs::metadata(env!("CARGO_BIN_EXE_lab"))?.ino();
    let of_the_lab = |process: &Path| {
        let program = process.join("exe");
        let in_an_image = fs::read_link(&program).is_ok_and(|path| path.starts_with(RUNS));
        in_an_image || fs::metadata(&program).is_ok_and(|program| program.ino() == lab)
    };
    let ours = processes()?.filter(|process| of_the_lab(process));
    Ok(ours
        .map(|process| format!("process {}", process.display()))
        .collect())
}

fn processes() -> Result<impl Iterator<Item = std::path::PathBuf>> {
    let is_number = |name: &str| name.chars().all(|letter| letter.is_ascii_digit());
    let all = fs::read_dir("/proc")
        .context("read the processes")?
        .flatten();
    let processes = all.filter(move |entry| entry.file_name().to_str().is_some_and(is_number));
    Ok(processes.map(|entry| entry.path()))
}

fn entries(folder: &str, ending: &str) -> Vec<String> {
    let paths = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let paths = paths.map(|path| path.display().to_string());
    paths.filter(|path| path.ends_with(ending)).collect()
}
