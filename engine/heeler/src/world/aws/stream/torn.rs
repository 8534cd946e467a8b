//! What was lost with a socket, until it has come again.

use tokio::time::Instant;

/// Whether anything that was lost with a socket is still waited for.
#[derive(Debug, Default)]
pub(super) struct Torn {
    /// By then it has to be here.
    by: Option<Instant>,
    /// Something of it is known to be missing.
    has_hole: bool,
}

impl Torn {
    /// Another socket took a broken one's place: what was lost has to be here by then.
    pub(super) fn mend(&mut self, by: Instant) {
        *self = Torn {
            by: Some(by),
            has_hole: false,
        };
    }

    /// Whether it comes too slowly, seen each time that something has come. What is missing for a moment later, when it
    /// was all here, is another matter.
    pub(super) fn is_late(&mut self, has_hole: bool, now: Instant) -> bool {
        let Some(by) = self.by else {
            return false;
        };
        let is_over = by < now;
        if is_over && has_hole && self.has_hole {
            return true;
        }
        if is_over || self.has_hole && !has_hole {
            self.by = None;
        }
        self.has_hole = has_hole;
        false
    }
}
