//! The steps of a reboot, as `heeler` takes them: each answer is put into words of what was reached.

use heeler_core::event::{Phase, Reached};
use heeler_core::guard::{self, Sent};
use heeler_core::plan::ChangeFault;

use super::Trip;
use super::host::{Came, EXPIRY_S, PINNED, Whose};

/// A node that was not asked by now can't be any more.
const SETTLED_S: u64 = EXPIRY_S + 15;
/// For so many seconds the node is waited for.
const WITHIN_S: u64 = 300;

fn done() -> Reached {
    Reached::Done("so".to_owned())
}

fn refused(why: &str) -> Reached {
    Reached::Refused(why.to_owned())
}

fn partly(why: &str) -> Reached {
    Reached::Partly(why.to_owned())
}

impl Trip {
    pub(super) fn step(&mut self, phase: Phase) -> Reached {
        match phase {
            Phase::Lock => self.lock(),
            Phase::Cordon => self.cordon(),
            Phase::Drain => self.drain(),
            Phase::Reboot => self.reboot(),
            Phase::Return => self.wait(),
            Phase::Uncordon => self.uncordon(),
        }
    }

    fn lock(&mut self) -> Reached {
        let (host, chance) = (&mut self.host, &mut self.chance);
        match host.ask(chance, |host| host.seize()) {
            Came::Answer(Ok(())) => done(),
            Came::Answer(Err(why)) => refused(&why),
            Came::NotSent => refused("throttled"),
            Came::Silence => match host.ask(chance, |host| host.lock == Some(Whose::Ours)) {
                Came::Answer(true) => done(),
                _ => partly("whether it is locked is not known"),
            },
        }
    }

    fn cordon(&mut self) -> Reached {
        let (host, chance) = (&mut self.host, &mut self.chance);
        host.pass(chance, 1);
        if host.mark == Some(Whose::Theirs) {
            return refused("it carries another mark");
        }
        if host.cordoned {
            return Reached::Idle("it was cordoned before".to_owned());
        }
        self.has_cordoned = true;
        match host.serve(chance, |host| host.cordon()) {
            Came::Answer(()) => done(),
            Came::NotSent => refused("the API server does not take it"),
            Came::Silence => partly("the API server did not answer"),
        }
    }

    fn drain(&mut self) -> Reached {
        let mut touched = false;
        for pod in self.evictions() {
            self.host.pass(&mut self.chance, 5);
            let stays = self.chance.percent(self.stays);
            if !self.host.cordoned || stays {
                let why = "it is not empty";
                let open = self.open();
                let stand = guard::after_apply(&open, Sent::NotTaken(why.to_owned()));
                let stand = stand.events.into_iter().take(open.len() - 1);
                stand.for_each(|event| self.record(event));
                return match touched {
                    true => partly(why),
                    false => refused(why),
                };
            }
            touched = true;
            self.host.pods -= 1;
            self.record(guard::evicted(&pod, false));
        }
        match touched {
            true => done(),
            false => Reached::Idle("no pod had to go".to_owned()),
        }
    }

    fn reboot(&mut self) -> Reached {
        self.requests += 1;
        let (host, chance) = (&mut self.host, &mut self.chance);
        let expires = host.now_s + EXPIRY_S;
        match host.ask(chance, |host| host.go_down(expires)) {
            Came::Answer(Ok(())) => done(),
            Came::Answer(Err(ChangeFault::Stopped { text, .. })) => partly(&text),
            Came::Answer(Err(ChangeFault::OtherBoot | ChangeFault::InDoubt(_))) => partly("before"),
            Came::Answer(Err(fault)) => refused(&fault.to_string()),
            Came::NotSent => refused("throttled"),
            Came::Silence => {
                if chance.percent(40) {
                    let at = host.now_s + 1 + chance.below(EXPIRY_S + 20);
                    host.late.push((at, expires));
                }
                partly("no answer came")
            }
        }
    }

    fn wait(&mut self) -> Reached {
        let began = self.host.now_s;
        let mut doubted = true;
        loop {
            let (host, chance) = (&mut self.host, &mut self.chance);
            let past = host.now_s - began;
            let ready = match host.serve(chance, |host| host.ready_on()) {
                Came::Answer(ready) => ready,
                Came::NotSent | Came::Silence => None,
            };
            let is_other = ready.is_some_and(|boot| boot != PINNED);
            if is_other || (ready.is_some() && doubted && past > SETTLED_S) {
                match host.ask(chance, |host| (host.boot, host.let_go(false))) {
                    Came::Answer((own, _)) if is_other && ready == Some(own) => return done(),
                    Came::Answer((PINNED, false)) => {
                        return match host.ask(chance, |host| host.let_go(true)) {
                            Came::Answer(false) => Reached::Idle("it never came".to_owned()),
                            _ => refused("whether it was asked is not known"),
                        };
                    }
                    Came::Answer((own, _)) => doubted &= own != PINNED,
                    Came::NotSent | Came::Silence => {}
                }
            }
            self.notice();
            if self.stop.is_some() {
                return refused("nobody waits for it any more");
            }
            if past >= WITHIN_S {
                return refused("it did not come back");
            }
            self.host.pass(&mut self.chance, 2);
        }
    }

    /// Uncordons the node, where that is still the cordon of this run.
    pub(super) fn uncordon(&mut self) -> Reached {
        let (host, chance) = (&mut self.host, &mut self.chance);
        for _ in 0..3 {
            host.pass(chance, 3);
            match host.serve(chance, |host| host.uncordon()) {
                Came::Answer((true, _)) => return done(),
                Came::Answer((false, true)) => return partly("it is cordoned by another"),
                Came::Answer((false, false)) => return Reached::Idle("it is open".to_owned()),
                Came::NotSent | Came::Silence => {}
            }
        }
        partly("the API server does not answer")
    }
}
