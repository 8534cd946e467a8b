//! The scripts of a fix, each as one step in a node's time, or less where it is killed.
//! `plan/tests/hold.rs` holds the scripts themselves to the same behaviour.

use heeler_core::event::{BootId, ChangePlan};
use heeler_core::frame::{Held, HeldState, LockId, Switch};
use heeler_core::plan::{ChangeFault, Settled, Undone};
use heeler_core::value::Why;

use crate::node::{Ended, Lock, Node, Order};

/// What the node gives a switch beyond its time, in seconds: `lock.sh`.
const GRACE_S: u64 = 5;
/// For how long taking back what was kept locks the node, if it is cut short: `undo.rs`.
const LOCKED_MS: u64 = 30_000;

fn silent() -> ChangeFault {
    ChangeFault::InDoubt(Why::Garbled("the node did not print what it did".into()))
}

impl Node {
    /// `change.sh`; `None` where it was killed before it could answer.
    pub(crate) fn change(&mut self, order: &Order) -> Option<Result<Vec<String>, ChangeFault>> {
        let cut = |step: usize| order.cut == Some(step);
        if self.has_come(&order.lock) {
            return Some(Err(silent()));
        }
        if self.boot != order.boot {
            return Some(Err(ChangeFault::OtherBoot));
        }
        if self.now_ms > order.expires_ms {
            return Some(Err(ChangeFault::TooLate));
        }
        if self.unarmable {
            return Some(Err(ChangeFault::NotArmed("Access denied".to_owned())));
        }
        let at = self.now_ms + order.undo_after_ms;
        self.switches.push((at, order.lock.clone()));
        if cut(0) {
            return None;
        }
        if let Some(lock) = &self.lock {
            let held = Box::new(lock.held.clone());
            self.switches
                .retain(|(when, id)| (*when, id) != (at, &order.lock));
            return Some(Err(ChangeFault::Held(held)));
        }
        self.lock = Some(self.locked(order, HeldState::Armed));
        if cut(1) {
            return None;
        }
        if self.ended.contains_key(&order.lock.to_string()) {
            return Some(Err(self.quit(order, ChangeFault::GivenUp)));
        }
        self.pass(self.slow_ms);
        for (step, change) in (1..).zip(&order.changes) {
            if self.value(&change.subject) != change.from {
                let present = self.value(&change.subject).to_owned();
                return Some(Err(
                    self.quit(order, ChangeFault::OtherValue { step, present })
                ));
            }
        }
        if self.full {
            return Some(Err(self.quit(order, ChangeFault::NoRoom)));
        }
        if self.now_ms > order.expires_ms {
            return Some(Err(self.quit(order, ChangeFault::TooLate)));
        }
        if !self.switches.iter().any(|(_, id)| *id == order.lock) {
            let text = "its timer is not active".to_owned();
            return Some(Err(self.quit(order, ChangeFault::NotArmed(text))));
        }
        if order.one_way {
            return self.carry_out_one_way(order);
        }
        let mut done = Vec::new();
        for (step, change) in order.changes.iter().enumerate() {
            self.pass(self.slow_ms);
            if !self.on_loan(order) {
                return Some(Err(self.overtaken(order)));
            }
            let works = self.carry_out(order, change);
            if cut(step + 2) {
                return None;
            }
            if !works {
                return Some(Err(ChangeFault::Stopped {
                    done,
                    present: self.value(&change.subject).to_owned(),
                    text: "Device or resource busy".to_owned(),
                }));
            }
            self.pass(self.slow_ms / 2);
            if !self.on_loan(order) {
                if self.value(&change.subject) == change.to {
                    self.set(&change.subject, change.back());
                }
                return Some(Err(self.overtaken(order)));
            }
            done.push(change.to.clone());
        }
        Some(Ok(done))
    }

    /// Whether a copy of the command was here before.
    fn has_come(&self, lock: &LockId) -> bool {
        let ended = self.ended.get(&lock.to_string());
        self.holds(lock) || ended.is_some_and(|how| *how != Ended::GivenUp)
    }

    pub(crate) fn on_loan(&self, order: &Order) -> bool {
        self.holds(&order.lock) && self.state() == Some(HeldState::Armed)
    }

    /// The switch was faster.
    fn overtaken(&self, order: &Order) -> ChangeFault {
        match self.ended.get(&order.lock.to_string()) {
            Some(Ended::Undone) => ChangeFault::NodeUndid,
            _ => silent(),
        }
    }

    pub(crate) fn carry_out(&mut self, order: &Order, change: &ChangePlan) -> bool {
        if !self.holds(&order.lock) {
            self.intrusions
                .push(format!("{} by {}", change.subject, order.lock));
        }
        self.touched.insert(order.lock.to_string());
        self.set(&change.subject, &change.to)
    }

    /// Refuses before anything was changed, unless the switch has ended the lock.
    fn quit(&mut self, order: &Order, fault: ChangeFault) -> ChangeFault {
        if self.holds(&order.lock) && self.state() == Some(HeldState::Armed) {
            self.lock = None;
            self.switches.retain(|(_, id)| *id != order.lock);
        }
        fault
    }

    pub(crate) fn locked(&self, order: &Order, state: HeldState) -> Lock {
        let until_s = self.uptime_s() + order.undo_after_ms.div_ceil(1000) + GRACE_S;
        Lock {
            held: Held {
                state,
                id: order.lock.clone(),
                switch: Some(self.switch).filter(|_| !order.one_way),
                boot: self.boot.0.clone(),
                until_s,
                by: "ops/alice".to_owned(),
            },
            back: order
                .changes
                .iter()
                .rev()
                .map(heeler_core::guard::back)
                .collect(),
        }
    }

    pub(crate) fn holds(&self, lock: &LockId) -> bool {
        self.lock.as_ref().is_some_and(|held| held.held.id == *lock)
    }

    /// `keep.sh`; `None` where it was killed between its two renames.
    pub(crate) fn keep(
        &mut self,
        lock: &LockId,
        boot: &BootId,
        cut: bool,
    ) -> Option<Result<(), ChangeFault>> {
        if self.switch == Switch::Host && self.boot != *boot {
            if self.holds(lock) {
                self.end(Ended::Lost);
            }
            return Some(Err(ChangeFault::OtherBoot));
        }
        if self.holds(lock) && self.state() != Some(HeldState::Undoing) {
            self.turn(HeldState::Ended);
            if cut {
                return None;
            }
            self.end(Ended::Kept);
        }
        Some(match self.ended.get(&lock.to_string()) {
            Some(Ended::Kept) => Ok(()),
            Some(Ended::Undone) => Err(ChangeFault::NodeUndid),
            _ => Err(ChangeFault::NotHeld),
        })
    }

    /// `undo.sh`, for the lock of `order`, by a run whose own lock is `own`, and which knows that the
    /// change was made or does not; `None` where it was killed before it could answer.
    pub(crate) fn undo(
        &mut self,
        order: &Order,
        (own, known): (&LockId, bool),
        back: &[ChangePlan],
    ) -> Option<Result<Vec<Undone>, ChangeFault>> {
        if self.switch == Switch::Host && self.boot != order.boot {
            if self.holds(&order.lock) {
                self.end(Ended::Lost);
            }
            return Some(Err(ChangeFault::OtherBoot));
        }
        if self.full {
            return Some(Err(ChangeFault::NoRoom));
        }
        if self.ended.get(&order.lock.to_string()) == Some(&Ended::Undone) {
            return Some(Ok(self.look_at(back)));
        }
        if let Err(fault) = self.claim(order, own, known) {
            return Some(Err(fault));
        }
        self.take_back(back, order.cut).map(Ok)
    }

    /// What is there of a change that the switch has taken back.
    fn look_at(&self, back: &[ChangePlan]) -> Vec<Undone> {
        let look = |change: &ChangePlan| {
            let value = self.value(&change.subject).to_owned();
            Undone::ByNode(Some(value))
        };
        back.iter().map(look).collect()
    }

    fn claim(&mut self, order: &Order, own: &LockId, known: bool) -> Result<(), ChangeFault> {
        let lock = &order.lock;
        if self.holds(lock) {
            self.turn(HeldState::Undoing);
            return Ok(());
        }
        let ended = self.ended.entry(lock.to_string()).or_insert(Ended::GivenUp);
        if own == lock || (!known && *ended == Ended::GivenUp) {
            return Err(ChangeFault::NeverBegan);
        }
        if self.holds(own) {
            return Ok(());
        }
        if let Some(other) = &self.lock {
            return Err(ChangeFault::Held(Box::new(other.held.clone())));
        }
        let own = Order {
            lock: own.clone(),
            undo_after_ms: LOCKED_MS,
            ..order.clone()
        };
        self.ended.remove(&own.lock.to_string());
        self.lock = Some(self.locked(&own, HeldState::Undoing));
        Ok(())
    }

    /// `settle.sh`; `None` where it was killed before it could answer.
    pub(crate) fn settle(
        &mut self,
        held: &Held,
        cut: Option<usize>,
    ) -> Option<Result<Settled, ChangeFault>> {
        if self.holds(&held.id) {
            let restarted = self.boot.0 != held.boot;
            let kept = self.state() == Some(HeldState::Ended);
            if !kept && !restarted && self.uptime_s() <= held.until_s {
                return Some(Err(ChangeFault::NotYet));
            }
            match self.state() {
                Some(HeldState::Ended) => self.end(Ended::Kept),
                _ if restarted && held.switch == Some(Switch::Host) => self.end(Ended::Lost),
                _ => self.unattended(cut),
            }
        }
        let says = match self.ended.get(&held.id.to_string()) {
            _ if self.holds(&held.id) && cut.is_some() => return None,
            _ if self.holds(&held.id) => Settled::Stuck("Device or resource busy".to_owned()),
            Some(Ended::Undone) => Settled::Undone,
            Some(Ended::Kept) => Settled::Kept,
            Some(Ended::Lost) => Settled::Lost,
            Some(Ended::Over) => Settled::Over,
            _ => Settled::Gone,
        };
        Some(Ok(says))
    }
}
