//! What nothing can take back: how the node carries it out, and how somebody sees to it.
//! `plan/tests/one_way.rs` holds the scripts to the same behaviour.

use std::time::Duration;

use heeler_core::event::{ChangePlan, Event};
use heeler_core::frame::{HeldState, LockId};
use heeler_core::guard::{self, Outcome, Sent, Stage};
use heeler_core::plan::ChangeFault;
use heeler_core::value::Why;

use crate::chance::Chance;
use crate::delivery::{Command, Faults, deliver};
use crate::node::{Ended, Node, Order};
use crate::operator::{Operator, subjects};

impl Node {
    /// The steps of `one_way.sh`; `None` where it was killed before it could answer.
    pub(crate) fn carry_out_one_way(
        &mut self,
        order: &Order,
    ) -> Option<Result<Vec<String>, ChangeFault>> {
        let mut done = Vec::new();
        for (step, change) in order.changes.iter().enumerate() {
            self.pass(self.slow_ms);
            if !self.on_loan(order) {
                let why = Why::Garbled("the node did not print what it did".into());
                return Some(Err(ChangeFault::InDoubt(why)));
            }
            self.one_way
                .push(format!("{} {}", order.lock, change.subject));
            let works = self.carry_out(order, change);
            if order.cut == Some(step + 2) {
                return None;
            }
            if !works {
                let stopped = ChangeFault::Stopped {
                    done,
                    present: self.value(&change.subject).to_owned(),
                    text: "Device or resource busy".to_owned(),
                };
                return Some(self.note(order, Err(stopped)));
            }
            done.push(change.to.clone());
        }
        Some(self.note(order, Ok(done)))
    }

    /// Keeps what it came to beside the lock, while that is there.
    fn note(
        &mut self,
        order: &Order,
        came_to: Result<Vec<String>, ChangeFault>,
    ) -> Result<Vec<String>, ChangeFault> {
        if self.on_loan(order) {
            self.came_to.insert(order.lock.to_string(), came_to.clone());
        }
        came_to
    }

    /// `recall.sh`, which ends the lock first where `release` is wanted.
    pub(crate) fn recall(
        &mut self,
        lock: &LockId,
        release: bool,
    ) -> Result<Vec<String>, ChangeFault> {
        let came_to = self.came_to.get(&lock.to_string()).cloned();
        if release && self.holds(lock) && came_to.is_some() {
            self.end(Ended::Kept);
        }
        if let Some(came_to) = came_to {
            return came_to;
        }
        if self.holds(lock) && self.state() == Some(HeldState::Armed) {
            return Err(ChangeFault::UnderWay);
        }
        match self.ended.entry(lock.to_string()).or_insert(Ended::GivenUp) {
            Ended::GivenUp => Err(ChangeFault::NeverBegan),
            _ => Err(ChangeFault::InDoubt(Why::Garbled("cut short".into()))),
        }
    }
}

impl Operator {
    /// What became of a change whose answer was lost.
    pub(crate) fn recall(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        sent: Sent<Vec<String>>,
    ) -> Sent<Vec<String>> {
        let doubted = |sent: &Sent<Vec<String>>| {
            matches!(
                sent,
                Sent::Unknown(_)
                    | Sent::Answered(Err(ChangeFault::InDoubt(_) | ChangeFault::UnderWay))
            )
        };
        if !doubted(&sent) {
            return sent;
        }
        let asked = self.ask(node, chance, faults, false);
        match doubted(&asked) || matches!(asked, Sent::NotTaken(_)) {
            true => sent,
            false => asked,
        }
    }

    /// Ends the lock of what works, and says so.
    pub(crate) fn keep_one_way(&mut self, node: &mut Node, chance: &mut Chance, faults: &Faults) {
        self.kept_after_ms = self
            .held_since
            .map(|since| node.now_ms - self.applied_ms - since);
        let after = Duration::from_millis(node.now_ms - self.applied_ms);
        let sent = self.ask(node, chance, faults, true);
        let outcome = guard::after_release(&sent, after);
        self.check_note(node, &sent, &outcome);
        self.trouble = outcome.trouble;
        self.write(chance, faults, outcome.events);
    }

    /// Ends the lock of what was not seen to work, and says what stands.
    pub(crate) fn give_up(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        reason: &str,
    ) {
        let changes: Vec<ChangePlan> = self.plan.clone().expect("a plan").1;
        let applied = matches!(self.stage(), Stage::Applied { .. });
        let sent = self.ask(node, chance, faults, true);
        let outcome =
            guard::after_give_up((&changes, applied), reason, &sent, || subjects(&changes));
        self.check_note(node, &sent, &outcome);
        let said = outcome.events.last();
        let touched = node.touched.contains(&self.run.lock().to_string());
        let true_end = match said {
            Some(Event::FixStuck { reason: why, .. }) => why.contains(reason),
            Some(Event::FixRefused { .. }) => !touched,
            _ => false,
        };
        if !true_end || outcome.trouble.is_some() {
            self.wrong.push(format!(
                "given up because of {reason}, and told {outcome:?}"
            ));
        }
        self.write(chance, faults, outcome.events);
    }

    /// That its lock was not seen to end is told where that is so.
    fn check_note(&mut self, node: &Node, sent: &Sent<Vec<String>>, outcome: &Outcome) {
        let mut events = outcome.events.iter();
        let noted = events.any(|event| matches!(event, Event::Noted { .. }));
        let holds = node.holds(&self.run.lock());
        let seen = matches!(sent, Sent::Answered(Ok(_) | Err(ChangeFault::NeverBegan)));
        if (holds && !noted) || (seen && noted) {
            self.wrong
                .push(format!("its lock is there: {holds}, and told {outcome:?}"));
        }
    }

    fn ask(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        release: bool,
    ) -> Sent<Vec<String>> {
        let lock = self.run.lock();
        for _ in 0..2 {
            let command = Command::Recall(lock.clone(), release);
            let mut late = Vec::new();
            let sent = deliver(chance, faults, &mut late, node, command, |node| {
                Some(node.recall(&lock, release))
            });
            match sent {
                Sent::NotTaken(_) | Sent::Unknown(_) => {}
                Sent::Answered(Err(ChangeFault::UnderWay)) => {}
                sent => return sent,
            }
            node.pass(3000);
        }
        Sent::Unknown("nobody answers".to_owned())
    }
}

fn change() -> ChangePlan {
    ChangePlan {
        object: None,
        commands: None,
        instance: crate::operator::instance(),
        subject: "one".to_owned(),
        from: "120".to_owned(),
        to: "60".to_owned(),
        diff: String::new(),
        back: None,
        effects: Vec::new(),
    }
}

/// Whoever carries it out may ask in another order than the operators here.
#[test]
fn what_is_still_carried_out_is_in_doubt() {
    let under_way = Sent::Answered(Err(ChangeFault::UnderWay));
    let outcome = guard::after_apply(&[change()], under_way);
    assert!(outcome.events.is_empty() && outcome.trouble.is_some());
}

#[test]
fn what_the_node_has_no_record_of_any_more_is_not_told_to_be_nothing() {
    let removed = Sent::Answered(Err(ChangeFault::Removed));
    let outcome = guard::after_apply(&[change()], removed.clone());
    assert!(outcome.events.is_empty() && outcome.trouble.is_some());
    let outcome = guard::after_give_up((&[change()], false), "why", &removed, Vec::new);
    let events = outcome.events.as_slice();
    assert!(matches!(events, [Event::FixStuck { .. }]), "{events:?}");
    let by_hand = || vec!["look".to_owned()];
    let (said, ways) = guard::no_way_back(&[change()], &removed, by_hand);
    assert!(
        said.contains("whether it was carried out is not known"),
        "{said}"
    );
    assert_eq!(ways, ["look"]);
}

/// What surely did nothing is refused.
#[test]
fn another_value_in_its_place_is_no_change() {
    let (step, present) = (1, "120".to_owned());
    let other = Sent::Answered(Err(ChangeFault::OtherValue { step, present }));
    let outcome = guard::after_apply(&[change()], other);
    let (terms, sight) = (
        guard::Terms {
            hold: Duration::ZERO,
            within: Duration::ZERO,
            one_way: true,
        },
        guard::Sight {
            trouble: outcome.trouble,
            ..guard::Sight::default()
        },
    );
    let stage = Stage::Applying {
        changes: 1,
        applied: 0,
        failed: outcome.events.len(),
    };
    let next = guard::next(&stage, &terms, &sight);
    assert!(matches!(next, guard::Next::Refuse(_)), "{next:?}");
}

/// A node that has lost its records says of everything that it never began.
#[test]
fn what_was_read_back_is_not_refused_later() {
    let lost = Sent::Answered(Err(ChangeFault::NeverBegan));
    for (applied, stuck) in [(true, true), (false, false)] {
        let outcome = guard::after_give_up((&[change()], applied), "why", &lost, Vec::new);
        let end = outcome.events.last();
        assert_eq!(matches!(end, Some(Event::FixStuck { .. })), stuck);
        assert_eq!(matches!(end, Some(Event::FixRefused { .. })), !stuck);
    }
}
