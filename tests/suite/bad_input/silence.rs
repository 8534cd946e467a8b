//! Services that don't answer, answer with an error, or lose a connection: reads are repeated, a
//! command never is, and what stays open is said.

use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::fault::{ALWAYS, Fault};
use heeler_tests::kube::KubeconfigStyle;

use super::stage::{HEALTHY, INSTANCE, NODE, POD, Stage, noted, unanswered};
use crate::harness::{Case, Context};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bad_input::without_the_api_server_a_pod_needs_its_node",
        &[],
        api_server,
    ),
    Case::new(
        "bad_input::an_api_server_that_fails_is_none_that_is_down",
        &[],
        busy,
    ),
    Case::new(
        "bad_input::without_kubernetes_and_cluster_a_node_has_no_instance",
        &[],
        nameless,
    ),
    Case::new("bad_input::throttled_calls_are_repeated", &[], throttled),
    Case::new(
        "bad_input::a_throttle_that_does_not_end_is_told",
        &[],
        throttled_for_ever,
    ),
    Case::new(
        "bad_input::a_lost_reply_does_not_send_again",
        &[],
        lost_reply,
    ),
    Case::new("bad_input::a_lost_command_is_in_doubt", &[], lost_command),
    Case::new("bad_input::failing_reads_are_repeated", &[], failing),
    Case::new("bad_input::services_that_are_down_are_named", &[], down),
];

fn api_server(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let unknown = |pod: &str, what: &str, last: &str| {
        format!(
            "error[pod-unknown]: the node of pod {pod} can't be told now{what}Kubernetes can't be reached for get pods {pod}: Connection refused (os error 111){last}
  --> pod {pod}
  help: name the node (--node NAME with --cluster and --region) or the instance (--instance i-…): both work without the API server"
        )
    };
    stage.kube.faults().api_down()?;
    stage.refused(&["--pod", POD], &unknown(POD, ": ", ""))?;
    stage.kube.faults().api_up()?;
    stage.answered(&["--pod", POD], HEALTHY)?;
    stage.kube.faults().api_down()?;
    let ended = stage.quick(&["--pod", POD])?.expect_exit(1)?;
    let last = format!("); run RUN saw it N min ago on {NODE}, {INSTANCE}");
    ended.expect_screen(&format!(
        "{}\nDURATION, no command, nothing changed",
        unknown(POD, " (", &last)
    ))?;
    stage.expect_repeated(&ended)?;
    let by_name = noted(&format!(
        "{NODE} was looked up in EC2 by its name: Kubernetes can't be reached for get nodes {NODE}: Connection refused (os error 111)"
    ));
    stage.answered(
        &["--node", NODE],
        &by_name.replace(&format!("{POD} → "), ""),
    )?;
    let by_instance = HEALTHY.replace(&format!("{POD} → {NODE} → "), "");
    stage
        .answered(&["--instance", INSTANCE], &by_instance)
        .map(drop)
}

fn busy(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.kube.faults().fail_next(1, 503);
    let ended = stage.quick(&["--node", NODE])?.expect_exit(0)?;
    ended.expect_stdout("nothing found\n")?;
    stage.kube.faults().drop_mid_body_next(1);
    stage.quick(&["--node", NODE])?.expect_exit(0)?;
    stage.kube.faults().fail_next(1, 429);
    let throttled = stage.quick(&["--pod", POD])?.finish()?;
    ensure!(
        throttled.status.success() || throttled.stdout.contains("error[throttled]"),
        "{throttled}"
    );
    stage.expect_repeated(&throttled)
}

fn nameless(context: &Context) -> Result<()> {
    let stage = Stage::with(context, KubeconfigStyle::Plain)?;
    stage.kube.faults().api_down()?;
    stage.refused(
        &["--node", NODE],
        &format!(
            "error[no-cluster]: Kubernetes can't be reached for get nodes {NODE}: Connection refused (os error 111); and without the cluster's name {NODE} can't be found in EC2
  --> node {NODE}
  help: name the cluster with --cluster, or the instance with --instance i-…"
        ),
    )?;
    stage
        .quick(&["--node", NODE, "--cluster", "prod-eu"])?
        .expect_exit(0)?;
    let other = ["--node", NODE, "--cluster", "staging"];
    let ended = stage.quick(&other)?.expect_exit(1)?;
    ended.expect_stdout(&format!("error[no-node]: there is no node {NODE}\n"))?;
    stage.expect_repeated(&ended)
}

fn throttled(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let mut sent = 0;
    for operation in [
        "SendCommand",
        "ListCommandInvocations",
        "DescribeInstances",
        "DescribeInstanceInformation",
        "GetCallerIdentity",
    ] {
        stage.aws.faults().inject(operation, Fault::Throttle, 2);
        stage.answered(&["--pod", POD], HEALTHY)?;
        sent += 1;
        ensure!(
            stage.aws.commands().len() == sent,
            "{operation}: not one command"
        );
    }
    Ok(())
}

fn throttled_for_ever(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage
        .aws
        .faults()
        .inject("SendCommand", Fault::Throttle, ALWAYS);
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    let why = "AWS throttles ssm:SendCommand: Rate exceeded";
    let error = format!(
        "error[throttled]: {why}\n  --> ssm:SendCommand in eu-west-1\n  help: try again in a minute\n"
    );
    ended.expect_screen(&unanswered(why, &error, "no command"))?;
    ensure!(stage.aws.commands().is_empty(), "a command was started");
    stage.expect_repeated(&ended)
}

fn lost_reply(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let executed = true;
    let faults = [
        Fault::Drop { executed },
        Fault::ServerError {
            status: 500,
            executed,
        },
        Fault::ServerError {
            status: 503,
            executed,
        },
    ];
    for (before, fault) in faults.into_iter().enumerate() {
        stage.aws.faults().inject("SendCommand", fault, 1);
        stage.answered(&["--pod", POD], HEALTHY)?;
        let (asked, started) = (stage.aws.count("SendCommand"), stage.aws.commands().len());
        ensure!(
            (asked, started) == (before + 1, before + 1),
            "it was sent again"
        );
    }
    Ok(())
}

fn lost_command(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let executed = false;
    let faults = [
        (
            Fault::Drop { executed },
            "AWS did not answer ssm:SendCommand: connection closed before message completed",
        ),
        (
            Fault::ServerError {
                status: 500,
                executed,
            },
            "AWS failed at ssm:SendCommand: HTTP 500 An internal error has occurred",
        ),
    ];
    for (before, (fault, why)) in faults.into_iter().enumerate() {
        stage.aws.faults().inject("SendCommand", fault, 1);
        let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
        let why = format!("in doubt whether the command `heeler RUN 1 look` was started: {why}");
        let errors = format!(
            r#"in doubt   whether command 1 (look) reached {INSTANCE} is not recorded; SSM knows it by its comment
           aws ssm list-commands --region eu-west-1 --query 'Commands[?Comment=='\''heeler RUN 1 look'\''].[CommandId,Status]'
error[in-doubt]: {why}
  --> ssm:SendCommand in eu-west-1
  help: look for it before anything is sent again: aws ssm list-commands --region eu-west-1 --query "Commands[?Comment=='heeler RUN 1 look']"
"#
        );
        ended.expect_screen(&unanswered(&why, &errors, "1 command"))?;
        stage.expect_repeated(&ended)?;
        ensure!(
            stage.aws.count("SendCommand") == before + 1,
            "it was sent again"
        );
        ensure!(stage.aws.commands().is_empty(), "a command was started");
    }
    Ok(())
}

fn failing(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let executed = false;
    for fault in [
        Fault::ServerError {
            status: 503,
            executed,
        },
        Fault::Drop { executed },
        Fault::Delay(Duration::from_millis(300)),
    ] {
        for operation in [
            "GetCallerIdentity",
            "DescribeInstances",
            "ListCommandInvocations",
        ] {
            stage.aws.faults().inject(operation, fault.clone(), 1);
            stage.answered(&["--pod", POD], HEALTHY)?;
        }
    }
    Ok(())
}

fn down(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.aws.faults().take_down("sts");
    stage.refused(
        &["--node", NODE],
        "error[timed-out]: AWS did not answer sts:GetCallerIdentity: connection closed before message completed
  --> sts:GetCallerIdentity in eu-west-1
  help: check network, VPN, proxy and the region's endpoint",
    )?;
    stage.aws.faults().bring_up("sts");
    stage.aws.faults().take_down("ec2");
    stage.answered(
        &["--pod", POD],
        &noted("the instances' tags are not known: AWS did not answer ec2:DescribeInstances: connection closed before message completed"),
    )?;
    stage.aws.faults().bring_up("ec2");
    stage.aws.faults().take_down("ssm");
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    ended.expect_stdout("error[in-doubt]: ")?;
    ensure!(stage.aws.commands().len() == 1, "a command was started");
    stage.expect_repeated(&ended)
}
