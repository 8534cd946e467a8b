//! Changes that nothing can take back, with real shells: each is carried out once, its lock ends, and
//! what it came to is known to whoever asks.

use std::fs;
use std::thread::scope;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::action::tests::node::{Node, SHELLS, shellcheck};
use crate::event::RunId;
use crate::frame::{HeldState, Place, read};
use crate::plan::{ChangeFault, PlanFault, Settled, applied};
use crate::value::Why;

use super::file::{File, step};
use super::locked::{Locked, fits};
use super::time::{NEVER, expire, lapse, wait_until};
use super::{in_each_shell, nonce};

/// Both places under each shell, all at once.
fn everywhere(check: impl Fn(&Node, &str, &dyn Fn(&str, &str) -> File) + Sync) {
    let one = |shell: &str, place: Place| {
        let node = Node::new();
        let file = |name: &str, value: &str| File {
            place,
            one_way: true,
            ..File::new(&node, name, value)
        };
        check(&node, shell, &file);
        assert_eq!(node.leftovers(), Vec::<String>::new());
    };
    scope(|scope| {
        for shell in SHELLS {
            for place in [Place::Admin, Place::Control] {
                let one = &one;
                scope.spawn(move || one(shell, place));
            }
        }
    });
}

#[test]
fn it_is_carried_out_once_and_its_end_can_be_asked_for() {
    everywhere(|node, shell, file| {
        let (one, two) = (file("one", "old"), file("two", "a b"));
        let steps = [step(&one, "old", "new"), step(&two, "a b", "c")];
        let locked = Locked::new(node, shell, 60);
        let values = Ok(vec!["new".to_owned(), "c".to_owned()]);
        assert_eq!(locked.change(&steps), values);
        let held = locked.held().expect("a lock");
        assert_eq!((held.state, held.switch), (HeldState::Armed, None));
        // The same command once more, even where the old value is there again.
        fs::write(&one.path, "old").expect("a file");
        let again = locked.change(&steps);
        assert!(matches!(again, Err(ChangeFault::InDoubt(_))), "{again:?}");
        assert_eq!(one.value(), "old");
        assert_eq!(locked.recall(&steps), values);
        assert!(locked.held().is_some(), "asking ended the lock");
        for _ in 0..2 {
            assert_eq!(locked.release(&steps), values);
            assert_eq!(locked.held(), None);
        }
        let again = locked.change(&steps);
        assert!(matches!(again, Err(ChangeFault::InDoubt(_))), "{again:?}");
        // Nobody is hindered any more.
        let other = Locked::new(node, shell, 60);
        assert!(other.change(&[step(&two, "c", "d")]).is_ok());
        assert!(locked.release(&steps).is_ok());
        assert!(other.held().is_some(), "somebody else's lock was ended");
    });
}

#[test]
fn a_step_that_fails_is_remembered_with_its_reason() {
    everywhere(|node, shell, file| {
        let (one, two) = (file("one", "old"), file("two", "a"));
        let steps = [step(&one, "old", "new"), step(&two, "a", "refused")];
        let locked = Locked::new(node, shell, 60);
        let stopped = Err(ChangeFault::Stopped {
            done: vec!["new".to_owned()],
            present: "a".to_owned(),
            text: "not this one".to_owned(),
        });
        assert_eq!(locked.change(&steps), stopped);
        assert_eq!(locked.recall(&steps), stopped);
        assert_eq!(locked.release(&steps), stopped);
        assert_eq!((locked.held(), one.value()), (None, "new".into()));
    });
}

#[test]
fn what_nobody_ends_locks_the_node_for_its_time_only() {
    everywhere(|node, shell, file| {
        let one = file("one", "old");
        let steps = [step(&one, "old", "new")];
        let locked = Locked::new(node, shell, NEVER);
        let values = Ok(vec!["new".to_owned()]);
        assert_eq!(locked.change(&steps), values);
        lapse(node);
        wait_until("the lock ends", || locked.held().is_none());
        assert_eq!(one.value(), "new", "it was taken back");
        assert_eq!(locked.release(&steps), values);
    });
}

#[test]
fn a_lock_that_nothing_ends_any_more_is_settled() {
    everywhere(|node, shell, file| {
        let one = file("one", "old");
        let steps = [step(&one, "old", "new")];
        let locked = Locked::new(node, shell, NEVER);
        assert!(locked.change(&steps).is_ok());
        // As where the container of its job was stopped.
        let job = format!("lock/job.{}", locked.hold.run.lock());
        let pid = fs::read_to_string(locked.home().join(job)).expect("a job");
        let kill = format!("kill -9 -- -{}", pid.trim());
        assert!(node.run("bash", &kill).status.success());
        assert_eq!(locked.settle(), Err(ChangeFault::NotYet));
        expire(&locked);
        assert_eq!(locked.settle(), Ok(Settled::Over));
        assert_eq!((locked.held(), one.value()), (None, "new".into()));
    });
}

#[test]
fn what_never_began_can_not_begin_any_more() {
    everywhere(|node, shell, file| {
        let one = file("one", "old");
        let steps = [step(&one, "old", "new")];
        let locked = Locked::new(node, shell, 60);
        assert_eq!(locked.recall(&steps), Err(ChangeFault::NeverBegan));
        assert_eq!(locked.change(&steps), Err(ChangeFault::GivenUp));
        assert_eq!((locked.held(), one.value()), (None, "old".into()));
    });
}

#[test]
fn what_surely_did_nothing_is_no_change() {
    everywhere(|node, shell, file| {
        let (one, two) = (file("one", "old"), file("two", "a"));
        let locked = Locked::new(node, shell, 60);
        // Somebody sets another value right before it.
        let other = Err(ChangeFault::OtherValue {
            step: 1,
            present: "theirs".to_owned(),
        });
        let steps = [step(&one, "old", "taken"), step(&two, "a", "b")];
        assert_eq!(locked.change(&steps), other);
        assert_eq!((locked.held(), two.value()), (None, "a".into()));
        // Whoever has lost the answer is told the same.
        assert_eq!(locked.recall(&steps), Err(ChangeFault::NeverBegan));
        // After a first step it is another matter.
        let locked = Locked::new(node, shell, 60);
        let steps = [step(&two, "a", "b"), step(&one, "theirs", "taken")];
        let stopped = locked.change(&steps);
        assert!(
            matches!(&stopped, Err(ChangeFault::Stopped { done, .. }) if done == &["b"]),
            "{stopped:?}"
        );
        assert_eq!(locked.release(&steps), stopped);
    });
}

/// So many records of what has ended, from this time on.
fn records_of(locked: &Locked<'_>, records: u64, oldest: u64) {
    let ended = locked.home().join("ended");
    drop(fs::remove_dir_all(&ended));
    for record in 0..records {
        let folder = ended.join(record.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        let at = UNIX_EPOCH + Duration::from_secs(oldest + record);
        let folder = fs::File::open(&folder).expect("a folder");
        folder.set_modified(at).expect("a time");
    }
}

#[test]
fn what_may_have_been_removed_is_not_said_to_have_never_begun() {
    const DAY: u64 = 24 * 3600;
    in_each_shell(|node, shell| {
        let one = File {
            place: Place::Control,
            one_way: true,
            ..File::new(node, "one", "old")
        };
        let steps = [step(&one, "old", "new")];
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let began = now.expect("a clock").as_secs() - DAY;
        for (records, oldest, removed) in [
            (0, 0, false),
            (10, began + 60, false),
            (64, began - 2 * 3600, false),
            (64, began + 60, true),
            // The clocks may differ.
            (64, began - 60, true),
        ] {
            let mut locked = Locked::new(node, shell, 60);
            let bytes = locked.hold.run.uuid().into_bytes();
            let (_, random) = bytes.split_at(6);
            let random = random.first_chunk().expect("ten bytes");
            let uuid = uuid::Builder::from_unix_timestamp_millis(began * 1000, random);
            locked.hold.run = RunId::new(uuid.into_uuid());
            records_of(&locked, records, oldest);
            let wanted = match removed {
                true => ChangeFault::Removed,
                false => ChangeFault::NeverBegan,
            };
            for _ in 0..2 {
                let asked = locked.recall(&steps);
                assert_eq!(asked, Err(wanted.clone()), "{records}, {oldest}");
            }
            // It can't begin any more, one way or the other.
            assert_eq!(locked.change(&steps), Err(ChangeFault::GivenUp));
            assert_eq!(one.value(), "old");
        }
    });
}

#[test]
fn while_it_is_carried_out_nobody_ends_its_lock() {
    everywhere(|node, shell, file| {
        let one = file("one", "old");
        let locked = Locked::new(node, shell, 60);
        let release = locked.release_script(&[step(&one, "old", "new")]);
        let folder = node.folder();
        fs::write(folder.join("release"), release).expect("a file");
        let one = File {
            slow: format!("cd {0}; sh release >released\n", folder.display()),
            ..one
        };
        let steps = [step(&one, "old", "new")];
        assert_eq!(locked.change(&steps), Ok(vec!["new".into()]));
        let released = fs::read_to_string(folder.join("released")).expect("an answer");
        let answer = read(&released, &nonce()).expect("an answer");
        assert_eq!(applied(&answer, 1), Err(ChangeFault::UnderWay));
        assert!(locked.held().is_some(), "its lock was ended");
        assert_eq!(locked.release(&steps), Ok(vec!["new".into()]));
    });
}

#[test]
fn an_end_that_was_never_written_down_stays_in_doubt() {
    everywhere(|node, shell, file| {
        let one = File {
            slow: "kill -9 $$\n".into(),
            ..file("one", "old")
        };
        let steps = [step(&one, "old", "new")];
        let locked = Locked::new(node, shell, NEVER);
        assert!(locked.change(&steps).is_err());
        lapse(node);
        wait_until("the lock ends", || locked.held().is_none());
        let asked = locked.release(&steps);
        assert!(
            matches!(asked, Err(ChangeFault::InDoubt(Why::Garbled(_)))),
            "{asked:?}"
        );
    });
}

#[test]
fn it_does_not_go_together_with_what_has_a_way_back() {
    let node = Node::new();
    let (one, two) = (File::new(&node, "one", "a"), File::new(&node, "two", "b"));
    let one = File {
        one_way: true,
        ..one
    };
    let locked = Locked::new(&node, "dash", 60);
    let both = [step(&one, "a", "b"), step(&two, "b", "c")];
    assert_eq!(fits(&locked.hold, &both), Err(PlanFault::SeveralWays));
    assert!(fits(&locked.hold, &both[..1]).is_ok());
}

#[test]
fn every_script_is_clean_sh() {
    let node = Node::new();
    let one = File {
        one_way: true,
        ..File::new(&node, "one", "a")
    };
    let steps = [step(&one, "a", "b")];
    for script in Locked::new(&node, "dash", 60).scripts(&steps) {
        shellcheck(&script);
    }
}

#[test]
fn a_restart_travels_in_one_command() {
    let restart = crate::action::tests::change("restart", "systemd-journald.service");
    let restart = restart.expect("a good change");
    let steps = [super::super::Step {
        change: &*restart,
        from: "active 0123456789abcdef0123456789abcdef",
        to: "restarted",
        back: "active 0123456789abcdef0123456789abcdef",
    }];
    let node = Node::new();
    let locked = Locked::new(&node, "dash", 60);
    let script = fits(&locked.hold, &steps);
    assert!(script.is_ok(), "{script:?}");
}
