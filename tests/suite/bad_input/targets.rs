//! Pods, nodes and instances that can't be looked at, and those that can be after all: each says
//! which and why, and nothing is sent to any node.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::instance::{Instance, InstanceState, PingStatus};
use heeler_tests::kube::seed::{NodeSeed, PodSeed, event_killing, event_scheduled};
use jiff::{SignedDuration, Timestamp};

use super::stage::{HEALTHY, INSTANCE, NODE, POD, Stage, noted};
use crate::harness::{Case, Context};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::a_pod_without_a_node_says_why", &[], pending),
    Case::new("bad_input::a_pod_that_is_gone_leaves_its_node", &[], gone),
    Case::new(
        "bad_input::one_pod_is_found_by_its_beginning",
        &[],
        beginning,
    ),
    Case::new("bad_input::unknown_names_are_refused", &[], unknown),
    Case::new(
        "bad_input::nodes_that_are_none_of_ours_are_refused",
        &[],
        foreign,
    ),
    Case::new(
        "bad_input::instances_that_ssm_can_not_reach_are_refused",
        &[],
        unreachable,
    ),
    Case::new("bad_input::a_node_named_twice_is_asked_once", &[], twice),
];

fn pending(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage
        .kube
        .add(PodSeed::pending("shop", "waiting-1").build())?;
    stage.refused(
        &["--pod", "shop/waiting-1"],
        "error[pod-pending]: the pod shop/waiting-1 has no node yet: 0/2 nodes are available: \
         2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found \
         for incoming pod.
  --> pod shop/waiting-1
  help: there is no node to look at before it is scheduled: kubectl -n shop describe pod waiting-1",
    )
}

fn gone(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let pod = PodSeed::running("shop", "cart-5c9-abcde", NODE).build();
    let at = Timestamp::now() - SignedDuration::from_mins(10);
    let killed = at + SignedDuration::from_mins(5);
    stage.kube.add(event_scheduled(&pod, NODE, at))?;
    stage.kube.add(event_killing(&pod, NODE, killed))?;
    for name in ["shop/cart-5c9-abcde", "shop/cart"] {
        stage.refused(
            &["--pod", name],
            &format!(
                "error[pod-gone]: the pod shop/cart-5c9-abcde is gone: it was on {NODE}; last \
                 event at TIME: Killing: Stopping container app
  --> pod shop/cart-5c9-abcde
  help: to look at the node where it was: --node {NODE}"
            ),
        )?;
    }
    Ok(())
}

fn beginning(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.answered(
        &["--pod", "shop/checkout"],
        &noted(&format!("shop/checkout is {POD}")),
    )?;
    stage.aws.forget_calls();
    let another = PodSeed::running("shop", "checkout-7d9f5c-zzzzz", NODE).build();
    stage.kube.add(another)?;
    let sent = stage.aws.commands().len();
    let ended = stage.quick(&["--pod", "shop/checkout"])?.expect_exit(1)?;
    ended.expect_screen(
        "error[several-pods]: 2 pods begin with shop/checkout: checkout-7d9f5c-x2vqz, checkout-7d9f5c-zzzzz
  --> pod shop/checkout
  help: give more of the name
DURATION, no command, nothing changed",
    )?;
    ensure!(stage.aws.commands().len() == sent, "one of them was asked");
    Ok(())
}

fn unknown(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.refused(
        &["--pod", "shop/nope"],
        "error[no-pod]: there is no pod shop/nope, nor one that begins so
  --> pod shop/nope
  help: check name, namespace and context: kubectl get pods -A",
    )?;
    stage.refused(
        &["--pod", "nowhere/checkout"],
        "error[no-pod]: there is no pod nowhere/checkout, nor one that begins so
  --> pod nowhere/checkout
  help: check name, namespace and context: kubectl get pods -A",
    )?;
    stage.refused(
        &["--node", "ip-10-9-9-9.eu-west-1.compute.internal"],
        "error[no-node]: there is no node ip-10-9-9-9.eu-west-1.compute.internal
  --> node ip-10-9-9-9.eu-west-1.compute.internal
  help: kubectl get nodes lists them; a node that has left the cluster: --instance i-…",
    )?;
    stage.refused(
        &["--instance", "i-0dddddddddddddddd"],
        "error[not-found]: The instance ID 'i-0dddddddddddddddd' does not exist
  --> ec2:DescribeInstances in eu-west-1
  help: check the name and where it is looked for",
    )
}

fn foreign(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let add = |node: NodeSeed| -> Result<String> {
        let node = stage.kube.add(node.build())?;
        let name = node["metadata"]["name"].as_str().map(str::to_owned);
        name.context("a node has a name")
    };
    let fargate = add(NodeSeed::fargate("10.0.1.99", "eu-west-1", "1234-abcd"))?;
    stage
        .kube
        .add(PodSeed::running("shop", "serverless-0", &fargate).build())?;
    for target in [["--node", &fargate], ["--pod", "shop/serverless-0"]] {
        stage.refused(
            &target,
            &format!(
                "error[fargate]: {fargate} is a Fargate node: there is no instance, no SSM and no host to look at
  --> node {fargate}
  help: what Kubernetes itself knows is all there is: kubectl describe, kubectl logs"
            ),
        )?;
    }
    let ours = "heeler works on Bottlerocket nodes on EC2 only";
    let managed = add(NodeSeed::hybrid(
        "mi-0123456789abcdef0",
        "eu-west-1",
        "prod-eu",
    ))?;
    stage.refused(
        &["--node", &managed],
        &format!("error[hybrid-node]: {managed} is an EKS hybrid node (mi-0123456789abcdef0), not an EC2 instance\n  --> node {managed}\n  help: {ours}"),
    )?;
    let rack = NodeSeed::bottlerocket("rack-7", INSTANCE);
    let rack = add(rack
        .provider_id("eks-hybrid:///eu-west-1/prod-eu/rack-7")
        .without_csi())?;
    stage.refused(
        &["--node", &rack],
        &format!("error[hybrid-node]: rack-7 is an EKS hybrid node, and its SSM id can't be derived\n  --> node rack-7\n  help: {ours}"),
    )?;
    let linux = "i-0eeeeeeeeeeeeeeee";
    let other = add(NodeSeed::al2023("al2023", linux))?;
    stage.refused(
        &["--node", &other],
        &format!("error[not-bottlerocket]: al2023 runs Amazon Linux 2023.8.20250915, not Bottlerocket\n  --> node al2023\n  help: {ours}"),
    )?;
    let instance = Instance::amazon_linux(linux, &other, "10.0.1.88", "prod-eu");
    stage.aws.add(instance);
    stage.refused(
        &["--instance", linux],
        &format!("prod-eu 111122223333 eu-west-1 as ops/alice\n{linux}\nerror[not-bottlerocket]: {linux} runs Amazon Linux, not Bottlerocket\n  --> node {linux}\n  help: {ours}"),
    )
}

fn unreachable(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let refused = |error: &str| {
        let head = "prod-eu 111122223333 eu-west-1 as ops/alice";
        let node = format!("{NODE} → {INSTANCE}  Bottlerocket 1.49.0, 2 CPUs");
        stage.refused(&["--node", NODE], &format!("{head}\n{node}\n{error}"))
    };
    stage.aws.change(INSTANCE, |instance| {
        if let Some(known) = &mut instance.registration {
            known.ping_status = PingStatus::ConnectionLost;
        }
    })?;
    refused(&format!(
        "error[ssm-offline]: SSM has lost {INSTANCE}: its agent was last in touch at TIME
  --> {INSTANCE}
  help: the node may hang, be cut off or be restarting: check the instance's status checks; SSM notices a node that is back within 5 minutes"
    ))?;
    stage
        .aws
        .change(INSTANCE, |instance| instance.registration = None)?;
    refused(&format!(
        "error[not-registered]: SSM does not know {INSTANCE}: its agent has never registered here
  --> {INSTANCE} in eu-west-1
  help: check the node's IAM role (AmazonSSMManagedInstanceCore), its way to the SSM endpoints, and that the control container is enabled; a new node needs a minute"
    ))?;
    stage
        .aws
        .change(INSTANCE, |instance| instance.state = InstanceState::Stopped)?;
    refused(&format!(
        "error[not-running]: {INSTANCE} is stopped
  --> {INSTANCE}
  help: nothing runs there: aws ec2 describe-instances --instance-ids {INSTANCE}"
    ))
}

fn twice(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let by_instance = HEALTHY.replace(&format!("{NODE} → "), "");
    let by_instance = by_instance.replace(&format!("{POD} → "), "");
    let by_node = HEALTHY.replace(&format!("{POD} → "), "");
    for (count, arguments, screen) in [
        (1, ["--node", NODE, "--node", NODE], &by_node),
        (
            2,
            ["--instance", INSTANCE, "--instance", INSTANCE],
            &by_instance,
        ),
        (3, ["--node", NODE, "--instance", INSTANCE], &by_node),
    ] {
        stage.answered(&arguments, screen)?;
        let sent: usize = stage
            .aws
            .commands()
            .iter()
            .map(|sent| sent.invocations.len())
            .sum();
        ensure!(
            sent == count,
            "{arguments:?} made {sent} invocations in all"
        );
    }
    Ok(())
}
