//! An API server, its objects, and what goes wrong there. What it answers is what `heeler` makes of
//! the API: each value is compared before it is set, and an object whose patch had no answer is read.

use std::collections::BTreeMap;

use heeler_core::event::ChangePlan;
use heeler_core::guard::Sent;
use heeler_core::plan::{ChangeFault, Undone};

use crate::chance::Chance;
use crate::operator::OUTSIDE;

/// The API server: its objects, and what goes wrong there, in how many of a hundred cases.
pub(super) struct Server {
    pub(super) values: BTreeMap<String, String>,
    /// The answer is lost.
    pub(super) silent: u64,
    /// A patch is refused.
    pub(super) refusing: u64,
    /// Somebody sets a value.
    pub(super) meddling: u64,
    pub(super) meddled: bool,
    pub(super) refused: bool,
    pub(super) written: bool,
}

impl Server {
    pub(super) fn value(&self, change: &ChangePlan) -> &str {
        self.values.get(&change.subject).expect("an object")
    }

    /// Sets a value; `None`: whether it came is not known, and is asked.
    fn patch(&mut self, chance: &mut Chance, change: &ChangePlan) -> Result<(), bool> {
        if chance.percent(self.meddling) {
            self.values
                .insert(change.subject.clone(), OUTSIDE.to_owned());
            self.meddled = true;
        }
        if self.value(change) != change.from || chance.percent(self.refusing) {
            self.refused = true;
            return Err(true);
        }
        let lost = chance.percent(self.silent);
        if !lost || chance.percent(50) {
            self.values
                .insert(change.subject.clone(), change.to.clone());
            self.written = true;
        }
        // Mostly the object tells what became of it.
        let told = !lost || (chance.percent(70) && self.value(change) == change.to);
        told.then_some(()).ok_or(false)
    }

    pub(super) fn apply(
        &mut self,
        chance: &mut Chance,
        changes: &[ChangePlan],
        dies: bool,
    ) -> Sent<Vec<String>> {
        for (step, change) in (1..).zip(changes) {
            if self.value(change) != change.from {
                let present = self.value(change).to_owned();
                return Sent::Answered(Err(ChangeFault::OtherValue { step, present }));
            }
        }
        let mut done = Vec::new();
        for change in changes {
            if dies && chance.percent(50) {
                break;
            }
            match (self.patch(chance, change), done.is_empty()) {
                (Ok(()), _) => done.push(change.to.clone()),
                (Err(false), _) => return Sent::Unknown("no answer".to_owned()),
                (Err(true), true) => return Sent::NotTaken("refused".to_owned()),
                (Err(true), false) => {
                    let (present, text) = (change.from.clone(), "refused".to_owned());
                    return Sent::Answered(Err(ChangeFault::Stopped {
                        done,
                        present,
                        text,
                    }));
                }
            }
        }
        Sent::Answered(Ok(done))
    }

    pub(super) fn undo(&mut self, chance: &mut Chance, back: &[ChangePlan]) -> Sent<Vec<Undone>> {
        let mut undone = Vec::new();
        for change in back {
            let present = self.value(change).to_owned();
            undone.push(if present == change.to {
                Undone::WasBack(present)
            } else if present != change.from {
                Undone::Moved(present)
            } else {
                match self.patch(chance, change) {
                    Ok(()) => Undone::Back(change.to.clone()),
                    Err(false) => return Sent::Unknown("no answer".to_owned()),
                    Err(true) if self.value(change) == OUTSIDE => Undone::Moved(OUTSIDE.to_owned()),
                    Err(true) => Undone::Failed {
                        present: Some(present),
                        text: "refused".to_owned(),
                    },
                }
            });
        }
        Sent::Answered(Ok(undone))
    }
}
