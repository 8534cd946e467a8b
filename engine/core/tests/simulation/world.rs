//! A node, its operators, and what has to be true when all of it is over.

use std::fmt::Write as _;

use heeler_core::event::{ChangePlan, Direction, Event};
use heeler_core::frame::Switch;
use heeler_core::guard::{self, Caller, End, Sent, Stage};
use heeler_core::plan::ChangeFault;
use heeler_core::value::Why;

use crate::chance::Chance;
use crate::delivery::{Command, Faults, cut_after, has_ended};
use crate::node::{Node, Order};
use crate::operator::{Life, OUTSIDE, Operator, subjects};
use crate::truth::{self, Taking};

/// The values before anybody came.
pub(crate) const ORIGINAL: [(&str, &str); 2] = [("one", "120"), ("two", "7")];

/// One schedule.
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) faults: Faults,
    pub(crate) node: Node,
    pub(crate) operators: Vec<Operator>,
    pub(crate) late: Vec<(u64, Command)>,
    pub(crate) restarts: u64,
    pub(crate) lost_switches: u64,
    pub(crate) outsider: u64,
    pub(crate) meddled: bool,
    /// In how many of a hundred cases something on the node begins to fail, or works again.
    pub(crate) ailing: u64,
    pub(crate) has_failed: bool,
    pub(crate) wrong: Vec<String>,
    /// Values that somebody has asked to be taken back later.
    pub(crate) reverted: Vec<usize>,
    /// Ends of asking for that.
    pub(crate) later: Option<End>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let switch = match chance.below(2) {
            0 => Switch::Host,
            _ => Switch::Control,
        };
        let often = |chance: &mut Chance, most: u64| match chance.below(3) {
            0 => 0,
            _ => chance.below(most),
        };
        let faults = Faults {
            killed: often(&mut chance, 20),
            unwritten: often(&mut chance, 10),
            not_sent: often(&mut chance, 30),
            answer_lost: often(&mut chance, 40),
            late: often(&mut chance, 30),
            twice: often(&mut chance, 20),
            cut: often(&mut chance, 40),
            interrupted: often(&mut chance, 15),
            blind: often(&mut chance, 10),
        };
        let mut node = Node::new(switch, &ORIGINAL);
        node.unarmable = chance.percent(3);
        let operators = (0..1 + chance.below(2))
            .map(|number| {
                let cures = chance.percent(60);
                let undo_s = 3 + chance.below(40);
                let value = ["60", "30"][usize::from(number == 1)];
                let wanted = [("one", value), ("two", "8")];
                let many = 1 + usize::from(chance.percent(50));
                let hold_ms = chance.one_of(&[0, 700, 4000, 4000, 9000]);
                let one_way = chance.percent(25);
                let times = (hold_ms, undo_s);
                let operator = Operator::new(number.into(), &wanted[..many], cures, times);
                match one_way {
                    true => operator.one_way(),
                    false => operator,
                }
            })
            .collect();
        World {
            restarts: often(&mut chance, 6),
            lost_switches: often(&mut chance, 6),
            outsider: match chance.below(8) {
                0 => 4,
                _ => 0,
            },
            meddled: false,
            ailing: match chance.below(3) {
                0 => chance.below(15),
                _ => 0,
            },
            has_failed: false,
            wrong: Vec::new(),
            chance,
            faults,
            node,
            operators,
            late: Vec::new(),
            reverted: Vec::new(),
            later: None,
        }
    }

    /// Lets everybody act until all have ended, then lets time pass, and somebody come by.
    pub(crate) fn run(&mut self) {
        for _ in 0..400 {
            let running: Vec<usize> = (0..self.operators.len())
                .filter(|index| self.life(*index) == Life::Running)
                .collect();
            let Some(who) = running.get(self.below(running.len().max(1))) else {
                break;
            };
            self.disturb();
            if let Some(operator) = self.operators.get_mut(*who) {
                operator.step(
                    &mut self.node,
                    &mut self.chance,
                    &self.faults,
                    &mut self.late,
                );
            }
            self.deliver_late(0);
        }
        if self.chance.percent(30) {
            self.take_back_later();
        }
        // All switches come, and all that is late.
        self.deliver_late(200_000);
        self.node.pass(200_000);
        self.next_contact();
        // What fails is mended at last.
        self.node.stubborn = None;
        self.node.full = false;
        self.next_contact();
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.chance.below(end as u64)).unwrap_or_default()
    }

    fn life(&self, index: usize) -> Life {
        self.operators
            .get(index)
            .map_or(Life::Dead, |operator| operator.life)
    }

    fn disturb(&mut self) {
        self.node.pass(self.chance.below(300));
        if self.chance.percent(self.restarts) {
            self.node.restart();
        }
        if self.chance.percent(self.lost_switches) {
            self.node.switches.clear();
        }
        if self.chance.percent(self.outsider) {
            self.meddle();
        }
        self.ail();
    }

    /// Somebody who knows nothing of locks sets a value.
    fn meddle(&mut self) {
        let key = self.key();
        self.node.values.insert(key, OUTSIDE.to_owned());
        self.meddled = true;
    }

    fn key(&mut self) -> String {
        ["one", "two"][usize::from(self.chance.percent(50))].to_owned()
    }

    /// A value can't be set from now on.
    fn resist(&mut self) {
        let key = self.key();
        self.node.stubborn = Some((key, self.chance.percent(20)));
        self.has_failed = true;
    }

    /// Something on the node begins to fail, or works again.
    fn ail(&mut self) {
        if self.chance.percent(self.ailing) {
            self.node.stubborn = None;
            if self.chance.percent(60) {
                self.resist();
            }
        }
        let chance = &mut self.chance;
        if chance.percent(self.ailing) {
            self.node.full = chance.percent(30);
        }
        if chance.percent(self.ailing) {
            self.node.slow_ms = chance.one_of(&[0, 40, 2000, 30_000]);
        }
        if chance.percent(self.ailing) {
            self.node.switch_cut = cut_after(chance, &self.faults);
        }
    }

    /// Lets commands arrive that were late, as time passes.
    fn deliver_late(&mut self, ms: u64) {
        let until = self.node.now_ms + ms;
        self.late.sort_by_key(|(at, _)| *at);
        while self.late.first().is_some_and(|(at, _)| *at <= until) {
            let (at, command) = self.late.remove(0);
            let wait = at.saturating_sub(self.node.now_ms);
            self.node.pass(wait);
            command.carry_out(&mut self.node);
        }
        let rest = until.saturating_sub(self.node.now_ms);
        self.node.pass(rest);
    }

    /// `heeler revert` of a run that has changed something, by somebody whose way is clear.
    fn take_back_later(&mut self) {
        for _ in 0..2 {
            if self.chance.percent(15) {
                self.meddle();
            }
        }
        if self.chance.percent(25) {
            self.resist();
        }
        let index = self.below(self.operators.len());
        let Some(operator) = self.operators.get(index) else {
            return;
        };
        let plan = operator.journal.iter().find_map(|event| match event {
            Event::FixPlanned(plan) => Some(plan.clone()),
            _ => None,
        });
        let began = operator
            .journal
            .iter()
            .any(|e| matches!(e, Event::ChangeStarted { .. }));
        let (Some(plan), true) = (plan, began) else {
            return;
        };
        if plan.one_way {
            let (lock, changes) = (operator.run.lock(), plan.changes);
            let sent = Sent::Answered(self.node.recall(&lock, true));
            let (said, ways) = guard::no_way_back(&changes, &sent, || subjects(&changes));
            let touched = self.node.touched.contains(&lock.to_string());
            if !said.contains("no way back") || (touched && ways.is_empty()) {
                self.wrong
                    .push(format!("{said} {ways:?} of what has no way back"));
            }
            return;
        }
        let Some((_, boot)) = plan.pins.first() else {
            return;
        };
        let order = Order {
            lock: operator.run.lock(),
            boot: boot.clone(),
            changes: plan.changes.clone(),
            undo_after_ms: 30_000,
            expires_ms: u64::MAX,
            one_way: false,
            cut: cut_after(&mut self.chance, &self.faults),
        };
        let own = Operator::new(1000 + index as u128, &[], false, (0, 3))
            .run
            .lock();
        let back: Vec<ChangePlan> = plan.changes.iter().rev().map(guard::back).collect();
        let before = self.node.values.clone();
        let known = operator.journal.iter().any(|event| {
            let apply = Direction::Apply;
            matches!(event, Event::ChangeApplied { direction, .. } if *direction == apply)
        });
        let sent = Sent::Answered(match self.node.undo(&order, (&own, known), &back) {
            Some(answer) => answer,
            None => Err(ChangeFault::InDoubt(Why::NoAnswer("killed".into()))),
        });
        let outcome = guard::after_undo(&back, (Caller::Person, "asked"), sent.clone(), subjects);
        let taking = Taking {
            node: &self.node,
            before: &before,
            back: &back,
            caller: Caller::Person,
            sent: &sent,
        };
        self.wrong.extend(truth::of_undo(&taking, &outcome).err());
        let began = self.node.touched.contains(&order.lock.to_string());
        if !began && self.node.values != before {
            self.wrong
                .push(format!("what never began was taken back: {before:?}"));
        }
        let started = guard::started(&back, Direction::Revert);
        if let Stage::Ended(end) = Stage::of(started.iter().chain(&outcome.events)) {
            self.later = Some(end);
            if end == End::Reverted {
                self.reverted.push(index);
            }
        }
    }

    fn next_contact(&mut self) {
        if let Some(lock) = &self.node.lock {
            let held = lock.held.clone();
            if held.is_stale(&self.node.boot.0, self.node.uptime()) {
                has_ended(self.node.settle(&held, None));
            }
        }
    }

    /// The whole story, for whoever has to find out.
    pub(crate) fn tell(&self) -> String {
        let mut story = format!("{:?}\n{:#?}\n", self.faults, self.node);
        for operator in &self.operators {
            let _ = writeln!(story, "{:?} {:?}", operator.run.lock(), operator.life);
            for event in &operator.journal {
                let _ = writeln!(story, "  {event:?}");
            }
        }
        story
    }
}
