//! Nothing is changed where nothing on the node would take it back.

use std::fs;

use super::file::{File, step};
use super::in_each_shell;
use super::locked::Locked;
use crate::frame::Place;
use crate::plan::ChangeFault;

#[test]
fn a_timer_that_is_refused_or_never_rehearsed_changes_nothing() {
    for (obstacle, says) in [
        ("no-systemd", "Access denied"),
        ("not-here", "did not rehearse"),
    ] {
        in_each_shell(|node, shell| {
            let one = File::new(node, "one", "7");
            fs::write(node.folder().join(obstacle), "").expect("a mark");
            node.hurry();
            let locked = Locked::new(node, shell, 60);
            let fault = locked.change(&[step(&one, "7", "8")]);
            let Err(ChangeFault::NotArmed(text)) = fault else {
                panic!("{fault:?}");
            };
            assert!(text.contains(says), "{text}");
            assert_eq!((locked.held(), locked.timers()), (None, 0));
            assert_eq!(one.value(), "7");
        });
    }
}

#[test]
fn a_job_that_can_not_be_started_changes_nothing() {
    in_each_shell(|node, shell| {
        let one = File {
            place: Place::Control,
            ..File::new(node, "one", "7")
        };
        // No process is left for it.
        node.program(
            "bash",
            "case $2 in *'set -m'*) echo 'bash: fork: retry: Resource temporarily unavailable' >&2; exit 254 ;; esac\n\
             exec /bin/bash \"$@\"",
        );
        let locked = Locked::new(node, shell, 60);
        let fault = locked.change(&[step(&one, "7", "8")]);
        let Err(ChangeFault::NotArmed(text)) = fault else {
            panic!("{fault:?}");
        };
        assert!(text.contains("Resource temporarily unavailable"), "{text}");
        assert_eq!((locked.held(), locked.timers()), (None, 0));
        assert_eq!((one.value(), node.leftovers()), ("7".into(), Vec::new()));
    });
}
