//! A maximum that is lowered only where the table fits, by whoever takes it back.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::action::tests::node::Node;

use super::file::{File, step};
use super::in_each_shell;
use super::locked::Locked;
use super::time::{NEVER, expire, lapse, wait_until};
use crate::plan::{ChangeFault, Settled, Undone, effects};

/// A maximum of 100, and a table of so many entries.
fn table(node: &Node, entries: &str) -> File {
    let count = File::new(node, "count", entries);
    File {
        counted: Some(count.path),
        ..File::new(node, "max", "100")
    }
}

fn holds(node: &Node, entries: &str) {
    fs::write(node.folder().join("count"), format!("{entries}\n")).expect("a file");
}

#[test]
fn who_takes_it_back_leaves_a_maximum_that_a_fuller_table_needs() {
    in_each_shell(|node, shell| {
        let max = table(node, "100");
        let locked = Locked::new(node, shell, 60);
        assert_eq!(
            locked.change(&[step(&max, "100", "200")]),
            Ok(vec!["200".into()])
        );
        holds(node, "101");
        node.hurry();
        let back = [step(&max, "200", "100")];
        let undone = locked.undo(&back);
        let Ok([Undone::Failed { present, text }]) = undone.as_deref() else {
            panic!("{undone:?}");
        };
        assert_eq!(present.as_deref(), Some("200"));
        assert_eq!(
            text,
            "the table holds 101 entries, more than 100: lowering the maximum now would drop every new connection; \
             it stays, and costs at most 1 MiB"
        );
        assert_eq!(max.value(), "200");
        holds(node, "100");
        assert_eq!(locked.undo(&back), Ok(vec![Undone::Back("100".into())]));
        assert_eq!((max.value().as_str(), locked.held()), ("100", None));
    });
}

#[test]
fn who_takes_it_back_waits_for_the_table_to_fit() {
    let node = Node::new();
    let max = table(&node, "7");
    let locked = Locked::new(&node, "dash", 60);
    assert!(locked.change(&[step(&max, "100", "200")]).is_ok());
    holds(&node, "150");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            sleep(Duration::from_secs(1));
            holds(&node, "99");
        });
        let undone = locked.undo(&[step(&max, "200", "100")]);
        assert_eq!(undone, Ok(vec![Undone::Back("100".into())]));
    });
}

#[test]
fn the_switch_leaves_it_and_the_next_contact_takes_it_back() {
    in_each_shell(|node, shell| {
        let max = table(node, "100");
        let locked = Locked::new(node, shell, NEVER);
        assert!(locked.change(&[step(&max, "100", "200")]).is_ok());
        holds(node, "150");
        lapse(node);
        wait_until("the switch comes", || locked.timers() == 0);
        sleep(Duration::from_millis(500));
        assert_eq!(max.value(), "200");
        assert!(locked.held().is_some(), "its lock says what stands");
        expire(&locked);
        node.hurry();
        let Ok(Settled::Stuck(why)) = locked.settle() else {
            panic!("the table does not fit");
        };
        assert!(why.starts_with("the table holds 150 entries"), "{why}");
        assert_eq!(max.value(), "200");
        holds(node, "20");
        node.unhurry();
        assert_eq!(locked.settle(), Ok(Settled::Undone));
        assert_eq!((max.value().as_str(), locked.held()), ("100", None));
    });
}

#[test]
fn the_switch_takes_back_what_fits() {
    let node = Node::new();
    let max = table(&node, "100");
    let locked = Locked::new(&node, "dash", NEVER);
    assert!(locked.change(&[step(&max, "100", "200")]).is_ok());
    lapse(&node);
    wait_until("the switch comes", || locked.held().is_none());
    assert_eq!(max.value(), "100");
}

#[test]
fn a_change_that_would_lower_it_below_its_entries_is_not_made() {
    let node = Node::new();
    let max = table(&node, "80");
    let locked = Locked::new(&node, "dash", 60);
    let Err(ChangeFault::Stopped {
        done,
        present,
        text,
    }) = locked.change(&[step(&max, "100", "50")])
    else {
        panic!("it was lowered");
    };
    assert_eq!((done, present.as_str()), (Vec::new(), "100"));
    assert!(text.starts_with("the table holds 80 entries"), "{text}");
    assert_eq!(max.value(), "100");
}

#[test]
fn the_plan_says_so() {
    let node = Node::new();
    let max = table(&node, "80");
    let said = |from, to| effects(&step(&max, from, to), &[], &[], "1.50.0").expect("no danger");
    assert!(said("100", "200")[0].contains("the way back waits"));
    assert!(said("200", "100")[0].contains("otherwise nothing is changed"));
}
