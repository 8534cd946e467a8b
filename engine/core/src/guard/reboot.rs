//! A reboot: lock, cordon, drain, reboot, wait, uncordon. How far it has come is derived from its
//! events, and what comes next from that; each step is taken once.

use crate::event::{Phase, Reached, Reboot};

/// The steps up to the one that takes the node down.
const BEFORE: [Phase; 4] = [Phase::Lock, Phase::Cordon, Phase::Drain, Phase::Reboot];

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Take this step.
    Take(Phase),
    /// It was not rebooted, for this reason, and nothing of it stands.
    Untouched(String),
    /// It came to no good end, for this reason, and something of it stands.
    Halfway(String),
    /// The node is there again.
    Rebooted,
}

impl Reboot {
    /// What comes next. `stop`: why it has to stop, where it does; once the node was asked to reboot
    /// there is only the way on, and whoever waits for it stops waiting.
    pub fn next(&self, stop: Option<&str>) -> Move {
        match self.is_asked() {
            true => self.after(),
            false => self.before(stop),
        }
    }

    fn before(&self, stop: Option<&str>) -> Move {
        let failed = BEFORE.iter().find_map(|phase| self.why(*phase));
        // Who has uncordoned it goes on to nothing else, whether anybody still says why.
        let homeward = self
            .reached(Phase::Uncordon)
            .map(|_| "it was stopped before".to_owned());
        let stop = stop.map(str::to_owned);
        if let Some(why) = failed.or(stop).or(homeward) {
            return self.back_out(why);
        }
        let next = BEFORE.iter().find(|phase| self.reached(**phase).is_none());
        match next {
            Some(phase) => Move::Take(*phase),
            None => self.back_out("its end is not known".to_owned()),
        }
    }

    /// Why a step keeps those after it from being taken.
    fn why(&self, phase: Phase) -> Option<String> {
        match self.reached(phase)? {
            Reached::Done(_) | Reached::Idle(_) => None,
            Reached::Begun => Some(format!("the end of its {} is not known", phase.word())),
            Reached::Refused(why) | Reached::Partly(why) => Some(why.clone()),
        }
    }

    /// It is not rebooted: what it has cordoned is uncordoned first.
    fn back_out(&self, why: String) -> Move {
        if let Some(halfway) = self.uncordon(&why) {
            return halfway;
        }
        let drained = matches!(
            self.reached(Phase::Drain),
            Some(Reached::Begun | Reached::Done(_) | Reached::Partly(_))
        );
        match drained {
            true => Move::Halfway(format!("it was not rebooted: {why}")),
            false => Move::Untouched(why),
        }
    }

    /// What the cordon wants done, where it is still there.
    fn uncordon(&self, why: &str) -> Option<Move> {
        self.left_cordoned()?;
        Some(match self.reached(Phase::Uncordon) {
            None => Move::Take(Phase::Uncordon),
            Some(reached) => {
                let still = format!("the node is left cordoned: {}", reached.says());
                let all = [why, &still].into_iter().filter(|text| !text.is_empty());
                Move::Halfway(all.collect::<Vec<_>>().join("; "))
            }
        })
    }

    fn after(&self) -> Move {
        match self.reached(Phase::Return) {
            None => Move::Take(Phase::Return),
            Some(Reached::Done(_)) => self.uncordon("").unwrap_or(Move::Rebooted),
            Some(Reached::Idle(why)) => self.back_out(why.clone()),
            Some(Reached::Begun) => Move::Halfway("whether it came back is not known".to_owned()),
            Some(Reached::Refused(why) | Reached::Partly(why)) => {
                let cordoned = match self.left_cordoned() {
                    Some(_) => "; it is left cordoned",
                    None => "",
                };
                Move::Halfway(format!("{why}{cordoned}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Move;
    use crate::event::{Event, Phase, PinnedObject, Reached, Reboot};

    const BEGUN: Reached = Reached::Begun;

    fn record(reboot: &mut Reboot, phase: Phase, reached: Reached) {
        let node = (phase == Phase::Cordon).then(|| PinnedObject {
            api: "api/v1".into(),
            resource: "nodes".into(),
            namespace: None,
            name: "n".into(),
            uid: "u".into(),
        });
        reboot.take(&Event::Reboot {
            instance: "i-0abc1234def567890".parse().unwrap(),
            phase,
            reached,
            node,
        });
    }

    /// What may become of a step.
    fn ends() -> [Reached; 4] {
        let says = || "so".to_owned();
        [
            Reached::Done(says()),
            Reached::Idle(says()),
            Reached::Refused(says()),
            Reached::Partly(says()),
        ]
    }

    /// What the world has of it.
    #[derive(Clone, Copy, Default)]
    struct World {
        was_cordoned: bool,
        cordoned: bool,
        evicted: bool,
        asked: bool,
        back: bool,
    }

    impl World {
        /// What stands, or may stand, after the end of a step.
        fn after(self, phase: Phase, end: &Reached) -> World {
            let done = matches!(end, Reached::Done(_) | Reached::Partly(_));
            let mut world = self;
            match phase {
                Phase::Lock => {}
                Phase::Cordon => {
                    world.was_cordoned = matches!(end, Reached::Idle(_));
                    world.cordoned = done;
                }
                Phase::Drain => world.evicted = done,
                Phase::Reboot => world.asked = done,
                Phase::Return => {
                    world.back = matches!(end, Reached::Done(_) | Reached::Idle(_));
                    world.asked &= !matches!(end, Reached::Idle(_));
                }
                Phase::Uncordon => {
                    world.cordoned = !matches!(end, Reached::Done(_) | Reached::Idle(_))
                }
            }
            world
        }
    }

    fn try_all(reboot: &Reboot, world: World, stop: Option<&str>, ways: &mut u32) {
        // Who wanted to stop may be forgotten by the next step.
        for stop in [None, stop, Some("stop")] {
            match reboot.next(stop) {
                Move::Take(phase) => take(reboot, world, (phase, stop), ways),
                end => {
                    *ways += 1;
                    ended(reboot, world, &end);
                }
            }
        }
    }

    fn take(reboot: &Reboot, world: World, (phase, stop): (Phase, Option<&str>), ways: &mut u32) {
        let reached = |phase| reboot.reached(phase);
        let fine = |phase| matches!(reached(phase), Some(Reached::Done(_) | Reached::Idle(_)));
        assert!(reached(phase).is_none(), "{phase:?} twice: {reboot:?}");
        match phase {
            Phase::Reboot => {
                let before = [Phase::Lock, Phase::Cordon, Phase::Drain];
                assert!(before.into_iter().all(fine) && stop.is_none(), "{reboot:?}");
                assert!(reached(Phase::Uncordon).is_none(), "{reboot:?}");
            }
            Phase::Uncordon => {
                assert!(!world.was_cordoned, "it was cordoned before: {reboot:?}");
                assert!(!world.asked || world.back, "it is under way: {reboot:?}");
            }
            _ => {}
        }
        let mut begun = reboot.clone();
        record(&mut begun, phase, BEGUN);
        if phase == Phase::Cordon {
            assert!(begun.left_cordoned().is_some());
        }
        for end in ends() {
            let mut reboot = begun.clone();
            record(&mut reboot, phase, end.clone());
            try_all(&reboot, world.after(phase, &end), stop, ways);
        }
    }

    fn ended(reboot: &Reboot, world: World, end: &Move) {
        let told = format!("{end:?} of {reboot:?}");
        assert_eq!(world.cordoned, reboot.left_cordoned().is_some(), "{told}");
        match end {
            Move::Take(_) => panic!("{told}"),
            Move::Rebooted => assert!(world.back && !world.cordoned, "{told}"),
            Move::Untouched(_) => {
                assert!(!world.cordoned && !world.evicted && !world.asked, "{told}");
            }
            Move::Halfway(why) => {
                assert!(world.cordoned || world.evicted || world.asked, "{told}");
                assert_eq!(world.cordoned, why.contains("left cordoned"), "{told}");
            }
        }
    }

    #[test]
    fn whatever_becomes_of_a_step_the_next_one_is_right() {
        let mut ways = 0;
        try_all(&Reboot::default(), World::default(), None, &mut ways);
        assert!(ways > 100, "{ways}");
    }

    #[test]
    fn it_goes_through_its_steps_in_order() {
        let mut reboot = Reboot::default();
        for phase in Phase::ALL {
            assert_eq!(reboot.next(None), Move::Take(phase));
            record(&mut reboot, phase, Reached::Done("so".into()));
        }
        assert_eq!(reboot.next(None), Move::Rebooted);
        assert_eq!(reboot.left_cordoned(), None);
    }

    #[test]
    fn what_was_cut_short_is_told_as_it_is() {
        let mut reboot = Reboot::default();
        for phase in Phase::ALL {
            record(&mut reboot, phase, BEGUN);
            let cordoned = phase >= Phase::Cordon;
            assert_eq!(reboot.left_cordoned().is_some(), cordoned, "{phase:?}");
            assert_eq!(reboot.is_asked(), phase >= Phase::Reboot, "{phase:?}");
            let end = Reached::Done("so".into());
            record(&mut reboot, phase, end);
        }
    }
}
