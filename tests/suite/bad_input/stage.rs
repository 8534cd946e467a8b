//! The stage of this area: a cluster and an account that agree about one node, without the node.
//! Its agent runs what is sent in a shell of this machine, and only ever gets [`QUICK`], whose one
//! look reads a kernel parameter. And what every refusal has to leave behind: a whole journal.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::instance::Instance;
use heeler_tests::aws::{AwsConfig, AwsLab};
use heeler_tests::kube::seed::{NodeSeed, PodSeed, event_scheduled, namespace};
use heeler_tests::kube::{KubeConfig, KubeLab, KubeconfigStyle};
use heeler_tests::latency::Latency;
use jiff::Timestamp;

use super::puppet::Puppet;
use crate::harness::{Context, Finished, Program, Surroundings};

/// The node's name in Kubernetes.
pub(crate) const NODE: &str = "ip-10-0-1-23.eu-west-1.compute.internal";
/// Its instance.
pub(crate) const INSTANCE: &str = "i-0abc1234def567890";
/// A pod on it.
pub(crate) const POD: &str = "shop/checkout-7d9f5c-x2vqz";
/// The report of [`QUICK`] about that pod, where nothing is wrong.
pub(crate) const HEALTHY: &str = "prod-eu 111122223333 eu-west-1 as ops/alice
shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23.eu-west-1.compute.internal → i-0abc1234def567890  Bottlerocket 1.50.0, 8 CPUs
nothing found
ruled out  another system
DURATION, 1 command, nothing changed";
/// A runbook with a single look, which finds nothing.
pub(crate) const QUICK: &str = "heeler: 1
name: quick
summary: One kernel parameter
target: node
look:
  system:
    label: the system's name
    sysctl: { name: kernel.ostype }
find:
  other-system:
    label: another system
    when: system.name != \"Linux\"
    severity: note
    says: it is {{ system.name }}
";

/// [`HEALTHY`] with one note.
pub(crate) fn noted(note: &str) -> String {
    HEALTHY.replace("DURATION", &format!("note       {note}\nDURATION"))
}

/// The report of [`QUICK`] about that node when it gave no answer, with the errors that this comes
/// of, and the number of commands.
pub(crate) fn unanswered(why: &str, errors: &str, commands: &str) -> String {
    format!(
        "prod-eu 111122223333 eu-west-1 as ops/alice
{NODE} → {INSTANCE}  Bottlerocket 1.49.0, 2 CPUs
no answer  {why}
not seen   the system's name: the node did not answer: {why}
{errors}DURATION, {commands}, nothing changed"
    )
}

/// The cluster `prod-eu`, its account, and the operator's way to both.
pub(crate) struct Stage<'c> {
    context: &'c Context,
    /// The account's endpoints.
    pub(crate) aws: AwsLab,
    /// The cluster's API.
    pub(crate) kube: KubeLab,
    /// What `heeler` finds around it.
    pub(crate) around: Surroundings,
}

impl<'c> Stage<'c> {
    /// With the kubeconfig that `aws eks update-kubeconfig` would write.
    pub(crate) fn open(context: &'c Context) -> Result<Self> {
        Self::with(context, KubeconfigStyle::EksArn)
    }

    /// With another kubeconfig.
    pub(crate) fn with(context: &'c Context, style: KubeconfigStyle) -> Result<Self> {
        let agent = Puppet::new()?.agent();
        let instance = Instance::bottlerocket(INSTANCE, NODE, "10.0.1.23", "prod-eu").agent(agent);
        let config = AwsConfig {
            region: "eu-west-1".to_owned(),
            instances: vec![instance],
            latency: Latency::instant(),
            ..AwsConfig::default()
        };
        let aws = context.block_on(AwsLab::start(config))?;
        let kube = KubeLab::start(KubeConfig {
            latency: Duration::ZERO,
            ..KubeConfig::default()
        })?;
        populate(&kube)?;
        let around = Surroundings::new()?;
        let kubeconfig = around.folder().join("kubeconfig");
        kube.write_kubeconfig(&kubeconfig, style)?;
        let around = around
            .with_all(aws.environment())
            .with("KUBECONFIG", kubeconfig);
        let stage = Self {
            context,
            aws,
            kube,
            around,
        };
        stage.write_runbook("quick", QUICK)?;
        Ok(stage)
    }

    /// Puts a runbook into the operator's folder of runbooks.
    pub(crate) fn write_runbook(&self, name: &str, text: &str) -> Result<PathBuf> {
        let folder = self.runbooks().join(name);
        fs::create_dir_all(&folder)?;
        let file = folder.join("runbook.yaml");
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
        Ok(file)
    }

    /// The operator's folder of runbooks.
    pub(crate) fn runbooks(&self) -> PathBuf {
        self.around.folder().join("runbooks")
    }

    /// `heeler` with these arguments and the operator's runbooks.
    pub(crate) fn heeler(&self, arguments: &[&str]) -> Result<Program<'c>> {
        let heeler = self.context.heeler(&self.around)?;
        Ok(heeler
            .args(["--runbooks"])
            .args([self.runbooks()])
            .args(arguments.iter().copied()))
    }

    /// `heeler run quick` with these arguments.
    pub(crate) fn quick(&self, arguments: &[&str]) -> Result<Program<'c>> {
        self.heeler(&[&["run", "quick"], arguments].concat())
    }

    /// A run that is refused before a node is asked: exit status 1, this error as the whole report,
    /// which the journal repeats, and no command to anybody.
    pub(crate) fn refused(&self, arguments: &[&str], error: &str) -> Result<()> {
        let ended = self.quick(arguments)?.expect_exit(1)?;
        ended.expect_screen(&format!("{error}\nDURATION, no command, nothing changed"))?;
        let told = error.lines().find_map(|line| line.split_once("]: "));
        ended.expect_stderr(told.context("every error has a code")?.0)?;
        self.expect_repeated(&ended)?;
        self.expect_no_command()
    }

    /// A run that comes to its end all the same: exit status 0 and this report, which the journal
    /// repeats. It gives what the run said.
    pub(crate) fn answered(&self, arguments: &[&str], screen: &str) -> Result<Finished> {
        let ended = self.quick(arguments)?.expect_exit(0)?;
        ended.expect_screen(screen)?;
        self.expect_repeated(&ended)?;
        Ok(ended)
    }

    /// The latest run's report says again what the run said, with the same exit status; that its
    /// records are those that were written is part of it.
    pub(crate) fn expect_repeated(&self, ended: &Finished) -> Result<()> {
        let again = self.heeler(&["report", &self.latest()?])?.finish()?;
        let same = again.status == ended.status && again.stdout == ended.stdout;
        ensure!(
            same,
            "the report is not what the run said\n{ended}\n{again}"
        );
        Ok(())
    }

    /// The latest run of the journal.
    pub(crate) fn latest(&self) -> Result<String> {
        let runs = self.heeler(&["runs", "--output", "json"])?.expect_exit(0)?;
        let id = runs.json()?["runs"][0]["run"].as_str().map(str::to_owned);
        id.with_context(|| format!("the journal has no run\n{runs}"))
    }

    /// No command was sent to a node.
    pub(crate) fn expect_no_command(&self) -> Result<()> {
        let sent = self.aws.count("SendCommand") + self.aws.commands().len();
        ensure!(sent == 0, "a command was sent");
        Ok(())
    }

    /// Nobody was asked anything.
    pub(crate) fn expect_silence(&self) -> Result<()> {
        let (aws, kube) = (self.aws.calls(), self.kube.calls());
        ensure!(
            aws.is_empty() && kube.is_empty(),
            "somebody was asked\n{aws:#?}\n{kube:#?}"
        );
        Ok(())
    }

    /// Neither a run nor anything else was recorded.
    pub(crate) fn expect_no_run(&self) -> Result<()> {
        let runs = self.heeler(&["runs", "--output", "json"])?.expect_exit(0)?;
        let none = runs.json()?["runs"].as_array().is_some_and(Vec::is_empty);
        ensure!(none, "a run was recorded\n{runs}");
        Ok(())
    }
}

fn populate(kube: &KubeLab) -> Result<()> {
    let node = NodeSeed::bottlerocket(NODE, INSTANCE).zone("eu-west-1a");
    kube.add(namespace("shop"))?;
    kube.add(node.internal_ip("10.0.1.23").build())?;
    let (space, name) = POD.split_once('/').context("a pod has a namespace")?;
    let pod = PodSeed::running(space, name, NODE).ip("10.0.1.101").build();
    kube.add(event_scheduled(&pod, NODE, Timestamp::now()))?;
    kube.add(pod)?;
    Ok(())
}
