//! A node as the scripts of a fix leave it: the lock, its switch, and what restarts do to both.
//! `plan/tests/hold.rs` holds the scripts themselves to the same behaviour.

use std::collections::{BTreeMap, BTreeSet};

use heeler_core::event::{BootId, ChangePlan};
use heeler_core::frame::{Held, HeldState, LockId, Switch};
use heeler_core::plan::{ChangeFault, Undone};

/// How a lock has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It never began.
    GivenUp,
    /// Its time is over, and nothing can take it back.
    Over,
    Kept,
    Undone,
    Lost,
}

/// The lock that is there.
#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub(crate) held: Held,
    /// What takes it back: each value only while it is the change's own.
    pub(crate) back: Vec<ChangePlan>,
}

impl Lock {
    /// Whether nothing can take back what holds it.
    pub(crate) fn is_one_way(&self) -> bool {
        self.held.switch.is_none()
    }
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) switch: Switch,
    pub(crate) boot: BootId,
    /// Milliseconds since the beginning; the node's uptime, too.
    pub(crate) now_ms: u64,
    pub(crate) values: BTreeMap<String, String>,
    /// What a restart puts there, where the switch is the host's.
    boot_values: BTreeMap<String, String>,
    pub(crate) lock: Option<Lock>,
    pub(crate) ended: BTreeMap<String, Ended>,
    /// Switches that wait: when, and whose lock.
    pub(crate) switches: Vec<(u64, LockId)>,
    /// Values set while another lock was there, or none: must stay empty.
    pub(crate) intrusions: Vec<String>,
    /// Whose changes have set a value.
    pub(crate) touched: BTreeSet<String>,
    /// What those came to that nothing can take back.
    pub(crate) came_to: BTreeMap<String, Result<Vec<String>, ChangeFault>>,
    /// The steps of those, each with its lock.
    pub(crate) one_way: Vec<String>,
    /// A switch can't be armed here.
    pub(crate) unarmable: bool,
    /// No record of what is done can be kept.
    pub(crate) full: bool,
    /// A value that can't be set, and whether it changes all the same.
    pub(crate) stubborn: Option<(String, bool)>,
    /// Milliseconds that pass between two steps of a change.
    pub(crate) slow_ms: u64,
    /// The next switch is killed after so many of its steps.
    pub(crate) switch_cut: Option<usize>,
}

/// The change as it reaches the node.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) lock: LockId,
    pub(crate) boot: BootId,
    pub(crate) changes: Vec<ChangePlan>,
    pub(crate) undo_after_ms: u64,
    pub(crate) expires_ms: u64,
    /// Nothing can take it back.
    pub(crate) one_way: bool,
    /// The script is killed after so many of its steps.
    pub(crate) cut: Option<usize>,
}

impl Node {
    pub(crate) fn new(switch: Switch, values: &[(&str, &str)]) -> Self {
        let values: BTreeMap<String, String> = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Node {
            switch,
            boot: BootId("1".to_owned()),
            now_ms: 100_000,
            boot_values: values.clone(),
            values,
            lock: None,
            ended: BTreeMap::new(),
            switches: Vec::new(),
            intrusions: Vec::new(),
            touched: BTreeSet::new(),
            came_to: BTreeMap::new(),
            one_way: Vec::new(),
            unarmable: false,
            full: false,
            stubborn: None,
            slow_ms: 0,
            switch_cut: None,
        }
    }

    pub(crate) fn uptime_s(&self) -> u64 {
        self.now_ms / 1000
    }

    pub(crate) fn uptime(&self) -> u64 {
        self.uptime_s()
    }

    pub(crate) fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// Time passes; switches come when theirs has.
    pub(crate) fn pass(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        while let Some(index) = self.due(until) {
            let (at, lock) = self.switches.remove(index);
            self.now_ms = self.now_ms.max(at);
            self.fire(&lock);
        }
        self.now_ms = until;
    }

    fn due(&self, until: u64) -> Option<usize> {
        let due = self.switches.iter().enumerate();
        let due = due.filter(|(_, (at, _))| *at <= until);
        due.min_by_key(|(_, (at, _))| *at).map(|(index, _)| index)
    }

    /// The switch of a lock: it acts on that lock only, and only while nobody else does.
    fn fire(&mut self, lock: &LockId) {
        if !self.holds(lock) {
            return;
        }
        match self.state() {
            Some(HeldState::Armed) => {
                let cut = self.switch_cut.take();
                self.unattended(cut);
            }
            // The host's unit can't: whoever comes next does.
            Some(HeldState::Ended) if self.has_job() => self.end(Ended::Kept),
            _ => {}
        }
    }

    /// Whether what ends its lock has a shell.
    fn has_job(&self) -> bool {
        let one_way = self.lock.as_ref().is_some_and(Lock::is_one_way);
        self.switch == Switch::Control || one_way
    }

    /// What stands beside the lock: it takes back what is the change's own.
    pub(crate) fn unattended(&mut self, cut: Option<usize>) {
        if self.lock.as_ref().is_some_and(Lock::is_one_way) {
            return self.end(Ended::Over);
        }
        self.turn(HeldState::Undoing);
        let back = self.lock.as_ref().map(|lock| lock.back.clone());
        self.take_back(&back.unwrap_or_default(), cut);
    }

    /// Takes back what stands, and ends the lock if nothing is left; `None` where it was killed.
    pub(crate) fn take_back(
        &mut self,
        back: &[ChangePlan],
        cut: Option<usize>,
    ) -> Option<Vec<Undone>> {
        let mut undone = Vec::new();
        for (step, change) in back.iter().enumerate() {
            if cut == Some(step) {
                return None;
            }
            undone.push(self.take_back_one(change));
        }
        if cut == Some(back.len()) {
            return None;
        }
        if !undone
            .iter()
            .any(|end| matches!(end, Undone::Failed { .. }))
        {
            self.end(Ended::Undone);
        }
        Some(undone)
    }

    fn take_back_one(&mut self, change: &ChangePlan) -> Undone {
        match self.value(&change.subject).to_owned() {
            value if value == change.to || change.back.as_deref() == Some(&value) => {
                Undone::WasBack(value)
            }
            value if value != change.from => Undone::Moved(value),
            _ if self.set(&change.subject, &change.to) => Undone::Back(change.to.clone()),
            _ => Undone::Failed {
                present: Some(self.value(&change.subject).to_owned()),
                text: "Device or resource busy".to_owned(),
            },
        }
    }

    /// Sets a value; false where that fails.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> bool {
        let fails = self.stubborn.as_ref().filter(|(subject, _)| subject == key);
        let (works, changes) = fails.map_or((true, true), |(_, anyway)| (false, *anyway));
        if changes {
            self.values.insert(key.to_owned(), value.to_owned());
        }
        works
    }

    pub(crate) fn state(&self) -> Option<HeldState> {
        self.lock.as_ref().map(|lock| lock.held.state)
    }

    pub(crate) fn turn(&mut self, state: HeldState) {
        if let Some(lock) = &mut self.lock {
            lock.held.state = state;
        }
    }

    pub(crate) fn end(&mut self, how: Ended) {
        if let Some(lock) = self.lock.take() {
            self.ended.insert(lock.held.id.to_string(), how);
            self.switches.retain(|(_, id)| *id != lock.held.id);
        }
    }

    /// A restart: transient timers and jobs are gone, runtime values too.
    pub(crate) fn restart(&mut self) {
        self.boot = BootId(format!("{}+", self.boot.0));
        self.switches.clear();
        if self.switch == Switch::Host {
            self.values.clone_from(&self.boot_values);
        }
    }
}
