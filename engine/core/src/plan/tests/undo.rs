//! The way back of a fix, step by step.

use std::fs;

use crate::action::tests::node::{Node, SHELLS};
use crate::event::BootId;
use crate::value::Why;

use super::file::{File, boot, step};
use super::locked::{Locked, fits};
use super::nonce;
use crate::plan::{ChangeFault, Claimant, Step, Undone, undo, undone};

fn take_back(
    node: &Node,
    shell: &str,
    boot: &BootId,
    steps: &[Step<'_>],
) -> Result<Vec<Undone>, ChangeFault> {
    let mut locked = Locked::new(node, shell, 60);
    locked.hold.boot = boot.clone();
    // By somebody else than the fix itself, which would never have begun here.
    let somebody = Locked::new(node, shell, 60).hold.run;
    locked.undo_by(somebody, steps)
}

#[test]
fn each_step_is_judged_alone() {
    for shell in SHELLS {
        let node = Node::new();
        let (was_back, stands) = (File::new(&node, "a", "120"), File::new(&node, "b", "2"));
        let (moved, refuses) = (File::new(&node, "c", "a b\nc"), File::new(&node, "d", "5"));
        let (gone, last) = (File::new(&node, "e", ""), File::new(&node, "f", "its"));
        let raced = File::new(&node, "g", "1");
        fs::remove_file(&gone.path).expect("it was there");
        let steps = [
            step(&was_back, "60", "120"),
            step(&stands, "2", "1"),
            step(&moved, "7", "6"),
            step(&refuses, "5", "refused"),
            step(&gone, "1", "2"),
            step(&raced, "1", "taken"),
            step(&last, "its", "old"),
        ];
        // As many as one command carries.
        let (some, others) = steps.split_at(4);
        let mut done = take_back(&node, shell, &boot(), some).expect("an end");
        fs::remove_dir_all(node.folder().join("home/lock")).expect("one step failed");
        done.extend(take_back(&node, shell, &boot(), others).expect("an end"));
        let [a, b, c, d, e, f, g] = &done[..] else {
            panic!("{done:?}");
        };
        assert_eq!(
            (a, b),
            (&Undone::WasBack("120".into()), &Undone::Back("1".into()))
        );
        assert_eq!(c, &Undone::Moved("a b c".into()));
        let said = Undone::Failed {
            present: Some("5".into()),
            text: "not this one".into(),
        };
        assert_eq!(d, &said);
        let Undone::Failed { present, text } = e else {
            panic!("{e:?}");
        };
        assert!(present.is_none() && text.contains("No such file"), "{e:?}");
        assert_eq!(f, &Undone::Moved("theirs".into()));
        assert_eq!(g, &Undone::Back("old".into()));
        let values = [was_back, stands, moved, refuses, last].map(|file| file.value());
        assert_eq!(values, ["120", "1", "a b\nc", "5", "old"]);
        assert_eq!(node.leftovers(), Vec::<String>::new());
    }
}

#[test]
fn a_second_time_finds_all_of_it_back() {
    for shell in SHELLS {
        let node = Node::new();
        let (one, two) = (File::new(&node, "one", "60"), File::new(&node, "two", "2"));
        let steps = [step(&one, "60", "120"), step(&two, "2", "1")];
        let back = vec![Undone::Back("120".into()), Undone::Back("1".into())];
        assert_eq!(take_back(&node, shell, &boot(), &steps), Ok(back));
        let was_back = ["120", "1"].map(|value| Undone::WasBack(value.into()));
        assert_eq!(
            take_back(&node, shell, &boot(), &steps),
            Ok(was_back.to_vec())
        );
    }
}

#[test]
fn what_was_there_before_is_left_alone_also_where_the_way_back_sets_another() {
    for shell in SHELLS {
        let node = Node::new();
        let (before, fixed) = (File::new(&node, "a", "absent"), File::new(&node, "b", "2"));
        let there = |file| Step {
            back: "1",
            ..step(file, "absent", "2")
        };
        let steps = [there(&before).back(), there(&fixed).back()];
        let done = vec![Undone::WasBack("absent".into()), Undone::Back("1".into())];
        assert_eq!(take_back(&node, shell, &boot(), &steps), Ok(done));
        assert_eq!(
            (before.value(), fixed.value()),
            ("absent".into(), "1".into())
        );
    }
}

#[test]
fn steps_are_taken_in_their_order() {
    let node = Node::new();
    let one = File::new(&node, "one", "3");
    let steps = [step(&one, "3", "2"), step(&one, "2", "1")];
    let back = vec![Undone::Back("2".into()), Undone::Back("1".into())];
    assert_eq!(take_back(&node, "dash", &boot(), &steps), Ok(back));
}

#[test]
fn on_another_boot_nothing_is_done() {
    for shell in SHELLS {
        let node = Node::new();
        let one = File::new(&node, "one", "60");
        let steps = [step(&one, "60", "120")];
        let fault = take_back(&node, shell, &BootId("another".into()), &steps);
        assert_eq!(fault, Err(ChangeFault::OtherBoot));
        assert_eq!(one.value(), "60");
    }
}

/// The way back is the longer script.
#[test]
fn what_can_not_be_undone_is_not_begun() {
    let node = Node::new();
    let long = |length| File {
        before: format!(": {}\n", "x".repeat(length)),
        ..File::new(&node, "one", "120")
    };
    let mut too_long = 0;
    let hold = Locked::new(&node, "dash", 60).hold.clone();
    for length in (1..6_000).step_by(40) {
        let one = long(length);
        let there = fits(&hold, &[step(&one, "120", "60")]);
        let itself = Claimant {
            run: hold.run,
            knows_it_began: true,
        };
        let back = undo(&hold, &itself, &[step(&one, "60", "120")], &nonce());
        assert!(there.is_err() || back.is_ok(), "{length}");
        too_long += usize::from(back.is_err());
    }
    assert!((1..150).contains(&too_long), "{too_long}");
}

#[test]
fn without_a_clear_answer_it_is_in_doubt() {
    let node = Node::new();
    let one = File::new(&node, "one", "60");
    let steps = [step(&one, "60", "120")];
    let node = node.without_admin("ctr: no running task found: task admin not found: not found");
    let fault = take_back(&node, "dash", &boot(), &steps);
    assert_eq!(fault, Err(ChangeFault::AdminOff));
    let node = node.without_admin("connection lost");
    let fault = take_back(&node, "dash", &boot(), &steps);
    assert!(matches!(fault, Err(ChangeFault::InDoubt(Why::Failed(_)))));
    assert_eq!(one.value(), "60");
    let node = Node::new();
    let locked = Locked::new(&node, "dash", 60);
    let fault = undone(
        &locked.undo_answer(Locked::new(&node, "dash", 60).hold.run, &steps),
        2,
    );
    assert!(matches!(fault, Err(ChangeFault::InDoubt(Why::Garbled(_)))));
}
