//! The lock of a run on a stand-in node, and every script that has to do with it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::action::tests::node::Node;
use crate::event::RunId;
use crate::frame::{Answer, Held, Place, Switch};
use crate::plan::lock::{Hold, Home};
use crate::plan::switch::Fuse;
use crate::plan::{
    ChangeFault, Claimant, PlanFault, Settled, Step, Undone, applied, change, fix, keep, kept,
    one_way, settle, settled, switch, undo, undone,
};

use super::file::{answer, boot, uptime};
use super::nonce;

/// How long a script may take.
const LIMIT: Duration = Duration::from_secs(25);
/// What stands for the host's systemd: it runs a unit's commands as systemd does, and timers.
const SYSTEMD_RUN: &str = include_str!("systemd-run.bash");

/// Programs of the host in front of this machine's, and a place for the lock.
pub(super) fn with_host(node: &Node) {
    node.program("sheltie", "exec \"$@\"");
    let folder = node.folder().display().to_string();
    let systemd_run = format!("folder={folder}\n{SYSTEMD_RUN}");
    node.program("systemd-run.bash", "");
    fs::write(node.folder().join("bin/systemd-run.bash"), systemd_run).expect("a program");
    node.program(
        "systemd-run",
        &format!("exec bash {folder}/bin/systemd-run.bash \"$@\""),
    );
    node.program(
        "systemctl",
        &format!(
            "f={folder}/timer.${{2%.timer}}\ncase $1 in\n\
             stop) pid=$(cat \"$f\") && rm \"$f\" && kill \"$pid\" ;;\n\
             is-active) if [ -e \"$f\" ]; then echo active; else echo inactive; exit 3; fi ;;\nesac"
        ),
    );
    // As the kernel would: `sysctl -q -w KEY=VALUE...`
    node.program(
        "sysctl",
        &format!(
            "shift 2\nfor a; do\ncase $a in *=refused | *=stuck) exit 1 ;; esac\n\
             printf '%s\\n' \"${{a#*=}}\" >{folder}/\"${{a%%=*}}\"\ndone"
        ),
    );
}

/// The lock of a run on a stand-in node.
pub(super) struct Locked<'a> {
    pub(super) node: &'a Node,
    pub(super) shell: &'a str,
    pub(super) hold: Hold,
}

impl<'a> Locked<'a> {
    /// A lock whose switch comes after some seconds.
    pub(super) fn new(node: &'a Node, shell: &'a str, undo_after: u64) -> Self {
        with_host(node);
        Locked {
            node,
            shell,
            hold: Hold {
                run: RunId::new(uuid::Builder::from_random_bytes(random()).into_uuid()),
                by: "ops/alice".into(),
                boot: boot(),
                undo_after: Duration::from_secs(undo_after),
            },
        }
    }

    pub(super) fn home(&self) -> PathBuf {
        self.node.folder().join("home")
    }

    /// The fuse with its home in the stand-in's folder.
    fn at_home(&self, fuse: Fuse) -> Fuse {
        fs::create_dir_all(self.home()).expect("a folder");
        let home = self.home().display().to_string();
        Fuse {
            home: Home {
                here: home.clone(),
                on_host: home,
                lists: self.node.folder().display().to_string(),
            },
            ..fuse
        }
    }

    fn fuse(&self, switch: Switch, run: RunId) -> Fuse {
        self.at_home(Fuse::new(switch, run.lock()))
    }

    pub(super) fn fuse_of(&self, steps: &[Step<'_>]) -> Fuse {
        self.at_home(Fuse::of(steps, self.hold.run.lock()).expect("a switch, or none"))
    }

    pub(super) fn ask(&self, place: Place, script: String) -> Answer {
        let script = fix::one_rung(place, LIMIT, script, &nonce()).expect("a script");
        answer(self.node, self.shell, &script)
    }

    pub(super) fn change(&self, steps: &[Step<'_>]) -> Result<Vec<String>, ChangeFault> {
        self.change_before(uptime() + 60, steps)
    }

    pub(super) fn change_before(
        &self,
        expires: u64,
        steps: &[Step<'_>],
    ) -> Result<Vec<String>, ChangeFault> {
        let script = self.change_script_before(expires, steps);
        applied(&answer(self.node, self.shell, &script), steps.len())
    }

    pub(super) fn change_script(&self, steps: &[Step<'_>]) -> String {
        self.change_script_before(uptime() + 60, steps)
    }

    fn change_script_before(&self, expires: u64, steps: &[Step<'_>]) -> String {
        let fuse = self.fuse_of(steps);
        let script = change::script(&fuse, &self.hold, expires, steps).expect("a script");
        fix::one_rung(fuse.place, LIMIT, script, &nonce()).expect("a script")
    }

    /// Asks what a change came to that nothing can take back.
    pub(super) fn recall(&self, steps: &[Step<'_>]) -> Result<Vec<String>, ChangeFault> {
        let fuse = self.fuse_of(steps);
        applied(
            &self.ask(fuse.place, one_way::script(&fuse, self.hold.run, "")),
            steps.len(),
        )
    }

    /// The same, and ends its lock.
    pub(super) fn release(&self, steps: &[Step<'_>]) -> Result<Vec<String>, ChangeFault> {
        let answer = answer(self.node, self.shell, &self.release_script(steps));
        applied(&answer, steps.len())
    }

    pub(super) fn release_script(&self, steps: &[Step<'_>]) -> String {
        let fuse = self.fuse_of(steps);
        let script = one_way::script(&fuse, self.hold.run, "release\n");
        fix::one_rung(fuse.place, LIMIT, script, &nonce()).expect("a script")
    }

    pub(super) fn keep(&self, switch: Switch) -> Result<(), ChangeFault> {
        let fuse = self.fuse(switch, self.hold.run);
        kept(&self.ask(fuse.place, keep::script(&fuse, &self.hold)))
    }

    pub(super) fn undo(&self, back: &[Step<'_>]) -> Result<Vec<Undone>, ChangeFault> {
        self.undo_by(self.hold.run, back)
    }

    pub(super) fn undo_by(
        &self,
        own: RunId,
        back: &[Step<'_>],
    ) -> Result<Vec<Undone>, ChangeFault> {
        undone(&self.undo_answer(own, back), back.len())
    }

    /// By somebody whose journal does not say that the change was made.
    pub(super) fn undo_unsure(
        &self,
        own: RunId,
        back: &[Step<'_>],
    ) -> Result<Vec<Undone>, ChangeFault> {
        let by = Claimant {
            run: own,
            knows_it_began: false,
        };
        undone(&self.undo_answer_to(&by, back), back.len())
    }

    pub(super) fn undo_answer(&self, own: RunId, back: &[Step<'_>]) -> Answer {
        let by = Claimant {
            run: own,
            knows_it_began: true,
        };
        self.undo_answer_to(&by, back)
    }

    fn undo_answer_to(&self, by: &Claimant, back: &[Step<'_>]) -> Answer {
        let fuse = self.fuse(switch(back).expect("a switch"), self.hold.run);
        let script = undo::script(&fuse, &self.hold, by, back).expect("a script");
        self.ask(fuse.place, script)
    }

    /// Every script that has to do with a change.
    pub(super) fn scripts(&self, steps: &[Step<'_>]) -> Vec<String> {
        let back: Vec<Step<'_>> = steps.iter().map(Step::back).collect();
        let fuse = self.fuse_of(steps);
        let held = Held::read("armed 0123456789ab host boot 7 ops/alice").expect("a record");
        let by = Claimant {
            run: self.hold.run,
            knows_it_began: true,
        };
        let undo = || undo::script(&fuse, &self.hold, &by, &back).expect("a script");
        let ends = match fuse.switch {
            Some(Switch::Host) => vec![undo(), keep::script(&fuse, &self.hold)],
            Some(Switch::Control) => vec![
                undo(),
                keep::script(&fuse, &self.hold),
                undo::unattended(&fuse, &back),
            ],
            None => vec![
                one_way::script(&fuse, self.hold.run, "release\n"),
                format!("id=0123456789ab\n{}", one_way::unattended()),
            ],
        };
        let always = [
            change::script(&fuse, &self.hold, 7, steps).expect("a script"),
            settle::script(&fuse, &held),
        ];
        let all: Vec<String> = always.into_iter().chain(ends).collect();
        let wrapped = all
            .iter()
            .map(|script| fix::one_rung(fuse.place, LIMIT, script.clone(), &nonce()));
        let wrapped: Vec<String> = wrapped.map(|script| script.expect("it fits")).collect();
        all.into_iter().chain(wrapped).collect()
    }

    /// Settles the lock that is there, as somebody who happens to come by.
    pub(super) fn settle(&self) -> Result<Settled, ChangeFault> {
        let held = self.held().expect("a lock");
        let fuse = self.at_home(match held.switch {
            Some(switch) => Fuse::new(switch, held.id.clone()),
            None => Fuse::one_way(Place::Control, held.id.clone()),
        });
        settled(&self.ask(fuse.place, settle::script(&fuse, &held)))
    }

    pub(super) fn held(&self) -> Option<Held> {
        let lock = self.home().join("lock");
        let record = fs::read_to_string(lock.join("record")).ok()?;
        let state = ["undoing", "kept", "over", "armed"]
            .into_iter()
            .find(|state| {
                let names = fs::read_dir(&lock).into_iter().flatten().flatten();
                let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
                names.any(|name| name.starts_with(&format!("{state}.")))
            })?;
        Held::read(&format!("{state} {}", record.trim_end()))
    }

    /// Timers that wait.
    pub(super) fn timers(&self) -> usize {
        let names = fs::read_dir(self.node.folder())
            .expect("a folder")
            .flatten();
        names
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("timer."))
            .count()
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let stop = "for f in timer.*; do [ ! -e \"$f\" ] || kill \"$(cat \"$f\")\"; done\n\
                    for f in home/lock/job.*; do [ ! -e \"$f\" ] || kill -- \"-$(cat \"$f\")\"; done";
        let stopped = std::process::Command::new("bash")
            .args(["-c", stop])
            .current_dir(self.node.folder())
            .stderr(std::process::Stdio::null())
            .status();
        drop(stopped);
    }
}

fn random() -> [u8; 16] {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let count = COUNT.fetch_add(0x1234_5678_9abc, std::sync::atomic::Ordering::Relaxed);
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&count.to_be_bytes());
    bytes
}

/// The public scripts fit where those of the tests do.
pub(super) fn fits(hold: &Hold, steps: &[Step<'_>]) -> Result<String, PlanFault> {
    change(hold, 0, steps, &nonce())
}
