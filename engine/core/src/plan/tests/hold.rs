//! The lock of a node and its switch, with real shells: nothing strands.

use std::fs;
use std::thread;

use crate::action::tests::node::{Node, SHELLS};
use crate::event::BootId;
use crate::frame::{HeldState, Place, Switch};

use super::file::{File, step, uptime};
use super::in_each_shell;
use super::locked::{Locked, fits};
use super::time::{GATE, NEVER, expire, lapse, open, reached, wait_until, waiting};
use crate::plan::{ChangeFault, PlanFault, Settled, Step, Undone};

/// The switches, and where what they take back is changed.
const SWITCHES: [(Switch, Place); 2] = [
    (Switch::Host, Place::Admin),
    (Switch::Control, Place::Control),
];

/// Each switch under each shell, all at once: most of the time they wait.
pub(super) fn everywhere(check: impl Fn(&Node, &str, Switch, &dyn Fn(&str, &str) -> File) + Sync) {
    let one = |shell: &str, switch: Switch, place: Place| {
        let node = Node::new();
        let file = |name: &str, value: &str| File {
            place,
            ..File::new(&node, name, value)
        };
        check(&node, shell, switch, &file);
        assert_eq!(node.leftovers(), Vec::<String>::new());
    };
    thread::scope(|scope| {
        for shell in SHELLS {
            for (switch, place) in SWITCHES {
                let one = &one;
                scope.spawn(move || one(shell, switch, place));
            }
        }
    });
}

pub(super) fn back<'a>(steps: &[Step<'a>]) -> Vec<Step<'a>> {
    steps.iter().rev().map(Step::back).collect()
}

#[test]
fn what_nobody_keeps_is_taken_back_by_the_node() {
    everywhere(|node, shell, switch, file| {
        let (one, two) = (file("one", "120"), file("two", "a b"));
        let steps = [step(&one, "120", "60"), step(&two, "a b", "c")];
        let locked = Locked::new(node, shell, NEVER);
        assert_eq!(locked.change(&steps), Ok(vec!["60".into(), "c".into()]));
        assert_eq!(locked.held().expect("a lock").by, "ops/alice");
        lapse(node);
        wait_until("the node takes it back", || {
            one.value() == "120" && two.value() == "a b" && locked.held().is_none()
        });
        assert_eq!(locked.keep(switch), Err(ChangeFault::NodeUndid));
        let by_node = |values: [&str; 2]| {
            Ok(values
                .map(|value| Undone::ByNode(Some(value.into())))
                .to_vec())
        };
        assert_eq!(locked.undo(&back(&steps)), by_node(["a b", "120"]));
        // Whatever is there is told, and nothing is set any more.
        fs::write(&one.path, "60\n").expect("a file");
        fs::write(&two.path, "theirs\n").expect("a file");
        let somebody = Locked::new(node, shell, 60).hold.run;
        assert_eq!(locked.undo(&back(&steps)), by_node(["theirs", "60"]));
        assert_eq!(
            locked.undo_by(somebody, &back(&steps)),
            by_node(["theirs", "60"])
        );
        assert_eq!(
            (one.value().as_str(), two.value().as_str()),
            ("60", "theirs")
        );
        assert_eq!((locked.held(), locked.timers()), (None, 0));
    });
}

#[test]
fn what_is_kept_stays_and_no_switch_is_left() {
    everywhere(|node, shell, switch, file| {
        let one = file("one", "120");
        let steps = [step(&one, "120", "60")];
        let locked = Locked::new(node, shell, NEVER);
        assert_eq!(locked.change(&steps), Ok(vec!["60".into()]));
        assert_eq!(waiting(node).len(), 1);
        for _ in 0..2 {
            assert_eq!(locked.keep(switch), Ok(()));
            assert_eq!((locked.held(), locked.timers()), (None, 0));
        }
        wait_until("no switch waits", || waiting(node).is_empty());
        assert_eq!(one.value(), "60");
        // Later somebody wants it back, under a lock of their own.
        let other = Locked::new(node, shell, 2);
        let undone = locked.undo_by(other.hold.run, &back(&steps));
        assert_eq!(undone, Ok(vec![Undone::Back("120".into())]));
        assert_eq!((locked.held(), one.value()), (None, "120".into()));
    });
}

#[test]
fn one_change_at_a_time() {
    everywhere(|node, shell, _, file| {
        let (one, two) = (file("one", "120"), file("two", "7"));
        let (first, steps) = (Locked::new(node, shell, 60), [step(&one, "120", "60")]);
        assert!(first.change(&steps).is_ok());
        let second = Locked::new(node, shell, 60);
        let fault = second.change(&[step(&two, "7", "8")]);
        let Err(ChangeFault::Held(held)) = fault else {
            panic!("{fault:?}");
        };
        assert_eq!(held.id, first.hold.run.lock());
        assert_eq!(two.value(), "7");
        // Not even taking back what was kept earlier.
        let somebody = Locked::new(node, shell, 60).hold.run;
        let fault = second.undo_by(somebody, &[step(&two, "7", "6")]);
        assert!(matches!(fault, Err(ChangeFault::Held(_))), "{fault:?}");
        assert_eq!(first.settle(), Err(ChangeFault::NotYet));
        assert_eq!(
            first.undo(&back(&steps)),
            Ok(vec![Undone::Back("120".into())])
        );
        assert_eq!((first.held(), first.timers()), (None, 0));
        assert!(
            !first
                .home()
                .join(format!("new.{}", second.hold.run.lock()))
                .exists()
        );
    });
}

#[test]
fn a_refusal_leaves_neither_lock_nor_switch() {
    everywhere(|node, shell, _, file| {
        let one = file("one", "7");
        let locked = Locked::new(node, shell, 60);
        let fault = locked.change(&[step(&one, "1", "2")]);
        let present = "7".to_owned();
        assert_eq!(fault, Err(ChangeFault::OtherValue { step: 1, present }));
        let late = locked.change_before(uptime() - 1, &[step(&one, "7", "8")]);
        assert_eq!(late, Err(ChangeFault::TooLate));
        let mut elsewhere = Locked::new(node, shell, 60);
        elsewhere.hold.boot = BootId("another".into());
        let fault = elsewhere.change(&[step(&one, "7", "8")]);
        assert_eq!(fault, Err(ChangeFault::OtherBoot));
        assert_eq!((locked.held(), locked.timers()), (None, 0));
        assert_eq!(one.value(), "7");
    });
}

#[test]
fn what_was_given_up_is_not_begun() {
    everywhere(|node, shell, _, file| {
        let one = file("one", "7");
        let steps = [step(&one, "7", "8")];
        let locked = Locked::new(node, shell, 60);
        assert_eq!(locked.undo(&back(&steps)), Err(ChangeFault::NeverBegan));
        assert_eq!(locked.change(&steps), Err(ChangeFault::GivenUp));
        assert_eq!((locked.held(), locked.timers()), (None, 0));
        assert_eq!(one.value(), "7");
    });
}

#[test]
fn a_lost_switch_is_settled_by_whoever_comes_next() {
    everywhere(|node, shell, _, file| {
        let (one, two) = (file("one", "7"), file("two", "1"));
        let steps = [step(&one, "7", "8"), step(&two, "1", "2")];
        let locked = Locked::new(node, shell, 60);
        assert!(locked.change(&steps).is_ok());
        // Somebody else's value is left alone.
        fs::write(&two.path, "3\n").expect("a file");
        expire(&locked);
        assert_eq!(locked.settle(), Ok(Settled::Undone));
        assert_eq!((one.value(), two.value()), ("7".into(), "3".into()));
        wait_until("the timer ends", || locked.timers() == 0);
        assert_eq!(locked.held(), None);
    });
}

#[test]
fn after_a_restart_a_setting_is_taken_back_and_a_parameter_left_alone() {
    everywhere(|node, shell, switch, file| {
        let one = file("one", "7");
        let locked = Locked::new(node, shell, 60);
        assert!(locked.change(&[step(&one, "7", "8")]).is_ok());
        let record = locked.home().join("lock/record");
        let text = fs::read_to_string(&record).expect("a record");
        let earlier = text.replace(&locked.hold.boot.0, "earlier");
        fs::write(&record, earlier).expect("a record");
        // Whatever the node booted with.
        let (settled, value) = match switch {
            Switch::Host => (Settled::Lost, "8"),
            Switch::Control => (Settled::Undone, "7"),
        };
        assert_eq!(locked.settle(), Ok(settled));
        assert_eq!((one.value().as_str(), locked.held()), (value, None));
    });
}

#[test]
fn what_a_restart_has_undone_is_not_kept() {
    everywhere(|node, shell, switch, file| {
        let one = file("one", "7");
        let mut locked = Locked::new(node, shell, 60);
        assert!(locked.change(&[step(&one, "7", "8")]).is_ok());
        locked.hold.boot = BootId("another".into());
        let expected = match switch {
            Switch::Host => Err(ChangeFault::OtherBoot),
            Switch::Control => Ok(()),
        };
        assert_eq!(locked.keep(switch), expected);
        assert_eq!(locked.held(), None);
    });
}

#[test]
fn keeping_that_was_cut_short_is_settled_as_kept() {
    everywhere(|node, shell, _, file| {
        let one = file("one", "7");
        let locked = Locked::new(node, shell, 60);
        assert!(locked.change(&[step(&one, "7", "8")]).is_ok());
        let (lock, id) = (locked.home().join("lock"), locked.hold.run.lock());
        let state = |state: &str| lock.join(format!("{state}.{id}"));
        fs::rename(state("armed"), state("kept")).expect("a state");
        assert_eq!(locked.settle(), Ok(Settled::Kept));
        assert_eq!((one.value().as_str(), locked.held()), ("8", None));
    });
}

#[test]
fn a_switch_that_comes_in_the_middle_leaves_nothing_behind() {
    everywhere(|node, shell, switch, file| {
        let one = File {
            slow: format!("( cd {} && {GATE} )\n", node.folder().display()),
            ..file("one", "7")
        };
        let two = file("two", "1");
        let steps = [step(&one, "7", "8"), step(&two, "1", "2")];
        let locked = Locked::new(node, shell, NEVER);
        thread::scope(|scope| {
            let change = scope.spawn(|| locked.change(&steps));
            reached(node);
            lapse(node);
            // The host's does not wait for anybody; that of the control container waits for the change.
            let state = || locked.held().map(|held| held.state);
            let came = match switch {
                Switch::Host => None,
                Switch::Control => Some(HeldState::Undoing),
            };
            wait_until("the switch comes", || state() == came);
            open(node);
            let changed = change.join().expect("an end");
            assert_eq!(changed, Err(ChangeFault::NodeUndid));
        });
        assert_eq!((one.value(), two.value()), ("7".into(), "1".into()));
        assert_eq!((locked.held(), locked.timers()), (None, 0));
    });
}

#[test]
fn an_undo_that_was_killed_is_finished_by_the_switch() {
    everywhere(|node, shell, _, file| {
        let one = file("one", "7");
        let locked = Locked::new(node, shell, NEVER);
        assert!(locked.change(&[step(&one, "7", "8")]).is_ok());
        let (lock, id) = (locked.home().join("lock"), locked.hold.run.lock());
        let state = |state: &str| lock.join(format!("{state}.{id}"));
        fs::rename(state("armed"), state("undoing")).expect("a state");
        lapse(node);
        wait_until("the node takes it back", || {
            one.value() == "7" && locked.held().is_none()
        });
        assert_eq!(locked.timers(), 0);
        wait_until("nothing is left", || node.leftovers().is_empty());
    });
}

#[test]
fn a_lock_that_says_nothing_is_named() {
    everywhere(|node, shell, _, file| {
        let one = file("one", "7");
        let locked = Locked::new(node, shell, 60);
        fs::create_dir_all(locked.home().join("lock")).expect("a folder");
        fs::write(locked.home().join("lock/record"), "").expect("a record");
        assert_eq!(
            locked.change(&[step(&one, "7", "8")]),
            Err(ChangeFault::Unreadable)
        );
        assert_eq!((one.value().as_str(), locked.timers()), ("7", 0));
    });
}

#[test]
fn an_undo_that_fails_keeps_the_lock_and_can_be_tried_again() {
    everywhere(|node, shell, _, file| {
        let one = file("one", "refused");
        let steps = [step(&one, "refused", "8")];
        let locked = Locked::new(node, shell, 60);
        // The host can't even rehearse that.
        node.hurry();
        assert!(locked.change(&steps).is_err() || one.value() == "8");
        node.unhurry();
        fs::write(&one.path, "8\n").expect("a file");
        let somebody = Locked::new(node, shell, 60).hold.run;
        let undone = locked.undo_by(somebody, &back(&steps)).expect("an end");
        assert!(matches!(undone[..], [Undone::Failed { .. }]), "{undone:?}");
        assert!(locked.held().is_some());
        // By hand.
        fs::write(&one.path, "refused\n").expect("a file");
        let undone = locked.undo_by(somebody, &back(&steps));
        assert_eq!(undone, Ok(vec![Undone::WasBack("refused".into())]));
        assert_eq!(locked.held(), None);
        // Once more, where the answer was lost.
        let again = locked.undo_by(somebody, &back(&steps));
        assert!(
            undone == again || again == Ok(vec![Undone::ByNode(Some("refused".into()))]),
            "{again:?}"
        );
    });
}

#[test]
fn what_is_being_taken_back_is_not_kept_nor_unknown() {
    everywhere(|node, shell, switch, file| {
        let one = file("one", "7");
        let locked = Locked::new(node, shell, 60);
        assert!(locked.change(&[step(&one, "7", "8")]).is_ok());
        let (lock, id) = (locked.home().join("lock"), locked.hold.run.lock());
        let state = |state: &str| lock.join(format!("{state}.{id}"));
        fs::rename(state("armed"), state("undoing")).expect("a state");
        node.hurry();
        assert_eq!(locked.keep(switch), Err(ChangeFault::UnderWay));
        assert!(locked.held().is_some());
    });
}

#[test]
fn a_step_that_hinders_settling_is_told_beside_one_that_does_not() {
    in_each_shell(|node, shell| {
        let file = |name: &str, value: &str| File {
            place: Place::Control,
            ..File::new(node, name, value)
        };
        let (one, two) = (file("one", "1"), file("two", "refused"));
        let steps = [step(&one, "1", "2"), step(&two, "refused", "8")];
        let locked = Locked::new(node, shell, 60);
        assert!(locked.change(&steps).is_ok());
        expire(&locked);
        node.hurry();
        assert_eq!(locked.settle(), Ok(Settled::Stuck("not this one".into())));
        assert_eq!((one.value(), two.value()), ("1".into(), "8".into()));
    });
}

#[test]
fn values_that_could_be_more_than_values_have_no_switch() {
    let node = Node::new();
    let one = File::new(&node, "one", "7");
    let locked = Locked::new(&node, "dash", 60);
    assert!(fits(&locked.hold, &[step(&one, "4096 16384 4194304", "10")]).is_ok());
    for value in [
        "",
        "a;b",
        "$HOME",
        "100%",
        "|/core {}",
        "a\"b",
        "a'b",
        "a/b",
        "a\\b",
        "a*",
    ] {
        for steps in [[step(&one, value, "1")], [step(&one, "1", value)]] {
            let fault = fits(&locked.hold, &steps);
            assert!(
                matches!(fault, Err(PlanFault::NoSwitch(_))),
                "{value}: {fault:?}"
            );
        }
    }
}
