//! What goes wrong on purpose.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Uri};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use tokio::sync::watch;

use crate::kube::server::Server;
use crate::kube::status::Refusal;

/// The switches for faults; each acts on requests that arrive after it was set.
#[derive(Debug)]
pub struct Faults {
    plan: Arc<FaultPlan>,
    server: Arc<Server>,
}

impl Faults {
    pub(crate) fn new(plan: Arc<FaultPlan>, server: Arc<Server>) -> Self {
        Self { plan, server }
    }

    /// Takes the API server down: open connections break, new ones are refused.
    ///
    /// # Errors
    /// When the port still answers after two seconds.
    pub fn api_down(&self) -> anyhow::Result<()> {
        self.server.stop()
    }

    /// Brings the API server back on its port, with its objects.
    ///
    /// # Errors
    /// When the port is taken by now.
    pub fn api_up(&self) -> anyhow::Result<()> {
        self.server.start()
    }

    /// Lets every answer take this long.
    pub fn set_latency(&self, latency: Duration) {
        self.plan.state().latency = latency;
    }

    /// Answers the next requests with a status code: 429 (with `Retry-After: 1`), 500, 503, 504.
    pub fn fail_next(&self, requests: usize, status: u16) {
        self.plan.fail_next(requests, status);
    }

    /// Breaks the connection in the middle of the body of the next answers (not of watches).
    pub fn drop_mid_body_next(&self, answers: usize) {
        self.plan.state().dropping = answers;
    }

    /// Lets so many requests pass, and answers the one after them with a status code.
    pub fn fail_after(&self, passing: usize, status: u16) {
        let mut state = self.plan.state();
        (state.passing, state.failing) = (passing, (1, status));
    }

    /// Lets so many requests pass, carries the one after them out, and breaks its answer.
    pub fn drop_after(&self, passing: usize) {
        let mut state = self.plan.state();
        (state.whole, state.dropping) = (passing, 1);
    }

    /// Carries the next creation of such an object (`pods`) out, and breaks its answer.
    pub fn drop_creation(&self, plural: &str) {
        self.plan.state().creation = Some(format!("/{plural}"));
    }

    /// Nothing fails any more that was to fail by its number.
    pub fn clear(&self) {
        let mut state = self.plan.state();
        (state.passing, state.failing) = (0, (0, 0));
        (state.whole, state.dropping) = (0, 0);
    }

    /// Lets requests whose path contains `path_part` wait until the hold is released.
    #[must_use = "the hold is released when it is dropped"]
    pub fn hold(&self, path_part: &str) -> Hold {
        self.hold_those(path_part, false)
    }

    /// The same of requests that write something, and are no trial.
    #[must_use = "the hold is released when it is dropped"]
    pub fn hold_writes(&self, path_part: &str) -> Hold {
        self.hold_those(path_part, true)
    }

    fn hold_those(&self, path_part: &str, writes_only: bool) -> Hold {
        let (released, wait) = watch::channel(false);
        let caught = Arc::new(AtomicUsize::new(0));
        self.plan.state().holds.push(HeldPath {
            path_part: path_part.to_owned(),
            writes_only,
            released: wait,
            caught: Arc::clone(&caught),
        });
        Hold { released, caught }
    }
}

/// Requests that wait; dropping it lets them go on.
#[derive(Debug)]
pub struct Hold {
    released: watch::Sender<bool>,
    caught: Arc<AtomicUsize>,
}

impl Hold {
    /// How many requests have been caught so far, whether they still wait or not.
    pub fn caught(&self) -> usize {
        self.caught.load(Ordering::SeqCst)
    }

    /// Lets them go on.
    pub fn release(self) {
        self.released.send_replace(true);
    }
}

#[derive(Debug, Clone)]
struct HeldPath {
    path_part: String,
    writes_only: bool,
    released: watch::Receiver<bool>,
    caught: Arc<AtomicUsize>,
}

/// The faults that are planned.
#[derive(Debug)]
pub(crate) struct FaultPlan(Mutex<State>);

#[derive(Debug)]
struct State {
    latency: Duration,
    /// So many requests pass before those that fail.
    passing: usize,
    failing: (usize, u16),
    /// So many answers come whole before those that are broken.
    whole: usize,
    dropping: usize,
    /// How the path ends of which the next creation is not answered.
    creation: Option<String>,
    holds: Vec<HeldPath>,
}

impl FaultPlan {
    pub(crate) fn new(latency: Duration) -> Self {
        Self(Mutex::new(State {
            latency,
            passing: 0,
            failing: (0, 0),
            whole: 0,
            dropping: 0,
            creation: None,
            holds: Vec::new(),
        }))
    }

    pub(crate) fn fail_next(&self, requests: usize, status: u16) {
        self.state().failing = (requests, status);
    }

    /// Delays, holds or refuses a request.
    pub(crate) async fn pass(&self, method: &Method, uri: &Uri) -> Result<(), Refusal> {
        let is_trial = uri.query().is_some_and(|query| query.contains("dryRun"));
        let writes = *method != Method::GET && !is_trial;
        let (latency, held) = {
            let mut state = self.state();
            // A closed channel without a release is a hold that was dropped.
            state
                .holds
                .retain(|hold| hold.released.has_changed().is_ok());
            (
                state.latency,
                state
                    .holds
                    .iter()
                    .find(|hold| uri.path().contains(&hold.path_part))
                    .filter(|hold| writes || !hold.writes_only)
                    .cloned(),
            )
        };
        if let Some(mut hold) = held {
            hold.caught.fetch_add(1, Ordering::SeqCst);
            // An error means that the hold is gone, which releases as well.
            let _ = hold.released.wait_for(|released| *released).await;
        }
        tokio::time::sleep(latency).await;
        let mut state = self.state();
        let (left, status) = state.failing;
        if left == 0 {
            return Ok(());
        }
        if state.passing > 0 {
            state.passing -= 1;
            return Ok(());
        }
        state.failing.0 = left - 1;
        Err(Refusal::fault(status))
    }

    /// Cuts an answer in the middle when that is planned.
    pub(crate) fn cut(&self, parts: &Parts, response: Response) -> Response {
        let Some(length) = response.body().size_hint().exact() else {
            return response;
        };
        {
            let mut state = self.state();
            let is_it = |end: &mut String| parts.uri.path().ends_with(end.as_str());
            if parts.method == Method::POST && state.creation.take_if(is_it).is_some() {
                (state.whole, state.dropping) = (0, 1);
            }
            if state.dropping == 0 {
                return response;
            }
            if state.whole > 0 {
                state.whole -= 1;
                return response;
            }
            state.dropping -= 1;
        }
        let (mut parts, body) = response.into_parts();
        parts
            .headers
            .insert("content-length", HeaderValue::from(length));
        let half = body.into_data_stream().map(|chunk| {
            let bytes = chunk.unwrap_or_default();
            Ok::<Bytes, io::Error>(bytes.slice(..bytes.len() / 2))
        });
        let broken = stream::once(async {
            // Let the first half reach the client before the connection breaks.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        });
        Response::from_parts(parts, Body::from_stream(half.chain(broken)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
