//! What a case can't do without, and the one command that helps where the machine lacks it.

use std::process::Command;

use heeler_tests::machine::{Missing, requirements};

use super::clients::Clients;

/// Something that a machine may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// The lab's nodes: root, namespaces and the programs on them. Such cases run side by side.
    Nodes,
    /// The same, and an incident: it changes `nf_conntrack_max`, of which the machine has one, so
    /// there is one incident at a time. Cases that only have nodes run beside it: none of them may
    /// ask what that value is.
    Incident,
    /// The same, and the machine for itself: such a case says how the machine was before and after.
    Machine,
    /// The pinned AWS CLI and boto3.
    AwsClients,
    /// The pinned JSON Schema validator.
    Validator,
    /// kubectl, whichever there is.
    Kubectl,
    /// curl and kubectl, whichever there are.
    Curl,
    /// A clone that `git` can read.
    Clone,
}

impl Need {
    /// Whether the machine has it; else what is missing and what helps.
    pub(crate) fn check(self) -> Result<(), String> {
        match self {
            Self::Nodes | Self::Incident | Self::Machine => requirements()
                .first()
                .map_or(Ok(()), |missing| Err(told(missing))),
            Self::AwsClients | Self::Validator => Clients::get()
                .map(drop)
                .map_err(|error| format!("{error:#}")),
            Self::Kubectl => answers("kubectl", &["version", "--client"])
                .then_some(())
                .ok_or_else(|| {
                    "there is no kubectl: apt-get install -y kubernetes-client".to_owned()
                }),
            Self::Curl => Self::Kubectl.check().and_then(|()| {
                let help = "there is no curl: apt-get install -y curl";
                answers("curl", &["--version"])
                    .then_some(())
                    .ok_or_else(|| help.to_owned())
            }),
            Self::Clone => answers(
                "git",
                &["-C", env!("CARGO_MANIFEST_DIR"), "rev-parse", "--git-dir"],
            )
            .then_some(())
            .ok_or_else(|| "this is no clone that git can read: git clone it".to_owned()),
        }
    }
}

fn told(missing: &Missing) -> String {
    format!("{}: {}", missing.what, missing.help)
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}
