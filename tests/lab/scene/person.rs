//! Somebody who works with a lab: a home with kubeconfig and state, and the keys of a session.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::home::Home;
use super::plan::Owner;
use crate::aws::AwsLab;
use crate::kube::{KubeLab, KubeconfigStyle};

/// The operator or a colleague. Both may do the same until something is denied to one of them.
pub struct Person {
    home: Home,
    keys: Vec<(&'static str, String)>,
    owner: Option<Owner>,
}

/// What a person is given besides the way to the AWS endpoints.
pub(super) struct Belongings<'a> {
    pub folder: PathBuf,
    pub user: &'a str,
    pub access_key: &'a str,
    pub kubeconfig: KubeconfigStyle,
    pub owner: Option<Owner>,
}

impl Person {
    /// Makes the home. Cluster and account have to know the user and the access key.
    pub(super) fn settle(belongings: Belongings<'_>, kube: &KubeLab, aws: &AwsLab) -> Result<Self> {
        let Belongings {
            folder,
            user,
            access_key,
            kubeconfig,
            owner,
        } = belongings;
        let home = Home::make(folder)?;
        kube.write_kubeconfig_as(&home.kubeconfig(), kubeconfig, user)?;
        if let Some(owner) = owner {
            home.give_to(owner)?;
        }
        Ok(Self {
            home,
            keys: aws.environment_with(access_key),
            owner,
        })
    }

    /// All variables that this person's clients need: heeler, the AWS CLI, boto3, kubectl.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.home.environment();
        environment.extend(self.keys.iter().cloned());
        environment
    }

    /// A command in that environment and in no other, which runs as the lab's owner.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().envs(self.environment());
        if let Some(owner) = self.owner {
            command.uid(owner.uid).gid(owner.gid);
        }
        command
    }

    /// The kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.home.kubeconfig()
    }

    /// The folder in which Heeler keeps this person's state.
    pub fn state_folder(&self) -> PathBuf {
        self.home.state()
    }

    /// The home.
    pub fn folder(&self) -> &Path {
        self.home.folder()
    }
}
