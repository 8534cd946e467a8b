//! Somebody who carries out a fix, as `heeler` does: what comes next is asked of the guard, and
//! every answer of the node is put into its words.

use std::time::Duration;

use heeler_core::event::{Armed, BootId, ChangePlan, Event, FixPlan, InstanceId, RunId};
use heeler_core::frame::Switch;
use heeler_core::guard::{self, End, Next, Sample, Sight, Stage, Terms};

use crate::approvals::approved;
use crate::chance::Chance;
use crate::delivery::{Command, Faults, cut_after, has_ended};
use crate::node::{Node, Order};
use crate::truth::{self, Known};

/// What the way back sets where the old value can't be had again.
pub(crate) const BACK: &str = "6";
/// What somebody sets who knows nothing of locks.
pub(crate) const OUTSIDE: &str = "99";

/// Where a run stands in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    /// Killed, or it could not write: nothing more comes from it.
    Dead,
    /// It has told somebody how it ended.
    Over(Option<End>),
}

/// A run of `heeler fix`.
pub(crate) struct Operator {
    pub(crate) run: RunId,
    pub(crate) journal: Vec<Event>,
    pub(crate) life: Life,
    /// Whether the change would cure the node.
    pub(crate) cures: bool,
    pub(crate) wanted: Vec<(String, String)>,
    pub(crate) undo_after_ms: u64,
    /// Nothing can take it back.
    pub(crate) one_way: bool,
    pub(crate) terms: Terms,
    pub(crate) plan: Option<(BootId, Vec<ChangePlan>)>,
    pub(crate) trouble: Option<String>,
    pub(crate) interrupted: bool,
    pub(crate) unwritten: Option<String>,
    pub(crate) applied_ms: u64,
    pub(crate) held_since: Option<u64>,
    pub(crate) sample: Option<Sample>,
    /// Whether the node may have taken the change; `None`: it was not sent.
    pub(crate) taken: Option<bool>,
    pub(crate) attempts: u32,
    /// What was decided or told and is not true: must stay empty.
    pub(crate) wrong: Vec<String>,
    /// How long the condition had held when it asked for the change to be kept.
    pub(crate) kept_after_ms: Option<u64>,
}

impl Operator {
    pub(crate) fn new(
        number: u128,
        wanted: &[(&str, &str)],
        cures: bool,
        (hold_ms, undo_s): (u64, u64),
    ) -> Self {
        let uuid =
            uuid::Uuid::from_u128((0x0192_f4b2_1c00_7abc << 64) | 0x8000_0000_0000_0000 | number);
        Operator {
            run: RunId::new(uuid),
            journal: Vec::new(),
            life: Life::Running,
            cures,
            wanted: wanted
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            undo_after_ms: undo_s * 1000,
            one_way: false,
            terms: Terms {
                hold: Duration::from_millis(hold_ms),
                within: Duration::from_secs(20.min(undo_s)),
                one_way: false,
            },
            plan: None,
            trouble: None,
            interrupted: false,
            unwritten: None,
            applied_ms: 0,
            held_since: None,
            sample: None,
            taken: None,
            attempts: 0,
            wrong: Vec::new(),
            kept_after_ms: None,
        }
    }

    /// The same for what nothing can take back.
    pub(crate) fn one_way(mut self) -> Self {
        self.one_way = true;
        self.terms.one_way = true;
        self
    }

    pub(crate) fn stage(&self) -> Stage {
        Stage::of(&self.journal)
    }

    /// One step. Commands that are late are put into `late`, with the time at which they come.
    pub(crate) fn step(
        &mut self,
        node: &mut Node,
        chance: &mut Chance,
        faults: &Faults,
        late: &mut Vec<(u64, Command)>,
    ) {
        if self.plan.is_none() {
            self.make_plan(node, chance, faults);
            return;
        }
        self.interrupted |= chance.percent(faults.interrupted);
        let sight = Sight {
            interrupted: self.interrupted,
            unwritten: self.unwritten.clone(),
            trouble: self.trouble.take(),
        };
        let next = guard::next(&self.stage(), &self.terms, &sight);
        let known = Known {
            terms: &self.terms,
            sight: &sight,
            sample: self.sample,
            taken: self.taken,
        };
        self.wrong.extend(truth::of_next(&next, &known).err());
        match next {
            Next::Refuse(reason) => {
                let ways = Vec::new();
                self.write(
                    chance,
                    faults,
                    vec![Event::FixRefused {
                        reason,
                        ways,
                        code: None,
                    }],
                );
                self.over(Some(End::Refused));
            }
            Next::Apply => self.apply(node, chance, faults, late),
            Next::Sample(pause) => self.sample(node, chance, faults, pause),
            Next::Keep if self.one_way => self.keep_one_way(node, chance, faults),
            Next::GiveUp(reason) => self.give_up(node, chance, faults, &reason),
            Next::Keep => self.keep(node, chance, faults, late),
            Next::TakeBack(reason) => self.take_back(node, chance, faults, late, &reason),
            Next::Leave(_) => self.over(None),
            Next::End(end) => self.over(Some(end)),
        }
    }

    pub(crate) fn over(&mut self, end: Option<End>) {
        if self.life == Life::Running {
            self.life = Life::Over(end);
        }
    }

    /// Looks at the node, settles what is there, and plans.
    fn make_plan(&mut self, node: &mut Node, chance: &mut Chance, faults: &Faults) {
        if let Some(lock) = &node.lock {
            let held = lock.held.clone();
            if !held.is_stale(&node.boot.0, node.uptime()) {
                return self.over(Some(End::Refused));
            }
            let cut = cut_after(chance, faults);
            if !has_ended(node.settle(&held, cut)) {
                return self.over(Some(End::Refused));
            }
        }
        // A setting that was absent can't always be made absent again.
        let absent = node.switch == Switch::Control && !self.one_way && chance.percent(40);
        let changes: Vec<ChangePlan> = self
            .wanted
            .iter()
            .filter(|(key, to)| node.value(key) != to)
            .map(|(key, to)| ChangePlan {
                instance: instance(),
                subject: key.clone(),
                from: node.value(key).to_owned(),
                to: to.clone(),
                diff: String::new(),
                back: absent.then(|| BACK.to_owned()).filter(|_| key == "two"),
                effects: Vec::new(),
                object: None,
                commands: None,
            })
            .collect();
        if changes.is_empty() {
            return self.over(Some(End::Refused));
        }
        let plan = FixPlan {
            fix: "shorten".to_owned(),
            proof: "full".to_owned(),
            effect: None,
            pins: vec![(instance(), node.boot.clone())],
            changes: changes.clone(),
            now: Vec::new(),
            undo: String::new(),
            switch: self.armed(node.switch),
            one_way: self.one_way,
            verify: "table.count < 1".to_owned(),
            hold_s: self.terms.hold.as_secs(),
            within_s: self.terms.within.as_secs(),
            inputs: Vec::new(),
            ruling: None,
            digest: "0123".to_owned(),
        };
        self.plan = Some((node.boot.clone(), changes));
        if !self.write(chance, faults, vec![Event::FixPlanned(plan)]) {
            self.life = Life::Dead;
        }
        if self.life == Life::Running && !self.write(chance, faults, vec![approved()]) {
            self.life = Life::Dead;
        }
    }

    /// Writes events down, all or none; false where that fails. Then the run may be killed.
    pub(crate) fn write(
        &mut self,
        chance: &mut Chance,
        faults: &Faults,
        events: Vec<Event>,
    ) -> bool {
        if self.unwritten.is_none() && chance.percent(faults.unwritten) {
            self.unwritten = Some("the disk is full".to_owned());
        }
        let written = self.unwritten.is_none();
        // What could not be stored is still known to the run itself.
        self.journal.extend(events);
        // What says nothing of the fix itself is in a journal, too.
        if chance.percent(20) {
            self.journal.push(Event::Noted {
                code: "throttled".to_owned(),
                text: "SSM asks for patience".to_owned(),
            });
        }
        if chance.percent(faults.killed) {
            self.life = Life::Dead;
        }
        written
    }

    /// The switch, where there is one.
    pub(crate) fn armed(&self, switch: Switch) -> Option<Armed> {
        let after_s = self.undo_after_ms / 1000;
        (!self.one_way).then_some(Armed { switch, after_s })
    }

    pub(crate) fn order(&self, expires_ms: u64) -> Order {
        let (boot, changes) = self.plan.clone().expect("a plan");
        Order {
            lock: self.run.lock(),
            boot,
            changes,
            undo_after_ms: self.undo_after_ms,
            expires_ms,
            one_way: self.one_way,
            cut: None,
        }
    }
}

/// The commands that are left to a person.
pub(crate) fn subjects(left: &[ChangePlan]) -> Vec<String> {
    left.iter().map(|change| change.subject.clone()).collect()
}

pub(crate) fn instance() -> InstanceId {
    "i-0abc1234def567890".parse().expect("an id")
}
