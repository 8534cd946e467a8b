//! A command on one node. Its state only moves forward: what is final stays, whatever arrives
//! later.

use jiff::Timestamp;
use tokio::sync::watch;

use super::super::agent::Reply;
use super::record::InvocationRecord;
use super::status::Status;

const NOT_STARTED: i32 = -1;
/// GetCommandInvocation shows this much of standard error.
const STDERR_LIMIT: usize = 8_000;

/// The state of an invocation.
#[derive(Debug, Clone)]
struct Progress {
    status: Status,
    reply: Option<Reply>,
    finished_at: Option<Timestamp>,
}

/// A command on one node.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub instance_id: String,
    progress: watch::Sender<Progress>,
    cancelled: watch::Sender<bool>,
}

impl Invocation {
    /// An invocation in its first state.
    pub(crate) fn new(instance_id: String, status: Status) -> Self {
        Self {
            instance_id,
            progress: watch::Sender::new(Progress {
                status,
                reply: None,
                finished_at: status.is_terminal().then(Timestamp::now),
            }),
            cancelled: watch::Sender::new(false),
        }
    }

    /// The state now.
    pub(crate) fn status(&self) -> Status {
        self.progress.borrow().status
    }

    /// The agent's reply, if one arrived.
    pub(crate) fn reply(&self) -> Option<Reply> {
        self.progress.borrow().reply.clone()
    }

    /// The exit code, or -1 when there is none.
    pub(crate) fn response_code(&self) -> i32 {
        self.reply().map_or(NOT_STARTED, |reply| reply.code)
    }

    /// Standard error as far as GetCommandInvocation shows it.
    pub(crate) fn shown_stderr(&self) -> String {
        let stderr = self.reply().map(|reply| reply.stderr).unwrap_or_default();
        stderr.chars().take(STDERR_LIMIT).collect()
    }

    /// Moves on, unless the state is final or would step back from a cancellation.
    pub(crate) fn advance(&self, status: Status) {
        self.change(status, None);
    }

    /// Ends with the agent's reply.
    pub(crate) fn finish(&self, reply: Reply) {
        self.change(reply.status.into(), Some(reply));
    }

    /// Ends without ever having started. Past its time it stays as it is until it expires.
    pub(crate) fn give_up_before_start(&self) {
        if self.is_cancelled() {
            self.advance(Status::Cancelled);
        }
    }

    /// Asks for the end of the script.
    pub(crate) fn cancel(&self) {
        self.advance(Status::Cancelling);
        self.cancelled.send_replace(true);
    }

    /// Whether the end was asked for.
    pub(crate) fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// The agent's view of [`Invocation::is_cancelled`].
    pub(crate) fn cancellation(&self) -> watch::Receiver<bool> {
        self.cancelled.subscribe()
    }

    /// Waits for a final state.
    pub(crate) async fn ended(&self) {
        let mut progress = self.progress.subscribe();
        // The sender is in `self`, so waiting ends with the state alone.
        let _ = progress.wait_for(|now| now.status.is_terminal()).await;
    }

    /// The history, for tests and benchmarks.
    pub(crate) fn record(&self) -> InvocationRecord {
        let progress = self.progress.borrow();
        InvocationRecord {
            instance_id: self.instance_id.clone(),
            status: progress.status.detail(),
            finished_at: progress.finished_at,
        }
    }

    fn change(&self, status: Status, reply: Option<Reply>) {
        self.progress.send_if_modified(|now| {
            let backwards = now.status == Status::Cancelling && !status.is_terminal();
            if now.status.is_terminal() || backwards {
                return false;
            }
            now.status = status;
            now.reply = reply;
            now.finished_at = status.is_terminal().then(Timestamp::now);
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_state_is_never_overwritten() {
        let invocation = Invocation::new("i-12345678".to_owned(), Status::Pending);
        invocation.advance(Status::DeliveryTimedOut);
        invocation.advance(Status::InProgress);
        assert_eq!(invocation.status(), Status::DeliveryTimedOut);
        assert_eq!(invocation.response_code(), -1);
    }

    #[test]
    fn a_cancellation_is_not_undone_by_progress() {
        let invocation = Invocation::new("i-12345678".to_owned(), Status::Pending);
        invocation.cancel();
        invocation.advance(Status::InProgress);
        assert_eq!(invocation.status(), Status::Cancelling);
        invocation.give_up_before_start();
        assert_eq!(invocation.status(), Status::Cancelled);
    }
}
