//! A stand-in for a node: this machine's own shells and kernel, with programs in front of them
//! that answer as those of a Bottlerocket node do.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use crate::action::Rung;
use crate::frame::Reply;

/// What the programs of the stand-in print was recorded from the real ones.
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/action/tests/recorded");
static COUNT: AtomicU32 = AtomicU32::new(0);
/// A process that another test starts meanwhile has a program open that is being written, until it is
/// a program itself; and what somebody has open for writing can't be run.
static STARTING: RwLock<()> = RwLock::new(());

/// Starts a process while no program is written.
fn start(command: &mut Command) -> io::Result<Child> {
    let _beside_others = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    command.spawn()
}

/// A folder of programs, removed at the end.
pub(crate) struct Node {
    folder: PathBuf,
}

impl Node {
    /// A node whose admin container is on.
    pub(crate) fn new() -> Node {
        let name = format!(
            "heeler-node-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let node = Node {
            folder: std::env::temp_dir().join(name),
        };
        fs::create_dir_all(node.folder.join("bin")).expect("a folder for the programs");
        node.program("apiclient", &format!("case $1 in\nget) cat {RECORDED}/settings.json ;;\nexec) shift 3; exec \"$@\" 2>&1 ;;\nesac"));
        // A second between two readings of counters is none here.
        node.unhurry();
        node.program("chroot", "shift; exec \"$@\"");
        // Ages are counted back from this machine's own uptime.
        node.program(
            "dmesg",
            &format!(
                "read -r up _ </proc/uptime; up=${{up%%.*}}\n\
             sed -e \"s/ 5321/ $((up - 90))/\" -e \"s/ 5326/ $((up - 78))/\" {RECORDED}/dmesg"
            ),
        );
        node.program(
            "ethtool",
            &format!("[ \"$2\" = eth0 ] || exit 94\ncat {RECORDED}/ethtool"),
        );
        node.program("conntrack", &format!(
            "case $1 in\n-L) cat {RECORDED}/conntrack-list ;;\n-S) n=$(cat {0}/n 2>/dev/null || echo 0); echo $((n + 1)) >{0}/n; \
             sed \"s/ drop=0/ drop=$((n * 30 + 40))/\" {RECORDED}/conntrack-statistics ;;\nesac",
            node.folder.display()
        ));

        node
    }

    /// Turns the admin container off: `said` is what `ctr` says then.
    pub(crate) fn without_admin(self, said: &str) -> Node {
        self.program("apiclient", &format!("case $1 in\nget) cat {RECORDED}/settings.json ;;\nexec) echo '{said}'; exit 1 ;;\nesac"));
        self
    }

    /// What a script waits for in vain, it waits for a moment only.
    pub(crate) fn hurry(&self) {
        self.program(
            "sleep",
            "case $1 in 0.* | 1) set -- 0.01 ;; esac\nexec /bin/sleep \"$@\"",
        );
    }

    /// It waits for as long as it was written, or nearly.
    pub(crate) fn unhurry(&self) {
        self.program(
            "sleep",
            "case $1 in 1) set -- 0.2 ;; esac\nexec /bin/sleep \"$@\"",
        );
    }

    /// Puts a program in front of this machine's.
    pub(crate) fn program(&self, name: &str, body: &str) {
        let path = self.folder.join("bin").join(name);
        let _alone = STARTING.write().unwrap_or_else(PoisonError::into_inner);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may be run");
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What scripts have left behind.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).expect("the folder").flatten();
        names
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("tmp."))
            .collect()
    }

    /// Runs a script as the SSM agent does: from a file, stdin empty.
    pub(crate) fn run(&self, shell: &str, script: &str) -> Output {
        // Another one may still be read.
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = self.folder.join(format!("_script-{number}.sh"));
        fs::write(&file, script).expect("a script");
        let path = format!(
            "{}:{}",
            self.folder.join("bin").display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let mut command = Command::new(shell);
        command
            .arg(&file)
            .env("PATH", path)
            .env("TMPDIR", &self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ended = start(&mut command).and_then(Child::wait_with_output);
        ended.expect("the shell runs")
    }

    /// Runs one rung by itself.
    pub(crate) fn reply(&self, shell: &str, index: usize, rung: &Rung) -> Reply {
        let output = self.run(shell, &rung.script);
        assert!(
            output.stdout.len() <= rung.most_bytes,
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        Reply {
            look: "look".into(),
            rung: index,
            place: rung.place,
            before: None,
            exit: output.status.code().unwrap_or(137),
            stdout: output.stdout,
            stderr: output.stderr,
            cut: false,
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The shells in which every script has to work: `sh` of the containers is bash, and a stricter one.
pub(crate) const SHELLS: [&str; 2] = ["dash", "bash"];

/// Fails on anything that shellcheck has to say about a script for POSIX sh, but that data in single
/// quotes is not expanded, and that functions are called by others only: that is what they are for.
pub(crate) fn shellcheck(script: &str) {
    // Two tests may come to the same script.
    static CHECKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let is_new = CHECKED.lock().expect("a list").insert(script.to_owned());
    if !is_new {
        return;
    }
    let mut command = Command::new("shellcheck");
    command
        .args(["--shell=sh", "--exclude=SC2016,SC2317", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut check = start(&mut command).expect("shellcheck is installed");
    let mut stdin = check.stdin.take().expect("a pipe");
    io::Write::write_all(&mut stdin, script.as_bytes()).expect("shellcheck reads");
    drop(stdin);
    let output = check.wait_with_output().expect("shellcheck ends");
    assert!(
        output.status.success(),
        "{}\n{script}",
        String::from_utf8_lossy(&output.stdout)
    );
}
