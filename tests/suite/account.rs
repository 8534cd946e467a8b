//! A lab account for the AWS clients: nodes whose scripts a local shell runs, and one instance
//! of each kind that the services treat differently.

use anyhow::{Context as _, Result, bail};
use heeler_tests::aws::agent::Agent;
use heeler_tests::aws::instance::{Instance, InstanceState};
use heeler_tests::aws::{AwsConfig, AwsLab};
use heeler_tests::latency::Latency;
use serde_json::Value;

use crate::harness::{Context, LocalShell, Program, Surroundings};

/// A registered Bottlerocket node.
pub(crate) const NODE: &str = "i-0aaaaaaaaaaaaaaa1";
/// Another one.
pub(crate) const SECOND_NODE: &str = "i-0aaaaaaaaaaaaaaa2";
/// A running instance that Systems Manager does not know.
pub(crate) const UNREGISTERED: &str = "i-0bbbbbbbbbbbbbbb1";
/// A registered one that was stopped.
pub(crate) const STOPPED: &str = "i-0ccccccccccccccc1";
/// The cluster that all of them are tagged with.
pub(crate) const CLUSTER: &str = "prod-eu";

/// An account with its endpoints, and the environment of its operator.
pub(crate) struct Account<'c> {
    context: &'c Context,
    /// The endpoints.
    pub(crate) aws: AwsLab,
    /// What the clients find around them.
    pub(crate) surroundings: Surroundings,
}

impl<'c> Account<'c> {
    /// Starts the endpoints; `latency` says when commands become visible.
    pub(crate) fn open(context: &'c Context, latency: Latency) -> Result<Self> {
        let config = AwsConfig {
            region: "eu-west-1".to_owned(),
            instances: instances()?,
            latency,
            ..AwsConfig::default()
        };
        let aws = context.block_on(AwsLab::start(config))?;
        let surroundings = Surroundings::new()?
            .with_all(aws.environment())
            .with("AWS_MAX_ATTEMPTS", "1")
            .with("AWS_PAGER", "");
        Ok(Self {
            context,
            aws,
            surroundings,
        })
    }

    /// An account without any delay.
    pub(crate) fn instant(context: &'c Context) -> Result<Self> {
        Self::open(context, Latency::instant())
    }

    /// The AWS CLI with these words as its arguments.
    pub(crate) fn cli(&self, words: &str) -> Result<Program<'c>> {
        Ok(self
            .context
            .aws(&self.surroundings)?
            .args(words.split_whitespace()))
    }

    /// What the AWS CLI prints for these words.
    pub(crate) fn ask(&self, words: &str) -> Result<Value> {
        self.cli(words)?
            .args(["--output", "json"])
            .expect_exit(0)?
            .json()
    }

    /// Sends a script to a node with the AWS CLI, and gives the command's id.
    pub(crate) fn send(&self, node: &str, script: &str) -> Result<String> {
        let parameters = serde_json::json!({ "commands": [script] }).to_string();
        let sent = self
            .cli("ssm send-command --document-name AWS-RunShellScript --output json")?
            .args(["--comment", "from the suite", "--instance-ids", node])
            .args(["--parameters", &parameters])
            .expect_exit(0)?
            .json()?;
        let id = sent.pointer("/Command/CommandId").and_then(Value::as_str);
        id.map(str::to_owned)
            .context("SendCommand gave no command id")
    }

    /// Lists a command's one invocation until its status details are these.
    pub(crate) fn wait(&self, command: &str, details: &str) -> Result<Value> {
        let words = format!("ssm list-command-invocations --details --command-id {command}");
        let mut last = Value::Null;
        for _ in 0..20 {
            last = self.ask(&words)?;
            let invocation = &last["CommandInvocations"][0];
            if invocation["StatusDetails"] == details {
                return Ok(invocation.clone());
            }
        }
        bail!("command {command} never became {details}: {last:#}")
    }
}

fn instances() -> Result<Vec<Instance>> {
    let agent = Agent::shell(LocalShell::new()?);
    let instance = |id: &str, host: u8| {
        let name = format!("ip-10-0-1-{host}.eu-west-1.compute.internal");
        let ip = format!("10.0.1.{host}");
        Instance::bottlerocket(id, &name, &ip, CLUSTER).agent(agent.clone())
    };
    let unregistered = Instance {
        registration: None,
        ..instance(UNREGISTERED, 31)
    };
    let stopped = Instance {
        state: InstanceState::Stopped,
        ..instance(STOPPED, 41)
    };
    Ok(vec![
        instance(NODE, 21),
        instance(SECOND_NODE, 22),
        unregistered,
        stopped,
    ])
}
