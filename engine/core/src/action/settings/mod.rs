//! Bottlerocket's own settings: read and set by `apiclient` in the control container.

mod change;
mod effects;
mod leaf;
mod look;
mod place;

use super::{Action, Change, Look};
use crate::syntax::{Entries, Faults, Key, Shape, Tree};

/// One setting, or several below it that only make sense together.
const CHANGE: Entries = Entries {
    least: 1,
    most: Some(1),
    beside: Some(&UNSET_TO),
    ..Entries::of(place::KEY, &leaf::VALUE)
};
const UNSET_TO: Key = Key::optional(
    "unset-to",
    leaf::VALUE,
    "What the way back sets where nothing is set now, in the same form: no setting can be unset",
);

#[derive(Debug)]
pub(super) struct Settings;

impl Action for Settings {
    fn name(&self) -> &'static str {
        "settings"
    }

    fn summary(&self) -> &'static str {
        "Bottlerocket's settings below a prefix; one that is not set is absent"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(look::KEYS))
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Entries(&CHANGE))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        look::read(parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        change::read(parameters, faults)
    }
}
