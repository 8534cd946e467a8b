//! The rules by which units come and go, without processes and without waiting.

use std::time::{Duration, Instant};

use super::{
    Command, Delay, Ending, Next, ServiceType, Start, Surroundings, TimerBase, UnitName, UnitState,
    Units, Work,
};
use crate::node::systemd::work::Role;

const WELL: Ending = Ending::Code(0);
const BADLY: Ending = Ending::Code(1);

/// A timer and its service.
fn start(stem: &str, collect: bool) -> Start {
    let command = Command {
        role: Role::Main,
        argv: vec!["/usr/bin/echo".to_owned(), "$".to_owned()],
        may_fail: false,
    };
    Start {
        stem: stem.to_owned(),
        work: Work {
            kind: ServiceType::Simple,
            surroundings: Surroundings::default(),
            commands: vec![command],
        },
        timer: Some(Delay {
            base: TimerBase::Active,
            after: Duration::from_secs(5),
            accuracy: Duration::ZERO,
        }),
        collect,
    }
}

/// The service alone.
fn at_once(stem: &str) -> Start {
    Start {
        timer: None,
        ..start(stem, true)
    }
}

/// A timer whose service has a command of each kind.
fn in_steps() -> Start {
    let mut start = start("undo", true);
    start.work.kind = ServiceType::Oneshot;
    let roles = [Role::Condition, Role::Before, Role::Main, Role::After];
    let main = start.work.commands.remove(0);
    start.work.commands = roles
        .map(|role| Command {
            role,
            ..main.clone()
        })
        .to_vec();
    start
}

fn at(until: Instant) -> impl Fn(Delay) -> Result<Instant, String> {
    move |_| Ok(until)
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
    units.load(start("undo", collect), at(now)).unwrap();
    assert_eq!(units.elapse(now), ["undo"]);
    units.began("undo", 7);
    units
}

#[test]
fn a_timer_elapses_once_and_goes_with_its_service() {
    let mut units = Units::default();
    let until = Instant::now() + Duration::from_secs(5);
    units.load(start("undo", true), at(until)).unwrap();
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
    assert_eq!(units.ended(8, WELL), None);
    let over = Some(Next::Over("undo".to_owned()));
    assert_eq!(units.ended(7, WELL), over);
    assert!(loaded(&units).is_empty());
}

#[test]
fn a_failure_stays_unless_it_is_collected() {
    let mut kept = elapsed(false);
    kept.ended(7, BADLY);
    assert_eq!(loaded(&kept), ["undo.service failed"]);
    let refused = kept.load(start("undo", false), at(Instant::now()));
    assert_eq!(
        refused.unwrap_err(),
        "Unit undo.service was already loaded or has a fragment file."
    );
    let mut collected = elapsed(true);
    collected.ended(7, BADLY);
    assert!(loaded(&collected).is_empty());
}

#[test]
fn a_loaded_timer_is_not_replaced() {
    let mut units = Units::default();
    let until = Instant::now() + Duration::from_secs(5);
    units.load(start("undo", true), at(until)).unwrap();
    let again = units.load(start("undo", true), at(until + Duration::from_secs(9)));
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
        .load(start("undo", true), at(Instant::now()))
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
    running.ended(7, WELL);
    assert!(loaded(&running).is_empty());
}

#[test]
fn stopping_a_service_ends_its_timer() {
    let mut units = elapsed(true);
    units.stop(&name("undo")).unwrap();
    assert!(loaded(&units).is_empty());
    assert_eq!(units.ended(7, BADLY), None);
}

#[test]
fn faults_refuse_units_and_lose_timers() {
    let mut units = Units::default();
    let now = Instant::now();
    units.load(start("undo", true), at(now)).unwrap();
    units.lose("undo").unwrap();
    assert!(units.elapse(now + Duration::from_secs(3600)).is_empty());
    assert_eq!(units.state(&name("undo.timer")), UnitState::Active);
    assert!(units.lose("undo").is_err());
    units.refuse(true);
    assert_eq!(
        units.load(at_once("b"), at(now)).unwrap_err(),
        "Access denied"
    );
    units.refuse(false);
    assert_eq!(units.load(at_once("b"), at(now)), Ok(()));
}

#[test]
fn commands_run_in_order_until_one_fails() {
    let now = Instant::now();
    let next = || Some(Next::Command("undo".to_owned()));
    let over = || Some(Next::Over("undo".to_owned()));
    let role = |units: &Units| units.command("undo").unwrap().0.role;
    let mut units = Units::default();
    units.load(in_steps(), at(now)).unwrap();
    units.elapse(now);
    for wanted in [Role::Condition, Role::Before, Role::Main] {
        assert_eq!(role(&units), wanted);
        units.began("undo", 7);
        assert_eq!(units.state(&name("undo")), UnitState::Activating);
        assert_eq!(units.ended(7, WELL), next());
    }
    assert_eq!(role(&units), Role::After);
    units.began("undo", 7);
    assert_eq!(units.ended(7, WELL), over());
    assert!(loaded(&units).is_empty());
    for (ending, wanted) in [
        (BADLY, [""; 0].as_slice()),
        (Ending::Code(255), ["undo.service failed"].as_slice()),
    ] {
        let mut start = in_steps();
        start.collect = false;
        units.load(start, at(now)).unwrap();
        units.elapse(now);
        units.began("undo", 7);
        assert_eq!(units.ended(7, ending), over());
        assert_eq!(loaded(&units), wanted);
    }
}

#[test]
fn a_reload_starts_countdowns_anew_and_rereads_commands() {
    let mut units = Units::default();
    let now = Instant::now();
    units.load(start("active", true), at(now)).unwrap();
    let mut boot = start("boot", true);
    boot.timer.as_mut().unwrap().base = TimerBase::Boot;
    units.load(boot, at(now)).unwrap();
    let later = now + Duration::from_secs(5);
    // The second reload finds the same files.
    units.reload(at(later));
    units.reload(at(later));
    assert_eq!(units.elapse(now), ["boot"]);
    assert_eq!(units.next(), Some(later));
    let (command, _) = units.command("active").unwrap();
    assert_eq!(command.argv, ["/usr/bin/echo", "\\$"]);
}
