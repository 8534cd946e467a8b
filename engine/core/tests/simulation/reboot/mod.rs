//! A reboot: answers that are lost, a host that does not go down, or comes late or never, somebody who
//! touches its cordon, and heeler killed in the middle. It is asked once, after all that comes before
//! it; what is told of it is so; and whoever comes later finds the cordon that it has left.

mod host;
mod steps;
mod trip;

use std::collections::BTreeMap;

use heeler_core::action::RebootRules;
use heeler_core::event::{ChangePlan, Direction, Event, PinnedObject, Reached, Reboot};
use heeler_core::guard::{self, End, Move};

use self::host::PINNED;
use self::trip::Trip;
use crate::approvals::approved_one_way;
use crate::operator::instance;
use crate::seeds::Seeds;

fn change(subject: String, from: &str, to: &str) -> ChangePlan {
    ChangePlan {
        instance: instance(),
        subject,
        from: from.to_owned(),
        to: to.to_owned(),
        diff: String::new(),
        back: None,
        effects: Vec::new(),
        object: None,
        commands: None,
    }
}

/// So many evictions, and the reboot.
fn changes(pods: usize) -> Vec<ChangePlan> {
    let evictions = (0..pods).map(|pod| ChangePlan {
        object: Some(pinned("pods", &format!("p{pod}"))),
        ..change(format!("pods shop/p{pod}"), "there", "gone")
    });
    let reboot = change(RebootRules::SUBJECT.to_owned(), "1", "another");
    evictions.chain([reboot]).collect()
}

fn pinned(resource: &str, name: &str) -> PinnedObject {
    PinnedObject {
        api: "api/v1".to_owned(),
        resource: resource.to_owned(),
        namespace: None,
        name: name.to_owned(),
        uid: name.to_owned(),
    }
}

/// A plan of these changes, its approval, and that they begin.
fn planned(changes: &[ChangePlan]) -> Vec<Event> {
    let mut events = approved_one_way(changes);
    events.extend(guard::started(changes, Direction::Apply));
    events
}

/// What is told of it is so.
fn check(trip: &Trip, end: Option<End>) -> Result<&'static str, &'static str> {
    let host = &trip.host;
    let (is_asked, is_ours) = (host.asks > 0 || host.is_leaving(), host.is_ours());
    let evicted = host.pods < trip.evictions().len();
    let stored = Reboot::of(&trip.stored);
    let told = trip.journal.last().map(|event| match event {
        Event::FixStuck { reason, .. } | Event::FixRefused { reason, .. } => reason.as_str(),
        _ => "",
    });
    let told = told.unwrap_or_default();
    match end {
        _ if is_asked && !stored.is_asked() => Err("it goes down, and nobody has written that"),
        _ if is_ours && stored.left_cordoned().is_none() => Err("nobody has written its cordon"),
        None => Ok("killed"),
        Some(End::Refused | End::Stuck)
            if trip.hitch.as_deref().is_some_and(|why| !told.contains(why)) =>
        {
            Err("another reason is told")
        }
        Some(End::Kept) if !host.is_back() || is_ours || !trip.cures => Err("it was kept"),
        Some(End::Kept) => Ok("kept"),
        Some(End::Refused) if is_asked || is_ours || evicted => Err("it was refused"),
        Some(End::Refused) => Ok("refused"),
        Some(End::Stuck) if is_ours && !told.contains("left cordoned") => Err("it is cordoned"),
        Some(End::Stuck)
            if !is_asked && !is_ours && !evicted && trip.requests == 0 && !trip.has_cordoned =>
        {
            Err("nothing stuck")
        }
        Some(End::Stuck) if is_ours => Ok("left cordoned"),
        Some(End::Stuck) if host.boot == PINNED => Ok("stuck before"),
        Some(End::Stuck) => Ok("stuck after"),
        Some(End::Reverted) => Err("there is no way back"),
    }
}

/// A journal that was cut off after any record leads to no step that was begun.
fn check_records(journal: &[Event]) -> Result<(), &'static str> {
    for count in 1..=journal.len() {
        let (known, _) = journal.split_at(count);
        let begun = |event: &Event, wanted| matches!(event, Event::Reboot { phase, reached: Reached::Begun, .. } if *phase == wanted);
        match Reboot::of(known).next(None) {
            Move::Take(next) if known.iter().any(|event| begun(event, next)) => {
                return Err("a step that was begun is taken again");
            }
            _ => {}
        }
    }
    Ok(())
}

/// One schedule, and how it ended.
fn schedule(seed: u64, tally: &mut BTreeMap<&str, u64>) -> Result<(), String> {
    let mut trip = Trip::new(seed);
    let end = match trip.go() {
        Some(sent) => trip.end(sent),
        None => None,
    };
    let told = |trip: &Trip, what: &str| {
        Err(format!(
            "{what}: {end:?}, {:?}, {:?}",
            trip.host, trip.journal
        ))
    };
    if let Some(wrong) = &trip.wrong {
        return told(&trip, wrong);
    }
    match check(&trip, end).and_then(|end| check_records(&trip.journal).map(|()| end)) {
        Ok(end) => *tally.entry(end).or_default() += 1,
        Err(wrong) => return told(&trip, wrong),
    }
    let was_left = trip.host.is_ours();
    if !trip.see_to_it() {
        return told(&trip, "nobody finds its cordon");
    }
    if was_left && !trip.host.is_ours() {
        *tally.entry("uncordoned later").or_default() += 1;
    }
    if trip.host.asks > 1 || trip.requests > 1 {
        return told(&trip, "it was rebooted twice");
    }
    match end {
        Some(End::Refused) if trip.host.asks > 0 => told(&trip, "it was rebooted later"),
        _ => Ok(()),
    }
}

#[test]
fn a_node_is_rebooted_once_and_not_left_cordoned_without_a_word() {
    let mut tally = BTreeMap::new();
    let seeds = Seeds::of(crate::SCHEDULES);
    seeds.each(|seed| schedule(seed, &mut tally));
    let ends = [
        "kept",
        "refused",
        "killed",
        "left cordoned",
        "stuck before",
        "stuck after",
        "uncordoned later",
    ];
    for end in ends {
        let times = tally.get(end).copied().unwrap_or_default();
        seeds.expect(times, end, 500);
    }
}
