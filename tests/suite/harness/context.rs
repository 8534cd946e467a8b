//! What a case gets: a runtime for the lab's endpoints, and the programs that it may run.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, Result};
use heeler_tests::scene::Plan;
use tokio::runtime::Runtime;

use super::clients::Clients;
use super::{Need, Program, Surroundings, build, lock};

/// How late a node may be on a machine on which other cases run.
const BESIDE_OTHERS: Duration = Duration::from_secs(60);

/// One for all cases.
pub(crate) struct Context {
    runtime: Runtime,
    checked: Mutex<BTreeMap<Need, std::result::Result<(), String>>>,
    lab_binary: PathBuf,
    slack: Duration,
}

impl Context {
    /// What all cases share.
    ///
    /// # Errors
    /// When this machine gives no threads.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            // Cargo tells tests where it is. A program of this package has to be it.
            lab_binary: match option_env!("CARGO_BIN_EXE_lab") {
                Some(lab) => lab.into(),
                None => std::env::current_exe()?,
            },
            runtime: Runtime::new().context("start the runtime of the lab's endpoints")?,
            checked: Mutex::default(),
            slack: BESIDE_OTHERS,
        })
    }

    /// With so much time that a node may be late with what it has promised.
    #[allow(dead_code, reason = "the suite has no promises to measure")]
    pub(crate) fn with_slack(self, slack: Duration) -> Self {
        Self { slack, ..self }
    }

    /// How late a node may be with what it has promised.
    pub(crate) fn slack(&self) -> Duration {
        self.slack
    }

    /// Whether the machine has all of it; each need is looked at once.
    pub(super) fn meet(&self, needs: &[Need]) -> std::result::Result<(), String> {
        let mut checked = lock(&self.checked);
        for need in needs {
            checked
                .entry(*need)
                .or_insert_with(|| need.check())
                .clone()?;
        }
        Ok(())
    }

    /// Runs asynchronous code of the lab to its end. What it spawns lives on.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The workspace's root.
    pub(crate) fn workspace(&self) -> &Path {
        build::workspace()
    }

    /// The lab's command.
    pub(crate) fn lab_binary(&self) -> &Path {
        &self.lab_binary
    }

    /// The program under test, built first if need be.
    ///
    /// # Errors
    /// When it does not build.
    pub(crate) fn heeler(&self, surroundings: &Surroundings) -> Result<Program<'_>> {
        Ok(self.program(build::heeler()?, "heeler", surroundings))
    }

    /// A lab whose nodes' programs are the lab's command; start it with `scene::Lab::start`. The
    /// case has to have [`Need::Nodes`].
    pub(crate) fn plan(&self) -> Plan {
        Plan::new(self.lab_binary())
    }

    /// The lab's command, such as `lab demo`.
    pub(crate) fn lab_program(&self, surroundings: &Surroundings) -> Program<'_> {
        self.program(self.lab_binary(), "lab", surroundings)
    }

    /// The pinned AWS CLI; the case has to have [`Need::AwsClients`].
    ///
    /// # Errors
    /// When it can't be installed.
    pub(crate) fn aws(&self, surroundings: &Surroundings) -> Result<Program<'_>> {
        let aws = self.program(&Clients::get()?.python(), "aws", surroundings);
        Ok(aws.args(["-m", "awscli"]))
    }

    /// A Python that has boto3, pyssm-client, jsonschema and PyYAML; the case has to have [`Need::AwsClients`] or
    /// [`Need::Validator`].
    ///
    /// # Errors
    /// When it can't be installed.
    pub(crate) fn python(&self, surroundings: &Surroundings) -> Result<Program<'_>> {
        Ok(self.program(&Clients::get()?.python(), "python", surroundings))
    }

    /// The kubectl of this machine; the case has to have [`Need::Kubectl`].
    pub(crate) fn kubectl(&self, surroundings: &Surroundings) -> Program<'_> {
        self.program(Path::new("kubectl"), "kubectl", surroundings)
    }

    pub(super) fn program(
        &self,
        path: &Path,
        name: &str,
        surroundings: &Surroundings,
    ) -> Program<'_> {
        Program::new(&self.runtime, path, name, surroundings)
    }
}
