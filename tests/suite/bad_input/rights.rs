//! Rights that are missing: the message names the IAM action or the RBAC verb, and what can be
//! answered without it is still answered.

use anyhow::{Result, ensure};

use super::stage::{HEALTHY, INSTANCE, NODE, POD, QUICK, Stage, noted, unanswered};
use crate::harness::{Case, Context};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bad_input::without_send_command_no_node_is_asked",
        &[],
        send,
    ),
    Case::new(
        "bad_input::without_list_invocations_no_answer_is_read",
        &[],
        listing,
    ),
    Case::new(
        "bad_input::without_tags_and_registrations_the_run_goes_on",
        &[],
        descriptions,
    ),
    Case::new(
        "bad_input::without_registrations_ssm_itself_refuses_a_stranger",
        &[],
        stranger,
    ),
    Case::new(
        "bad_input::without_pods_and_events_the_verb_is_named",
        &[],
        pods,
    ),
    Case::new(
        "bad_input::without_nodes_ec2_knows_the_instance",
        &[],
        nodes,
    ),
    Case::new(
        "bad_input::without_an_object_the_other_looks_are_answered",
        &[],
        objects,
    ),
];

const WHO: &str =
    "User: arn:aws:sts::111122223333:assumed-role/ops/alice is not authorized to perform:";

fn send(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.aws.deny("ssm:SendCommand");
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    ended.expect_screen(&forbidden(
        "ssm:SendCommand",
        "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript",
        "no command",
    ))?;
    stage.expect_repeated(&ended)?;
    ensure!(stage.aws.count("SendCommand") == 1, "it was tried again");
    ensure!(stage.aws.commands().is_empty(), "a command was started");
    Ok(())
}

/// The report about the node for want of an action.
fn forbidden(action: &str, resource: &str, commands: &str) -> String {
    let why = format!(
        "not allowed: {action}: {WHO} {action} on resource: {resource} because no identity-based \
         policy allows the {action} action"
    );
    let place = format!("  --> {action} in eu-west-1");
    let help = format!("  help: ask for the IAM action {action} on this resource");
    unanswered(
        &why,
        &format!("error[forbidden]: {why}\n{place}\n{help}\n"),
        commands,
    )
}

fn listing(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.aws.deny("ssm:ListCommandInvocations");
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    ended.expect_screen(&forbidden(
        "ssm:ListCommandInvocations",
        "arn:aws:ssm:eu-west-1:111122223333:*",
        "1 command",
    ))?;
    stage.expect_repeated(&ended)
}

fn descriptions(context: &Context) -> Result<()> {
    let denials = [
        (
            "ec2:DescribeInstances",
            format!(
                "the instances' tags are not known: not allowed: ec2:DescribeInstances: You are not authorized to perform this operation. {WHO} ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action"
            ),
        ),
        (
            "ssm:DescribeInstanceInformation",
            format!(
                "whether SSM reaches the nodes is not known: not allowed: ssm:DescribeInstanceInformation: {WHO} ssm:DescribeInstanceInformation on resource: arn:aws:ssm:eu-west-1:111122223333:* because no identity-based policy allows the ssm:DescribeInstanceInformation action"
            ),
        ),
    ];
    let stage = Stage::open(context)?;
    // The node's own word for its cluster is as good as a tag.
    for (action, note) in denials {
        stage.aws.deny(action);
        stage.answered(&["--pod", POD], &noted(&note))?;
        stage.aws.allow(action);
    }
    Ok(())
}

fn stranger(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.aws.deny("ssm:DescribeInstanceInformation");
    stage
        .aws
        .change(INSTANCE, |instance| instance.registration = None)?;
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    ended.expect_stdout(&format!(
        "error[invalid-instances]: SSM can't run commands on {INSTANCE}
  --> ssm:SendCommand in eu-west-1
  help: check that they run, and that their SSM agent is registered in this region: aws ssm describe-instance-information\n"
    ))?;
    ensure!(stage.aws.commands().is_empty(), "a command was started");
    stage.expect_repeated(&ended)
}

fn pods(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let access = stage.kube.access();
    let place = "context arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu";
    access.deny("alice", "get", "pods");
    stage.refused(
        &["--pod", POD],
        &format!(
            "error[forbidden]: not allowed: get pods {POD}: pods \"checkout-7d9f5c-x2vqz\" is forbidden: User \"alice\" cannot get resource \"pods\" in API group \"\" in the namespace \"shop\"
  --> get pods {POD} in {place}
  help: ask for an RBAC role that may get pods {POD}"
        ),
    )?;
    access.allow("alice", "get", "pods");
    access.deny("alice", "list", "pods");
    stage.refused(
        &["--pod", "shop/checkout"],
        &format!(
            "error[forbidden]: not allowed: list pods in namespace shop: pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"
  --> list pods in namespace shop in {place}
  help: ask for an RBAC role that may list pods in namespace shop"
        ),
    )?;
    access.allow("alice", "list", "pods");
    access.deny("alice", "list", "events");
    let gone = stage.quick(&["--pod", "shop/gone"])?.expect_exit(1)?;
    gone.expect_stdout("there is no pod shop/gone")?;
    gone.expect_stdout("list events in namespace shop")?;
    stage.expect_repeated(&gone)?;
    access.deny("alice", "list", "pods");
    // A whole name needs neither.
    stage.answered(&["--pod", POD], HEALTHY).map(drop)
}

fn nodes(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.kube.access().deny("alice", "get", "nodes");
    for target in [["--pod", POD], ["--node", NODE]] {
        let ended = stage.quick(&target)?.expect_exit(0)?;
        ended.expect_stdout("nothing found\n")?;
        ended.expect_stdout(&format!(
            "note       {NODE} was looked up in EC2 by its name: not allowed: get nodes {NODE}: "
        ))?;
        stage.expect_repeated(&ended)?;
    }
    Ok(())
}

fn objects(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    for (resource, api, name) in [
        ("daemonsets", "apps/v1", "kube-proxy"),
        ("configmaps", "v1", "kube-proxy-config"),
    ] {
        let look = format!(
            "  object:
    label: the object
    kube:
      get: {resource}
      api: {api}
      namespace: kube-system
      name: {name}
      extract: {{ kind: {{ path: kind, type: text }} }}
find:
  no-object:
    label: another object
    when: object.kind == \"Nothing\"
    severity: note
    says: it is {{{{ object.kind }}}}
"
        );
        stage.write_runbook("quick", &QUICK.replace("find:\n", &look))?;
        stage.kube.access().deny("alice", "get", resource);
        let ended = stage.quick(&["--pod", POD])?.expect_exit(4)?;
        let open = format!(
            "nothing found in what could be seen
ruled out  another system
undecided  another object
not seen   the object: not allowed: get {resource} kube-system/{name}"
        );
        let screen = HEALTHY.replace("nothing found\nruled out  another system", &open);
        ended.expect_screen(&screen)?;
        stage.expect_repeated(&ended)?;
    }
    Ok(())
}
