//! A change on loan: what is told of its switch, of keeping it, and of what others have left.

use super::repairs::{applied, approved, change_started};
use super::stories::{beginning, fix_run, instance, pod_target, screen};
use crate::event::{Armed, Direction, Event};
use crate::frame::Switch;

fn armed() -> Event {
    Event::SwitchArming {
        instance: instance(23),
        armed: Armed {
            switch: Switch::Host,
            after_s: 360,
        },
    }
}

#[test]
fn a_change_in_doubt_is_taken_back_by_the_node() {
    let mut events = approved();
    events.extend([armed(), change_started(Direction::Apply)]);
    let said = screen(fix_run(), events);
    let row = "by itself  the node takes it back 6 min after the change, unless it was kept";
    assert!(said.contains(row), "{said}");
    assert!(said.contains("one or the other is there"), "{said}");
}

#[test]
fn whether_it_is_kept_can_be_in_doubt() {
    let mut events = approved();
    events.push(armed());
    events.extend(applied().into_iter().skip(approved().len()));
    let instance = instance(23);
    events.push(Event::KeepStarted {
        instance: instance.clone(),
    });
    let said = screen(fix_run(), events.clone());
    let row = format!("in doubt   whether {instance} keeps the change is not recorded");
    assert!(said.contains(&row), "{said}");
    assert!(said.contains("by itself"), "{said}");
    events.push(Event::FixKept { after_ms: 41_000 });
    let said = screen(fix_run(), events);
    assert!(
        !said.contains("in doubt") && said.contains("kept "),
        "{said}"
    );
}

#[test]
fn what_somebody_has_left_is_told() {
    let mut events = beginning("run", vec![pod_target()]);
    events.push(Event::LockSettled {
        instance: instance(23),
        lock: "0123456789ab".into(),
        by: "ops/bob".into(),
        says: "it was taken back, but for what somebody had set since".into(),
    });
    let said = screen(fix_run(), events);
    let note = "a change of run 01234 by ops/bob was left there unended: it was taken back, \
                but for what somebody had set since";
    assert!(said.contains(note), "{said}");
}
