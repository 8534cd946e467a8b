//! Bundles that come through S3, because there is no node proxy.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::BucketPlan;
use heeler_tests::fault::{ALWAYS, Fault, HoldPoint};
use heeler_tests::node::Place;
use nix::sys::signal::Signal;
use serde_json::Value;

use super::make::{ask, expect_clean, file, open as open_stage};
use crate::guarded::kill::until;
use crate::harness::{Context, Program};
use crate::logdog::stage::Stage;

pub(super) const BUCKET: &str = "ops-logs";
pub(super) const THROUGH: [&str; 2] = ["--through-s3", "s3://ops-logs/on-call"];
const SOON: Duration = Duration::from_secs(60);

/// A lab with a bucket, whose API server is down.
pub(super) fn open(context: &Context, plan: BucketPlan) -> Result<Stage<'_>> {
    let stage = open_stage(context, |plan| plan)?;
    stage.lab.open_bucket(BUCKET, plan)?;
    stage.lab.kube().faults().api_down()?;
    Ok(stage)
}

/// `heeler bundle` of the lab's node without Kubernetes.
pub(super) fn bundle<'c>(stage: &Stage<'c>, path: &Path, words: &[&str]) -> Result<Program<'c>> {
    let instance = stage.node()?.config().instance_id.clone();
    let path = path.display().to_string();
    let place = [
        "--instance",
        &instance,
        "--region",
        "eu-west-1",
        "-o",
        &path,
    ];
    let heeler = stage.context.heeler(&stage.around)?;
    let heeler = heeler.args(["bundle"]).args(place);
    Ok(heeler.args(words.iter().copied()))
}

/// Nothing is left on the node, nor in the bucket.
pub(super) fn expect_all_gone(stage: &Stage<'_>) -> Result<()> {
    let keys = stage.lab.aws().object_keys(BUCKET);
    ensure!(keys.is_empty(), "left in S3: {keys:?}");
    expect_clean(stage)
}

/// No signature stands in the journal, nor in what was said.
fn expect_no_signature(stage: &Stage<'_>, said: &[&str]) -> Result<()> {
    let mut searched = 0;
    for entry in fs::read_dir(stage.lab.state_folder())? {
        let bytes = fs::read(entry?.path())?;
        let text = String::from_utf8_lossy(&bytes);
        ensure!(!text.contains("X-Amz-"), "a signature is in the journal");
        searched += usize::from(text.contains("s3-borrowed"));
    }
    ensure!(searched > 0, "no journal was searched");
    let is_told = said.iter().any(|text| text.contains("X-Amz-"));
    ensure!(!is_told, "a signature was said: {said:?}");
    Ok(())
}

pub(super) fn shown(stage: &Stage<'_>, path: &Path, code: i32) -> Result<String> {
    let shown = ask(stage, &["show", &path.display().to_string()])?;
    Ok(shown.expect_exit(code)?.stdout)
}

/// The manifest says from where files of the node came.
pub(super) fn expect_from(stage: &Stage<'_>, path: &Path, from: &str) -> Result<()> {
    let path = path.display().to_string();
    let manifest = ask(stage, &["show", &path, "manifest.json"])?.expect_exit(0)?;
    manifest.expect_stdout(from).map(drop)
}

pub(super) fn uploads(stage: &Stage<'_>) -> usize {
    stage.lab.aws().count("PutObject")
}

pub(super) fn whole(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &THROUGH)?.expect_exit(1)?;
    made.expect_stderr("missing: what the kubelet serves, and the logs of pods")?;
    made.expect_stderr("what came through S3 could be read meanwhile")?;
    made.expect_stdout("nothing is left on the node")?;
    ensure!(!made.stderr.contains("left in S3"), "{made}");
    let lacks = made
        .stderr
        .lines()
        .filter(|line| line.starts_with("missing: "));
    ensure!(lacks.count() == 1, "{made}");
    expect_all_gone(&stage)?;
    let shown = shown(&stage, &path, 0)?;
    for member in [
        "journalctl.log",
        "node/sysctl",
        "way  S3; not by the kubelet",
    ] {
        ensure!(shown.contains(member), "no {member}: {shown}");
    }
    expect_from(&stage, &path, "S3, uploaded by the node")?;
    expect_no_signature(&stage, &[&made.stdout, &made.stderr])?;
    // The node's own curl has brought them, each below a name that nobody guesses.
    let calls = stage.lab.aws().calls();
    let puts: Vec<_> = calls
        .iter()
        .filter(|call| call.operation == "PutObject")
        .collect();
    ensure!(puts.len() > 3, "{puts:?}");
    for put in &puts {
        ensure!(put.user_agent.starts_with("curl/"), "{put:?}");
        let folder = put.body.strip_prefix("PUT /ops-logs/on-call/heeler-");
        let folder = folder
            .and_then(|rest| rest.split_once('/'))
            .context("its key")?;
        let guess = folder.0.rsplit('-').next().unwrap_or_default();
        ensure!(guess.len() == 32, "{put:?}");
        // For one content of one length, and for one owner's bucket.
        let signed = "content-length;host;x-amz-checksum-sha256;x-amz-expected-bucket-owner";
        ensure!(put.body.ends_with(signed), "{put:?}");
    }
    let deleted = stage.lab.aws().count("DeleteObject");
    ensure!(deleted == puts.len(), "{deleted} of {} deleted", puts.len());
    Ok(())
}

/// The bucket refuses: what is missing is told, or comes in slices.
pub(super) fn refused(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    stage.lab.aws().deny("s3:PutObject");
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &THROUGH)?.expect_exit(1)?;
    made.expect_stderr(
        "missing: logdog.tar.gz: not through S3: S3 refused the upload: AccessDenied (HTTP 403)",
    )?;
    expect_all_gone(&stage)?;
    let asked = uploads(&stage);
    let path = file(&stage, "b.tar.gz");
    let words = [&THROUGH[..], &["--through-ssm"]].concat();
    let made = bundle(&stage, &path, &words)?.expect_exit(1)?;
    made.expect_stderr("what came through SSM stays in its command history")?;
    ensure!(uploads(&stage) > asked, "S3 was not asked first");
    let shown = shown(&stage, &path, 0)?;
    ensure!(shown.contains("journalctl.log"), "{shown}");
    expect_from(&stage, &path, "SSM, in slices")?;
    // A bucket that is not there, and one of somebody else's.
    let path = file(&stage, "c.tar.gz");
    let made = bundle(&stage, &path, &["--through-s3", "s3://nowhere-logs"])?.expect_exit(1)?;
    made.expect_stdout(
        "nor through S3: there is no bucket nowhere-logs; nothing was asked of the node",
    )?;
    let theirs = BucketPlan {
        owner: Some("444455556666".to_owned()),
        is_open: true,
        ..BucketPlan::default()
    };
    stage.lab.aws().allow("s3:PutObject");
    stage.lab.aws().create_bucket("their-logs", theirs);
    let path = file(&stage, "d.tar.gz");
    let made = bundle(&stage, &path, &["--through-s3", "s3://their-logs"])?.expect_exit(1)?;
    made.expect_stderr("S3 refused the upload: AccessDenied")?;
    let keys = stage.lab.aws().object_keys("their-logs");
    ensure!(keys.is_empty(), "{keys:?}");
    expect_all_gone(&stage)
}

/// Connections that break on either side are tried again, and told where that does not help.
pub(super) fn cut(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    let faults = stage.lab.aws().faults();
    faults.inject("PutObject", Fault::Drop { executed: false }, 1);
    faults.inject("PutObject", Fault::Throttle, 1);
    faults.inject("GetObject", Fault::Drop { executed: true }, 3);
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &THROUGH)?.expect_exit(1)?;
    let lacks = made
        .stderr
        .lines()
        .filter(|line| line.starts_with("missing: "));
    ensure!(lacks.count() == 1, "{made}");
    shown(&stage, &path, 0)?;
    expect_all_gone(&stage)?;
    faults.inject("PutObject", Fault::Drop { executed: false }, ALWAYS);
    let path = file(&stage, "b.tar.gz");
    let made = bundle(&stage, &path, &THROUGH)?.expect_exit(1)?;
    made.expect_stderr(
        "missing: logdog.tar.gz: not through S3: the connection from the node to S3 broke",
    )?;
    shown(&stage, &path, 0)?;
    expect_all_gone(&stage)
}

/// Somebody who may puts something else in an object's place.
pub(super) fn replaced(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    let held = stage
        .lab
        .aws()
        .faults()
        .hold("GetObject", HoldPoint::BeforeExecuting);
    let path = file(&stage, "a.tar.gz");
    let running = bundle(&stage, &path, &THROUGH)?.start()?;
    until(SOON, || Ok(stage.lab.aws().count("GetObject") > 0)).context("nothing was fetched")?;
    let aws = stage.lab.aws();
    for key in aws.object_keys(BUCKET) {
        let mut content = aws.object(BUCKET, &key).context("its content")?;
        let middle = content.len() / 2;
        content[middle] ^= 0x01;
        aws.replace_object(BUCKET, &key, content);
    }
    held.release();
    let made = running.finish(SOON)?.expect_exit(1)?;
    made.expect_stderr("not all of it came, or it was changed on its way")?;
    let shown = shown(&stage, &path, 1)?;
    ensure!(shown.contains("changed on its way"), "{shown}");
    expect_all_gone(&stage)
}

/// Who may not delete is told what is left, and how it goes.
pub(super) fn kept(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    stage.lab.aws().deny("s3:DeleteObject");
    let path = file(&stage, "a.tar.gz");
    let words = [&THROUGH[..], &["--output", "json"]].concat();
    let made = bundle(&stage, &path, &words)?.expect_exit(1)?;
    let said: Value = made.json()?;
    let left = said["left-in-s3"].as_array().context("what is left")?;
    let keys = stage.lab.aws().object_keys(BUCKET);
    ensure!(!keys.is_empty() && left.len() == keys.len(), "{said:#}");
    for key in &keys {
        let way = format!("aws s3 rm --region eu-west-1 s3://{BUCKET}/{key}");
        let is_told = left
            .iter()
            .any(|left| left.as_str().is_some_and(|left| left.ends_with(&way)));
        ensure!(is_told, "no {way}: {said:#}");
    }
    expect_clean(&stage)?;
    // A bucket that keeps versions keeps none of these, unless that is not allowed.
    stage.lab.aws().allow("s3:DeleteObject");
    let versions = BucketPlan {
        keeps_versions: true,
        region: Some("eu-central-1".to_owned()),
        ..BucketPlan::default()
    };
    stage.lab.aws().create_bucket("old-logs", versions);
    let path = file(&stage, "b.tar.gz");
    let made = bundle(&stage, &path, &["--through-s3", "s3://old-logs"])?.expect_exit(1)?;
    ensure!(!made.stderr.contains("left in S3"), "{made}");
    ensure!(
        stage.lab.aws().object_keys("old-logs").is_empty(),
        "a version is left"
    );
    stage.lab.aws().deny("s3:DeleteObjectVersion");
    let path = file(&stage, "c.tar.gz");
    let made = bundle(&stage, &path, &["--through-s3", "s3://old-logs"])?.expect_exit(1)?;
    made.expect_stderr(
        "is deleted, and its bucket keeps its version: not allowed: s3:DeleteObjectVersion",
    )?;
    Ok(())
}

/// Whoever interrupts leaves nothing, and no upload that comes later; no request is on a command line.
pub(super) fn interrupted(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    let held = stage
        .lab
        .aws()
        .faults()
        .hold("PutObject", HoldPoint::BeforeExecuting);
    let path = file(&stage, "a.tar.gz");
    let running = bundle(&stage, &path, &THROUGH)?.start()?;
    until(SOON, || Ok(stage.lab.aws().object_keys(BUCKET).len() > 2)).context("no uploads")?;
    let seen = stage.run(Place::Host, "ps -eww -o args")?.expect(0, "")?;
    ensure!(seen.out.contains("curl --disable"), "no curl: {}", seen.out);
    ensure!(
        !seen.out.contains("X-Amz-"),
        "a request is on a command line"
    );
    running.signal(Signal::SIGINT)?;
    let made = running.finish(SOON)?.expect_exit(130)?;
    let running = stage.run(Place::Host, "pgrep -x curl")?;
    ensure!(running.out.is_empty(), "curl is still there");
    held.release();
    sleep(Duration::from_millis(500));
    expect_no_signature(&stage, &[&made.stdout, &made.stderr])?;
    expect_all_gone(&stage)
}

/// Heeler is killed: the journal has what lies in S3, and how it goes.
pub(super) fn killed(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    let _held = stage
        .lab
        .aws()
        .faults()
        .hold("PutObject", HoldPoint::BeforeExecuting);
    let running = bundle(&stage, &file(&stage, "a.tar.gz"), &THROUGH)?.start()?;
    until(SOON, || Ok(stage.lab.aws().object_keys(BUCKET).len() > 2)).context("no uploads")?;
    running.kill()?;
    let heeler = || stage.context.heeler(&stage.around);
    let runs = heeler()?.args(["runs"]).expect_exit(0)?;
    let run = runs.stdout.lines().find(|line| line.contains("bundle"));
    let run = run
        .and_then(|line| line.split_whitespace().next())
        .context("the run")?;
    let report = heeler()?.args(["report", run]).finish()?;
    for key in stage.lab.aws().object_keys(BUCKET) {
        report.expect_stdout(&format!("aws s3 rm --region eu-west-1 s3://{BUCKET}/{key}"))?;
    }
    Ok(())
}

/// What is no place in S3 is told before anything is asked.
pub(super) fn wrong(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    stage.lab.aws().forget_calls();
    for place in [
        "s3://",
        "ops-logs",
        "https://ops-logs.s3.amazonaws.com",
        "s3://Ops_Logs",
        "s3://10.0.0.1/x",
        "s3://ops-logs/../their-logs",
        "s3://ops-logs//x",
        "s3://ops-logs/a\u{1b}[31m",
        "s3://ops-logs/a\nb",
        "s3://ops-logs/$(id)",
    ] {
        let words = ["--through-s3", place];
        let ended = bundle(&stage, &file(&stage, "a.tar.gz"), &words)?.expect_exit(2)?;
        ended.expect_stderr("error[bucket-syntax]")?;
        ensure!(!ended.stderr.contains('\u{1b}'), "{ended}");
    }
    let asked = stage.lab.aws().calls();
    ensure!(asked.is_empty(), "somebody was asked: {asked:?}");
    Ok(())
}
