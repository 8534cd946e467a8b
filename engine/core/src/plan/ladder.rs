//! A look's rungs, sorted by where they are climbed.

use crate::action::Rung;
use crate::frame::Place;

use super::fault::PlanFault;

/// A rung and its index in the ladder.
pub(super) type Indexed<'a> = (usize, &'a Rung);

/// The rungs of one look: those of the control container, then those behind the admin container,
/// and last those of the control container that are only for when the admin container gives
/// nothing.
pub(super) struct Ladder<'a> {
    pub(super) name: &'a str,
    pub(super) first: Vec<Indexed<'a>>,
    pub(super) behind: Vec<Indexed<'a>>,
    pub(super) last: Vec<Indexed<'a>>,
}

impl<'a> Ladder<'a> {
    pub(super) fn sort(name: &'a str, rungs: &'a [Rung]) -> Result<Self, PlanFault> {
        check_name(name)?;
        if rungs.is_empty() {
            return Err(PlanFault::NoRung(name.to_owned()));
        }
        if rungs
            .iter()
            .any(|rung| rung.needs.contains(char::is_control))
        {
            return Err(PlanFault::Needs(name.to_owned()));
        }
        let mut rest = rungs.iter().enumerate().peekable();
        let mut stage = |in_control: bool| {
            let mut taken = Vec::new();
            while let Some(indexed) =
                rest.next_if(|(_, rung)| (rung.place == Place::Control) == in_control)
            {
                taken.push(indexed);
            }
            taken
        };
        let ladder = Ladder {
            name,
            first: stage(true),
            behind: stage(false),
            last: stage(true),
        };
        match rest.next() {
            None => Ok(ladder),
            Some(_) => Err(PlanFault::Ladder(name.to_owned())),
        }
    }
}

/// Names become parts of shell words and of file names.
fn check_name(name: &str) -> Result<(), PlanFault> {
    let first = name.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if first && rest {
        Ok(())
    } else {
        Err(PlanFault::Name(name.to_owned()))
    }
}
