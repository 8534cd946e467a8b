//! `heeler new`: it writes a runbook that works, and touches nothing else.

use std::fs;

use anyhow::{Result, ensure};

use super::schema::expect_clean;
use crate::harness::{Context, Surroundings};

/// What it writes has no faults and no warnings, in this folder and in another, and its cases
/// bring about every verdict.
pub(super) fn is_clean(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    fs::create_dir(around.folder().join("there"))?;
    let here = context.heeler(&around)?.args(["new", "disk-full"]);
    let here = here.expect_exit(0)?;
    here.expect_stdout("disk-full/runbook.yaml")?;
    let there = context.heeler(&around)?;
    let there = there.args(["new", "disk-full", "--in", "there", "--output", "json"]);
    let there = there.expect_exit(0)?.json()?;
    ensure!(
        there["files"][0] == "there/disk-full/runbook.yaml",
        "{there}"
    );
    for folder in ["disk-full", "there/disk-full"] {
        let folder = around.folder().join(folder);
        let runbook = folder.join("runbook.yaml");
        let text = fs::read_to_string(&runbook)?;
        ensure!(text.contains("\nname: disk-full\n"), "{text}");
        let page = fs::read_to_string(folder.join("README.md"))?;
        ensure!(page.starts_with("# disk-full\n"), "{page}");
        expect_clean(context, &around, &[runbook])?;
        let tested = context.heeler(&around)?.args(["test"]).args([&folder]);
        let tested = tested.expect_exit(0)?;
        tested.expect_stdout("3 cases hold")?;
        tested.expect_stdout("verdicts 3 of 3, conditions 2 of 2")?;
    }
    Ok(())
}

/// A folder, a file or a dangling link of that name stays as it is.
pub(super) fn overwrites_nothing(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    let home = around.folder();
    fs::create_dir(home.join("folder"))?;
    fs::write(home.join("folder/runbook.yaml"), "mine")?;
    fs::write(home.join("file"), "mine")?;
    std::os::unix::fs::symlink(home.join("nowhere"), home.join("link"))?;
    for name in ["folder", "file", "link"] {
        let heeler = context.heeler(&around)?.args(["new", name]);
        let refused = heeler.expect_exit(2)?;
        refused.expect_stderr("error[folder-exists]")?;
    }
    for file in ["folder/runbook.yaml", "file"] {
        ensure!(fs::read_to_string(home.join(file))? == "mine", "{file}");
    }
    ensure!(fs::read_dir(home.join("folder"))?.count() == 1);
    ensure!(!home.join("nowhere").exists());
    let nowhere = context.heeler(&around)?;
    let nowhere = nowhere.args(["new", "disk-full", "--in", "nowhere"]);
    nowhere.expect_exit(1)?.expect_stderr("error[unwritable]")?;
    ensure!(!home.join("nowhere").exists());
    Ok(())
}

/// A name is no path, and none that another runbook has.
pub(super) fn bad_names(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    for (name, code) in [
        ("Disk_Full", "bad-name"),
        ("../disk-full", "bad-name"),
        ("/tmp/disk-full", "bad-name"),
        ("disk/full", "bad-name"),
        (".", "bad-name"),
        ("", "bad-name"),
        ("disk full", "bad-name"),
        ("2disks", "bad-name"),
        ("d\u{1b}[31misk", "bad-name"),
        ("conntrack-exhaustion", "name-taken"),
    ] {
        let heeler = context.heeler(&around)?.args(["new", name]);
        let refused = heeler.expect_exit(2)?;
        refused.expect_stderr(&format!("error[{code}]"))?;
        ensure!(!refused.stderr.contains('\u{1b}'), "{refused}");
    }
    let left: Vec<_> = fs::read_dir(around.folder())?.flatten().collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
    Ok(())
}
