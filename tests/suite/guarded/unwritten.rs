//! A journal that takes no more records in the middle of a fix: before the change nothing is sent,
//! and after it the node gets its old value back, whatever is written down of that.

use anyhow::{Context as _, Result, ensure};
use rusqlite::Connection;

use super::course::start;
use super::fixture::Fixture;
use super::ward::Ward;
use crate::harness::{Context, Finished};

/// The journal takes no record of this event any more: as on a disk that is full.
fn refuse(ward: &Ward<'_>, event: &str) -> Result<()> {
    let journal = writable(ward)?;
    let sql = format!(
        "CREATE TRIGGER full BEFORE INSERT ON record WHEN NEW.event LIKE '%\"{event}\"%' \
         BEGIN SELECT RAISE(ABORT, 'no room is left'); END"
    );
    journal.execute_batch(&sql).context("refuse records")
}

fn accept(ward: &Ward<'_>) -> Result<()> {
    let journal = writable(ward)?;
    journal.execute_batch("DROP TRIGGER full")?;
    Ok(())
}

fn writable(ward: &Ward<'_>) -> Result<Connection> {
    let file = ward.operator.lab.state_folder().join("journal.sqlite");
    Ok(Connection::open(file)?)
}

/// The fix, whose journal takes no record of this event; its exit status was this.
fn fixed(ward: &Ward<'_>, event: &str, code: i32) -> Result<Finished> {
    let fix = ward.approved("")?;
    ward.operator.lab.aws().forget_calls();
    refuse(ward, event)?;
    let ended = fix.finish();
    accept(ward)?;
    let ended = ended?.expect_exit(code)?;
    let said = format!("{}{}", ended.stdout, ended.stderr);
    ensure!(said.contains("no room is left"), "{ended}");
    ward.expect_clean(ward.fixture.old)?;
    Ok(ended)
}

pub(crate) fn each(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = start(context, fixture)?;
    let sent = || ward.operator.lab.aws().count("SendCommand");
    for event in ["fix-approved", "change-started"] {
        fixed(&ward, event, 1)?;
        // Its looks, and the present value; no change.
        ensure!(sent() == 2, "{event}: {} commands were sent", sent());
    }
    for event in ["change-applied", "verify-sample"] {
        fixed(&ward, event, 6)?;
        ensure!(sent() > 3, "{event}: {} commands were sent", sent());
    }
    Ok(())
}
