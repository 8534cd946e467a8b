//! The AWS account of a lab: its endpoints on threads of their own, so that a lab can be started
//! and dropped anywhere, also where no runtime is or where one must not be blocked.

use std::sync::mpsc;
use std::thread::JoinHandle;

use anyhow::{Context as _, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::plan::{ACCOUNT, CALLER, REGION, ZONE};
use super::shell::ControlContainer;
use crate::aws::agent::Agent;
use crate::aws::instance::Instance;
use crate::aws::{AwsConfig, AwsLab};
use crate::fault::Faults;
use crate::latency::Latency;
use crate::node::Node;

/// Running endpoints; when this is dropped, the scripts that they still run are killed.
pub(super) struct Account {
    aws: AwsLab,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Account {
    /// Starts the endpoints with one instance for each node.
    pub(super) fn open(nodes: &[Node], latency: Latency) -> Result<Self> {
        let config = AwsConfig {
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
            caller_arn: CALLER.to_owned(),
            instances: nodes.iter().map(instance).collect(),
            latency,
            faults: Faults::default(),
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let (started, starting) = mpsc::channel();
        let thread = std::thread::spawn(move || serve(&runtime, config, &started, stopped));
        let aws = starting
            .recv()
            .context("the lab's AWS endpoints did not start")??;
        Ok(Self {
            aws,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(super) fn aws(&self) -> &AwsLab {
        &self.aws
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn serve(
    runtime: &Runtime,
    config: AwsConfig,
    started: &mpsc::Sender<Result<AwsLab>>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        started.send(AwsLab::start(config).await).ok();
        stopped.await.ok();
    });
}

fn instance(node: &Node) -> Instance {
    let config = node.config();
    let address = config.address.to_string();
    let mut instance =
        Instance::bottlerocket(&config.instance_id, &config.name, &address, &config.cluster)
            .agent(Agent::shell(ControlContainer(node.clone())));
    instance.instance_type = instance_type(config.cpus);
    instance.availability_zone = ZONE.to_owned();
    if let Some(registration) = &mut instance.registration {
        config
            .os_version
            .clone_into(&mut registration.platform_version);
    }
    instance
}

/// The size of the `m7i` family that has so many CPUs.
pub(super) fn instance_type(cpus: u32) -> String {
    match cpus {
        0..=3 => "m7i.large".to_owned(),
        4..=7 => "m7i.xlarge".to_owned(),
        _ => format!("m7i.{}xlarge", cpus / 4),
    }
}

#[cfg(test)]
mod tests {
    use super::instance_type;

    #[test]
    fn instance_types_have_the_nodes_cpus() {
        assert_eq!(instance_type(2), "m7i.large");
        assert_eq!(instance_type(8), "m7i.2xlarge");
        assert_eq!(instance_type(192), "m7i.48xlarge");
    }
}
