//! The journal when it can't be relied on: nothing is done that could not be recorded, and nothing
//! is reported that somebody has changed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::stage::{INSTANCE, NODE, Stage};
use crate::harness::{Case, Context};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::the_journal_is_its_owners_alone", &[], modes),
    Case::new(
        "bad_input::without_a_journal_nothing_is_done",
        &[],
        unwritable,
    ),
    Case::new(
        "bad_input::files_that_are_no_journal_are_left_alone",
        &[],
        others,
    ),
    Case::new(
        "bad_input::a_changed_record_breaks_the_chain",
        &[],
        tampered,
    ),
    Case::new(
        "bad_input::runs_that_nobody_knows_are_not_reported",
        &[],
        unknown,
    ),
];

/// Where SQLite keeps the format of the application, and whose file it is (SQLite's file format).
const USER_VERSION: usize = 60;
const APPLICATION: usize = 68;

fn state(stage: &Stage<'_>) -> PathBuf {
    stage.around.folder().join("state")
}

fn file(stage: &Stage<'_>) -> PathBuf {
    state(stage).join("journal.sqlite")
}

fn mode(path: &Path) -> Result<u32> {
    let found = fs::metadata(path).with_context(|| format!("look at {}", path.display()))?;
    Ok(found.permissions().mode() & 0o7777)
}

fn modes(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let run = || stage.quick(&["--node", NODE])?.expect_exit(0);
    run()?;
    ensure!(
        mode(&file(&stage))? == 0o600,
        "the file can be read by others"
    );
    ensure!(
        mode(&state(&stage))? == 0o700,
        "the folder can be read by others"
    );
    // After a copy that has lost its modes.
    fs::set_permissions(file(&stage), fs::Permissions::from_mode(0o644))?;
    run()?;
    ensure!(
        mode(&file(&stage))? == 0o600,
        "the file stayed open to others"
    );
    Ok(())
}

/// Every command that needs the journal ends with status 1 and this error, and asks nobody.
fn refused(stage: &Stage<'_>, folder: &Path, error: &str) -> Result<()> {
    stage.aws.forget_calls();
    stage.kube.forget_calls();
    let commands: [&[&str]; 6] = [
        &["run", "quick", "--node", NODE],
        &["run", "quick", "--node", NODE, "--output", "json"],
        &["runs"],
        &["report", "abcde"],
        &["fix", "abcde", "nothing"],
        &["revert", "abcde"],
    ];
    for arguments in commands {
        let heeler = stage.heeler(arguments)?.env("HEELER_STATE_DIR", folder);
        let ended = heeler.expect_exit(1)?;
        let same = ended.stdout.is_empty() && ended.stderr.trim_end() == error;
        ensure!(same, "this was expected:\n{error}\n{ended}");
    }
    stage.expect_silence()
}

fn unwritable(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let own = "help: point HEELER_STATE_DIR at a folder that you own and can write to";
    let nowhere = Path::new("/proc/heeler");
    refused(
        &stage,
        nowhere,
        &format!(
            "error[journal-unopened]: the journal can't be opened: No such file or directory (os error 2)\n  --> /proc/heeler\n  {own}"
        ),
    )?;
    let open = stage.around.folder().join("open");
    fs::create_dir(&open)?;
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777))?;
    let shown = open.display();
    refused(
        &stage,
        &open,
        &format!(
            "error[journal-exposed]: other users may replace the journal: its folder has mode 0777\n  --> {shown}\n  help: chmod go-w '{shown}'"
        ),
    )?;
    ensure!(
        fs::read_dir(&open)?.next().is_none(),
        "something was written there"
    );
    let home = stage.heeler(&["runs"])?;
    let home = home
        .env("HEELER_STATE_DIR", "")
        .env("HOME", "")
        .expect_exit(1)?;
    let told = home
        .stderr
        .starts_with("error[journal-no-place]: there is no place for the journal");
    ensure!(told, "{home}");
    Ok(())
}

fn others(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.quick(&["--node", NODE])?.expect_exit(0)?;
    let (folder, file) = (state(&stage), file(&stage));
    let journal = fs::read(&file)?;
    let shown = file.display();
    let own = "help: point HEELER_STATE_DIR at a folder that you own and can write to";
    let damaged =
        format!("help: keep it as evidence and begin a new one: mv '{shown}' '{shown}.damaged'");
    let with = |offset: usize, bytes: [u8; 4]| {
        let mut changed = journal.clone();
        changed[offset..offset + 4].copy_from_slice(&bytes);
        changed
    };
    let cases = [
        (
            with(APPLICATION, *b"Fire"),
            format!(
                "error[journal-foreign]: the file belongs to another program (application id 0x46697265)\n  --> {shown}\n  {own}"
            ),
        ),
        (
            with(USER_VERSION, [0, 0, 0, 99]),
            format!(
                "error[journal-newer]: the journal has format 99; this heeler reads up to 1\n  --> {shown}\n  help: use the newer heeler, or another HEELER_STATE_DIR with this one"
            ),
        ),
        (
            vec![b'x'; 5000],
            format!(
                "error[journal-damaged]: the journal is damaged: file is not a database\n  --> {shown}\n  {damaged}"
            ),
        ),
        (
            journal[..journal.len() / 2].to_vec(),
            format!(
                "error[journal-damaged]: the journal is damaged: database disk image is malformed\n  --> {shown}\n  {damaged}"
            ),
        ),
    ];
    for (bytes, error) in cases {
        fs::write(&file, &bytes)?;
        refused(&stage, &folder, &error)?;
        ensure!(fs::read(&file)? == bytes, "the file was changed");
    }
    fs::remove_file(&file)?;
    symlink("/dev/null", &file)?;
    refused(
        &stage,
        &folder,
        &format!("error[journal-no-file]: the journal is no regular file\n  --> {shown}\n  {own}"),
    )?;
    // The way that the help names leads to a journal that works.
    fs::remove_file(&file)?;
    stage.quick(&["--node", NODE])?.expect_exit(0).map(drop)
}

fn tampered(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let ended = stage.quick(&["--node", NODE])?.expect_exit(0)?;
    stage.expect_repeated(&ended)?;
    let id = stage.latest()?;
    let mut journal = fs::read(file(&stage))?;
    let known = b"\"os_version\":\"1.50.0\"";
    let places: Vec<usize> = (0..journal.len() - known.len())
        .filter(|at| journal[*at..].starts_with(known))
        .collect();
    ensure!(
        !places.is_empty(),
        "the journal says nothing of {INSTANCE}'s version"
    );
    for at in places {
        let version = at + known.len() - 2;
        journal[version] = b'9';
    }
    fs::write(file(&stage), journal)?;
    let report = stage.heeler(&["report", &id])?.expect_exit(1)?;
    report.expect_stderr("error[broken-chain]: record ")?;
    report.expect_stderr(" of this run is not the one that was written\n  --> the journal\n  help: do not rely on this report; somebody has changed the file\n")?;
    Ok(())
}

fn unknown(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    for run in [
        "zzzzz",
        "x; reboot",
        "../../etc",
        "{{7*7}}",
        "%",
        "_____",
        "' or 1=1 --",
        "\u{1b}[2J",
    ] {
        for command in ["report", "revert"] {
            let ended = stage.heeler(&[command, "--", run])?.finish()?;
            let code = ended.status.code();
            ensure!(matches!(code, Some(1 | 2)), "{ended}");
            ended.expect_stderr("error[unknown-run]: there is no run `")?;
            ended.expect_stderr("`\n  --> the journal\n  help: `heeler runs` lists them\n")?;
            ensure!(!ended.stderr.contains('\u{1b}'), "{ended}");
        }
    }
    stage.expect_silence()
}
