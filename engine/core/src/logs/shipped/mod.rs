//! What a log collector has shipped of containers' logs, by a copy of its position file, and where what
//! it has not shipped begins.
//!
//! What is known of the files, with where it was read, stands in `fluent_bit` and `vector`. Who asks
//! lists a container's folder and looks at how its segments begin; [`Shipped::places`] says at which
//! places it has to be looked further, and [`Shipped::decide`] answers by what is there.
//!
//! Two places are the answer. Before [`Decision::from`] lies nothing that is left and was not shipped, as
//! far as the files can tell: where something can't be known it is further back, and a [`Doubt`] says
//! why. [`Decision::likely`] is where the collector stands if it did what it does as a rule. Both
//! collectors count a line as read when they take it in: what they had in memory when they ended is not
//! in their files, and not here.

mod decision;
mod file;
mod fluent_bit;
mod marker;
mod records;
mod seen;
#[cfg(test)]
mod tests;
mod vector;
mod walk;

pub use decision::{Decision, Doubt, Lost};
pub use file::{LogFile, Of};
pub use fluent_bit::{FluentBit, Record, Row};
pub use marker::Marker;
pub use seen::{BEFORE, Before, Container, HEAD, Looked, Place, Seen};
pub use vector::{Fingerprints, NoCheckpoints, Vector};

use walk::{Known, back, walk};

/// What a collector has shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shipped {
    /// By Fluent Bit's database.
    FluentBit(FluentBit),
    /// By Vector's checkpoints.
    Vector(Vector),
}

impl Shipped {
    /// The places of a container's log where it has to be looked what is before them, to
    /// decide. The segments are in their order, each once.
    pub fn places(&self, container: &Container, segments: &[Seen]) -> Vec<Place> {
        let mut places = match self {
            Shipped::FluentBit(shipped) => shipped.places(container, segments),
            Shipped::Vector(shipped) => {
                let place = |seen: &Seen| shipped.place(seen);
                segments.iter().filter_map(place).collect()
            }
        };
        places.retain(|place| place.byte > 0);
        places.sort();
        places.dedup();
        places
    }

    /// Decides where what was not shipped begins. The segments are in their order, each once.
    pub fn decide(&self, container: &Container, segments: &[Seen], looked: &Looked) -> Decision {
        match self {
            Shipped::FluentBit(shipped) => shipped.decide(container, segments, looked),
            Shipped::Vector(shipped) => shipped.decide(segments, looked),
        }
    }
}

impl Vector {
    fn place(&self, seen: &Seen) -> Option<Place> {
        let byte = self.position(&seen.head)?;
        seen.length
            .is_none_or(|length| byte <= length)
            .then(|| Place {
                segment: seen.name.clone(),
                byte,
            })
    }

    fn decide(&self, segments: &[Seen], looked: &Looked) -> Decision {
        let mut decision = Decision::default();
        let known: Vec<Option<Known>> = segments
            .iter()
            .map(|seen| {
                self.position(&seen.head)?;
                let place = self.place(seen);
                let place = place.filter(|place| looked.get(place) != Some(&Before::Short));
                let Some(place) = place else {
                    let doubt = Doubt::Replaced(seen.name.file_name());
                    decision.doubts.push(doubt);
                    return None;
                };
                Some(Known {
                    byte: back(&place, looked, &mut decision.doubts),
                    late: None,
                    is_guess: false,
                })
            })
            .collect();
        // Of files that are there it keeps the records; what is packed is another file.
        let is_forgotten = |index: usize| {
            let is_packed = segments.get(index).is_some_and(|seen| seen.name.packed);
            is_packed && known.iter().skip(index).any(Option::is_some)
        };
        walk(segments, &known, is_forgotten, &mut decision);
        decision
    }
}
