//! The commands by which a person repeats a step by hand. Each line works when it is pasted into
//! a POSIX shell.

use serde_json::json;

use super::error::TargetError;
use super::port::{Aws, ObjectRef, SendCommand};
use super::script;
use heeler_core::action::Evictions;
use heeler_core::event::InstanceId;

/// Where the commands are pointed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--region` of the AWS CLI.
    pub region: String,
    /// `--profile` of the AWS CLI.
    pub profile: Option<String>,
    /// `--context` of kubectl.
    pub context: Option<String>,
}

impl Flags {
    /// The flags that lead to where a run takes place.
    pub fn of(aws: &Aws, context: Option<&str>) -> Self {
        Flags {
            region: aws.region.clone(),
            profile: aws.profile.clone(),
            context: context.map(str::to_owned),
        }
    }

    fn aws(&self, words: &[&str]) -> String {
        let mut all = vec!["aws"];
        all.extend(words.iter().take(2));
        all.extend(["--region", &self.region]);
        if let Some(profile) = &self.profile {
            all.extend(["--profile", profile]);
        }
        all.extend(words.iter().skip(2));
        join(&all)
    }

    fn kubectl(&self, words: &[&str]) -> String {
        let mut all = vec!["kubectl"];
        if let Some(context) = &self.context {
            all.extend(["--context", context]);
        }
        all.extend(words);
        join(&all)
    }
}

/// `aws sts get-caller-identity`.
pub fn caller(flags: &Flags) -> String {
    flags.aws(&["sts", "get-caller-identity"])
}

/// The instances' tags and states.
pub fn describe(flags: &Flags, instances: &[InstanceId]) -> String {
    let mut words = vec!["ec2", "describe-instances", "--instance-ids"];
    words.extend(instances.iter().map(InstanceId::as_str));
    flags.aws(&words)
}

/// What SSM knows about the instances.
pub fn registrations(flags: &Flags, instances: &[InstanceId]) -> String {
    let ids: Vec<&str> = instances.iter().map(InstanceId::as_str).collect();
    let filter = format!("Key=InstanceIds,Values={}", ids.join(","));
    flags.aws(&["ssm", "describe-instance-information", "--filters", &filter])
}

/// Sends a command.
///
/// # Errors
/// When the script is too long for one command.
pub fn send(flags: &Flags, command: &SendCommand) -> Result<String, TargetError> {
    Ok(flags.aws(
        &send_words(command)?
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    ))
}

/// Sends a command, waits for all its nodes and prints what they answered, in one go.
///
/// # Errors
/// When the script is too long for one command.
pub fn send_and_read(flags: &Flags, command: &SendCommand) -> Result<String, TargetError> {
    let mut words = send_words(command)?;
    words.extend(["--query", "Command.CommandId", "--output", "text"].map(str::to_owned));
    let send = flags.aws(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let mut lines = vec![format!("id=$({send})")];
    for instance in &command.instances {
        let wait = flags.aws(&[
            "ssm",
            "wait",
            "command-executed",
            "--instance-id",
            instance.as_str(),
        ]);
        lines.push(format!("{wait} --command-id \"$id\""));
    }
    let list = flags.aws(&["ssm", "list-command-invocations", "--details"]);
    lines.push(format!("{list} --command-id \"$id\""));
    Ok(lines.join("\n"))
}

/// A shell in the node's control container.
pub fn start_session(flags: &Flags, instance: &InstanceId) -> String {
    flags.aws(&["ssm", "start-session", "--target", instance.as_str()])
}

/// What an instance has written to its console.
pub fn console(flags: &Flags, instance: &InstanceId) -> String {
    let id = instance.as_str();
    flags.aws(&["ec2", "get-console-output", "--latest", "--instance-id", id])
}

/// The answers of a command that was sent.
pub fn invocations(flags: &Flags, command: &str) -> String {
    flags.aws(&[
        "ssm",
        "list-command-invocations",
        "--command-id",
        command,
        "--details",
    ])
}

/// One object of the Kubernetes API.
pub fn get(flags: &Flags, object: &ObjectRef) -> String {
    let mut path = format!("/{}", object.api);
    if let Some(namespace) = &object.namespace {
        path.push_str(&format!("/namespaces/{namespace}"));
    }
    path.push_str(&format!("/{}/{}", object.resource, object.name));
    flags.kubectl(&["get", "--raw", &path])
}

/// A merge patch of one object.
pub fn patch(flags: &Flags, object: &ObjectRef, patch: &serde_json::Value) -> String {
    let (group, version) = object.group_version();
    let resource = match group {
        "" => object.resource.clone(),
        group => format!("{}.{version}.{group}", object.resource),
    };
    let patch = patch.to_string();
    let mut words = vec!["patch", &resource, &object.name];
    if let Some(namespace) = &object.namespace {
        words.extend(["--namespace", namespace]);
    }
    words.extend(["--type", "merge", "--patch", &patch]);
    flags.kubectl(&words)
}

/// What runs on a node.
pub fn pods_of(flags: &Flags, node: &str) -> String {
    let selector = format!("spec.nodeName={node}");
    flags.kubectl(&[
        "get",
        "pods",
        "--all-namespaces",
        "--field-selector",
        &selector,
    ])
}

/// Evicts the pods of a node.
pub fn drain(flags: &Flags, node: &str, evictions: &Evictions) -> String {
    let mut words = vec!["drain", node, "--ignore-daemonsets"];
    if evictions.empty_dir_data {
        words.push("--delete-emptydir-data");
    }
    if evictions.pods_without_controller {
        words.push("--force");
    }
    let timeout = format!("{}s", evictions.within.as_secs());
    words.extend(["--timeout", &timeout]);
    flags.kubectl(&words)
}

/// Lets new pods be placed on a node.
pub fn uncordon(flags: &Flags, node: &str) -> String {
    flags.kubectl(&["uncordon", node])
}

fn send_words(command: &SendCommand) -> Result<Vec<String>, TargetError> {
    let parameters = json!({
        "commands": [script::wrap(&command.script)?],
        "executionTimeout": [command.execution_seconds().to_string()],
    });
    let mut words: Vec<String> = ["ssm", "send-command", "--document-name", &command.document]
        .map(str::to_owned)
        .to_vec();
    words.push("--instance-ids".into());
    words.extend(command.instances.iter().map(ToString::to_string));
    for (option, value) in [
        ("--comment", command.comment.as_str().to_owned()),
        ("--timeout-seconds", command.delivery_seconds().to_string()),
        ("--max-errors", "100%".to_owned()),
        ("--parameters", parameters.to_string()),
    ] {
        words.extend([option.to_owned(), value]);
    }
    Ok(words)
}

fn join(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| quote(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// One word of a POSIX shell.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::port::Comment;

    fn flags() -> Flags {
        Flags {
            region: "eu-west-1".into(),
            profile: Some("on call".into()),
            context: Some("alice@prod".into()),
        }
    }

    /// The words that a shell makes of a line.
    fn words(line: &str) -> Vec<String> {
        let script = format!("printf '%s\\n' {line}");
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(script)
            .output()
            .unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_command_survives_the_shell() {
        let comment = Comment::new("heeler it's 7k3mq/1").unwrap();
        let ids = vec!["i-0abc1234def567890".parse().unwrap()];
        let command = SendCommand::new(ids, "echo '{{ssm:x}}'".into(), comment);
        let words = words(&send(&flags(), &command).unwrap());
        assert_eq!(
            words[..7],
            [
                "aws",
                "ssm",
                "send-command",
                "--region",
                "eu-west-1",
                "--profile",
                "on call"
            ]
        );
        assert!(words.contains(&"heeler it's 7k3mq/1".to_owned()));
        let parameters: serde_json::Value = serde_json::from_str(words.last().unwrap()).unwrap();
        assert_eq!(
            parameters["commands"][0],
            script::wrap("echo '{{ssm:x}}'").unwrap()
        );
        assert_eq!(parameters["executionTimeout"][0], "60");
    }

    #[test]
    fn a_pasted_command_waits_and_reads() {
        let ids = vec!["i-0abc1234def567890".parse().unwrap()];
        let command = SendCommand::new(ids, "true".into(), Comment::new("c").unwrap());
        let text = send_and_read(&flags(), &command).unwrap();
        assert!(text.starts_with("id=$(aws ssm send-command "), "{text}");
        assert_eq!(
            text.lines()
                .filter(|line| line.ends_with("--command-id \"$id\""))
                .count(),
            2
        );
    }

    #[test]
    fn objects_are_read_raw() {
        let object = ObjectRef::pod("shop", "web-0");
        let line = "kubectl --context alice@prod get --raw /api/v1/namespaces/shop/pods/web-0";
        assert_eq!(get(&flags(), &object), line);
    }

    #[test]
    fn a_patch_names_group_and_version() {
        let object = ObjectRef {
            api: "apis/apps/v1".into(),
            resource: "deployments".into(),
            namespace: Some("shop".into()),
            name: "web".into(),
        };
        let line = patch(&flags(), &object, &json!({"spec": {"replicas": null}}));
        assert_eq!(
            line,
            "kubectl --context alice@prod patch deployments.v1.apps web --namespace shop --type merge \
             --patch '{\"spec\":{\"replicas\":null}}'"
        );
        let node = patch(&flags(), &ObjectRef::node("a"), &json!({}));
        assert!(node.contains(" patch nodes a --type merge"), "{node}");
    }

    #[test]
    fn words_stay_words() {
        for word in ["", "a b", "it's", "$(id)", "`id`", "a;b", "*", "~", "a\"b"] {
            assert_eq!(words(&quote(word)), [word], "{word:?}");
        }
    }
}
