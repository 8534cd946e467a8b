//! What was measured on the real agent and read in the service's documentation, asked of the
//! lab without HTTP. Here is the way to ask; the questions are in the modules.

mod fleets;
mod scripts;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::aws::agent::{Agent, Launch, Shell};
use crate::aws::authorization::Caller;
use crate::aws::cloud::Cloud;
use crate::aws::config::AwsConfig;
use crate::aws::error::ApiError;
use crate::aws::instance::Instance;
use crate::latency::Latency;

const NODE: &str = "i-0123456789abcdef0";

struct LocalShell(TempDir);

impl Shell for LocalShell {
    fn place_file(&self, relative: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<PathBuf> {
        let path = self.0.path().join(relative);
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(path)
    }

    fn command(&self, launch: &Launch) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("sh");
        command.arg("-c").arg(&launch.script);
        command.envs(launch.environment.iter().cloned());
        if let Some(directory) = &launch.working_directory {
            command.current_dir(directory);
        }
        command
    }
}

struct Service {
    cloud: Arc<Cloud>,
    caller: Caller,
}

impl Service {
    fn with(instances: Vec<Instance>, latency: Latency) -> Self {
        let cloud = Cloud::new(AwsConfig {
            instances,
            latency,
            ..AwsConfig::default()
        });
        let caller = Caller {
            account: cloud.account.clone(),
            arn: cloud.caller_arn.clone(),
            region: cloud.region.clone(),
        };
        Self {
            cloud: Arc::new(cloud),
            caller,
        }
    }

    fn local() -> Self {
        let shell = Agent::shell(LocalShell(tempfile::tempdir().unwrap()));
        Self::with(vec![node(NODE, shell)], Latency::instant())
    }

    fn call(&self, operation: &str, body: &Value) -> Result<Value, ApiError> {
        crate::aws::ssm::serve(&self.cloud, &self.caller, operation, &body.to_string())
    }

    fn send(&self, script: &str) -> String {
        self.send_with(json!({ "commands": [script] }))
    }

    fn send_with(&self, parameters: Value) -> String {
        let request = json!({ "DocumentName": "AWS-RunShellScript", "InstanceIds": [NODE],
                              "Parameters": parameters });
        id(&self.call("SendCommand", &request).unwrap())
    }

    fn get(&self, command: &str) -> Value {
        let request = json!({ "CommandId": command, "InstanceId": NODE });
        self.call("GetCommandInvocation", &request).unwrap()
    }

    fn list(&self, command: &str) -> Vec<Value> {
        let request = json!({ "CommandId": command, "Details": true });
        let reply = self.call("ListCommandInvocations", &request).unwrap();
        reply["CommandInvocations"].as_array().unwrap().clone()
    }

    async fn until(&self, command: &str, status: &str) {
        let start = Instant::now();
        while !self
            .list(command)
            .iter()
            .all(|i| i["StatusDetails"] == status)
            || self.list(command).is_empty()
        {
            let shown = self.list(command);
            assert!(
                start.elapsed() < Duration::from_secs(15),
                "no {status}: {shown:?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs a script to its end and shows it.
    async fn result(&self, script: &str, status: &str) -> Value {
        let command = self.send(script);
        self.until(&command, status).await;
        self.get(&command)
    }
}

fn node(id: &str, agent: Agent) -> Instance {
    Instance::bottlerocket(id, "ip-10-0-0-1.internal", "10.0.0.1", "blue").agent(agent)
}

fn id(reply: &Value) -> String {
    reply["Command"]["CommandId"].as_str().unwrap().to_owned()
}
