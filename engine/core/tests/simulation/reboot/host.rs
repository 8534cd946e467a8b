//! A node that can go down, and what Kubernetes has of it. What it answers is what `reboot.sh` does:
//! `plan/tests/reboot.rs` holds the script to the same behaviour.

use heeler_core::plan::ChangeFault;
use heeler_core::value::Why;

use crate::chance::Chance;

/// The boot that was planned on.
pub(super) const PINNED: u64 = 1;
/// Later than this many seconds after it was sent, no command is carried out.
pub(super) const EXPIRY_S: u64 = 60;
/// A lock ends by itself after so many seconds.
pub(super) const LOCK_S: u64 = 900;
/// For so many seconds Kubernetes says of a node that went down what it said before.
const STALE_S: u64 = 40;

/// Whose a lock or a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Ours,
    Theirs,
}

/// What comes of a request.
pub(super) enum Came<T> {
    Answer(T),
    /// It certainly did not arrive.
    NotSent,
    /// Nobody knows.
    Silence,
}

/// How often something goes wrong, in how many of a hundred cases.
#[derive(Debug)]
pub(super) struct Faults {
    pub(super) silent: u64,
    pub(super) unsent: u64,
    /// Somebody else touches the cordon, its mark or the lock.
    pub(super) meddling: u64,
}

#[derive(Debug)]
pub(super) struct Host {
    pub(super) faults: Faults,
    pub(super) now_s: u64,
    pub(super) boot: u64,
    down_at: Option<u64>,
    up_at: u64,
    /// Seconds from its being asked until it is down; `None`: it never goes down.
    pub(super) leaves_s: Option<u64>,
    /// Seconds for which it is down.
    pub(super) away_s: u64,
    /// Seconds from its being up until Kubernetes calls it ready; `None`: never.
    pub(super) settles_s: Option<u64>,
    /// It says no when it is asked to go down, and may go all the same.
    pub(super) refuses: bool,
    pub(super) lock: Option<Whose>,
    locked_until_s: u64,
    /// Its lock was ended: nothing can begin under it any more.
    over: bool,
    asked: bool,
    /// How often the host was asked to go down.
    pub(super) asks: u64,
    pub(super) cordoned: bool,
    /// Its cordon is ours, whatever its mark says.
    ours: bool,
    pub(super) mark: Option<Whose>,
    pub(super) pods: usize,
    /// Copies of the command to go down that still come: when, and when they expire.
    pub(super) late: Vec<(u64, u64)>,
}

impl Host {
    pub(super) fn new(faults: Faults, pods: usize) -> Self {
        Host {
            faults,
            now_s: 0,
            boot: PINNED,
            down_at: None,
            up_at: 0,
            leaves_s: Some(5),
            away_s: 60,
            settles_s: Some(0),
            refuses: false,
            lock: None,
            locked_until_s: 0,
            over: false,
            asked: false,
            asks: 0,
            cordoned: false,
            ours: false,
            mark: None,
            pods,
            late: Vec::new(),
        }
    }

    pub(super) fn pass(&mut self, chance: &mut Chance, seconds: u64) {
        if chance.percent(self.faults.meddling) {
            self.meddle(chance);
        }
        for _ in 0..seconds {
            self.now_s += 1;
            let now = self.now_s;
            if let Some(copy) = self.late.iter().position(|(at, _)| *at == now) {
                let (_, expires) = self.late.remove(copy);
                // Nobody hears the answer.
                drop(self.go_down(expires));
            }
            if self.down_at == Some(now) {
                self.down_at = None;
                self.boot += 1;
                self.up_at = now + self.away_s;
                // The agent runs again what was in progress.
                self.late.push((self.up_at + 1, now + EXPIRY_S));
            }
            if now >= self.locked_until_s {
                self.lock = self.lock.filter(|whose| *whose == Whose::Theirs);
            }
        }
    }

    fn meddle(&mut self, chance: &mut Chance) {
        match chance.below(5) {
            // The mark stays: who uncordons a node knows nothing of it.
            0 => (self.cordoned, self.ours) = (false, false),
            1 => self.mark = None,
            2 => (self.cordoned, self.mark) = (true, Some(Whose::Theirs)),
            3 => self.cordoned = true,
            _ => {
                self.lock.get_or_insert(Whose::Theirs);
            }
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.now_s >= self.up_at
    }

    /// It is up on another boot, and Kubernetes can place pods there.
    pub(super) fn is_back(&self) -> bool {
        self.boot != PINNED && self.ready_on() == Some(self.boot)
    }

    /// It was asked to go down, or may be yet, and has not gone.
    pub(super) fn is_leaving(&self) -> bool {
        let open = self.lock == Some(Whose::Ours) && !self.asked && !self.over;
        let expected = self.late.iter().any(|(at, expires)| at <= expires);
        self.boot == PINNED && (self.down_at.is_some() || (open && expected))
    }

    /// A cordon of ours stands.
    pub(super) fn is_ours(&self) -> bool {
        self.cordoned && self.ours
    }

    /// A cordon stands that is ours by its mark.
    pub(super) fn is_marked(&self) -> bool {
        self.cordoned && self.mark == Some(Whose::Ours)
    }

    pub(super) fn cordon(&mut self) {
        (self.cordoned, self.ours, self.mark) = (true, true, Some(Whose::Ours));
    }

    /// Our mark is there, whether the node is cordoned or not.
    pub(super) fn has_mark(&self) -> bool {
        self.mark == Some(Whose::Ours)
    }

    /// Uncordons it, where the mark says that it is ours; where somebody else has, the mark goes. Whether it
    /// did, and whether it is cordoned now.
    pub(super) fn uncordon(&mut self) -> (bool, bool) {
        let is_marked = self.is_marked();
        if is_marked {
            (self.cordoned, self.ours, self.mark) = (false, false, None);
        } else if self.has_mark() {
            self.mark = None;
        }
        (is_marked, self.cordoned)
    }

    /// The boot on which Kubernetes says that the node is ready.
    pub(super) fn ready_on(&self) -> Option<u64> {
        if self.boot == PINNED {
            return Some(PINNED);
        }
        let ready = self.settles_s.map(|settles| self.up_at + settles);
        if ready.is_some_and(|ready| self.now_s >= ready) {
            return Some(self.boot);
        }
        let went = self.up_at - self.away_s;
        (self.now_s < went + STALE_S).then_some(self.boot - 1)
    }

    /// Asks the node; one that is down says nothing.
    pub(super) fn ask<T>(
        &mut self,
        chance: &mut Chance,
        what: impl FnOnce(&mut Host) -> T,
    ) -> Came<T> {
        let seconds = 1 + chance.below(4);
        self.pass(chance, seconds);
        match self.is_up() {
            true => self.serve(chance, what),
            false => Came::Silence,
        }
    }

    /// Asks the API server.
    pub(super) fn serve<T>(
        &mut self,
        chance: &mut Chance,
        what: impl FnOnce(&mut Host) -> T,
    ) -> Came<T> {
        if chance.percent(self.faults.unsent) {
            return Came::NotSent;
        }
        match (chance.percent(self.faults.silent), chance.percent(50)) {
            (true, true) => Came::Silence,
            (true, false) => {
                what(self);
                Came::Silence
            }
            (false, _) => Came::Answer(what(self)),
        }
    }

    /// Locks the node; who has it otherwise.
    pub(super) fn seize(&mut self) -> Result<(), String> {
        match self.lock {
            Some(_) => Err("somebody else changes it".to_owned()),
            None => {
                self.lock = Some(Whose::Ours);
                self.locked_until_s = self.now_s + LOCK_S;
                Ok(())
            }
        }
    }

    pub(super) fn go_down(&mut self, expires_s: u64) -> Result<(), ChangeFault> {
        if self.boot != PINNED {
            return Err(ChangeFault::OtherBoot);
        }
        if self.now_s > expires_s {
            return Err(ChangeFault::TooLate);
        }
        if self.asked {
            return Err(ChangeFault::InDoubt(Why::Garbled("it was asked".into())));
        }
        if self.lock != Some(Whose::Ours) || self.over {
            return Err(ChangeFault::NotHeld);
        }
        self.asked = true;
        self.asks += 1;
        self.down_at = self.leaves_s.map(|leaves| self.now_s + leaves);
        match self.refuses {
            true => Err(ChangeFault::Stopped {
                done: Vec::new(),
                present: PINNED.to_string(),
                text: "busy".to_owned(),
            }),
            false => Ok(()),
        }
    }

    /// Whether it was asked to go down; with `end` the lock is ended, unless it may be about to.
    pub(super) fn let_go(&mut self, end: bool) -> bool {
        let is_ours = self.lock == Some(Whose::Ours);
        if end && is_ours && (!self.asked || self.boot != PINNED) {
            self.lock = None;
        }
        self.over |= end;
        self.asked
    }
}
