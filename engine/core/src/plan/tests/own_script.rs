//! Changes by scripts of the runbook's own, which may take long, and fail half-way: only one is
//! carried out at a time, and what can't be seen is not told to be taken back.

use std::fs;
use std::process::Command;
use std::thread::{scope, sleep};
use std::time::Duration;

use crate::action::tests::node::{Node, SHELLS, shellcheck};
use crate::action::tests::{OnNode, change};
use crate::frame::HeldState;
use crate::plan::{ChangeFault, Settled, Step, Undone};

use super::locked::Locked;
use super::time::{GATE, NEVER, expire, lapse, open, reached, wait_until};

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
    let slow = format!("{GATE}; echo idle >mode");
    everywhere(("echo busy >mode", &slow), |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, NEVER);
        assert_eq!(locked.change(&steps), Ok(vec!["busy".into()]));
        lapse(node);
        reached(node);
        assert_eq!(read(node, "log"), "there . back");
        assert_eq!(
            locked.held().map(|held| held.state),
            Some(HeldState::Undoing)
        );
        // Whoever asks waits for it, also after five seconds.
        node.hurry();
        scope(|scope| {
            let undo = scope.spawn(|| locked.undo(&back(&steps)));
            sleep(Duration::from_millis(1500));
            assert!(!undo.is_finished(), "it did not wait");
            open(node);
            let by_node = Ok(vec![Undone::ByNode(Some("idle".into()))]);
            assert_eq!(undo.join().expect("an end"), by_node);
        });
        assert_eq!(read(node, "log"), "there . back .");
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn a_change_that_still_runs_is_not_taken_back_beside_it() {
    let slow = format!("{GATE}; echo busy >mode");
    everywhere((&slow, "sleep 1; echo idle >mode"), |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, NEVER);
        scope(|scope| {
            let change = scope.spawn(|| locked.change(&steps));
            reached(node);
            let undo = scope.spawn(|| locked.undo(&back(&steps)));
            wait_until("somebody takes it back", || {
                locked.held().map(|held| held.state) == Some(HeldState::Undoing)
            });
            // So does the node.
            lapse(node);
            sleep(Duration::from_millis(500));
            assert_eq!(read(node, "log"), "there");
            open(node);
            let changed = change.join().expect("an end");
            let undone = undo.join().expect("an end");
            assert_eq!(changed, Err(ChangeFault::NodeUndid));
            let by_us = Ok(vec![Undone::Back("idle".into())]);
            let by_node = Ok(vec![Undone::ByNode(Some("idle".into()))]);
            assert!(undone == by_us || undone == by_node, "{undone:?}");
        });
        assert_eq!(read(node, "log"), "there . back .");
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn a_script_that_outlives_its_shell_is_waited_for() {
    let slow = format!("{GATE}; echo busy >mode");
    everywhere((&slow, "echo idle >mode"), |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, 60);
        scope(|scope| {
            let change = scope.spawn(|| locked.change(&steps));
            reached(node);
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
        scope(|scope| {
            let undo = scope.spawn(|| locked.undo(&back(&steps)));
            sleep(Duration::from_millis(500));
            assert!(!undo.is_finished(), "it did not wait");
            open(node);
            let undone = undo.join().expect("an end");
            assert_eq!(undone, Ok(vec![Undone::Back("idle".into())]));
        });
        assert_eq!(read(node, "log"), "there . back .");
        assert_eq!((read(node, "mode").as_str(), locked.held()), ("idle", None));
    });
}

#[test]
fn what_ends_half_way_unseen_is_left_to_a_person() {
    everywhere(("exit 3", ":"), |node, shell, mode| {
        let steps = there(mode);
        let locked = Locked::new(node, shell, NEVER);
        let changed = locked.change(&steps);
        let stopped = Err(ChangeFault::Stopped {
            done: Vec::new(),
            present: "idle".into(),
            text: "the script ended with 3".into(),
        });
        assert_eq!(changed, stopped);
        lapse(node);
        wait_until("the node tries it", || {
            locked
                .held()
                .is_some_and(|held| held.state == HeldState::Undoing)
        });
        node.hurry();
        let undone = locked.undo(&back(&steps)).expect("an end");
        let [Undone::Failed { present, text }] = undone.as_slice() else {
            panic!("{undone:?}");
        };
        assert_eq!(present.as_deref(), Some("idle"));
        let says = "nobody saw the script end well; it may have done a part: see to that, then rm ";
        assert!(text.starts_with(says), "{text}");
        assert_eq!(read(node, "log"), "there", "the way back was begun");
        expire(&locked);
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
