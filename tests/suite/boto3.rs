//! boto3, as it comes from PyPI, drives every operation that the engine uses, and finds the facts
//! of the platform that make the engine what it is. What it asserts stands in
//! `boto3/conformance.py`; here is what the lab is told before.

use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::aws::{BucketPlan, EXPIRED_ACCESS_KEY, OPERATOR_ACCESS_KEY};
use heeler_tests::fault::{ALWAYS, Fault};
use heeler_tests::latency::Latency;
use jiff::SignedDuration;

use crate::account::{Account, NODE, SECOND_NODE, UNREGISTERED};
use crate::harness::{Case, Context, Finished, Need, Program};

const NEEDS: &[Need] = &[Need::AwsClients];
const SCRIPT: &str = include_str!("boto3/conformance.py");

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("boto3::drives_every_operation", NEEDS, every_operation),
    Case::new(
        "boto3::largest_intact_output_is_23999_bytes",
        NEEDS,
        output_cap,
    ),
    Case::new(
        "boto3::lists_2500_bytes_of_both_streams_merged",
        NEEDS,
        merged_cap,
    ),
    Case::new("boto3::a_reply_beyond_120000_bytes_is_lost", NEEDS, cliff),
    Case::new("boto3::exit_codes_have_hidden_meanings", NEEDS, exit_codes),
    Case::new("boto3::a_command_becomes_visible_later", NEEDS, visibility),
    Case::new("boto3::an_unregistered_id_is_named", NEEDS, unregistered),
    Case::new(
        "boto3::sees_throttling_and_retries_it_by_itself",
        NEEDS,
        throttling,
    ),
    Case::new("boto3::sees_expired_credentials", NEEDS, expired),
    Case::new(
        "boto3::hands_its_identity_over_in_a_presigned_request",
        NEEDS,
        presigned,
    ),
    Case::new("boto3::presigns_nothing_for_others", NEEDS, strangers),
    Case::new(
        "boto3::presigned_requests_live_15_minutes_by_the_services_clock",
        NEEDS,
        out_of_time,
    ),
    Case::new("boto3::stores_and_fetches_objects", NEEDS, objects),
    Case::new(
        "boto3::deletes_the_versions_that_a_bucket_keeps",
        NEEDS,
        versions,
    ),
    Case::new(
        "boto3::presigns_uploads_for_others",
        NEEDS,
        presigned_uploads,
    ),
];

fn every_operation(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    conform(context, &account, "every_operation")?;
    for operation in [
        "SendCommand",
        "ListCommands",
        "ListCommandInvocations",
        "GetCommandInvocation",
        "CancelCommand",
        "DescribeInstanceInformation",
        "DescribeInstances",
        "GetCallerIdentity",
    ] {
        ensure!(
            account.aws.count(operation) > 0,
            "{operation} never reached the lab"
        );
    }
    Ok(())
}

fn output_cap(context: &Context) -> Result<()> {
    conform(context, &Account::instant(context)?, "output_cap").map(drop)
}

fn merged_cap(context: &Context) -> Result<()> {
    conform(context, &Account::instant(context)?, "merged_cap").map(drop)
}

fn cliff(context: &Context) -> Result<()> {
    conform(context, &Account::instant(context)?, "cliff").map(drop)
}

fn exit_codes(context: &Context) -> Result<()> {
    conform(context, &Account::instant(context)?, "exit_codes").map(drop)
}

fn visibility(context: &Context) -> Result<()> {
    let delay = Duration::from_millis(800);
    let latency = Latency::instant().visibility(delay..=delay);
    conform(context, &Account::open(context, latency)?, "visibility").map(drop)
}

fn unregistered(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    conform(context, &account, "unregistered")?;
    ensure!(
        account.aws.commands().is_empty(),
        "a refused command was sent all the same"
    );
    Ok(())
}

fn throttling(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    account
        .aws
        .faults()
        .inject("ListCommands", Fault::Throttle, 2);
    account
        .aws
        .faults()
        .inject("ListCommandInvocations", Fault::Throttle, ALWAYS);
    conform(context, &account, "throttling")?;
    let calls = account.aws.count("ListCommands");
    ensure!(
        calls == 3,
        "two throttled calls and a good one make 3, not {calls}"
    );
    Ok(())
}

fn expired(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    questions(context, &account, "expired")?
        .env("AWS_ACCESS_KEY_ID", EXPIRED_ACCESS_KEY)
        .expect_exit(0)
        .map(drop)
}

fn presigned(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    for (key, person) in [
        (OPERATOR_ACCESS_KEY.to_owned(), "alice"),
        (account.aws.add_colleague("bob")?, "bob"),
    ] {
        let arn = format!("arn:aws:sts::111122223333:assumed-role/ops/{person}");
        let asked = questions(context, &account, "hands_over_an_identity")?.env("LAB_ARN", arn);
        with_keys(asked, account.aws.environment_with(&key)).expect_exit(0)?;
    }
    Ok(())
}

/// Keys that nobody knows, keys after their end, and one person's key with another's secret.
fn strangers(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let colleague = account.aws.add_colleague("bob")?;
    let mut mixed = account.aws.environment_with(OPERATOR_ACCESS_KEY);
    let secret = "AWS_SECRET_ACCESS_KEY";
    mixed.retain(|(name, _)| *name != secret);
    let colleagues = account.aws.environment_with(&colleague).into_iter();
    mixed.extend(colleagues.filter(|(name, _)| *name == secret));
    for (keys, code) in [
        (
            account.aws.environment_with("ASIANOBODYKNOWS00001"),
            "InvalidClientTokenId",
        ),
        (
            account.aws.environment_with(EXPIRED_ACCESS_KEY),
            "ExpiredToken",
        ),
        (mixed, "SignatureDoesNotMatch"),
    ] {
        let asked = questions(context, &account, "is_a_stranger")?.env("LAB_CODE", code);
        with_keys(asked, keys).expect_exit(0)?;
    }
    Ok(())
}

/// What is signed for 60 seconds is good for 15 minutes, as STS has it.
fn out_of_time(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    let arn = "arn:aws:sts::111122223333:assumed-role/ops/alice";
    for (minutes, function, name, value) in [
        (14, "hands_over_an_identity", "LAB_ARN", arn),
        (16, "is_out_of_time", "LAB_WORDS", "Signature expired: "),
        (
            -16,
            "is_out_of_time",
            "LAB_WORDS",
            "Signature not yet current: ",
        ),
    ] {
        account.aws.set_clock(SignedDuration::from_mins(minutes));
        let asked = questions(context, &account, function)?.env(name, value);
        asked.expect_exit(0)?;
    }
    Ok(())
}

fn objects(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    conform(context, &account, "stores_objects").map(drop)
}

fn versions(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    conform(context, &account, "keeps_versions")?;
    account.aws.create_bucket("lab-logs", BucketPlan::default());
    account.aws.deny("s3:ListBucket");
    conform(context, &account, "learns_nothing_without_a_list").map(drop)
}

fn presigned_uploads(context: &Context) -> Result<()> {
    let account = Account::instant(context)?;
    conform(context, &account, "presigns_uploads")?;
    // Another region's bucket, and one that is denied.
    let plan = BucketPlan {
        region: Some("eu-central-1".to_owned()),
        ..BucketPlan::default()
    };
    account.aws.create_bucket("far-logs", plan);
    account.aws.deny("s3:GetObject");
    conform(context, &account, "is_sent_elsewhere_and_denied").map(drop)
}

fn with_keys<'c>(program: Program<'c>, keys: Vec<(&'static str, String)>) -> Program<'c> {
    keys.into_iter()
        .fold(program, |program, (name, value)| program.env(name, value))
}

fn questions<'c>(
    context: &'c Context,
    account: &Account<'_>,
    function: &str,
) -> Result<Program<'c>> {
    let python = context.python(&account.surroundings)?;
    Ok(python.args(["-c", SCRIPT, function]))
}

/// Runs one function of the script; its assertions are this case's.
fn conform(context: &Context, account: &Account<'_>, function: &str) -> Result<Finished> {
    questions(context, account, function)?
        .env("LAB_NODE", NODE)
        .env("LAB_SECOND_NODE", SECOND_NODE)
        .env("LAB_UNREGISTERED", UNREGISTERED)
        .expect_exit(0)
}
