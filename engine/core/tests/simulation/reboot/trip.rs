//! A run that reboots a node, as `heeler` goes through it: what comes next is asked of the guard, and
//! what was reached is written down.

use std::time::Duration;

use heeler_core::event::{ChangePlan, Event, Phase, Reached, Reboot};
use heeler_core::guard::{self, End, Move, Next, Sent, Sight, Stage, Terms};

use super::host::{Came, Faults, Host, LOCK_S, PINNED, Whose};
use super::{changes, pinned, planned};
use crate::chance::Chance;
use crate::operator::instance;

const TERMS: Terms = Terms {
    hold: Duration::from_secs(1),
    within: Duration::from_secs(11),
    one_way: true,
};

/// A run of `heeler fix`.
pub(super) struct Trip {
    pub(super) chance: Chance,
    pub(super) host: Host,
    pub(super) changes: Vec<ChangePlan>,
    /// What it knows.
    pub(super) journal: Vec<Event>,
    /// What of that whoever comes later can read.
    pub(super) stored: Vec<Event>,
    /// In how many of a hundred cases it is killed, interrupted, or can't write any more.
    pub(super) killed: u64,
    pub(super) interrupted: u64,
    pub(super) unwritten: u64,
    /// In how many of a hundred cases a pod stays.
    pub(super) stays: u64,
    pub(super) cures: bool,
    pub(super) dead: bool,
    pub(super) broken: bool,
    pub(super) stop: Option<String>,
    /// The steps that went well.
    pub(super) fine: Vec<Phase>,
    /// It has sent a cordon.
    pub(super) has_cordoned: bool,
    /// How often it has sent the command to go down.
    pub(super) requests: u64,
    /// What stood in the way first.
    pub(super) hitch: Option<String>,
    pub(super) wrong: Option<String>,
}

impl Trip {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let mut often = |most: u64| chance.below(2) * chance.below(most);
        let faults = Faults {
            silent: often(40),
            unsent: often(20),
            meddling: often(12),
        };
        let (killed, interrupted, unwritten, stays) = (often(15), often(8), often(8), often(30));
        let pods = usize::try_from(chance.below(4)).expect("few");
        let changes = changes(pods);
        let mut host = Host::new(faults, pods);
        host.cordoned = chance.percent(10);
        host.leaves_s = (!chance.percent(8)).then(|| 2 + chance.below(30));
        host.away_s = 20 + chance.below(100);
        host.settles_s = (!chance.percent(10)).then(|| chance.below(60));
        host.refuses = chance.percent(8);
        host.mark = chance.percent(4).then_some(Whose::Theirs);
        host.lock = chance.percent(6).then_some(Whose::Theirs);
        let journal = planned(&changes);
        Trip {
            cures: chance.percent(85),
            chance,
            host,
            stored: journal.clone(),
            journal,
            changes,
            killed,
            interrupted,
            unwritten,
            stays,
            dead: false,
            broken: false,
            stop: None,
            fine: Vec::new(),
            has_cordoned: false,
            requests: 0,
            hitch: None,
            wrong: None,
        }
    }

    pub(super) fn evictions(&self) -> Vec<ChangePlan> {
        let pods = self.changes.iter().filter(|change| change.object.is_some());
        pods.cloned().collect()
    }

    /// The changes of which no end is recorded.
    pub(super) fn open(&self) -> Vec<ChangePlan> {
        let ended = |change: &&ChangePlan| {
            let mut events = self.journal.iter();
            !events.any(|event| matches!(event, Event::ChangeApplied { subject, .. } | Event::ChangeFailed { subject, .. } if *subject == change.subject))
        };
        self.changes.iter().filter(ended).cloned().collect()
    }

    fn is_wrong(&mut self, what: impl Into<String>) {
        self.wrong.get_or_insert(what.into());
    }

    /// Writes an event down, if it still can. Then it may be killed.
    pub(super) fn record(&mut self, event: Event) {
        if !self.broken && !self.dead {
            self.stored.push(event.clone());
        }
        // What could not be stored is still known to the run itself.
        self.journal.push(event);
        self.dead |= self.chance.percent(self.killed);
    }

    /// Perhaps somebody wants it to stop.
    pub(super) fn notice(&mut self) {
        if self.chance.percent(self.interrupted) {
            self.stops("it was interrupted");
        }
    }

    fn stops(&mut self, why: &str) {
        let why = self.stop.get_or_insert_with(|| why.to_owned());
        if self.requests == 0 {
            self.hitch.get_or_insert(why.clone());
        }
    }

    /// One step after the other, as far as it goes; `None`: it was killed.
    pub(super) fn go(&mut self) -> Option<Sent<Vec<String>>> {
        loop {
            if self.dead || self.wrong.is_some() {
                return None;
            }
            self.notice();
            if self.broken {
                self.stops("the journal can't be written");
            }
            match Reboot::of(&self.journal).next(self.stop.as_deref()) {
                Move::Take(phase) => self.take(phase),
                Move::Rebooted => {
                    if !self.host.is_back() || self.host.is_ours() {
                        self.is_wrong("it is not back, or cordoned");
                    }
                    let boot = self.host.boot.to_string();
                    return Some(Sent::Answered(Ok(vec![boot])));
                }
                Move::Untouched(why) => {
                    let host = &self.host;
                    let evicted = host.pods < self.evictions().len();
                    if evicted || host.is_ours() || host.is_leaving() || host.asks > 0 {
                        self.is_wrong("something of it stands");
                    }
                    self.released();
                    return Some(Sent::NotTaken(why));
                }
                Move::Halfway(why) => return Some(Sent::Unknown(why)),
            }
        }
    }

    fn take(&mut self, phase: Phase) {
        let begun = self.event(phase, Reached::Begun);
        if self.journal.contains(&begun) {
            return self.is_wrong("a step is taken twice");
        }
        let onward = !matches!(phase, Phase::Return | Phase::Uncordon);
        let mut before = Phase::ALL.iter().filter(|other| **other < phase);
        if onward && (self.stop.is_some() || !before.all(|other| self.fine.contains(other))) {
            return self.is_wrong("what comes before it did not go well, and it goes on");
        }
        let is_quiet = !self.host.is_leaving() && (self.host.asks == 0 || self.host.is_back());
        if phase == Phase::Uncordon && !(self.has_cordoned && is_quiet) {
            return self.is_wrong("it uncordons what goes down, or was never cordoned");
        }
        self.broken |= self.chance.percent(self.unwritten);
        // What can't be written down is not done, but for the way home.
        if onward && self.broken {
            return;
        }
        self.record(begun);
        if self.dead {
            return;
        }
        let reached = self.step(phase);
        match &reached {
            Reached::Done(_) => self.fine.push(phase),
            Reached::Idle(_) if phase != Phase::Return => self.fine.push(phase),
            // Nobody knows yet what comes of that.
            Reached::Partly(_) if phase == Phase::Reboot => {}
            reached => {
                let says = reached.says().to_owned();
                self.hitch.get_or_insert(says);
            }
        }
        self.record(self.event(phase, reached));
    }

    fn event(&self, phase: Phase, reached: Reached) -> Event {
        let cordons = phase == Phase::Cordon && reached == Reached::Begun;
        Event::Reboot {
            instance: instance(),
            phase,
            reached,
            node: cordons.then(|| pinned("nodes", "n")),
        }
    }

    /// Its lock is ended, where the node answers.
    fn released(&mut self) -> Sent<Vec<String>> {
        for _ in 0..3 {
            match self.host.ask(&mut self.chance, |host| host.let_go(true)) {
                Came::Answer(asked) => return Sent::Answered(Ok(vec![asked.to_string()])),
                Came::NotSent | Came::Silence => {}
            }
        }
        Sent::Unknown("no answer".to_owned())
    }

    /// What is told of it in the end; `None`: it was killed before that.
    pub(super) fn end(&mut self, sent: Sent<Vec<String>>) -> Option<End> {
        let outcome = guard::after_apply(&self.open(), sent);
        let trouble = outcome.trouble;
        let mut events = outcome.events;
        loop {
            events.into_iter().for_each(|event| self.record(event));
            if self.dead {
                return None;
            }
            let stage = Stage::of(&self.journal);
            let sight = Sight {
                trouble: trouble.clone(),
                ..Sight::default()
            };
            events = match guard::next(&stage, &TERMS, &sight) {
                Next::Sample(_) => vec![self.sample()],
                Next::Keep => guard::after_release(&self.released(), TERMS.hold).events,
                Next::GiveUp(why) => {
                    let applied = matches!(stage, Stage::Applied { .. });
                    let sent = self.released();
                    guard::after_give_up((&self.changes, applied), &why, &sent, Vec::new).events
                }
                Next::Refuse(reason) => {
                    let (ways, code) = (Vec::new(), None);
                    vec![Event::FixRefused { reason, ways, code }]
                }
                Next::End(end) => return Some(end),
                next => {
                    self.is_wrong(format!("{next:?} of a reboot"));
                    return None;
                }
            }
        }
    }

    fn sample(&mut self) -> Event {
        self.host.pass(&mut self.chance, 12);
        let holds = self.cures && self.host.is_back();
        Event::VerifySample {
            after_ms: 12_000,
            held_ms: if holds { 1_000 } else { 0 },
            holds: Some(holds),
            says: String::new(),
        }
    }

    /// Somebody sees to it later, when nothing is in the way any more. Whether its cordon is gone, and its mark.
    pub(super) fn see_to_it(&mut self) -> bool {
        self.host.faults = Faults {
            silent: 0,
            unsent: 0,
            meddling: 0,
        };
        self.host.pass(&mut self.chance, LOCK_S);
        self.released();
        let left = Reboot::of(&self.stored).left_cordoned().is_some();
        let goes_down = self.host.boot != PINNED && !self.host.is_back();
        if left && !goes_down {
            let reached = self.uncordon();
            for reached in [Reached::Begun, reached] {
                self.stored.push(self.event(Phase::Uncordon, reached));
            }
        }
        goes_down || !(left && self.host.has_mark() || self.host.is_ours() && self.host.is_marked())
    }
}
