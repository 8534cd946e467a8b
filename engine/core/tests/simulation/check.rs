//! What has to be true when all of it is over: of the node, and of every journal.

use std::collections::BTreeMap;

use heeler_core::event::{ChangePlan, Direction, Event};
use heeler_core::guard::{End, Stage};

use crate::node::Ended;
use crate::operator::{BACK, Life, OUTSIDE, Operator, instance};
use crate::world::{ORIGINAL, World};

/// How often what happened.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    kept: u64,
    reverted: u64,
    undone_by_node: u64,
    refused: u64,
    left: u64,
    killed: u64,
    settled: u64,
    restarted: u64,
    taken_back_later: u64,
    refused_later: u64,
    stuck: u64,
    one_way_kept: u64,
    one_way_stuck: u64,
    one_way_over: u64,
}

impl Tally {
    pub(crate) fn all(&self) -> [(&'static str, u64); 14] {
        [
            ("kept", self.kept),
            ("reverted", self.reverted),
            ("undone by the node", self.undone_by_node),
            ("refused", self.refused),
            ("left in doubt", self.left),
            ("killed", self.killed),
            ("settled by the next contact", self.settled),
            ("restarted", self.restarted),
            ("taken back later", self.taken_back_later),
            ("not taken back later", self.refused_later),
            ("stuck", self.stuck),
            ("kept, with no way back", self.one_way_kept),
            ("stuck, with no way back", self.one_way_stuck),
            ("ended by itself, with no way back", self.one_way_over),
        ]
    }
}

impl World {
    /// What must hold in the end.
    pub(crate) fn check(&self, tally: &mut Tally) -> Result<(), String> {
        self.count(tally);
        let node = &self.node;
        if let Some(lock) = &node.lock {
            return Err(format!("the node is still locked: {:?}", lock.held));
        }
        if !node.switches.is_empty() {
            return Err(format!("switches are left: {:?}", node.switches));
        }
        if let Some(intrusion) = node.intrusions.first() {
            return Err(format!("changed without holding the lock: {intrusion}"));
        }
        if let Some(wrong) = self.wrong.first() {
            return Err(wrong.clone());
        }
        self.check_values()?;
        for (index, operator) in self.operators.iter().enumerate() {
            self.check_journal(index, operator)?;
        }
        Ok(())
    }

    /// Each value is the original one, or that of a change that was kept on the node.
    fn check_values(&self) -> Result<(), String> {
        let kept: Vec<&Operator> = self
            .operators
            .iter()
            .filter(|operator| self.ended(operator) == Some(Ended::Kept))
            .collect();
        for (key, original) in ORIGINAL {
            let value = self.node.value(key);
            let wanted = |operator: &&&Operator| {
                planned(operator)
                    .iter()
                    .any(|c| c.subject == key && c.to == value)
            };
            let outsiders = self.meddled && value == OUTSIDE;
            let given = key == "two" && value == BACK;
            let one_way = self.one_way().any(|operator| wanted(&&operator));
            if value != original
                && !one_way
                && !outsiders
                && !given
                && !kept.iter().any(|o| wanted(&o))
            {
                return Err(format!("{key} is {value}, which nobody has kept"));
            }
        }
        Ok(())
    }

    /// Those whose change nothing can take back, and that have made it.
    fn one_way(&self) -> impl Iterator<Item = &Operator> {
        let made = |operator: &&Operator| {
            let lock = operator.run.lock().to_string();
            operator.one_way && self.node.touched.contains(&lock)
        };
        self.operators.iter().filter(made)
    }

    /// What nothing can take back is not done twice, and ends in words that fit.
    fn check_one_way(&self, operator: &Operator, says: &Stage) -> Result<(), &'static str> {
        let lock = operator.run.lock().to_string();
        let steps = self.node.one_way.iter().filter(|it| it.starts_with(&lock));
        let mut steps: Vec<&String> = steps.collect();
        let all = steps.len();
        steps.dedup();
        if steps.len() != all || all > planned(operator).len() {
            return Err("it was carried out twice");
        }
        let hold = operator.terms.hold.as_millis();
        let held = operator.kept_after_ms.map(u128::from);
        match says {
            Stage::Ended(End::Reverted) | Stage::Undoing | Stage::Keeping => {
                Err("nothing can take it back")
            }
            Stage::Ended(End::Kept) if !operator.cures => Err("it does not help, and was kept"),
            Stage::Ended(End::Kept) if held.is_none_or(|held| held < hold) => {
                Err("it was kept before it had held long enough")
            }
            Stage::Ended(End::Refused) if all > 0 => Err("it has changed something"),
            _ => Ok(()),
        }
    }

    fn has_kept_beside(&self, operator: &Operator) -> bool {
        let mut others = self.operators.iter().filter(|o| o.run != operator.run);
        others.any(|other| self.ended(other) == Some(Ended::Kept))
    }

    fn ended(&self, operator: &Operator) -> Option<Ended> {
        self.node
            .ended
            .get(&operator.run.lock().to_string())
            .copied()
    }

    /// What a run has written down is true of the node.
    fn check_journal(&self, index: usize, operator: &Operator) -> Result<(), String> {
        let ended = self.ended(operator);
        let says = operator.stage();
        let lock = operator.run.lock().to_string();
        let wrong = |what: &str| {
            Err(format!(
                "run {index}: {what}; its journal says {says:?}, the node {ended:?}"
            ))
        };
        match &says {
            _ if operator.one_way => {
                self.check_one_way(operator, &says).or_else(wrong)?;
            }
            Stage::Ended(End::Kept) if ended != Some(Ended::Kept) => {
                return wrong("it was not kept");
            }
            Stage::Ended(End::Reverted | End::Refused) if ended == Some(Ended::Kept) => {
                return wrong("it was kept");
            }
            Stage::Ended(End::Refused) if self.node.touched.contains(&lock) => {
                return wrong("it has changed something");
            }
            // A script that was killed between taking the lock and comparing says of another run's
            // value, too, that it has moved.
            Stage::Ended(End::Stuck)
                if !self.meddled && !self.has_failed && !self.has_kept_beside(operator) =>
            {
                return wrong("nothing stuck");
            }
            _ => {}
        }
        if let Some(what) = operator.wrong.first() {
            return wrong(what);
        }
        self.check_end(operator, &says).or_else(wrong)?;
        // A journal that was cut off after any record says whether the node may be at it.
        for (count, event) in (1..).zip(&operator.journal) {
            let sent = matches!(
                event,
                Event::SwitchArming { .. } | Event::ChangeStarted { .. }
            );
            let stage = Stage::of(operator.journal.iter().take(count));
            if sent
                && matches!(
                    stage,
                    Stage::Proposed | Stage::Planned { .. } | Stage::Approved { .. }
                )
            {
                return wrong("a journal that ends here says that nothing was sent");
            }
        }
        // What is kept has been seen to hold.
        let kept_there = ended == Some(Ended::Kept) && !operator.one_way;
        if kept_there && !operator.cures {
            return wrong("it does not help, and was kept");
        }
        let hold = operator.terms.hold.as_millis();
        let held = operator.kept_after_ms.map(u128::from);
        if kept_there && held.is_none_or(|held| held < hold) {
            return wrong("it was kept before it had held long enough");
        }
        // Each change of the journal goes from what was there to what was wanted, and back.
        let mut begun: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for event in &operator.journal {
            match event {
                Event::ChangeStarted {
                    subject,
                    from,
                    to,
                    direction,
                    ..
                } => {
                    let row = match direction {
                        Direction::Apply => (from.as_str(), to.as_str()),
                        Direction::Revert => (to.as_str(), from.as_str()),
                    };
                    let Some(change) = planned(operator)
                        .into_iter()
                        .find(|c| c.subject == *subject)
                    else {
                        return wrong("a change that was not planned");
                    };
                    let wanted = match direction {
                        Direction::Apply => (change.from.as_str(), change.to.as_str()),
                        Direction::Revert => (change.back(), change.to.as_str()),
                    };
                    if row != wanted {
                        return wrong("the way back is not that of the change");
                    }
                    if *direction == Direction::Revert && !begun.contains_key(subject.as_str()) {
                        return wrong("what was not begun is taken back");
                    }
                    begun.insert(subject, row);
                }
                Event::ChangeApplied {
                    subject,
                    value,
                    direction,
                    instance: of,
                    ..
                } => {
                    let Some((_, to)) = begun.get(subject.as_str()) else {
                        return wrong("a change ended that was never begun");
                    };
                    let back = |c: &ChangePlan| {
                        c.subject == *subject && [c.back(), &c.from].contains(&value.as_str())
                    };
                    let expected = match direction {
                        Direction::Apply => value == to,
                        Direction::Revert => planned(operator).iter().any(back),
                    };
                    if !expected || *of != instance() {
                        return wrong("another value was read back");
                    }
                }
                _ => {}
            }
        }
        match operator.life {
            Life::Running => wrong("it never ends"),
            Life::Over(Some(end)) if says != Stage::Ended(end) && says != Stage::Proposed => {
                wrong(&format!("it said that it ended as {end:?}"))
            }
            _ => Ok(()),
        }
    }

    /// Whoever reads the journal hears of the end that is in it, and of no other.
    fn check_end(&self, operator: &Operator, says: &Stage) -> Result<(), &'static str> {
        let ends = operator.journal.iter().filter_map(|event| match event {
            Event::FixRefused { .. } => Some(End::Refused),
            Event::FixKept { .. } => Some(End::Kept),
            Event::FixReverted { .. } => Some(End::Reverted),
            Event::FixStuck { .. } => Some(End::Stuck),
            _ => None,
        });
        let ends: Vec<End> = ends.collect();
        match (ends.as_slice(), says) {
            ([], Stage::Ended(_)) => return Err("no end is written down"),
            ([], _) => return Ok(()),
            ([end], Stage::Ended(said)) if said == end => {}
            _ => return Err("another end is written down"),
        }
        // Whatever else is written into the same journal later.
        let others = self.operators.iter().flat_map(|other| &other.journal);
        match Stage::of(operator.journal.iter().chain(others)) == *says {
            true => Ok(()),
            false => Err("its end did not last"),
        }
    }

    fn count(&self, tally: &mut Tally) {
        for operator in &self.operators {
            match operator.life {
                Life::Dead => tally.killed += 1,
                Life::Over(None) => tally.left += 1,
                Life::Over(Some(End::Kept)) => tally.kept += 1,
                Life::Over(Some(End::Reverted)) => tally.reverted += 1,
                Life::Over(Some(End::Refused)) => tally.refused += 1,
                Life::Over(Some(End::Stuck)) => tally.stuck += 1,
                Life::Running => {}
            }
            if operator.one_way {
                tally.one_way_kept += u64::from(operator.life == Life::Over(Some(End::Kept)));
                tally.one_way_stuck += u64::from(operator.life == Life::Over(Some(End::Stuck)));
                tally.one_way_over += u64::from(self.ended(operator) == Some(Ended::Over));
            }
            let undone = self.ended(operator) == Some(Ended::Undone);
            tally.undone_by_node += u64::from(undone && operator.life == Life::Dead);
            tally.settled += u64::from(self.ended(operator) == Some(Ended::Lost));
        }
        tally.restarted += u64::from(self.node.boot.0 != "1");
        tally.refused_later += u64::from(matches!(self.later, Some(End::Refused | End::Stuck)));
        tally.taken_back_later += self.reverted.len() as u64;
    }
}

fn planned(operator: &Operator) -> Vec<ChangePlan> {
    let plan = operator.journal.iter().find_map(|event| match event {
        Event::FixPlanned(plan) => Some(plan.changes.clone()),
        _ => None,
    });
    plan.unwrap_or_default()
}
