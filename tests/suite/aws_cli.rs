//! The AWS CLI, as it comes from PyPI, drives every operation that the engine uses: proof that
//! the lab's endpoints speak the services' own wire formats, errors included.

use anyhow::{Result, ensure};
use heeler_tests::aws::EXPIRED_ACCESS_KEY;
use heeler_tests::fault::{ALWAYS, Fault};
use jiff::SignedDuration;
use serde_json::Value;

use crate::account::{Account, NODE, SECOND_NODE, STOPPED, UNREGISTERED};
use crate::harness::{Case, Context, Need};

const NEEDS: &[Need] = &[Need::AwsClients];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("aws_cli::tells_who_the_caller_is", NEEDS, caller),
    Case::new(
        "aws_cli::describes_instances_by_id_and_by_filter",
        NEEDS,
        instances,
    ),
    Case::new(
        "aws_cli::gets_the_words_of_ec2s_refusals",
        NEEDS,
        ec2_refusals,
    ),
    Case::new("aws_cli::lists_what_is_registered", NEEDS, registered),
    Case::new(
        "aws_cli::sends_a_command_and_reads_it_in_all_three_ways",
        NEEDS,
        command,
    ),
    Case::new("aws_cli::cancels_a_command", NEEDS, cancelled),
    Case::new("aws_cli::one_bad_id_fails_the_whole_command", NEEDS, bad_id),
    Case::new(
        "aws_cli::credentials_expire_and_are_unknown",
        NEEDS,
        credentials,
    ),
    Case::new(
        "aws_cli::a_wrong_secret_or_clock_is_told_by_each_service",
        NEEDS,
        signatures,
    ),
    Case::new(
        "aws_cli::is_throttled_and_denied",
        NEEDS,
        throttled_and_denied,
    ),
];

fn caller(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let caller = account.ask("sts get-caller-identity")?;
    expect(&caller, "/Account", "111122223333")?;
    expect(
        &caller,
        "/Arn",
        "arn:aws:sts::111122223333:assumed-role/ops/alice",
    )?;
    counted(&account, "GetCallerIdentity", 1)?;
    let colleague = account.aws.add_colleague("bob")?;
    let keys = account.aws.environment_with(&colleague);
    let cli = account.cli("sts get-caller-identity --output json")?;
    let asked = keys
        .into_iter()
        .fold(cli, |cli, (name, value)| cli.env(name, value));
    let theirs = asked.expect_exit(0)?.json()?;
    expect(
        &theirs,
        "/Arn",
        "arn:aws:sts::111122223333:assumed-role/ops/bob",
    )
}

fn instances(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let by_id = format!("ec2 describe-instances --instance-ids {NODE} {STOPPED}");
    let found = account.ask(&by_id)?;
    ensure!(ids(&found) == [NODE, STOPPED], "by id: {found:#}");
    let node = "/Reservations/0/Instances/0";
    expect(&found, &format!("{node}/State/Name"), "running")?;
    expect(&found, &format!("{node}/PrivateIpAddress"), "10.0.1.21")?;
    expect(&found, "/Reservations/1/Instances/0/State/Name", "stopped")?;
    for (filter, wanted) in [
        (
            "Name=private-dns-name,Values=ip-10-0-1-22.eu-west-1.compute.internal",
            vec![SECOND_NODE],
        ),
        ("Name=tag:eks:cluster-name,Values=prod-us", vec![]),
        (
            "Name=tag:eks:cluster-name,Values=prod-* Name=instance-state-name,Values=stopped",
            vec![STOPPED],
        ),
    ] {
        let found = account.ask(&format!("ec2 describe-instances --filters {filter}"))?;
        ensure!(ids(&found) == wanted, "{filter}: {found:#}");
    }
    counted(&account, "DescribeInstances", 4)
}

fn ec2_refusals(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let ask = |id: &str| account.cli(&format!("ec2 describe-instances --instance-ids {id}"));
    ask("i-0ddddddddddddddd1")?.expect_error("(InvalidInstanceID.NotFound)")?;
    ask("x")?.expect_error("(InvalidInstanceID.Malformed)")?;
    account.aws.deny("ec2:DescribeInstances");
    ask(NODE)?.expect_error("(UnauthorizedOperation)")?;
    account.aws.allow("ec2:DescribeInstances");
    account
        .aws
        .faults()
        .inject("DescribeInstances", Fault::Throttle, 1);
    ask(NODE)?.expect_error("(RequestLimitExceeded)")?;
    ask(NODE)?.expect_exit(0).map(drop)
}

fn registered(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let all = account.ask("ssm describe-instance-information")?;
    let list = |shown: &Value| texts(shown, "/InstanceInformationList", "InstanceId");
    ensure!(
        list(&all) == [NODE, SECOND_NODE],
        "stopped ones are not listed: {all:#}"
    );
    expect(
        &all,
        "/InstanceInformationList/0/PlatformName",
        "Bottlerocket",
    )?;
    expect(&all, "/InstanceInformationList/0/PingStatus", "Online")?;
    let filter = format!("Key=InstanceIds,Values={SECOND_NODE},{UNREGISTERED}");
    let some = account.ask(&format!(
        "ssm describe-instance-information --filters {filter}"
    ))?;
    ensure!(list(&some) == [SECOND_NODE], "by id: {some:#}");
    Ok(())
}

fn command(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let id = account.send(NODE, "echo to $AWS_SSM_INSTANCE_ID; echo oh >&2; exit 3")?;
    let listed = account.wait(&id, "Failed")?;
    let merged =
        format!("to {NODE}\n\n----------ERROR-------\noh\nfailed to run commands: exit status 3");
    expect(&listed, "/CommandPlugins/0/Output", merged)?;
    expect(&listed, "/CommandPlugins/0/ResponseCode", 3)?;
    let got = account.ask(&format!(
        "ssm get-command-invocation --command-id {id} --instance-id {NODE}"
    ))?;
    expect(&got, "/StandardOutputContent", format!("to {NODE}\n"))?;
    expect(
        &got,
        "/StandardErrorContent",
        "oh\nfailed to run commands: exit status 3",
    )?;
    expect(&got, "/ResponseCode", 3)?;
    let commands = account.ask(&format!("ssm list-commands --command-id {id}"))?;
    expect(&commands, "/Commands/0/Comment", "from the suite")?;
    expect(&commands, "/Commands/0/DocumentName", "AWS-RunShellScript")?;
    expect(&commands, "/Commands/0/ErrorCount", 1)?;
    counted(&account, "SendCommand", 1)
}

fn cancelled(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let id = account.send(NODE, "echo begun; sleep 100")?;
    account.wait(&id, "InProgress")?;
    account
        .cli(&format!("ssm cancel-command --command-id {id}"))?
        .expect_exit(0)?;
    let ended = account.wait(&id, "Cancelled")?;
    expect(&ended, "/CommandPlugins/0/ResponseCode", 137)?;
    let unknown = "ssm cancel-command --command-id 00000000-0000-4000-8000-000000000000";
    account
        .cli(unknown)?
        .expect_error("(InvalidCommandId)")
        .map(drop)
}

fn bad_id(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let send = "ssm send-command --document-name AWS-RunShellScript --parameters commands=true";
    for bad in [UNREGISTERED, STOPPED, "i-0ddddddddddddddd1"] {
        let message = format!("Instances [[{bad}]] not in a valid state for account 111122223333");
        let refused = account.cli(&format!("{send} --instance-ids {NODE} {bad}"))?;
        refused
            .expect_error("(InvalidInstanceId)")?
            .expect_stderr(&message)?;
    }
    ensure!(
        account.aws.commands().is_empty(),
        "a refused command was sent all the same"
    );
    Ok(())
}

fn credentials(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let questions = [
        (
            "sts get-caller-identity",
            "(ExpiredToken)",
            "(InvalidClientTokenId)",
        ),
        (
            "ssm list-commands",
            "(ExpiredTokenException)",
            "(UnrecognizedClientException)",
        ),
        (
            "ec2 describe-instances",
            "(RequestExpired)",
            "(AuthFailure)",
        ),
    ];
    for (words, expired, unknown) in questions {
        let ask =
            |key: &str| Ok::<_, anyhow::Error>(account.cli(words)?.env("AWS_ACCESS_KEY_ID", key));
        ask(EXPIRED_ACCESS_KEY)?.expect_error(expired)?;
        ask("ASIANOBODYKNOWS00001")?.expect_error(unknown)?;
    }
    Ok(())
}

fn signatures(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let mismatch = "The request signature we calculated does not match";
    for (words, code, said, out_of_time, expired) in [
        (
            "sts get-caller-identity",
            "(SignatureDoesNotMatch)",
            mismatch,
            "(SignatureDoesNotMatch)",
            "Signature expired: ",
        ),
        (
            "ssm list-commands",
            "(InvalidSignatureException)",
            mismatch,
            "(InvalidSignatureException)",
            "Signature expired: ",
        ),
        (
            "ec2 describe-instances",
            "(AuthFailure)",
            "not able to validate",
            "(AuthFailure)",
            "not able to validate",
        ),
    ] {
        let wrong = account.cli(words)?.env("AWS_SECRET_ACCESS_KEY", "guessed");
        wrong.expect_error(code)?.expect_stderr(said)?;
        account.aws.set_clock(SignedDuration::from_mins(16));
        let late = account.cli(words)?.expect_error(out_of_time)?;
        late.expect_stderr(expired)?;
        account.aws.set_clock(SignedDuration::ZERO);
        account.cli(words)?.expect_exit(0)?;
    }
    Ok(())
}

fn throttled_and_denied(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let words = "ssm list-command-invocations";
    account
        .aws
        .faults()
        .inject("ListCommandInvocations", Fault::Throttle, ALWAYS);
    let throttled = account.cli(words)?.expect_error("(ThrottlingException)")?;
    throttled.expect_stderr("Rate exceeded")?;
    account.aws.faults().clear("ListCommandInvocations");
    account.aws.deny("ssm:ListCommandInvocations");
    let denied = account
        .cli(words)?
        .expect_error("(AccessDeniedException)")?;
    denied.expect_stderr(
        "assumed-role/ops/alice is not authorized to perform: ssm:ListCommandInvocations",
    )?;
    account.aws.allow("ssm:ListCommandInvocations");
    account.cli(words)?.expect_exit(0).map(drop)
}

fn expect(shown: &Value, pointer: &str, wanted: impl Into<Value>) -> Result<()> {
    let (found, wanted) = (shown.pointer(pointer), wanted.into());
    ensure!(
        found == Some(&wanted),
        "{pointer} should be {wanted}\n{shown:#}"
    );
    Ok(())
}

fn counted(account: &Account<'_>, operation: &str, wanted: usize) -> Result<()> {
    let count = account.aws.count(operation);
    ensure!(
        count == wanted,
        "{operation} was called {count} times, not {wanted}"
    );
    Ok(())
}

fn ids(shown: &Value) -> Vec<String> {
    let reservations = shown["Reservations"].as_array().into_iter().flatten();
    reservations
        .flat_map(|one| texts(one, "/Instances", "InstanceId"))
        .collect()
}

fn texts(shown: &Value, list: &str, member: &str) -> Vec<String> {
    let items = shown
        .pointer(list)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    items
        .filter_map(|item| item[member].as_str().map(str::to_owned))
        .collect()
}
