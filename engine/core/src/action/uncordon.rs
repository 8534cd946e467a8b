//! Taking back what a cordon has done: the scheduler may place pods on the target's node again.

use super::cordon::{LOOKED_AT, Scheduling};
use super::{Action, Change, Look, parameters};
use crate::syntax::{Faults, Shape, Tree};

#[derive(Debug)]
pub(super) struct Uncordon;

impl Action for Uncordon {
    fn name(&self) -> &'static str {
        "uncordon"
    }

    fn summary(&self) -> &'static str {
        "Lets new pods be placed on the target's node again"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(&[]))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        parameters::only_changes(self.name(), LOOKED_AT, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        Scheduling::read(self.name(), false, parameters, faults)
    }
}
