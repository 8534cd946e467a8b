//! A journal that takes no more records in the middle of a fix: before the change nothing is sent,
//! and after it the node gets its old value back, whatever is written down of that.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Call;
use rusqlite::Connection;

use super::course::start;
use super::fixture::Fixture;
use super::ward::Ward;
use super::{cluster, drain, reboot};
use crate::harness::{Context, Program};
use crate::operator::Operator;

/// Commands that a fix sends before one that changes something: its looks, and the present value.
const LOOKS: usize = 2;
/// Requests by which somebody asks who they are, and what they may do.
const REVIEWS: [&str; 2] = [
    "/apis/authentication.k8s.io/",
    "/apis/authorization.k8s.io/",
];

/// The journal takes no record of this event any more: as on a disk that is full.
fn refuse(operator: &Operator<'_>, event: &str) -> Result<()> {
    let journal = writable(operator)?;
    let sql = format!(
        "CREATE TRIGGER full BEFORE INSERT ON record WHEN NEW.event LIKE '%\"{event}\"%' \
         BEGIN SELECT RAISE(ABORT, 'no room is left'); END"
    );
    journal.execute_batch(&sql).context("refuse records")
}

fn accept(operator: &Operator<'_>) -> Result<()> {
    let journal = writable(operator)?;
    journal.execute_batch("DROP TRIGGER full")?;
    Ok(())
}

fn writable(operator: &Operator<'_>) -> Result<Connection> {
    let file = operator.lab.state_folder().join("journal.sqlite");
    Ok(Connection::open(file)?)
}

/// The fix, whose journal takes no record of this event; its exit status was this.
fn fixed(ward: &Ward<'_>, event: &str, code: i32) -> Result<()> {
    let fix = ward.approved("")?;
    refused(&ward.operator, fix, event, code)?;
    ward.expect_clean(ward.fixture.old)
}

/// The same of any fix of this operator.
fn refused(operator: &Operator<'_>, fix: Program<'_>, event: &str, code: i32) -> Result<()> {
    operator.lab.aws().forget_calls();
    operator.lab.kube().forget_calls();
    refuse(operator, event)?;
    let ended = fix.finish();
    accept(operator)?;
    let ended = ended?.expect_exit(code)?;
    let said = format!("{}{}", ended.stdout, ended.stderr);
    ensure!(said.contains("no room is left"), "{ended}");
    Ok(())
}

/// What has no switch on the node: an object is patched, pods are evicted, a node is rebooted.
pub(super) fn cluster(context: &Context) -> Result<()> {
    let site = cluster::Site::with(context, "patched")?;
    nothing_sent(&site.offer.operator, || site.offer.approved(""))?;
    site.expect_limit(cluster::OLD)?;

    let site = drain::Site::start(context)?;
    nothing_sent(&site.offer.operator, || site.offer.approved(""))?;
    site.expect_whole()?;

    let site = reboot::Site::start(context)?;
    let boots = site.boots()?;
    nothing_sent(&site.offer.operator, || site.offer.approved(""))?;
    // The lab's node is asked by a command, which takes a moment to come.
    ensure!(site.boots()? == boots, "it was rebooted");
    Ok(())
}

/// A journal that is full before the change asks nobody to change anything: neither a command nor a
/// request goes out that does more than look.
fn nothing_sent<'c>(operator: &Operator<'c>, fix: impl Fn() -> Result<Program<'c>>) -> Result<()> {
    for event in ["fix-approved", "change-started"] {
        let fix = fix()?;
        refused(operator, fix, event, 1)?;
        let sent = operator.lab.aws().count("SendCommand");
        ensure!(sent <= LOOKS, "{event}: {sent} commands were sent");
        let calls = operator.lab.kube().calls();
        let changing = |call: &&Call| {
            let asks = REVIEWS.iter().any(|group| call.path.starts_with(group));
            call.method != "GET" && !asks && !call.query.contains("dryRun")
        };
        let changes: Vec<_> = calls.iter().filter(changing).collect();
        ensure!(changes.is_empty(), "{event}: {changes:?}");
    }
    Ok(())
}

pub(crate) fn each(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = start(context, fixture)?;
    let sent = || ward.operator.lab.aws().count("SendCommand");
    for event in ["fix-approved", "change-started"] {
        fixed(&ward, event, 1)?;
        // Its looks, and the present value; no change.
        ensure!(sent() == LOOKS, "{event}: {} commands were sent", sent());
    }
    for event in ["change-applied", "verify-sample"] {
        fixed(&ward, event, 6)?;
        ensure!(sent() > 3, "{event}: {} commands were sent", sent());
    }
    Ok(())
}
