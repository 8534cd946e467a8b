//! A fix in the Kubernetes API: the same guard, and nothing on the node that takes it back. Whoever
//! is killed leaves what he has set, and whoever asks later takes it back.

mod server;

use std::collections::BTreeMap;
use std::time::Duration;

use heeler_core::event::{BootId, ChangePlan, Direction, Event, FixPlan, PinnedObject};
use heeler_core::guard::{self, Caller, End, Next, Outcome, Sent, Sight, Stage, Terms};
use heeler_core::plan::Undone;

use self::server::Server;
use crate::approvals::approved;
use crate::chance::Chance;
use crate::operator::{OUTSIDE, instance, subjects};
use crate::seeds::Seeds;

/// The values before, and those that the fix wants.
const OBJECTS: [(&str, &str, &str); 2] = [("one", "1", "2"), ("two", "5", "6")];

/// A run of `heeler fix`.
struct Run {
    /// What it knows.
    journal: Vec<Event>,
    /// What of that whoever comes later can read.
    stored: Vec<Event>,
    dead: bool,
    cures: bool,
    killed: u64,
    trouble: Option<String>,
    unwritten: Option<String>,
    now_ms: u64,
    held_since: Option<u64>,
}

impl Run {
    /// Writes events down, all or none; false where that fails. Then it may be killed.
    fn write(&mut self, chance: &mut Chance, events: Vec<Event>) -> bool {
        if chance.percent(1) {
            self.unwritten = Some("the disk is full".to_owned());
        }
        if self.unwritten.is_none() {
            self.stored.extend(events.clone());
        }
        // What could not be stored is still known to the run itself.
        self.journal.extend(events);
        self.dead |= chance.percent(self.killed);
        self.unwritten.is_none()
    }

    fn told(&mut self, chance: &mut Chance, outcome: Outcome) {
        self.trouble = outcome.trouble;
        self.write(chance, outcome.events);
    }

    fn carry_out(
        &mut self,
        chance: &mut Chance,
        server: &mut Server,
        changes: &[ChangePlan],
    ) -> Option<End> {
        let terms = Terms {
            one_way: false,
            hold: Duration::from_secs(1),
            within: Duration::from_secs(11),
        };
        for step in 0.. {
            assert!(step < 60, "it never ends: {:?}", self.journal);
            let sight = Sight {
                interrupted: chance.percent(3),
                unwritten: self.unwritten.clone(),
                trouble: self.trouble.take(),
            };
            let next = guard::next(&Stage::of(&self.journal), &terms, &sight);
            match next {
                Next::Refuse(reason) => {
                    let (ways, code) = (Vec::new(), None);
                    self.write(chance, vec![Event::FixRefused { reason, ways, code }]);
                    return Some(End::Refused);
                }
                Next::Apply => {
                    // It must be written before anything is sent.
                    if !self.write(chance, guard::started(changes, Direction::Apply)) {
                        return None;
                    }
                    if !self.dead {
                        let dies = chance.percent(self.killed);
                        let sent = server.apply(chance, changes, dies);
                        self.dead |= dies;
                        if !dies {
                            self.told(chance, guard::after_apply(changes, sent));
                        }
                    }
                }
                Next::Sample(pause) => {
                    self.now_ms += u64::try_from(pause.as_millis()).expect("short") + 100;
                    self.sample(chance);
                }
                Next::Keep => {
                    let after = Duration::from_millis(self.now_ms);
                    let kept = guard::after_keep(changes, Sent::Answered(Ok(())), after);
                    self.told(chance, kept);
                }
                Next::TakeBack(reason) => self.take_back(chance, server, changes, &reason),
                // The second one is for what has no way back: that it ends so is found at the end.
                Next::Leave(_) | Next::GiveUp(_) => return None,
                Next::End(end) => return Some(end),
            }
            if self.dead {
                return None;
            }
        }
        None
    }

    fn sample(&mut self, chance: &mut Chance) {
        let holds = Some(self.cures && !chance.percent(10));
        if holds == Some(true) {
            self.held_since.get_or_insert(self.now_ms);
        } else {
            self.held_since = None;
        }
        let seen = Event::VerifySample {
            after_ms: self.now_ms,
            held_ms: self.held_since.map_or(0, |since| self.now_ms - since),
            holds,
            says: String::new(),
        };
        self.write(chance, vec![seen]);
    }

    fn take_back(
        &mut self,
        chance: &mut Chance,
        server: &mut Server,
        changes: &[ChangePlan],
        reason: &str,
    ) {
        let back = guard::way_back(changes);
        self.write(chance, guard::started(&back, Direction::Revert));
        for _ in 0..3 {
            if self.dead {
                return;
            }
            let sent = server.undo(chance, &back);
            let outcome = guard::after_undo(&back, (Caller::Fix, reason), sent, subjects);
            let again = outcome.trouble.is_some();
            self.told(chance, outcome);
            if !again {
                return;
            }
        }
    }
}

fn planned(many: usize) -> (Vec<ChangePlan>, Vec<Event>) {
    let changes = OBJECTS
        .into_iter()
        .take(many)
        .map(|(name, from, to)| ChangePlan {
            instance: instance(),
            subject: name.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            diff: String::new(),
            back: None,
            effects: Vec::new(),
            object: Some(PinnedObject {
                api: "api/v1".to_owned(),
                resource: "configmaps".to_owned(),
                namespace: None,
                name: name.to_owned(),
                uid: name.to_owned(),
            }),
            commands: None,
        });
    let changes: Vec<ChangePlan> = changes.collect();
    let plan = FixPlan {
        one_way: false,
        fix: "adjust".to_owned(),
        proof: "found".to_owned(),
        effect: None,
        pins: vec![(instance(), BootId("1".to_owned()))],
        changes: changes.clone(),
        now: Vec::new(),
        undo: String::new(),
        switch: None,
        verify: "cured".to_owned(),
        hold_s: 1,
        within_s: 11,
        inputs: Vec::new(),
        ruling: None,
        digest: "0123".to_owned(),
    };
    (changes, vec![Event::FixPlanned(plan), approved()])
}

/// One schedule: how it ended, and how it was settled where it did not.
fn schedule(seed: u64) -> Result<&'static str, String> {
    let mut chance = Chance::new(seed);
    let chance = &mut chance;
    let (changes, journal) = planned(1 + usize::from(chance.percent(50)));
    let often = |chance: &mut Chance, most: u64| chance.below(2) * chance.below(most);
    let mut server = Server {
        values: OBJECTS
            .map(|(name, old, _)| (name.to_owned(), old.to_owned()))
            .into(),
        silent: often(chance, 50),
        refusing: often(chance, 40),
        meddling: often(chance, 15),
        meddled: false,
        refused: false,
        written: false,
    };
    let mut run = Run {
        stored: journal.clone(),
        journal,
        dead: false,
        cures: chance.percent(60),
        killed: often(chance, 20),
        trouble: None,
        unwritten: None,
        now_ms: 0,
        held_since: None,
    };
    let end = run.carry_out(chance, &mut server, &changes);
    let all = |server: &Server, wanted: fn(&ChangePlan) -> &str| {
        let mut changes = changes.iter();
        changes.all(|change| [wanted(change), OUTSIDE].contains(&server.value(change)))
    };
    let is_old = all(&server, |change| &change.from);
    let began = run
        .stored
        .iter()
        .any(|event| matches!(event, Event::ChangeStarted { .. }));
    let said = Stage::of(&run.stored);
    let wrong = |what: &str| {
        Err(format!(
            "{what}: {said:?}, {:?}, {:?}",
            server.values, run.journal
        ))
    };
    if server.written && !began {
        return wrong("something was set, and nobody has written that down");
    }
    match end {
        Some(End::Kept) if !run.cures || !all(&server, |change| &change.to) => {
            return wrong("it was kept");
        }
        Some(End::Kept) => return Ok("kept"),
        Some(End::Reverted) if is_old => return Ok("reverted"),
        Some(End::Reverted) => return wrong("it was not taken back"),
        Some(End::Refused) if server.written => return wrong("it was not refused"),
        Some(End::Refused) => return Ok("refused"),
        Some(End::Stuck) if server.meddled || server.refused => {}
        Some(End::Stuck) => return wrong("nothing stuck"),
        // It had ended already when it was killed.
        None if matches!(said, Stage::Ended(End::Kept)) => return Ok("kept"),
        None => {}
    }
    if !began {
        return Ok("nothing begun");
    }
    // `heeler revert`, when nothing is in its way any more.
    (server.silent, server.refusing, server.meddling) = (0, 0, 0);
    let back = guard::way_back(&changes);
    let is_anywhere = |value: fn(&ChangePlan) -> &str| {
        let mut changes = back.iter();
        changes.any(|change| server.value(change) == value(change))
    };
    // Nothing is refused of which a part is set, and nothing is back that is somebody else's.
    let wanted = match (is_anywhere(|_| OUTSIDE), is_anywhere(|change| &change.from)) {
        (false, _) => End::Reverted,
        (true, true) => End::Stuck,
        (true, false) => End::Refused,
    };
    let sent = server.undo(chance, &back);
    let asked = (Caller::Person, "somebody asked for it");
    let outcome = guard::after_undo(&back, asked, sent, subjects);
    let settled = Stage::of(&outcome.events);
    match settled == Stage::Ended(wanted) && all(&server, |change| &change.from) {
        true => Ok("settled later"),
        false => Err(format!(
            "{settled:?} later, and there is {:?}",
            server.values
        )),
    }
}

#[test]
fn what_nothing_on_the_node_takes_back_is_taken_back_by_whoever_asks() {
    let mut tally: BTreeMap<&str, u64> = BTreeMap::new();
    let seeds = Seeds::of(crate::SCHEDULES);
    seeds.each(|seed| schedule(seed).map(|end| *tally.entry(end).or_default() += 1));
    let ends = [
        "kept",
        "reverted",
        "refused",
        "settled later",
        "nothing begun",
    ];
    for end in ends {
        let times = tally.get(end).copied().unwrap_or_default();
        seeds.expect(times, end, 500);
    }
}

#[test]
fn what_is_gone_is_no_change_any_more() {
    let (changes, _) = planned(2);
    let back = guard::way_back(&changes);
    let sent = Sent::Answered(Ok(vec![Undone::Gone, Undone::Back("1".to_owned())]));
    let outcome = guard::after_undo(&back, (Caller::Person, "asked"), sent, subjects);
    let Some(Event::FixReverted { reason }) = outcome.events.last() else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        reason,
        "asked; configmaps two is gone, and the change with it"
    );
    let objects: Vec<_> = back.iter().map(|change| &change.object).collect();
    assert_eq!(objects, [&changes[1].object, &changes[0].object]);
}
