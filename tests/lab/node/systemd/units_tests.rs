//! The rules by which units come and go, without processes and without waiting.

use std::time::{Duration, Instant};

use super::{Start, UnitName, UnitState, Units};

fn start(stem: &str, collect: bool) -> Start {
    Start {
        stem: stem.to_owned(),
        argv: vec!["/usr/bin/true".to_owned()],
        timer: None,
        collect,
    }
}

fn loaded(units: &Units) -> Vec<String> {
    let units = units.list().into_iter();
    units
        .map(|unit| format!("{} {}", unit.name, unit.state))
        .collect()
}

fn name(text: &str) -> UnitName {
    UnitName::meant_by(text).unwrap()
}

/// A timer `undo` that has started its service as process 7.
fn elapsed(collect: bool) -> Units {
    let mut units = Units::default();
    let now = Instant::now();
    units.load(start("undo", collect), Some(now)).unwrap();
    assert_eq!(units.elapse(now), ["undo"]);
    units.began("undo", 7);
    units
}

#[test]
fn a_timer_elapses_once_and_goes_with_its_service() {
    let mut units = Units::default();
    let until = Instant::now() + Duration::from_secs(5);
    units.load(start("undo", true), Some(until)).unwrap();
    assert_eq!(
        loaded(&units),
        ["undo.timer active", "undo.service inactive"]
    );
    assert_eq!(units.next(), Some(until));
    assert!(
        units
            .elapse(until.checked_sub(Duration::from_secs(1)).unwrap())
            .is_empty()
    );
    assert_eq!(units.elapse(until), ["undo"]);
    units.began("undo", 7);
    assert_eq!(loaded(&units), ["undo.timer active", "undo.service active"]);
    assert!(units.elapse(until).is_empty());
    assert_eq!(units.ended(8, true), None);
    assert_eq!(units.ended(7, true).as_deref(), Some("undo"));
    assert!(loaded(&units).is_empty());
}

#[test]
fn a_failure_stays_unless_it_is_collected() {
    let mut kept = elapsed(false);
    kept.ended(7, false);
    assert_eq!(loaded(&kept), ["undo.service failed"]);
    let refused = kept.load(start("undo", false), Some(Instant::now()));
    assert_eq!(
        refused.unwrap_err(),
        "Unit undo.service was already loaded or has a fragment file."
    );
    let mut collected = elapsed(true);
    collected.ended(7, false);
    assert!(loaded(&collected).is_empty());
}

#[test]
fn a_loaded_timer_is_not_replaced() {
    let mut units = Units::default();
    let until = Instant::now() + Duration::from_secs(5);
    units.load(start("undo", true), Some(until)).unwrap();
    let again = units.load(start("undo", true), Some(until + Duration::from_secs(9)));
    assert_eq!(
        again.unwrap_err(),
        "Unit undo.timer was already loaded or has a fragment file."
    );
    assert_eq!(units.next(), Some(until));
}

#[test]
fn stopping_a_timer_forgets_its_service_unless_that_runs() {
    let mut waiting = Units::default();
    waiting
        .load(start("undo", true), Some(Instant::now()))
        .unwrap();
    waiting.stop(&name("undo.timer")).unwrap();
    assert!(loaded(&waiting).is_empty());
    assert_eq!(
        waiting.stop(&name("undo.timer")).unwrap_err(),
        "Unit undo.timer not loaded."
    );
    let mut running = elapsed(true);
    running.stop(&name("undo.timer")).unwrap();
    assert_eq!(loaded(&running), ["undo.service active"]);
    running.ended(7, true);
    assert!(loaded(&running).is_empty());
}

#[test]
fn stopping_a_service_ends_its_timer() {
    let mut units = elapsed(true);
    units.stop(&name("undo")).unwrap();
    assert!(loaded(&units).is_empty());
    assert_eq!(units.ended(7, false), None);
}

#[test]
fn faults_refuse_units_and_lose_timers() {
    let mut units = Units::default();
    let now = Instant::now();
    units.load(start("undo", true), Some(now)).unwrap();
    units.lose("undo").unwrap();
    assert!(units.elapse(now + Duration::from_secs(3600)).is_empty());
    assert_eq!(units.state(&name("undo.timer")), UnitState::Active);
    assert!(units.lose("undo").is_err());
    units.refuse(true);
    assert_eq!(
        units.load(start("b", true), None).unwrap_err(),
        "Access denied"
    );
    units.refuse(false);
    assert_eq!(units.load(start("b", true), None), Ok(()));
}
