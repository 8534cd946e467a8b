//! What goes wrong on the way to a kubelet, and in it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Whether anybody gets through to the kubelet, or the API server does. Measured on kubernetes 1.36.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// It does.
    #[default]
    Open,
    /// Nothing listens on the port: 503 at once.
    Refused,
    /// The kubelet takes the connection and says nothing: 503 after 10 s.
    Frozen,
    /// Packets are dropped: 503 after 30 s.
    Dropped,
}

impl Reach {
    /// How long the API server tries, and what it says then.
    pub(crate) fn failure(self) -> Option<(Duration, &'static str)> {
        match self {
            Reach::Open => None,
            Reach::Refused => Some((
                Duration::ZERO,
                "dial tcp 10.0.1.23:10250: connect: connection refused",
            )),
            Reach::Frozen => Some((Duration::from_secs(10), "net/http: TLS handshake timeout")),
            Reach::Dropped => Some((
                Duration::from_secs(30),
                "dial tcp 10.0.1.23:10250: i/o timeout",
            )),
        }
    }
}

/// The switches for faults of one kubelet; each acts on requests that arrive after it was set.
#[derive(Default)]
pub struct KubeletFaults {
    state: Mutex<State>,
    /// Does with its own port what is to be done.
    on_reach: Mutex<Option<Box<OnReach>>>,
}

type OnReach = dyn Fn(Reach) -> anyhow::Result<()> + Send + Sync;

#[derive(Debug, Default)]
struct State {
    reach: Reach,
    server_reach: Reach,
    no_log_handler: bool,
    no_debugging_handlers: bool,
    /// The next answers stop after so many bytes of a file, and how they do.
    breaks: Vec<(u64, Break)>,
}

impl fmt::Debug for KubeletFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubeletFaults")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// How the body of an answer stops in its middle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Break {
    /// The connection is closed.
    Cut,
    /// Nothing comes any more.
    Stall,
    /// The file is written anew.
    Rewrite(Rewrite),
}

/// A file is written anew while it is sent, as `logdog` does it: in place, without a rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// What it is from then on.
    pub contents: Vec<u8>,
    /// Whether its time tells, as it does from the next second on. It has none else: then `If-Range`
    /// takes the new file for the old one.
    pub tells: bool,
    /// Whether the connection is closed then; else the rest of the new file is sent after the
    /// beginning of the old one, up to the length that was promised.
    pub cuts: bool,
}

impl KubeletFaults {
    /// Lets everybody get through, or nobody.
    ///
    /// # Errors
    /// When its port can't be had again.
    pub fn set_reach(&self, reach: Reach) -> anyhow::Result<()> {
        self.state().reach = reach;
        let on_reach = self.on_reach.lock().unwrap_or_else(PoisonError::into_inner);
        on_reach.as_ref().map_or(Ok(()), |on_reach| on_reach(reach))
    }

    /// Lets the API server get through, or not; whoever asks the kubelet itself does.
    pub fn set_server_reach(&self, reach: Reach) {
        self.state().server_reach = reach;
    }

    /// Has its own port done with what is to be done.
    pub(crate) fn on_reach(
        &self,
        does: impl Fn(Reach) -> anyhow::Result<()> + Send + Sync + 'static,
    ) {
        let mut on_reach = self.on_reach.lock().unwrap_or_else(PoisonError::into_inner);
        *on_reach = Some(Box::new(does));
    }

    /// `enableSystemLogHandler: false`.
    pub fn set_log_handler(&self, on: bool) {
        self.state().no_log_handler = !on;
    }

    /// `enableDebuggingHandlers: false`.
    pub fn set_debugging_handlers(&self, on: bool) {
        self.state().no_debugging_handlers = !on;
    }

    /// Closes the connections of the next files after so many bytes each, in this order.
    pub fn cut_next(&self, after: &[u64]) {
        let cuts = after.iter().map(|bytes| (*bytes, Break::Cut));
        self.state().breaks.extend(cuts);
    }

    /// Lets the next file stall after so many bytes, without an end.
    pub fn stall_next(&self, after: u64) {
        self.state().breaks.push((after, Break::Stall));
    }

    /// Writes the next file anew once so many bytes of it were sent.
    pub fn rewrite_next(&self, after: u64, rewrite: Rewrite) {
        self.state().breaks.push((after, Break::Rewrite(rewrite)));
    }

    /// Whether the API server gets through.
    pub(crate) fn server_reach(&self) -> Reach {
        let state = self.state();
        match state.reach {
            Reach::Open => state.server_reach,
            closed => closed,
        }
    }

    /// Why no path below `/logs` is served.
    pub(crate) fn disabled(&self) -> Option<&'static str> {
        match (self.has_debugging_handlers(), self.has_log_handler()) {
            (false, _) => Some("Debug endpoints are disabled."),
            (_, false) => Some("logs endpoint is disabled."),
            _ => None,
        }
    }

    /// `enableSystemLogHandler`.
    pub(crate) fn has_log_handler(&self) -> bool {
        !self.state().no_log_handler
    }

    /// `enableDebuggingHandlers`.
    pub(crate) fn has_debugging_handlers(&self) -> bool {
        !self.state().no_debugging_handlers
    }

    /// How the next file's body stops; taken.
    pub(crate) fn next_break(&self) -> Option<(u64, Break)> {
        let mut state = self.state();
        match state.breaks.is_empty() {
            true => None,
            false => Some(state.breaks.remove(0)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
