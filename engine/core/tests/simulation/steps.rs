//! The steps of a fix: what is sent, and what is written down of it.

use std::time::Duration;

use heeler_core::event::{ChangePlan, Direction, Event};
use heeler_core::guard::{self, Caller, Outcome, Sample, Sent};
use heeler_core::plan::ChangeFault;

use crate::chance::Chance;
use crate::delivery::{Command, Faults, cut_after, deliver, has_ended};
use crate::node::Node;
use crate::operator::{Life, OUTSIDE, Operator, instance, subjects};
use crate::truth::{self, Taking};

/// Milliseconds that a command may be late and is still carried out.
const EXPIRY_MS: u64 = 60_000;

impl Operator {
    pub(crate) fn apply(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        late: &mut Vec<(u64, Command)>,
    ) {
        let (_, changes) = self.plan.clone().expect("a plan");
        let arming = self.armed(node.switch).map(|armed| Event::SwitchArming {
            instance: instance(),
            armed,
        });
        let mut events: Vec<Event> = arming.into_iter().collect();
        events.extend(guard::started(&changes, Direction::Apply));
        // It must be written before anything is sent.
        if !self.write(chance, faults, events) || self.life != Life::Running {
            self.life = Life::Dead;
            return;
        }
        let mut order = self.order(node.now_ms + EXPIRY_MS);
        order.cut = cut_after(chance, faults);
        let settling_cut = cut_after(chance, faults);
        let sent = deliver(
            chance,
            faults,
            late,
            node,
            Command::Change(order.clone()),
            |node| {
                let first = node.change(&order);
                let held = match &first {
                    Some(Err(ChangeFault::Held(held))) => (**held).clone(),
                    _ => return first,
                };
                let stale = held.is_stale(&order.boot.0, node.uptime());
                match stale && has_ended(node.settle(&held, settling_cut)) {
                    true => node.change(&order),
                    false => first,
                }
            },
        );
        let sent = match self.one_way {
            true => self.recall(node, chance, faults, sent),
            false => sent,
        };
        self.applied_ms = node.now_ms;
        self.taken = Some(match &sent {
            Sent::NotTaken(_) => false,
            Sent::Answered(Err(fault)) => {
                matches!(
                    fault,
                    ChangeFault::InDoubt(_) | ChangeFault::Stopped { .. } | ChangeFault::NodeUndid
                )
            }
            Sent::Answered(Ok(_)) | Sent::Unknown(_) => true,
        });
        self.told(chance, faults, guard::after_apply(&changes, sent));
    }

    fn told(&mut self, chance: &mut Chance, faults: &Faults, outcome: Outcome) {
        self.trouble = outcome.trouble;
        if !outcome.events.is_empty() {
            self.write(chance, faults, outcome.events);
        }
    }

    pub(crate) fn sample(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        pause: Duration,
    ) {
        node.pass(u64::try_from(pause.as_millis()).expect("short") + chance.below(700));
        let (boot, changes) = self.plan.clone().expect("a plan");
        if node.boot != boot {
            self.trouble = Some("the node was restarted".to_owned());
            return;
        }
        if chance.percent(faults.blind) {
            self.trouble = Some("the credentials have expired".to_owned());
            return;
        }
        let stands = changes
            .iter()
            .all(|change| node.value(&change.subject) == change.to);
        let holds = match chance.below(10) {
            0 => None,
            1 => Some(false),
            _ => Some(self.cures && stands),
        };
        let after_ms = node.now_ms - self.applied_ms;
        if holds == Some(true) {
            self.held_since.get_or_insert(after_ms);
        } else {
            self.held_since = None;
        }
        let held_ms = self.held_since.map_or(0, |since| after_ms - since);
        self.sample = Some(Sample {
            after_ms,
            held_ms,
            holds,
        });
        let seen = Event::VerifySample {
            after_ms,
            held_ms,
            holds,
            says: String::new(),
        };
        self.write(chance, faults, vec![seen]);
    }

    pub(crate) fn keep(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        late: &mut Vec<(u64, Command)>,
    ) {
        let started = Event::KeepStarted {
            instance: instance(),
        };
        let written = self.write(chance, faults, vec![started.clone()]);
        if !written {
            // What was not stored did not happen, for whoever reads the journal.
            self.journal.retain(|event| *event != started);
            self.trouble = Some("the disk is full".to_owned());
        }
        if !written || self.life != Life::Running {
            return;
        }
        self.kept_after_ms = self
            .held_since
            .map(|since| node.now_ms - self.applied_ms - since);
        let (boot, changes) = self.plan.clone().expect("a plan");
        let lock = self.run.lock();
        for _ in 0..3 {
            let cut = chance.percent(faults.cut);
            let again = node.ended.contains_key(&lock.to_string());
            let sent = deliver(
                chance,
                faults,
                late,
                node,
                Command::Keep(lock.clone(), boot.clone()),
                |node| node.keep(&lock, &boot, cut),
            );
            let after = Duration::from_millis(node.now_ms - self.applied_ms);
            let stands = changes
                .iter()
                .all(|c| [c.to.as_str(), OUTSIDE].contains(&node.value(&c.subject)));
            let outcome = guard::after_keep(&changes, sent.clone(), after);
            self.wrong
                .extend(truth::of_keep(&changes, again || stands, &sent, &outcome).err());
            let again = outcome.trouble.is_some();
            self.told(chance, faults, outcome);
            if !again || self.life != Life::Running {
                return;
            }
            node.pass(2000);
        }
    }

    pub(crate) fn take_back(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        late: &mut Vec<(u64, Command)>,
        reason: &str,
    ) {
        let (_, changes) = self.plan.clone().expect("a plan");
        let back: Vec<ChangePlan> = changes.iter().rev().map(guard::back).collect();
        self.write(chance, faults, guard::started(&back, Direction::Revert));
        self.attempts += 1;
        assert!(self.attempts < 3, "an undo that never ends");
        for _ in 0..3 {
            if self.life != Life::Running {
                return;
            }
            let (mut order, own) = (self.order(u64::MAX), self.run.lock());
            let command = Command::Undo(order.clone(), own.clone(), back.clone());
            order.cut = cut_after(chance, faults);
            let before = node.values.clone();
            let sent = deliver(chance, faults, late, node, command, |node| {
                node.undo(&order, (&own, true), &back)
            });
            let outcome = guard::after_undo(&back, (Caller::Fix, reason), sent.clone(), subjects);
            let taking = Taking {
                node,
                before: &before,
                back: &back,
                caller: Caller::Fix,
                sent: &sent,
            };
            self.wrong.extend(truth::of_undo(&taking, &outcome).err());
            let again = outcome.trouble.is_some();
            self.told(chance, faults, outcome);
            if !again {
                return;
            }
            node.pass(3000);
        }
    }
}
