//! Waiting for the invocations of a command: one listing for all nodes, often at first, seldom
//! later and whenever the service asks for mercy. Nothing here sends or cancels anything.

use std::collections::{BTreeSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use heeler_core::event::{CommandId, InstanceId};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::error::{CallError, Cause};
use super::port::{Invocation, Progress, Ssm};

/// Between listings while a person waits for a quick answer.
const QUICK: Duration = Duration::from_millis(200);
/// How long that goes on.
const QUICK_FOR: Duration = Duration::from_secs(5);
/// Between listings afterwards, at least.
const SLOW: Duration = Duration::from_secs(3);
/// Added to it at random, so that many runs don't beat in time.
const JITTER: Duration = Duration::from_secs(2);

/// So long before the deadline there is one more listing: what has ended by then is not given up for
/// lost only because the next one would have come later.
const LAST: Duration = Duration::from_secs(1);

/// What a watch has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A node's invocation has ended; each node is reported once.
    Ended(Invocation),
    /// All nodes have been reported.
    AllEnded,
    /// The deadline has passed; what the last failed listing said, if it failed.
    Late(Option<CallError>),
    /// The caller wants to stop.
    Cancelled,
}

/// A command that is being watched.
pub struct Watch<'a> {
    ssm: &'a dyn Ssm,
    command: &'a CommandId,
    waiting: BTreeSet<InstanceId>,
    ready: VecDeque<Invocation>,
    cadence: Cadence,
    next: Instant,
    deadline: Instant,
    trouble: Option<CallError>,
}

impl<'a> Watch<'a> {
    /// Watches `command` on `instances`, for `patience` at most.
    pub fn new(
        ssm: &'a dyn Ssm,
        command: &'a CommandId,
        instances: impl IntoIterator<Item = InstanceId>,
        patience: Duration,
    ) -> Self {
        let now = Instant::now();
        Watch {
            ssm,
            command,
            waiting: instances.into_iter().collect(),
            ready: VecDeque::new(),
            cadence: Cadence {
                since: now,
                quick: QUICK,
                throttled: false,
            },
            next: now + QUICK,
            deadline: now + patience,
            trouble: None,
        }
    }

    /// This many commands are watched at the same time, and share the pace of one: the account's
    /// rate of listings is everybody's.
    pub fn beside(mut self, commands: u32) -> Self {
        self.cadence.quick = QUICK.saturating_mul(commands.max(1));
        self.next += self.cadence.quick - QUICK;
        self
    }

    /// The nodes that have not ended.
    pub fn waiting(&self) -> impl Iterator<Item = &InstanceId> {
        self.waiting.iter()
    }

    /// Waits for the next node's end. A failed listing is no reason to lose a running command:
    /// what may pass is tried again until the deadline.
    ///
    /// # Errors
    /// When listing can't work: credentials, rights, or an answer that makes no sense.
    pub async fn next(&mut self, cancel: &CancellationToken) -> Result<Seen, CallError> {
        loop {
            if let Some(invocation) = self.ready.pop_front() {
                return Ok(Seen::Ended(invocation));
            }
            if self.waiting.is_empty() {
                return Ok(Seen::AllEnded);
            }
            let listing = async {
                sleep_until(self.next).await;
                (Instant::now(), self.ssm.invocations(self.command).await)
            };
            let (asked, answer) = tokio::select! {
                biased;
                () = cancel.cancelled() => return Ok(Seen::Cancelled),
                () = sleep_until(self.deadline) => return Ok(Seen::Late(self.trouble.take())),
                listed = listing => listed,
            };
            match answer {
                Ok(invocations) => self.take(invocations),
                Err(error) if error.is_passing() => self.endure(error),
                Err(error) => return Err(error),
            }
            let next = asked + self.cadence.pause(asked);
            let last = self.deadline.checked_sub(LAST);
            self.next = match last.filter(|last| asked < *last) {
                Some(last) => next.min(last),
                None => next,
            };
        }
    }

    /// A state that comes after an end, as replies of the agent may, changes nothing.
    fn take(&mut self, invocations: Vec<Invocation>) {
        self.trouble = None;
        for invocation in invocations {
            let ended = matches!(invocation.progress, Progress::Ended(_));
            if ended && self.waiting.remove(&invocation.instance) {
                self.ready.push_back(invocation);
            }
        }
    }

    fn endure(&mut self, error: CallError) {
        self.cadence.throttled |= matches!(error.cause, Cause::Throttled(_));
        self.trouble = Some(error);
    }
}

/// How often to ask.
struct Cadence {
    since: Instant,
    quick: Duration,
    throttled: bool,
}

impl Cadence {
    /// From the start of one listing to the start of the next.
    fn pause(&self, now: Instant) -> Duration {
        if !self.throttled && now.duration_since(self.since) < QUICK_FOR {
            self.quick
        } else {
            SLOW.max(self.quick) + random_share(JITTER)
        }
    }
}

/// A random part of `whole`. The standard library seeds its hashers at random, which is enough
/// for spreading calls.
pub(crate) fn random_share(whole: Duration) -> Duration {
    let thousandths = u32::try_from(RandomState::new().hash_one(()) % 1000).unwrap_or(0);
    whole * thousandths / 1000
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
