//! The services' clock, which a test can set off from the machine's.

use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};

use super::shared::Shared;

/// The machine's time, and how far the services are from it.
#[derive(Debug, Default)]
pub(super) struct Clock(Shared<SignedDuration>);

impl Clock {
    /// Puts the services ahead of the machine by so much; behind it when negative.
    pub(super) fn set(&self, ahead: SignedDuration) {
        self.0.with(|present| *present = ahead);
    }

    /// What time the services think it is.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now() + self.0.with(|ahead| *ahead)
    }

    /// The same as the header `Date` of a reply has it.
    pub(super) fn http_date(&self) -> String {
        // The format holds nothing that a timestamp can't give.
        strtime::format("%a, %d %b %Y %H:%M:%S GMT", self.now()).unwrap_or_default()
    }
}
