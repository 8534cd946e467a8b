//! What an undo may not do, and not say: take back what another run has set, leave what nobody
//! wanted, or call back what was only asked for.

use std::fs;

use super::file::{File, step};
use super::hold::{back, everywhere};
use super::locked::Locked;
use super::time::NEVER;
use crate::plan::{ChangeFault, Undone};

#[test]
fn a_change_that_never_began_takes_nothing_of_another_run_back() {
    everywhere(|node, shell, switch, file| {
        let one = file("one", "7");
        let steps = [step(&one, "7", "8")];
        let (never, kept) = (
            Locked::new(node, shell, NEVER),
            Locked::new(node, shell, NEVER),
        );
        assert!(kept.change(&steps).is_ok());
        assert!(matches!(never.change(&steps), Err(ChangeFault::Held(_))));
        assert_eq!(kept.keep(switch), Ok(()));
        let somebody = || Locked::new(node, shell, 60).hold.run;
        for _ in 0..2 {
            let undone = never.undo_unsure(somebody(), &back(&steps));
            assert_eq!(undone, Err(ChangeFault::NeverBegan));
        }
        assert_eq!((one.value().as_str(), never.held()), ("8", None));
        // What the node has a record of is taken back all the same.
        let undone = kept.undo_unsure(somebody(), &back(&steps));
        assert_eq!(undone, Ok(vec![Undone::Back("7".into())]));
    });
}

#[test]
fn a_value_that_is_taken_as_a_third_one_is_set_back_at_once() {
    everywhere(|node, shell, _, file| {
        let (one, two) = (file("one", "7"), file("two", "1"));
        let steps = [step(&one, "7", "8"), step(&two, "1", "rounded")];
        let locked = Locked::new(node, shell, NEVER);
        let stopped = ChangeFault::Stopped {
            done: vec!["8".into()],
            present: "1".into(),
            text: "it is another".into(),
        };
        assert_eq!(locked.change(&steps), Err(stopped));
        assert_eq!(two.value(), "1");
        let undone = vec![Undone::WasBack("1".into()), Undone::Back("7".into())];
        assert_eq!(locked.undo(&back(&steps)), Ok(undone));
        assert_eq!(locked.held(), None);
    });
}

#[test]
fn what_was_only_asked_for_is_not_back() {
    everywhere(|node, shell, switch, file| {
        let is_so = node.folder().join("is-so");
        let holds = format!(
            "[ -e {} ] || {{ echo 'not yet' >&2; exit 1; }}\n",
            is_so.display()
        );
        let one = File {
            holds: Some(holds),
            ..file("one", "7")
        };
        let steps = [step(&one, "7", "8")];
        let locked = Locked::new(node, shell, 60);
        assert!(locked.change(&steps).is_ok());
        assert_eq!(locked.keep(switch), Ok(()));
        // An earlier attempt has asked for it.
        fs::write(&one.path, "7\n").expect("a file");
        let somebody = Locked::new(node, shell, 60).hold.run;
        let not_yet = Undone::Failed {
            present: Some("7".into()),
            text: "not yet".into(),
        };
        let undone = locked.undo_by(somebody, &back(&steps));
        assert_eq!(undone, Ok(vec![not_yet]));
        assert!(locked.held().is_some());
        fs::write(&is_so, "").expect("a file");
        let undone = locked.undo_by(somebody, &back(&steps));
        assert_eq!(undone, Ok(vec![Undone::WasBack("7".into())]));
        assert_eq!(locked.held(), None);
    });
}
