//! From an accepted command to the agents: windows of `MaxConcurrency`, the stop at `MaxErrors`,
//! nodes without room, and the instant after which nothing is awaited any more.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use super::super::agent::{self, Job, Reply};
use super::super::authorization::Caller;
use super::super::cloud::Cloud;
use super::invocation::Invocation;
use super::record::Command;
use super::status::Status;
use super::targets;

/// How soon a node without room is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Brings a command to all of its nodes and waits for its end.
pub(super) async fn run(cloud: Arc<Cloud>, caller: Caller, command: Arc<Command>) {
    command.address(targets::resolve(&cloud, &caller, &command.request));
    let invocations = command.invocations();
    let total = invocations.len();
    let window = Rate::parse(&command.request.max_concurrency)
        .of(total)
        .max(1);
    let tolerated = Rate::parse(&command.request.max_errors).of(total);
    let sending = stream::iter(&invocations).for_each_concurrent(window, async |invocation| {
        if command.errors() > tolerated {
            invocation.advance(Status::Terminated);
        } else {
            send(&cloud, &command, invocation).await;
        }
    });
    let time_left = command.expires_at().duration_since(Timestamp::now());
    let expiry = tokio::time::sleep(time_left.try_into().unwrap_or_default());
    tokio::select! {
        () = sending => {}
        () = expiry => command.expire(),
    }
}

/// Brings a command to one node and waits until its state is final.
async fn send(cloud: &Arc<Cloud>, command: &Arc<Command>, invocation: &Arc<Invocation>) {
    if !invocation.status().is_terminal() {
        let delivery = deliver(
            Arc::clone(cloud),
            Arc::clone(command),
            Arc::clone(invocation),
        );
        // A task of its own: the node goes on with the work when the service gives up.
        tokio::spawn(delivery);
    }
    invocation.ended().await;
}

async fn deliver(cloud: Arc<Cloud>, command: Arc<Command>, invocation: Arc<Invocation>) {
    let instance = &invocation.instance_id;
    let worker = cloud.worker(instance);
    let place = loop {
        if command.is_too_late_to_start() || invocation.is_cancelled() {
            return invocation.give_up_before_start();
        }
        match worker.admit() {
            Some(place) => break place,
            None => invocation.advance(Status::Delayed),
        }
        tokio::time::sleep(RETRY).await;
    };
    invocation.advance(Status::InProgress);
    if cloud.faults.is_cut_off(instance) {
        return;
    }
    let life = cloud.faults.agent_life(instance);
    let work = async {
        let _turn = place.turn().await;
        if invocation.is_cancelled() {
            invocation.give_up_before_start();
            return None;
        }
        carry_out(&cloud, &command, &invocation).await
    };
    let reply = tokio::select! {
        reply = work => reply,
        () = cloud.faults.agent_killed(instance, life) => None,
    };
    if let Some(reply) = reply.filter(|_| !cloud.faults.is_cut_off(instance)) {
        invocation.finish(reply);
    }
}

async fn carry_out(cloud: &Cloud, command: &Command, invocation: &Invocation) -> Option<Reply> {
    let instance = cloud.instance(&invocation.instance_id)?;
    let registration = instance.registration?;
    let request = &command.request;
    let parameter = |name| request.parameter(name).unwrap_or_default().to_owned();
    let commands = request.parameters.get("commands").cloned();
    let environment = [
        ("AWS_SSM_INSTANCE_ID", instance.id.clone()),
        ("AWS_SSM_REGION_NAME", cloud.region.clone()),
        ("AWS_SSM_PLATFORM_NAME", registration.platform_name),
        ("AWS_SSM_PLATFORM_VERSION", registration.platform_version),
        ("SSM_COMMAND_ID", command.id.clone()),
    ];
    let job = Job {
        command_id: command.id.clone(),
        instance_id: instance.id,
        script: commands.unwrap_or_default().join("\n") + "\n",
        working_directory: parameter("workingDirectory"),
        execution_timeout: parameter("executionTimeout"),
        environment: environment.map(|(k, v)| (k.to_owned(), v)).to_vec(),
    };
    agent::carry_out(
        instance.agent,
        job,
        invocation.cancellation(),
        &cloud.faults,
    )
    .await
}

/// A number of nodes, or a share of them.
#[derive(Debug, Clone, Copy)]
enum Rate {
    Nodes(usize),
    Percent(usize),
}

impl Rate {
    /// Reads a rate that validation has let through.
    fn parse(text: &str) -> Self {
        match text.strip_suffix('%') {
            Some(percent) => Self::Percent(percent.parse().unwrap_or_default()),
            None => Self::Nodes(text.parse().unwrap_or_default()),
        }
    }

    fn of(self, total: usize) -> usize {
        match self {
            Self::Nodes(nodes) => nodes,
            Self::Percent(percent) => total * percent / 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn shares_are_rounded_down() {
        assert_eq!(Rate::parse("10%").of(50), 5);
        assert_eq!(Rate::parse("10%").of(9), 0);
        assert_eq!(Rate::parse("100%").of(3), 3);
        assert_eq!(Rate::parse("7").of(3), 7);
    }
}
