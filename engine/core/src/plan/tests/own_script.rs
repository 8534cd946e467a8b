//! Changes by scripts of the runbook's own, which may take long, and fail half-way: only one is
//! carried out at a time, and what can't be seen is not told to be taken back.

use std::fs;
use std::process::Command;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::action::tests::node::{Node, SHELLS, shellcheck};
use crate::action::tests::{OnNode, change};
use crate::frame::HeldState;
use crate::plan::{ChangeFault, Settled, Step, Undone};

use super::file::{Locked, uptime};

/// A change of the file `mode`, whose scripts write down in `log` when they begin and end.
fn mode(node: &Node, (script, revert): (&str, &str)) -> OnNode {
    let folder = node.folder().display();
    fs::write(node.folder().join("mode"), "idle\n").expect("a file");
    fs::write(node.folder().join("log"), "").expect("a file");
    let logged = |name: &str, script: &str| {
        format!("cd {folder}; echo {name} >>log; {script}; echo . >>log")
    };
    let parameters = format!(
        "{{ at: control, present: 'cat {folder}/mode', to: busy, script: '{}', revert: '{}' }}",
        logged("there", script),
        logged("back", revert),
    );
    change("run", &parameters).expect("a good change")
}

fn there(mode: &OnNode) -> [Step<'_>; 1] {
    [Step {
        change: &**mode,
        from: "idle",
        to: "busy",
        back: "idle",
    }]
}

fn back<'a>(steps: &[Step<'a>; 1]) -> [Step<'a>; 1] {
    steps.map(|step| step.back())
}

fn read(node: &Node, name: &str) -> String {
    let text = fs::read_to_string(node.folder().join(name)).expect("a file");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names beside the lock's record that begin so.
fn beside(locked: &Locked<'_>, start: &str) -> Vec<String> {
    let names = fs::read_dir(locked.home().join("lock"));
    let names = names.into_iter().flatten().flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(start)).collect()
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < give_up, "{what}");
        sleep(Duration::from_millis(20));
    }
}

/// Under each shell, all at once: most of the time they wait.
fn everywhere(scripts: (&str, &str), check: impl Fn(&Node, &str, &OnNode) + Sync) {
    let one = |shell: &str| {
        let node = Node::new();
        let mode = mode(&node, scripts);
        check(&node, shell, &mode);
        wait_until("nothing is left", || node.leftovers().is_empty());
    };
    scope(|scope| {
        for shell in SHELLS {
            let one = &one;
            scope.spawn(move || one(shell));
        }
    });
}

#[test]
fn a_way_back_that_takes_long_is_carried_out_once() {
    let scripts = ("echo busy >mode", "sleep 8; echo idle >mode");
    everywhere(scripts, |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, 5);
        assert_eq!(locked.change(&steps), Ok(vec!["busy".into()]));
        wait_until("the node begins", || read(node, "log") == "there . back");
        assert_eq!(
            locked.held().map(|held| held.state),
            Some(HeldState::Undoing)
        );
        assert_eq!(locked.undo(&back(&steps)), Err(ChangeFault::NodeUndid));
        assert_eq!(read(node, "log"), "there . back .");
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn a_change_that_still_runs_is_not_taken_back_beside_it() {
    let scripts = ("sleep 9; echo busy >mode", "sleep 1; echo idle >mode");
    everywhere(scripts, |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, 5);
        scope(|scope| {
            let change = scope.spawn(|| locked.change(&steps));
            wait_until("it begins", || read(node, "log") == "there");
            let undone = locked.undo(&back(&steps));
            let changed = change.join().expect("an end");
            assert_eq!(changed, Err(ChangeFault::NodeUndid));
            let by_us = Ok(vec![Undone::Back("idle".into())]);
            assert!(
                undone == by_us || undone == Err(ChangeFault::NodeUndid),
                "{undone:?}"
            );
        });
        assert_eq!(read(node, "log"), "there . back .");
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn a_script_that_outlives_its_shell_is_waited_for() {
    let scripts = ("sleep 6; echo busy >mode", "echo idle >mode");
    everywhere(scripts, |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, 60);
        scope(|scope| {
            let change = scope.spawn(|| locked.change(&steps));
            wait_until("it begins", || read(node, "log") == "there");
            let token = beside(&locked, "busy.").concat();
            let shell = token.split('.').nth(2).expect("who has it");
            let (number, _) = shell.split_once('-').expect("a number");
            let killed = Command::new("kill").args(["-9", number]).status();
            assert!(killed.is_ok_and(|killed| killed.success()));
            let changed = change.join().expect("an end");
            assert!(
                matches!(changed, Err(ChangeFault::InDoubt(_))),
                "{changed:?}"
            );
            assert_eq!(read(node, "log"), "there");
        });
        let undone = locked.undo(&back(&steps));
        assert_eq!(undone, Ok(vec![Undone::Back("idle".into())]));
        assert_eq!(read(node, "log"), "there . back .");
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn what_ends_half_way_unseen_is_left_to_a_person() {
    everywhere(("exit 3", ":"), |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, 3);
        let changed = locked.change(&steps);
        let stopped = Err(ChangeFault::Stopped {
            done: Vec::new(),
            present: "idle".into(),
            text: "the script ended with 3".into(),
        });
        assert_eq!(changed, stopped);
        wait_until("the node tries it", || {
            locked
                .held()
                .is_some_and(|held| held.state == HeldState::Undoing)
        });
        let undone = locked.undo(&back(&steps)).expect("an end");
        let [Undone::Failed { present, text }] = undone.as_slice() else {
            panic!("{undone:?}");
        };
        assert_eq!(present, "idle");
        let says = "nobody saw the script end well; it may have done a part: see to that, then rm ";
        assert!(text.starts_with(says), "{text}");
        assert_eq!(read(node, "log"), "there", "the way back was begun");
        let until = locked.held().expect("a lock").until_s.to_string();
        let record = locked.home().join("lock/record");
        let passed = fs::read_to_string(&record).expect("a record");
        let passed = passed.replace(&until, &(uptime() - 1).to_string());
        fs::write(&record, passed).expect("a record");
        let settled = locked.settle().expect("an end");
        let Settled::Stuck(text) = &settled else {
            panic!("{settled:?}");
        };
        assert!(text.starts_with(says), "{text}");
        // A person has seen to it.
        let [mark] = beside(&locked, "begun.").try_into().expect("one mark");
        fs::remove_file(locked.home().join("lock").join(mark)).expect("a mark");
        let undone = locked.undo(&back(&steps));
        assert_eq!(undone, Ok(vec![Undone::WasBack("idle".into())]));
        assert_eq!(locked.held(), None);
    });
}

#[test]
fn what_ends_half_way_and_is_seen_is_taken_back_by_its_own_script() {
    let scripts = ("echo busy >mode; exit 3", "echo idle >mode");
    everywhere(scripts, |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, 60);
        let changed = locked.change(&steps);
        assert!(
            matches!(changed, Err(ChangeFault::Stopped { .. })),
            "{changed:?}"
        );
        assert_eq!(beside(&locked, "begun.").len(), 1);
        let undone = locked.undo(&back(&steps));
        assert_eq!(undone, Ok(vec![Undone::Back("idle".into())]));
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn its_scripts_are_posix() {
    let node = Node::new();
    let mode = mode(&node, ("echo busy >mode", "echo idle >mode"));
    for script in Locked::new(&node, "dash", 60).scripts(&there(&mode)) {
        shellcheck(&script);
    }
}
