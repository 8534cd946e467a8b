//! Files and folders that are no runbook, or not the one that was meant, as `heeler` meets them when
//! a runbook is named. What `heeler lint` says of them is tried in `lint::`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::harness::{Context, Finished, Surroundings};

/// The name of a bundled runbook.
const BUNDLED: &str = "conntrack-exhaustion";
const GOOD: &str = "heeler: 1\nname: NAME\nsummary: Little memory is left\ntarget: node\nlook:\n  memory:\n    \
    memory: {}\nfind:\n  little:\n    when: memory.available < 0.1 * memory.total\n    severity: note\n    \
    says: \"{{ memory.available }} is left\"\n";
const CASE: &str = "heeler-case: 1\nrunbook: NAME\nabout: Enough is left\nnodes:\n  - instance: i-00000000000000001\n    \
    looks:\n      memory: {total: 8GiB, available: 4GiB}\n    then:\n      ruled-out: [little]\n";

/// A folder of runbooks, and who uses it.
struct Shelf<'c> {
    context: &'c Context,
    around: Surroundings,
}

impl<'c> Shelf<'c> {
    fn new(context: &'c Context) -> Result<Self> {
        let around = Surroundings::new()?;
        fs::create_dir(around.folder().join("books"))?;
        Ok(Shelf { context, around })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.around.folder().join("books").join(path)
    }

    /// Writes a file, and the folders around it.
    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(path);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(&path, bytes)?;
        Ok(path)
    }

    fn good(&self, folder: &str, name: &str) -> Result<PathBuf> {
        let file = format!("{folder}/runbook.yaml");
        self.put(&file, GOOD.replace("NAME", name))
    }

    fn run(&self, arguments: &[&str], exit: i32) -> Result<Finished> {
        let heeler = self.context.heeler(&self.around)?;
        let heeler = heeler.args(["--runbooks"]).args([self.path("")]);
        heeler.args(arguments).expect_exit(exit)
    }
}

fn pipe(path: &Path) -> Result<()> {
    let made = Command::new("mkfifo").arg(path).status()?;
    ensure!(made.success(), "mkfifo {}: {made}", path.display());
    Ok(())
}

type Make = fn(&Path) -> Result<()>;

fn written(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    Ok(fs::write(path, bytes)?)
}

fn good() -> String {
    GOOD.replace("NAME", BUNDLED)
}

/// What may stand in the place of a runbook: how it is made, and what is said of it.
const UNUSABLE: &[(&str, Make, &str)] = &[
    ("a pipe", pipe, "it can't be read: it is no regular file"),
    (
        "a device",
        |path| Ok(symlink("/dev/zero", path)?),
        "it can't be read: it is no regular file",
    ),
    (
        "a folder",
        |path| Ok(fs::create_dir(path)?),
        "it can't be read: it is a folder",
    ),
    (
        "a link to nowhere",
        |path| Ok(symlink("/nowhere", path)?),
        "it can't be read: No such file",
    ),
    (
        "a link to itself",
        |path| Ok(symlink("runbook.yaml", path)?),
        "it can't be read: Too many levels of symbolic links",
    ),
    ("nothing", |path| written(path, ""), "error[empty-runbook]"),
    (
        "10 MB on one line",
        |path| written(path, vec![b'x'; 10 << 20]),
        "error[yaml-too-large]",
    ),
    (
        "UTF-16",
        |path| {
            let units = good().encode_utf16().collect::<Vec<u16>>();
            let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
            written(path, bytes)
        },
        "error[text-utf16]",
    ),
    (
        "Latin-1",
        |path| written(path, b"heeler: 1\nname: caf\xe9\n"),
        "error[text-not-utf8]",
    ),
    (
        "a NUL",
        |path| written(path, good().replace("Little", "Litt\0le")),
        "error[text-nul]",
    ),
    (
        "two documents",
        |path| written(path, format!("{0}---\n{0}", good())),
        "error[yaml-documents]",
    ),
    (
        "another name",
        |path| written(path, GOOD.replace("NAME", "memory")),
        "error[other-name]: the runbook in the folder `conntrack-exhaustion` is named `memory`",
    ),
];

/// Whatever it is, the bundled runbook of that name is not taken for it, and nothing hangs.
pub(super) fn unusable(context: &Context) -> Result<()> {
    for (what, make, said) in UNUSABLE {
        let shelf = Shelf::new(context)?;
        fs::create_dir(shelf.path(BUNDLED))?;
        make(&shelf.path(BUNDLED).join("runbook.yaml"))?;
        let by_name: &[&[&str]] = &[
            &["show", BUNDLED],
            &["run", BUNDLED, "--pod", "shop/checkout", "--plan"],
        ];
        for arguments in by_name {
            let ended = shelf.run(arguments, 1)?;
            ended.expect_stderr(said).context(*what)?;
            ensure!(ended.stdout.is_empty(), "{what}: {ended}");
        }
        let tested = shelf.run(&["test", BUNDLED], 1)?;
        tested.expect_stdout(said).context(*what)?;
        let listed = shelf.run(&["list"], 0)?;
        listed.expect_stdout("conntrack-exhaustion         (can't be used: ")?;
    }
    // A link that leads nowhere may also be the folder.
    let shelf = Shelf::new(context)?;
    symlink("/nowhere", shelf.path(BUNDLED))?;
    let shown = shelf.run(&["show", BUNDLED], 1)?;
    shown.expect_stderr("error[unreadable-runbook]")?;
    // A folder of runbooks that is not there is no reason to take the bundled ones.
    let heeler = context.heeler(&shelf.around)?;
    let heeler = heeler.args(["--runbooks", "nowhere", "show", BUNDLED]);
    let shown = heeler.expect_exit(1)?;
    shown.expect_stderr("error[unreadable-runbook]: it can't be read: No such file")?;
    // A mark at the beginning is no fault: some editors write one.
    let shelf = Shelf::new(context)?;
    shelf.put(
        &format!("{BUNDLED}/runbook.yaml"),
        format!("\u{feff}{}", good()),
    )?;
    shelf
        .run(&["show", BUNDLED], 0)?
        .expect_stdout("Little memory is left")?;
    Ok(())
}

/// The folder's name is the runbook's: of two runbooks with one name none is taken for the other.
pub(super) fn names(context: &Context) -> Result<()> {
    let shelf = Shelf::new(context)?;
    shelf.good("one", "one")?;
    let two = shelf.good("two", "one")?;
    symlink("one", shelf.path("three"))?;
    // One's own stands for the bundled one, and says so.
    let own = shelf.good(BUNDLED, BUNDLED)?;
    let shown = shelf.run(&["show", BUNDLED], 0)?;
    shown.expect_stdout(&own.display().to_string())?;
    for other in ["two", "three"] {
        let refused = shelf.run(&["show", other], 1)?;
        let said = format!("error[other-name]: the runbook in the folder `{other}` is named `one`");
        refused
            .expect_stderr(&said)?
            .expect_stderr("give both one name")?;
    }
    // A folder that happens to be here is named by its path, and that is said.
    let here = context.heeler(&shelf.around)?;
    fs::create_dir(shelf.around.folder().join("four"))?;
    fs::copy(&two, shelf.around.folder().join("four/runbook.yaml"))?;
    let refused = here.args(["show", "four"]).expect_exit(2)?;
    refused
        .expect_stderr("a folder of that name is here: write `./four`, or add `--runbooks .`")?;
    // By its path it is meant, whatever its folder is named.
    shelf.run(&["show", &two.display().to_string()], 0)?;
    let listed = shelf.run(&["list"], 0)?;
    listed.expect_screen(&format!(
        "conntrack-exhaustion         Little memory is left
logs-when-collector-is-down  The log collector ships nothing; what pods say is on the disks of their nodes, for a while
one                          Little memory is left
three                        (can't be used: the runbook in the folder `three` is named `one`; {one})
two                          (can't be used: the runbook in the folder `two` is named `one`; {two})",
        one = shelf.path("one/runbook.yaml").display(),
        two = two.display(),
    ))?;
    let listed = shelf.run(&["list", "--output", "json"], 0)?.json()?;
    ensure!(
        listed["runbooks"][3]["failure"]["code"] == "other-name",
        "{listed:#}"
    );
    Ok(())
}

/// Links that lead back make nothing endless, and what is behind them is found once.
pub(super) fn loops(context: &Context) -> Result<()> {
    let shelf = Shelf::new(context)?;
    shelf.good("one", "one")?;
    shelf.put("one/cases/enough.yaml", CASE.replace("NAME", "one"))?;
    symlink("..", shelf.path("one/up"))?;
    symlink(".", shelf.path("round"))?;
    symlink("self", shelf.path("self"))?;
    let listed = shelf.run(&["list"], 0)?;
    let lines: Vec<&str> = listed.stdout.lines().collect();
    // Two are bundled.
    ensure!(lines.len() == 4, "{listed}");
    listed.expect_stdout(
        "self                         (can't be used: it can't be read: Too many levels",
    )?;
    shelf
        .run(&["test", "one"], 0)?
        .expect_stdout("1 case holds")?;
    let books = shelf.path("").display().to_string();
    let tested = shelf.run(&["test", &books], 1)?;
    tested
        .expect_stdout("1 case holds")?
        .expect_stdout("error[unreadable-runbook]")?;
    let linted = shelf.run(&["lint", &books], 1)?;
    linted
        .expect_stdout("error[folder-loop]")?
        .expect_stdout("error[unreadable-file]")?;
    Ok(())
}

/// What lies beside a runbook: pages and cases that are no files, and cases whose runbook is gone.
pub(super) fn beside(context: &Context) -> Result<()> {
    let shelf = Shelf::new(context)?;
    let runbook = shelf.good("one", "one")?;
    pipe(&shelf.path("one/README.md"))?;
    shelf
        .run(&["show", "one"], 0)?
        .expect_stdout("Little memory is left")?;
    shelf.put("one/cases/enough.yaml", CASE.replace("NAME", "one"))?;
    shelf.run(&["test", "one"], 0)?;
    pipe(&shelf.path("one/cases/pipe.yaml"))?;
    let tested = shelf.run(&["test", "one"], 1)?;
    tested
        .expect_stdout("error[unreadable-case]: it can't be read: it is no regular file")?
        .expect_stdout("1 case holds")?;
    fs::remove_file(shelf.path("one/cases/pipe.yaml"))?;
    // A case of a runbook that nobody has is no case of this one.
    shelf.put("one/cases/other.yaml", CASE.replace("NAME", "gone"))?;
    let tested = shelf.run(&["test", "one"], 1)?;
    tested.expect_stdout("error[other-runbook]: this is a case of the runbook `gone`")?;
    // The runbook is gone, or only what a link leads to.
    fs::remove_file(&runbook)?;
    let folder = shelf.path("one").display().to_string();
    let tested = shelf.run(&["test", &folder], 1)?;
    tested.expect_stdout("error[runbook-gone]")?;
    shelf
        .run(&["lint", &folder], 0)?
        .expect_stdout("warning[orphan-cases]")?;
    symlink("/nowhere", &runbook)?;
    let tested = shelf.run(&["test", &folder], 1)?;
    tested.expect_stdout("error[unreadable-runbook]")?;
    Ok(())
}
