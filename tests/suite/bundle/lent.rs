//! What bundles lend out: to buckets that keep versions, and with a journal that takes nothing any more.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::BucketPlan;
use heeler_tests::fault::{ALWAYS, Fault};
use rusqlite::Connection;

use super::make::{self, expect_clean, file};
use super::s3::{BUCKET, THROUGH, bundle, expect_all_gone, expect_from, open, shown, uploads};
use super::step::Evidence;
use crate::guarded::kill::until;
use crate::harness::Context;
use crate::logdog::stage::Stage;
use crate::logs::Small;

const SOON: Duration = Duration::from_secs(60);

/// The journal takes no note of this kind any more: as on a disk that is full.
fn refuse(stage: &Stage<'_>, note: &str) -> Result<()> {
    let journal = Connection::open(stage.lab.state_folder().join("journal.sqlite"))?;
    let sql = format!(
        "CREATE TRIGGER full BEFORE INSERT ON record WHEN NEW.event LIKE '%\"{note}\"%' \
         BEGIN SELECT RAISE(ABORT, 'no room is left'); END"
    );
    Ok(journal.execute_batch(&sql)?)
}

/// What an upload has brought whose answer was lost lies below what it brought at its next try, and goes as well; also
/// where nobody may list the bucket.
pub(super) fn versions(context: &Context) -> Result<()> {
    let versions = BucketPlan {
        keeps_versions: true,
        ..BucketPlan::default()
    };
    let stage = open(context, versions)?;
    let aws = stage.lab.aws();
    let faults = aws.faults();
    faults.inject("PutObject", Fault::Drop { executed: true }, 1);
    let path = file(&stage, "a.tar.gz");
    let made = bundle(&stage, &path, &THROUGH)?.expect_exit(1)?;
    ensure!(!made.stderr.contains("left in S3"), "{made}");
    shown(&stage, &path, 0)?;
    expect_all_gone(&stage)?;
    // No upload has an answer, so that S3 was asked for none of them before they are deleted.
    aws.deny("s3:ListBucket");
    faults.inject("PutObject", Fault::Drop { executed: true }, ALWAYS);
    let made = bundle(&stage, &file(&stage, "b.tar.gz"), &THROUGH)?.expect_exit(1)?;
    made.expect_stderr("the connection from the node to S3 broke")?;
    ensure!(!made.stderr.contains("left in S3"), "{made}");
    ensure!(uploads(&stage) > 8, "they were not tried again");
    expect_all_gone(&stage)?;
    faults.clear("PutObject");
    // Nothing came, and nobody can know that: it is said.
    aws.deny("s3:PutObject");
    let made = bundle(&stage, &file(&stage, "c.tar.gz"), &THROUGH)?.expect_exit(1)?;
    made.expect_stderr("whether its bucket keeps a version of it can't be seen: not allowed")?;
    made.expect_stderr("; what is left: aws s3api list-object-versions --region eu-west-1 ")?;
    expect_all_gone(&stage)
}

/// What can't be written down is not lent out: it comes another way, and the journal's failure is the command's.
pub(super) fn unwritten(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    // The first one makes the journal.
    bundle(&stage, &file(&stage, "a.tar.gz"), &["--through-ssm"])?.expect_exit(1)?;
    refuse(&stage, "s3-borrowed")?;
    let path = file(&stage, "b.tar.gz");
    let words = [&THROUGH[..], &["--through-ssm"]].concat();
    let made = bundle(&stage, &path, &words)?.expect_exit(1)?;
    made.expect_stderr("no room is left")?;
    ensure!(uploads(&stage) == 0, "something was uploaded: {made}");
    let shown = shown(&stage, &path, 0)?;
    ensure!(shown.contains("journalctl.log"), "{shown}");
    expect_from(&stage, &path, "SSM, in slices")?;
    // Without another way it is missing.
    let path = file(&stage, "c.tar.gz");
    let made = bundle(&stage, &path, &THROUGH)?.expect_exit(1)?;
    made.expect_stderr(
        "missing: logdog.tar.gz: not through S3: it can't be written down that it would lie there: ",
    )?;
    ensure!(uploads(&stage) == 0, "something was uploaded: {made}");
    expect_all_gone(&stage)
}

/// A bundle that is whole, of which the journal knows nothing.
pub(super) fn unwritten_end(context: &Context) -> Result<()> {
    let stage = make::open(context, |plan| plan)?;
    let few = ["--no-pod-logs"];
    make::bundle(&stage, &file(&stage, "a.tar.gz"), &few)?.expect_exit(0)?;
    refuse(&stage, "bundle-made")?;
    let path = file(&stage, "b.tar.gz");
    let made = make::bundle(&stage, &path, &few)?.expect_exit(1)?;
    made.expect_stderr("no room is left")?;
    made.expect_stdout("nothing is left on the node")?;
    ensure!(!made.stderr.contains("missing: "), "{made}");
    shown(&stage, &path, 0)?;
    expect_clean(&stage)
}

/// Nothing can be written here in the end: what is left elsewhere is told all the same.
pub(super) fn failed(context: &Context) -> Result<()> {
    let stage = open(context, BucketPlan::default())?;
    stage.lab.aws().deny("s3:DeleteObject");
    let folder = file(&stage, "small");
    std::fs::create_dir(&folder)?;
    let _small = Small::mount(&folder, "16k")?;
    let refused = bundle(&stage, &folder.join("a.tar.gz"), &THROUGH)?.expect_exit(1)?;
    refused.expect_stdout("the disk is full where")?;
    refused.expect_stderr("note: what came through S3 could be read meanwhile")?;
    for key in stage.lab.aws().object_keys(BUCKET) {
        refused.expect_stderr(&format!(
            "left in S3: s3://{BUCKET}/{key} could not be deleted"
        ))?;
    }
    ensure!(uploads(&stage) > 0, "nothing was uploaded: {refused}");
    expect_clean(&stage)
}

/// The same of a runbook's bundle: the node can't be asked to take it back.
pub(super) fn step_failed(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    let stage = &evidence.stage;
    let folder = file(stage, "small");
    std::fs::create_dir(&folder)?;
    let _small = Small::mount(&folder, "16k")?;
    let held = stage.lab.kube().faults().hold("logdog.tar.gz");
    let folder = folder.display().to_string();
    let running = evidence.run(&["--bundles-to", &folder])?.start()?;
    until(SOON, || Ok(held.caught() > 0)).context("the tarball was not asked for")?;
    stage.lab.aws().deny("ssm:SendCommand");
    held.release();
    let run = running.finish(SOON)?.expect_exit(3)?;
    run.expect_stdout("WARNING many")?;
    run.expect_stdout("the disk is full where")?;
    run.expect_stdout("; left on the node: /var/log/support/heeler/")?;
    Ok(())
}

/// A runbook's bundle that the journal does not take.
pub(super) fn step_unwritten(context: &Context) -> Result<()> {
    let evidence = Evidence::open(context, |plan| plan)?;
    evidence.run(&["--no-bundles"])?.expect_exit(3)?;
    refuse(&evidence.stage, "bundle-made")?;
    let run = evidence.run(&[])?.expect_exit(1)?;
    run.expect_stdout("WARNING many")?;
    run.expect_stdout("nothing is left on the node")?;
    run.expect_stderr("no room is left")?;
    ensure!(run.stdout.matches("WARNING").count() == 1, "{run}");
    ensure!(evidence.bundles()?.len() == 1, "{run}");
    expect_clean(&evidence.stage)
}
