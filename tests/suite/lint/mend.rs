//! `heeler lint --fix`: what is certain, in the file itself.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use anyhow::{Result, ensure};

use super::{Desk, GOOD};
use crate::harness::Context;

pub(super) fn certain(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let slips = "tabel.count >= 0.9 * table.max && table.max > 1_000";
    let file = desk.runbook("full-table", "table.count >= 0.9 * table.max", slips)?;
    let ended = desk.run(&["lint", "--fix", "books"], 0)?;
    ended.expect_screen(
        "mended[number-form]: books/full-table/runbook.yaml:12: this is no number here
mended[foreign-operator]: books/full-table/runbook.yaml:12: there is no `&&` here
mended[unknown-name]: books/full-table/runbook.yaml:12: nothing is named `tabel`
1 file: nothing wrong, 3 mended",
    )?;
    let right = slips
        .replace("tabel", "table")
        .replace("&&", "and")
        .replace("1_000", "1000");
    let wanted = GOOD
        .replace("NAME", "full-table")
        .replace("table.count >= 0.9 * table.max", &right);
    ensure!(fs::read_to_string(&file)? == wanted);
    let before = fs::metadata(&file)?.modified()?;
    desk.run(&["lint", "--fix", "books"], 0)?
        .expect_screen("1 file: nothing wrong")?;
    ensure!(
        fs::metadata(&file)?.modified()? == before,
        "a clean file was written"
    );
    Ok(())
}

pub(super) fn keeps(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let good = GOOD.replace("NAME", "full-table").replace('\n', "\r\n");
    let real = desk.write(
        "elsewhere/full-table/runbook.yaml",
        good.replace("table.count >=", "tabel.count >="),
    )?;
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640))?;
    fs::create_dir_all(desk.path("books/full-table"))?;
    let link = desk.path("books/full-table/runbook.yaml");
    symlink(&real, &link)?;
    desk.run(&["lint", "--fix", "books"], 0)?;
    ensure!(fs::read_to_string(&real)? == good, "line ends have changed");
    ensure!(
        fs::symlink_metadata(&link)?.is_symlink(),
        "the link is gone"
    );
    ensure!(fs::metadata(&real)?.permissions().mode() & 0o777 == 0o640);
    let left: Vec<_> = fs::read_dir(desk.path("elsewhere/full-table"))?.collect();
    ensure!(left.len() == 1, "something was left lying about: {left:?}");
    Ok(())
}

pub(super) fn uncertain(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let file = desk.runbook("full-table", "table.count >= 0.9", "nothing_like_it >= 0.9")?;
    let before = fs::read_to_string(&file)?;
    desk.run(&["lint", "--fix", "books"], 1)?;
    ensure!(fs::read_to_string(&file)? == before);
    // What is compiled in can't be written.
    desk.run(&["lint", "--fix", "conntrack-exhaustion"], 0)?;
    Ok(())
}
