//! Where the run would take place: credentials, account, region and cluster, and nodes that are
//! not what they were taken for. Whatever contradicts is refused before anything is judged.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::{Credential, EXPIRED_ACCESS_KEY};
use heeler_tests::kube::KubeconfigStyle;
use jiff::SignedDuration;

use super::puppet::Puppet;
use super::stage::{HEALTHY, INSTANCE, NODE, POD, Stage};
use crate::harness::{Case, Context, Finished};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bad_input::credentials_that_do_not_work_are_told_apart",
        &[],
        credentials,
    ),
    Case::new(
        "bad_input::a_clock_that_is_off_is_told_from_bad_credentials",
        &[],
        clock,
    ),
    Case::new(
        "bad_input::credentials_of_another_account_are_refused",
        &[],
        account,
    ),
    Case::new(
        "bad_input::kubernetes_credentials_can_expire_too",
        &[],
        kubernetes,
    ),
    Case::new(
        "bad_input::region_cluster_and_context_must_fit",
        &[],
        elsewhere,
    ),
    Case::new("bad_input::tags_of_another_cluster_stop_the_run", &[], tags),
    Case::new(
        "bad_input::a_node_that_names_another_cluster_is_not_judged",
        &[],
        settings,
    ),
    Case::new(
        "bad_input::a_node_that_is_no_bottlerocket_is_not_judged",
        &[],
        system,
    ),
];

const LOGIN: &str = "log in (aws sso login, or your own way) or name a profile with --profile; \
                     `aws sts get-caller-identity` must work first";

/// A run with another access key in the environment.
fn with_key(stage: &Stage<'_>, key: &str) -> Result<Finished> {
    let keys = stage.aws.environment_with(key).into_iter();
    let run = keys.fold(stage.quick(&["--node", NODE])?, |run, (name, value)| {
        run.env(name, value)
    });
    let ended = run.expect_exit(1)?;
    stage.expect_repeated(&ended)?;
    stage.expect_no_command()?;
    Ok(ended)
}

fn credentials(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let refused = |key: &str, what: &str| {
        let place = "sts:GetCallerIdentity in eu-west-1";
        with_key(&stage, key)?
            .expect_screen(&format!(
                "error[{what}\n  --> {place}\n  help: {LOGIN}\nDURATION, no command, nothing changed"
            ))
            .map(drop)
    };
    refused(
        EXPIRED_ACCESS_KEY,
        "expired-credentials]: the AWS credentials have expired: The security token included in the request is expired",
    )?;
    refused(
        "ASIANOBODYKNOWSTHIS1",
        "foreign-credentials]: AWS does not know these credentials: The security token included in the request is invalid.",
    )?;
    let none = with_key(&stage, "")?;
    none.expect_stdout("error[no-credentials]: no AWS credentials: no credentials found in chain")?;
    none.expect_stdout(&format!(
        "  --> {}\n  help: {LOGIN}\n",
        "sts:GetCallerIdentity in eu-west-1"
    ))?;
    let profile = stage.quick(&["--node", NODE, "--profile", "no-such-profile"])?;
    let ended = profile.expect_exit(1)?;
    ended.expect_stdout("error[no-credentials]: no AWS credentials: ")?;
    ended.expect_stdout("no-such-profile")?;
    stage.expect_repeated(&ended)
}

fn clock(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let refused = |minutes: i64, operation: &str, off: &str| {
        stage.aws.set_clock(SignedDuration::from_mins(minutes));
        stage.aws.forget_calls();
        stage.refused(
            &["--node", NODE],
            &format!(
                "error[clock-off]: AWS refuses {operation}: this machine's clock is {off} AWS's
  --> {operation} in eu-west-1
  help: set this machine's clock (sudo timedatectl set-ntp true, or sudo chronyc makestep) and try again; this request did nothing"
            ),
        )?;
        let (_, action) = operation.split_once(':').context("an action")?;
        ensure!(stage.aws.count(action) == 1, "{operation} was repeated");
        Ok(())
    };
    // STS bears with more than the others do.
    refused(10, "ec2:DescribeInstances", "10 min behind")?;
    refused(-10, "ec2:DescribeInstances", "10 min ahead of")?;
    refused(20, "sts:GetCallerIdentity", "20 min behind")?;
    refused(-150, "sts:GetCallerIdentity", "2 h 30 min ahead of")?;
    // Where EC2 does not say it, SSM does.
    stage.aws.faults().take_down("ec2");
    refused(10, "ssm:DescribeInstanceInformation", "10 min behind")?;
    refused(-10, "ssm:DescribeInstanceInformation", "10 min ahead of")?;
    stage.aws.faults().bring_up("ec2");
    // What the services bear is none of anybody's business.
    stage.aws.set_clock(SignedDuration::from_mins(4));
    stage.answered(&["--pod", POD], HEALTHY).map(drop)
}

fn account(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let foreign = Credential::Foreign {
        account: "999900001111".to_owned(),
        arn: "arn:aws:sts::999900001111:assumed-role/other/bob".to_owned(),
    };
    stage.aws.credential("ASIAANOTHERACCOUNT01", foreign);
    let ended = with_key(&stage, "ASIAANOTHERACCOUNT01")?;
    ended.expect_screen(
        "error[account-mismatch]: the cluster is in account 111122223333, the credentials are of account 999900001111 (arn:aws:sts::999900001111:assumed-role/other/bob)
  --> context arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu
  help: choose credentials of account 111122223333 with --profile, or another --context
DURATION, no command, nothing changed",
    )?;
    // Without the cluster's word for it, the node has to be found by name: nobody is asked either.
    stage.kube.faults().api_down()?;
    with_key(&stage, "ASIAANOTHERACCOUNT01")?.expect_stdout("error[account-mismatch]: ")?;
    Ok(())
}

fn kubernetes(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.kube.access().expire_token("alice");
    for target in [["--pod", POD], ["--node", NODE]] {
        let asked = if target[0] == "--pod" {
            format!("get pods {POD}")
        } else {
            format!("get nodes {NODE}")
        };
        let context = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu";
        stage.refused(
            &target,
            &format!(
                "error[expired-credentials]: the Kubernetes credentials have expired: Unauthorized
  --> {asked} in context {context}
  help: log in again; `kubectl --context {context} get nodes` must work first"
            ),
        )?;
    }
    // An instance needs no Kubernetes.
    stage
        .quick(&["--instance", INSTANCE])?
        .expect_exit(0)
        .map(drop)
}

fn elsewhere(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.refused(
        &["--node", NODE, "--region", "us-west-2"],
        &format!(
            "error[region-mismatch]: --region is us-west-2, but {NODE} is in eu-west-1
  --> node {NODE}
  help: leave --region out: the node's own region is taken"
        ),
    )?;
    stage.refused(
        &["--node", NODE, "--cluster", "staging"],
        "error[cluster-mismatch]: --cluster is staging, but the context leads to prod-eu
  --> context arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu
  help: leave --cluster out to work on prod-eu, or choose another cluster with --context",
    )?;
    stage.refused(
        &["--node", NODE, "--context", "nowhere"],
        "error[no-context]: the kubeconfig context `nowhere` can't be used: there is no such context
  --> the kubeconfig
  help: name one with --context (kubectl config get-contexts lists them), set KUBECONFIG, or do without Kubernetes: --instance i-…",
    )?;
    // EC2 of another region knows no such instance.
    let ended = stage
        .quick(&["--instance", INSTANCE, "--region", "us-west-2"])?
        .expect_exit(1)?;
    stage.expect_repeated(&ended)?;
    stage.expect_no_command()
}

fn tags(context: &Context) -> Result<()> {
    for style in [KubeconfigStyle::EksArn, KubeconfigStyle::EksExec] {
        let stage = Stage::with(context, style)?;
        stage.aws.change(INSTANCE, |instance| {
            instance.tags = [("aws:eks:cluster-name".to_owned(), "staging".to_owned())].into();
        })?;
        for target in [["--pod", POD], ["--node", NODE], ["--instance", INSTANCE]] {
            stage.refused(
                &target,
                &format!(
                    "error[wrong-cluster]: {INSTANCE} belongs to staging, this run is about prod-eu
  --> the tags of {INSTANCE}
  help: check the target; to work on staging choose it with --context or --cluster"
                ),
            )?;
        }
    }
    Ok(())
}

fn settings(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let agent = Puppet::new()?.cluster("staging").agent();
    stage
        .aws
        .change(INSTANCE, |instance| instance.agent = agent)?;
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    ended.expect_screen(&format!(
        "prod-eu 111122223333 eu-west-1 as ops/alice
{NODE} → {INSTANCE}  Bottlerocket 1.50.0, 8 CPUs, of another cluster
error[wrong-cluster]: the node belongs to cluster `staging`, and this run is about `prod-eu`
  --> {NODE}
  help: choose the other cluster's --context, or name it with --cluster
DURATION, 1 command, nothing changed"
    ))?;
    stage.expect_repeated(&ended)
}

fn system(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    // Nobody else says what the instance runs.
    stage.aws.deny("ssm:DescribeInstanceInformation");
    let agent = Puppet::new()?.os_version("-").agent();
    stage
        .aws
        .change(INSTANCE, |instance| instance.agent = agent)?;
    let ended = stage.quick(&["--instance", INSTANCE])?.expect_exit(1)?;
    ended.expect_stdout(&format!(
        "error[not-bottlerocket]: the node does not say that it runs Bottlerocket
  --> {INSTANCE}
  help: heeler works on Bottlerocket nodes on EC2 only\n"
    ))?;
    let judged = ended.stdout.contains("nothing found") || ended.stdout.contains("ruled out");
    ensure!(!judged, "it was judged\n{ended}");
    let node = ended
        .stdout
        .lines()
        .nth(1)
        .context("the report names the node")?;
    ensure!(
        !node.contains("Bottlerocket"),
        "it is called a Bottlerocket node\n{ended}"
    );
    stage.expect_repeated(&ended)
}
