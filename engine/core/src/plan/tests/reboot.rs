//! What a reboot asks of its node, with real shells: it goes down once, and only under its lock.

use std::thread::scope;

use crate::action::tests::node::{Node, SHELLS, shellcheck};
use crate::event::BootId;
use crate::frame::{Answer, HeldState, Place};
use crate::plan::reboot::{Question, gone_down, script, seized, was_asked};
use crate::plan::{ChangeFault, Step};

use super::file::{File, step, uptime};
use super::locked::Locked;

/// Each shell on a node of its own. The file stands for the host: it is `down` once it was asked.
fn everywhere(check: impl Fn(&Node, &str, &File) + Sync) {
    let one = |shell: &str| {
        let node = Node::new();
        let host = File {
            place: Place::Control,
            one_way: true,
            ..File::new(&node, "host", "up")
        };
        check(&node, shell, &host);
        assert_eq!(node.leftovers(), Vec::<String>::new());
    };
    scope(|scope| {
        for shell in SHELLS {
            let one = &one;
            scope.spawn(move || one(shell));
        }
    });
}

fn ask(locked: &Locked<'_>, question: Question, step: &Step<'_>) -> Answer {
    let fuse = locked.fuse_of(std::slice::from_ref(step));
    let script = script(&fuse, &locked.hold, question, step).expect("a script");
    locked.ask(fuse.place, script)
}

fn soon() -> u64 {
    uptime() + 60
}

fn seize(locked: &Locked<'_>, step: &Step<'_>) -> Result<(), ChangeFault> {
    seized(&ask(locked, Question::Seize(soon()), step))
}

fn go_down(locked: &Locked<'_>, step: &Step<'_>) -> Result<(), ChangeFault> {
    gone_down(&ask(locked, Question::GoDown(soon()), step))
}

fn stands(locked: &Locked<'_>, question: Question, step: &Step<'_>) -> bool {
    was_asked(&ask(locked, question, step)).expect("an answer")
}

#[test]
fn it_is_asked_once_and_the_lock_stays_until_it_is_up_again() {
    everywhere(|node, shell, host| {
        let down = step(host, "up", "down");
        let mut locked = Locked::new(node, shell, 60);
        assert_eq!(go_down(&locked, &down), Err(ChangeFault::NotHeld));
        assert_eq!(seize(&locked, &down), Ok(()));
        let held = locked.held().expect("a lock");
        assert_eq!((held.state, held.switch), (HeldState::Armed, None));
        assert!(!stands(&locked, Question::Stands, &down));
        assert_eq!(host.value(), "up");
        assert_eq!(go_down(&locked, &down), Ok(()));
        assert_eq!(host.value(), "down");
        // Once more it finds that it was asked; nothing is done.
        std::fs::write(&host.path, "up").expect("a file");
        let again = go_down(&locked, &down);
        assert!(matches!(again, Err(ChangeFault::InDoubt(_))), "{again:?}");
        assert_eq!(host.value(), "up");
        for question in [Question::Stands, Question::LetGo] {
            assert!(stands(&locked, question, &down));
            assert!(locked.held().is_some(), "the lock of a node that goes down");
        }
        // It is up again.
        locked.hold.boot = BootId("before".into());
        assert_eq!(go_down(&locked, &down), Err(ChangeFault::OtherBoot));
        for _ in 0..2 {
            assert!(stands(&locked, Question::LetGo, &down));
            assert_eq!(locked.held(), None);
        }
        assert_eq!(host.value(), "up");
    });
}

#[test]
fn what_is_let_go_can_not_go_down_any_more() {
    everywhere(|node, shell, host| {
        let down = step(host, "up", "down");
        let locked = Locked::new(node, shell, 60);
        assert_eq!(seize(&locked, &down), Ok(()));
        for _ in 0..2 {
            assert!(!stands(&locked, Question::LetGo, &down));
            assert_eq!(locked.held(), None);
        }
        assert_eq!(go_down(&locked, &down), Err(ChangeFault::NotHeld));
        let again = seize(&locked, &down);
        assert!(matches!(again, Err(ChangeFault::InDoubt(_))), "{again:?}");
        let late = Locked::new(node, shell, 60);
        assert!(!stands(&late, Question::LetGo, &down));
        assert_eq!(seize(&late, &down), Err(ChangeFault::GivenUp));
        assert_eq!((late.held(), host.value()), (None, "up".into()));
    });
}

#[test]
fn it_is_locked_against_others_and_for_what_was_planned() {
    everywhere(|node, shell, host| {
        let down = step(host, "up", "down");
        let moved = Locked::new(node, shell, 60);
        let other = seize(&moved, &step(host, "upright", "down"));
        let is_other =
            matches!(&other, Err(ChangeFault::OtherValue { present, .. }) if present == "up");
        assert!(is_other, "{other:?}");
        let first = Locked::new(node, shell, 60);
        assert_eq!(seize(&first, &down), Ok(()));
        let second = Locked::new(node, shell, 60);
        let held = seize(&second, &down);
        assert!(matches!(held, Err(ChangeFault::Held(_))), "{held:?}");
        assert_eq!(go_down(&second, &down), Err(ChangeFault::NotHeld));
        let late = gone_down(&ask(&first, Question::GoDown(0), &down));
        assert_eq!(late, Err(ChangeFault::TooLate));
        // Somebody else ends nothing of it.
        assert!(!stands(&second, Question::LetGo, &down));
        assert!(first.held().is_some());
        assert_eq!(host.value(), "up");
        let refused = go_down(&first, &step(host, "up", "refused"));
        let said = matches!(&refused, Err(ChangeFault::Stopped { text, .. }) if text.ends_with("not this one"));
        assert!(said, "{refused:?}");
    });
}

#[test]
fn the_scripts_have_no_fault() {
    let node = Node::new();
    let host = File {
        place: Place::Control,
        one_way: true,
        ..File::new(&node, "host", "up")
    };
    let down = step(&host, "up", "down");
    let locked = Locked::new(&node, "bash", 60);
    let fuse = locked.fuse_of(std::slice::from_ref(&down));
    for question in [
        Question::Seize(7),
        Question::GoDown(7),
        Question::Stands,
        Question::LetGo,
    ] {
        let script = script(&fuse, &locked.hold, question, &down).expect("a script");
        shellcheck(&script);
    }
}
