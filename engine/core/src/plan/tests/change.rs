//! Fixes, really carried out on files that stand for the kernel's.

use std::fs;

use crate::action::tests::change as kind_of_change;
use crate::action::tests::node::{Node, SHELLS, shellcheck};
use crate::event::BootId;
use crate::frame::{Place, Switch};
use crate::value::Why;

use super::file::{File, answer, boot, step, uptime};
use super::locked::{Locked, fits};
use super::{nonce, scripts};
use crate::plan::{ChangeFault, PlanFault, Present, Step, present, read_present};

fn carry_out(
    node: &Node,
    shell: &str,
    boot: &BootId,
    steps: &[Step<'_>],
) -> Result<Vec<String>, ChangeFault> {
    let mut locked = Locked::new(node, shell, 60);
    locked.hold.boot = boot.clone();
    locked.change(steps)
}

fn held(value: &str) -> Present {
    Present {
        value: value.into(),
        services: Vec::new(),
    }
}

#[test]
fn present_values_are_read() {
    for shell in SHELLS {
        let node = Node::new();
        let (one, two) = (
            File::new(&node, "one", "120\n"),
            File::new(&node, "two", ""),
        );
        let script = present(&[&one, &two], &nonce()).expect("a script");
        assert_eq!(
            read_present(&answer(&node, shell, &script), 2),
            Ok(vec![held("120"), held("")])
        );
        let missing = File {
            path: "/no/such/file".into(),
            ..one
        };
        let script = present(&[&missing], &nonce()).expect("a script");
        assert!(matches!(
            read_present(&answer(&node, shell, &script), 1),
            Err(Why::Failed(_))
        ));
    }
}

#[test]
fn all_steps_are_carried_out_and_read_back() {
    for shell in SHELLS {
        let node = Node::new();
        let (one, two) = (File::new(&node, "one", "120"), File::new(&node, "two", "1"));
        let done = carry_out(
            &node,
            shell,
            &boot(),
            &[step(&one, "120", "60"), step(&two, "1", "2")],
        );
        assert_eq!(done, Ok(vec!["60".into(), "2".into()]));
        assert_eq!((one.value(), two.value()), ("60".into(), "2".into()));
    }
}

#[test]
fn every_layer_is_clean_sh() {
    let node = Node::new();
    let one = File {
        counted: Some("/count".into()),
        ..File::new(&node, "one", "120")
    };
    let steps = [step(&one, "120", "60"), step(&one, "60", "120")];
    let locked = Locked::new(&node, "dash", 60);
    let control = [&one].map(|one| File {
        place: Place::Control,
        before: one.before.clone(),
        path: one.path.clone(),
        slow: String::new(),
        one_way: false,
        holds: None,
        counted: None,
    });
    let in_control = control.each_ref().map(|file| step(file, "120", "60"));
    for steps in [&steps[..], &in_control] {
        for layer in locked
            .scripts(steps)
            .iter()
            .flat_map(|script| scripts(script))
        {
            shellcheck(&layer);
        }
    }
}

#[test]
fn what_comes_too_late_changes_nothing() {
    for shell in SHELLS {
        let node = Node::new();
        let one = File::new(&node, "one", "120");
        let steps = [step(&one, "120", "60")];
        for expired in [0, uptime() - 1] {
            let locked = Locked::new(&node, shell, 60);
            let fault = locked.change_before(expired, &steps);
            assert_eq!(fault, Err(ChangeFault::TooLate));
            assert_eq!(one.value(), "120");
        }
    }
}

/// The wait is where it can be: in reading what is there.
#[test]
fn the_time_is_over_when_it_passes_on_the_node() {
    let node = Node::new();
    let one = File {
        before: "sleep 3\n".into(),
        ..File::new(&node, "one", "120")
    };
    let steps = [step(&one, "120", "60")];
    let locked = Locked::new(&node, "dash", 60);
    let fault = locked.change_before(uptime() + 1, &steps);
    assert_eq!(fault, Err(ChangeFault::TooLate));
    assert_eq!(one.value(), "120");
}

#[test]
fn a_second_time_changes_nothing() {
    let node = Node::new();
    let one = File::new(&node, "one", "120");
    let steps = [step(&one, "120", "60")];
    let first = Locked::new(&node, "dash", 60);
    assert!(first.change(&steps).is_ok());
    assert_eq!(first.keep(Switch::Host), Ok(()));
    let again = carry_out(&node, "dash", &boot(), &steps);
    assert_eq!(
        again,
        Err(ChangeFault::OtherValue {
            step: 1,
            present: "60".into()
        })
    );
}

#[test]
fn another_boot_or_value_changes_nothing_at_all() {
    for shell in SHELLS {
        let node = Node::new();
        let (one, two) = (File::new(&node, "one", "120"), File::new(&node, "two", "7"));
        let steps = [step(&one, "120", "60"), step(&two, "1", "2")];
        let fault = carry_out(&node, shell, &BootId("another".into()), &steps);
        assert_eq!(fault, Err(ChangeFault::OtherBoot));
        let fault = carry_out(&node, shell, &boot(), &steps);
        assert_eq!(
            fault,
            Err(ChangeFault::OtherValue {
                step: 2,
                present: "7".into()
            })
        );
        assert_eq!((one.value(), two.value()), ("120".into(), "7".into()));
    }
}

#[test]
fn what_can_not_be_read_is_not_changed() {
    let node = Node::new();
    let (one, two) = (File::new(&node, "one", "120"), File::new(&node, "two", "7"));
    fs::remove_file(&two.path).expect("it was there");
    let fault = carry_out(
        &node,
        "dash",
        &boot(),
        &[step(&one, "120", "60"), step(&two, "1", "2")],
    );
    assert!(
        matches!(fault, Err(ChangeFault::NotRead { .. })),
        "{fault:?}"
    );
    assert_eq!(one.value(), "120");
}

#[test]
fn a_step_that_fails_is_told_with_what_was_done_before() {
    for shell in SHELLS {
        let node = Node::new();
        let (one, two) = (File::new(&node, "one", "120"), File::new(&node, "two", "1"));
        let three = File::new(&node, "three", "5");
        let steps = [
            step(&one, "120", "60"),
            step(&two, "1", "refused"),
            step(&three, "5", "6"),
        ];
        let stopped = ChangeFault::Stopped {
            done: vec!["60".into()],
            present: "1".into(),
            text: "not this one".into(),
        };
        assert_eq!(carry_out(&node, shell, &boot(), &steps), Err(stopped));
        assert_eq!((two.value(), three.value()), ("1".into(), "5".into()));
    }
}

#[test]
fn without_a_clear_answer_it_is_in_doubt() {
    let node = Node::new();
    let one = File::new(&node, "one", "120");
    let steps = [step(&one, "120", "60")];
    let node = node.without_admin("ctr: no running task found: task admin not found: not found");
    let change = || Locked::new(&node, "dash", 60).change(&steps);
    assert_eq!(change(), Err(ChangeFault::AdminOff));
    let node = node.without_admin("connection lost");
    let change = Locked::new(&node, "dash", 60).change(&steps);
    assert!(matches!(change, Err(ChangeFault::InDoubt(_))));
    assert_eq!(one.value(), "120");
}

#[test]
fn a_fix_has_one_place() {
    let node = Node::new();
    let locked = Locked::new(&node, "dash", 60);
    let one = File::new(&node, "one", "1");
    let two = File {
        place: Place::Control,
        ..File::new(&node, "two", "1")
    };
    let steps = [step(&one, "1", "2"), step(&two, "1", "2")];
    assert_eq!(fits(&locked.hold, &steps), Err(PlanFault::SeveralPlaces));
    assert_eq!(fits(&locked.hold, &[]), Err(PlanFault::NothingToChange));
}

#[test]
fn two_parameters_of_long_names_fit_into_one_command() {
    let node = Node::new();
    let hold = Locked::new(&node, "dash", 60).hold.clone();
    let change = |name: &str| {
        let what = format!("{{ net.netfilter.nf_conntrack_tcp_timeout_{name}: 60s }}");
        kind_of_change("sysctl", &what).expect("a good change")
    };
    let changes = ["established", "close_wait"].map(change);
    let steps = changes.each_ref().map(|change| Step {
        change: &**change,
        from: "432000",
        to: "60",
        back: "432000",
    });
    fits(&hold, &steps).expect("a command");
}
