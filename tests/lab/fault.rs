//! Faults on demand, shared by all of the lab's endpoints and agents through one handle.
//!
//! A fault on calls is queued under the name of an operation ("SendCommand") and taken by the
//! next call of it. A fault on a node is kept under its instance id. This module only keeps
//! them: the endpoint or the agent that finds one acts on it in its own wire format.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::aws::shared::Shared;

/// As `times`: until [`Faults::clear`].
pub const ALWAYS: u32 = u32::MAX;

/// What goes wrong with a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The service's own throttling error.
    Throttle,
    /// The call is served, later.
    Delay(Duration),
    /// The connection closes without a reply.
    Drop {
        /// Whether the call was carried out all the same.
        executed: bool,
    },
    /// An HTTP error of the 500 range.
    ServerError {
        /// The HTTP status.
        status: u16,
        /// Whether the call was carried out all the same.
        executed: bool,
    },
    /// The call stands still until its [`Hold`] is released.
    Hold(HoldPoint, Gate),
}

/// Where a held call stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldPoint {
    /// Before anything of it is carried out.
    BeforeExecuting,
    /// Carried out, the reply not sent.
    BeforeReplying,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum GateState {
    Waiting,
    Reached,
    Released,
}

/// The endpoint's side of a [`Hold`].
#[derive(Debug, Clone)]
pub struct Gate(Arc<watch::Sender<GateState>>);

impl Gate {
    /// Tells the holder that the call is here, and waits to be released.
    pub async fn pass(&self) {
        self.0.send_if_modified(|state| {
            let first = *state == GateState::Waiting;
            *state = (*state).max(GateState::Reached);
            first
        });
        let mut state = self.0.subscribe();
        // The sender lives in `self`, so waiting can only end by the release.
        let _ = state.wait_for(|state| *state == GateState::Released).await;
    }
}

/// The test's side of a held call. Dropping it releases the call.
#[derive(Debug)]
pub struct Hold(Gate);

impl Hold {
    /// Waits until a call stands at the hold point.
    pub async fn reached(&self) {
        let mut state = self.0.0.subscribe();
        let _ = state.wait_for(|state| *state >= GateState::Reached).await;
    }

    /// Lets the call go on.
    pub fn release(self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.send_replace(GateState::Released);
    }
}

type Forge = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

#[derive(Default)]
struct State {
    calls: HashMap<String, VecDeque<(Fault, u32)>>,
    down: HashSet<String>,
    cut_off: HashSet<String>,
    forgeries: HashMap<String, VecDeque<(Forge, u32)>>,
}

/// The handle: every clone speaks of the same faults.
#[derive(Clone)]
pub struct Faults {
    state: Arc<Shared<State>>,
    agent_lives: Arc<watch::Sender<HashMap<String, u64>>>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            agent_lives: Arc::new(watch::Sender::new(HashMap::new())),
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").finish_non_exhaustive()
    }
}

impl Faults {
    /// Lets the next `times` calls of `operation` meet `fault`, after those already queued.
    pub fn inject(&self, operation: &str, fault: Fault, times: u32) {
        self.state.with(|state| {
            let queue = state.calls.entry(operation.to_owned()).or_default();
            queue.push_back((fault, times));
        });
    }

    /// Forgets what is queued for `operation`.
    pub fn clear(&self, operation: &str) {
        self.state.with(|state| state.calls.remove(operation));
    }

    /// Makes the next call of `operation` stand still at `point`.
    pub fn hold(&self, operation: &str, point: HoldPoint) -> Hold {
        let gate = Gate(Arc::new(watch::Sender::new(GateState::Waiting)));
        self.inject(operation, Fault::Hold(point, gate.clone()), 1);
        Hold(gate)
    }

    /// Closes every connection to `service` ("ssm", "ec2", "sts", "kubernetes") without a reply.
    pub fn take_down(&self, service: &str) {
        self.state
            .with(|state| state.down.insert(service.to_owned()));
    }

    /// Ends [`Faults::take_down`].
    pub fn bring_up(&self, service: &str) {
        self.state.with(|state| state.down.remove(service));
    }

    /// What befalls this call. Endpoints ask exactly once for each call.
    pub fn next(&self, service: &str, operation: &str) -> Option<Fault> {
        self.state.with(|state| {
            if state.down.contains(service) {
                return Some(Fault::Drop { executed: false });
            }
            take(state.calls.get_mut(operation)?)
        })
    }

    /// Cuts a node's agent off from the service: nothing arrives there, nothing comes back.
    pub fn cut_off(&self, instance: &str) {
        self.state
            .with(|state| state.cut_off.insert(instance.to_owned()));
    }

    /// Ends [`Faults::cut_off`]. What was lost meanwhile stays lost.
    pub fn reconnect(&self, instance: &str) {
        self.state.with(|state| state.cut_off.remove(instance));
    }

    /// Whether a node's agent is cut off.
    pub fn is_cut_off(&self, instance: &str) -> bool {
        self.state.with(|state| state.cut_off.contains(instance))
    }

    /// Kills a node's agent, which is PID 1 of its container: running scripts die, queued
    /// commands are lost, no reply is sent. The agent itself is back at once.
    pub fn kill_agent(&self, instance: &str) {
        self.agent_lives
            .send_modify(|lives| *lives.entry(instance.to_owned()).or_default() += 1);
    }

    /// Which life the node's agent is in.
    pub fn agent_life(&self, instance: &str) -> u64 {
        self.agent_lives
            .borrow()
            .get(instance)
            .copied()
            .unwrap_or(0)
    }

    /// Waits until the node's agent is no longer in `life`.
    pub async fn agent_killed(&self, instance: &str, life: u64) {
        let mut lives = self.agent_lives.subscribe();
        let _ = lives
            .wait_for(|lives| lives.get(instance).copied().unwrap_or(0) != life)
            .await;
    }

    /// Replaces what the next `times` scripts on a node printed, before the agent's own caps.
    pub fn forge_stdout(
        &self,
        instance: &str,
        times: u32,
        forge: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.state.with(|state| {
            let queue = state.forgeries.entry(instance.to_owned()).or_default();
            queue.push_back((Arc::new(forge), times));
        });
    }

    /// What becomes of a script's standard output on a node.
    pub fn forged(&self, instance: &str, stdout: Vec<u8>) -> Vec<u8> {
        let forge = self
            .state
            .with(|state| take(state.forgeries.get_mut(instance)?));
        match forge {
            Some(forge) => forge(stdout),
            None => stdout,
        }
    }
}

/// The front of a queue of faults, counted down and removed after its last time.
fn take<T: Clone>(queue: &mut VecDeque<(T, u32)>) -> Option<T> {
    let (front, times) = queue.front_mut()?;
    let fault = front.clone();
    if *times != ALWAYS {
        *times = times.saturating_sub(1);
    }
    if *times == 0 {
        queue.pop_front();
    }
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_taken_in_their_order_and_number() {
        let faults = Faults::default();
        faults.inject("SendCommand", Fault::Throttle, 2);
        faults.inject("SendCommand", Fault::Drop { executed: true }, 1);
        assert!(faults.next("ssm", "ListCommands").is_none());
        assert!(matches!(
            faults.next("ssm", "SendCommand"),
            Some(Fault::Throttle)
        ));
        assert!(matches!(
            faults.next("ssm", "SendCommand"),
            Some(Fault::Throttle)
        ));
        let third = faults.next("ssm", "SendCommand");
        assert!(matches!(third, Some(Fault::Drop { executed: true })));
        assert!(faults.next("ssm", "SendCommand").is_none());
    }

    #[test]
    fn a_service_that_is_down_drops_every_call() {
        let faults = Faults::default();
        faults.take_down("ssm");
        let fault = faults.next("ssm", "ListCommands");
        assert!(matches!(fault, Some(Fault::Drop { executed: false })));
        assert!(faults.next("ec2", "DescribeInstances").is_none());
        faults.bring_up("ssm");
        assert!(faults.next("ssm", "ListCommands").is_none());
    }

    #[tokio::test]
    async fn a_held_call_goes_on_only_after_its_release() {
        let faults = Faults::default();
        let hold = faults.hold("SendCommand", HoldPoint::BeforeReplying);
        let Some(Fault::Hold(_, gate)) = faults.next("ssm", "SendCommand") else {
            panic!("no hold was queued");
        };
        let call = tokio::spawn(async move { gate.pass().await });
        hold.reached().await;
        assert!(!call.is_finished());
        hold.release();
        call.await.unwrap();
    }
}
