//! What is to be judged and is cut, foreign or forged.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::judge::Desk;
use super::make::{bundle, file, open};
use crate::harness::Context;
use crate::logdog::stage::tar;

const RUNBOOK: &str = "conntrack-exhaustion";
const ANSWERS: &str = "looks/answers.jsonl";

/// A healthy node's bundle, and nothing else.
fn healthy(context: &Context) -> Result<Desk<'_>> {
    let stage = open(context, |plan| plan)?;
    let path = file(&stage, "a.tar.gz");
    bundle(&stage, &path, &["--no-pod-logs"])?.expect_exit(0)?;
    Desk::with(context, &path)
}

/// An unpacked bundle, to be packed again with something changed.
struct Parts<'d, 'c> {
    desk: &'d Desk<'c>,
    folder: PathBuf,
}

impl<'d, 'c> Parts<'d, 'c> {
    fn of(desk: &'d Desk<'c>) -> Result<Self> {
        let folder = desk.path("parts");
        std::fs::create_dir_all(&folder)?;
        let (file, folder_name) = (
            desk.file.display().to_string(),
            folder.display().to_string(),
        );
        tar(&["-xzf", &file, "-C", &folder_name])?.expect(0, "")?;
        Ok(Self { desk, folder })
    }

    fn member(&self, label: &str) -> PathBuf {
        self.folder.join("heeler-bundle").join(label)
    }

    fn read(&self, label: &str) -> Result<String> {
        Ok(std::fs::read_to_string(self.member(label))?)
    }

    fn write(&self, label: &str, text: &str) -> Result<()> {
        Ok(std::fs::write(self.member(label), text)?)
    }

    /// Packs these members.
    fn packed(&self, labels: &[&str]) -> Result<PathBuf> {
        let path = self.desk.path("again.tar.gz");
        let (name, folder) = (
            path.display().to_string(),
            self.folder.display().to_string(),
        );
        let members: Vec<String> = labels
            .iter()
            .map(|label| format!("heeler-bundle/{label}"))
            .collect();
        let mut words = vec!["-czf", &name, "--hard-dereference", "-C", &folder];
        words.extend(members.iter().map(String::as_str));
        tar(&words)?.expect(0, "")?;
        Ok(path)
    }

    /// Packs the answers as these lines have them, without a manifest that could tell.
    fn answers(&self, lines: &[String]) -> Result<PathBuf> {
        self.write(ANSWERS, &(lines.join("\n") + "\n"))?;
        self.packed(&[ANSWERS])
    }
}

/// Where the answers are whole, the verdicts are; where they are not, some are unseen; both are said to be partial.
pub(super) fn cut(context: &Context) -> Result<()> {
    let desk = healthy(context)?;
    let whole = desk.judge(RUNBOOK, &[])?;
    whole.expect_stdout("nothing found")?;
    ensure!(!whole.stdout.contains("PARTIAL"), "{whole}");
    let bytes = std::fs::read(&desk.file)?;
    let behind = desk.path("behind.tar.gz");
    std::fs::write(&behind, &bytes[..bytes.len() - 100])?;
    let told = desk.judge_of(&behind, RUNBOOK, &[])?;
    told.expect_stdout("PARTIAL: ")?;
    ensure!(told.status == whole.status, "{told}\n{whole}");
    let shown = desk
        .judge_of(&behind, RUNBOOK, &["--output", "json"])?
        .json()?;
    ensure!(shown["bundle"]["partial"].is_string(), "{shown:#}");
    // Within the answers: the lines that are whole count.
    let parts = Parts::of(&desk)?;
    let answers = parts.read(ANSWERS)?;
    let half: String = answers.chars().take(answers.len() * 2 / 3).collect();
    parts.write(ANSWERS, &half)?;
    let told = desk.judge_of(&parts.packed(&[ANSWERS])?, RUNBOOK, &[])?;
    ensure!(matches!(told.status.code(), Some(3 | 4)), "{told}");
    told.expect_stdout("PARTIAL: not all answers are there")?;
    told.expect_stdout("was not asked this")?;
    Ok(())
}

/// Each has a face of its own.
pub(super) fn none(context: &Context) -> Result<()> {
    let desk = healthy(context)?;
    let fails = |file: &Path, code: &str, words: &str| {
        let told = desk.judge_of(file, RUNBOOK, &[])?.expect_exit(1)?;
        told.expect_stderr(&format!("error[{code}]: "))?;
        told.expect_stderr(words).map(drop)
    };
    fails(
        &desk.path("nowhere"),
        "unreadable-bundle",
        "can't be opened",
    )?;
    fails(&desk.path("."), "unreadable-bundle", "is a folder")?;
    let text = desk.path("text");
    std::fs::write(&text, "a text\n")?;
    fails(&text, "no-bundle", "it is no bundle: ")?;
    let bytes = std::fs::read(&desk.file)?;
    std::fs::write(&text, &bytes[..40])?;
    fails(&text, "no-answers", "as far as it can be read")?;
    let parts = Parts::of(&desk)?;
    let folder = parts.folder.join("bottlerocket-logs");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("logdog.errors"), "")?;
    let (name, from) = (
        text.display().to_string(),
        parts.folder.display().to_string(),
    );
    tar(&[
        "-czf",
        &name,
        "-C",
        &from,
        "bottlerocket-logs/logdog.errors",
    ])?
    .expect(0, "")?;
    fails(&text, "no-bundle", "it is a tarball of logdog")?;
    fails(
        &parts.packed(&["node/sysctl"])?,
        "no-bundle",
        "without a manifest",
    )?;
    let old = parts.packed(&["node/sysctl", "manifest.json"])?;
    fails(
        &old,
        "no-answers",
        "it was made by a heeler that asked no looks",
    )?;
    let manifest = parts.read("manifest.json")?;
    let later = manifest.replace("\"heeler-bundle\": 1", "\"heeler-bundle\": 2");
    ensure!(later != manifest, "{manifest}");
    parts.write("manifest.json", &later)?;
    let later = parts.packed(&[ANSWERS, "manifest.json"])?;
    fails(
        &later,
        "newer-bundle",
        "it has version 2 of the bundles' format",
    )?;
    let answers = parts.read(ANSWERS)?;
    parts.write(
        ANSWERS,
        &answers.replace("\"heeler-looks\":1", "\"heeler-looks\":7"),
    )?;
    let later = parts.packed(&[ANSWERS])?;
    fails(&later, "newer-bundle", "have version 7 of their format")
}

/// Nothing of them is judged, and it is said what is wrong.
pub(super) fn forged(context: &Context) -> Result<()> {
    let desk = healthy(context)?;
    let parts = Parts::of(&desk)?;
    let answers = parts.read(ANSWERS)?;
    let lines: Vec<String> = answers.lines().map(str::to_owned).collect();
    let fails = |file: &Path, words: &str| {
        let told = desk.judge_of(file, RUNBOOK, &[])?.expect_exit(1)?;
        told.expect_stderr("error[damaged-answers]: ")?;
        told.expect_stderr(words)?;
        ensure!(told.stdout.is_empty(), "{told}");
        Ok(())
    };
    // They are not those of the manifest.
    parts.write(ANSWERS, &answers.replace("\"exit\":0", "\"exit\":1"))?;
    let forged = parts.packed(&[ANSWERS, "manifest.json"])?;
    fails(
        &forged,
        "looks/answers.jsonl is not what was stored: its digest differs",
    )?;
    // There are two of them.
    let again = parts.packed(&[ANSWERS, "manifest.json", ANSWERS])?;
    fails(&again, "looks/answers.jsonl is there again")?;
    // Without a manifest, what they say of themselves has to make sense.
    let first = lines.get(1).context("no answer")?;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut line: Value = serde_json::from_str(first)?;
        change(&mut line);
        let mut lines = lines.clone();
        lines[1] = line.to_string();
        parts.answers(&lines)
    };
    fails(
        &changed(&|line| line["asked"] = json!("0xff"))?,
        "64 hexadecimal digits",
    )?;
    fails(
        &changed(&|line| line["asked"] = json!(7))?,
        "line 2 of its answers: ",
    )?;
    fails(
        &changed(&|line| line["trace"] = json!({"a": 1}))?,
        "line 2 of its answers: ",
    )?;
    fails(
        &changed(&|line| {
            let object = line.as_object_mut().expect("an object");
            object.retain(|name, _| name == "asked");
            object.insert("reply".to_owned(), json!({"place": "admin", "rung": -1}));
        })?,
        "line 2 of its answers: ",
    )?;
    let huge = first.replacen('{', "{\"redacted\":{\"x\":99999999999999999999999},", 1);
    let with = |line: String| {
        let mut lines = lines.clone();
        lines[1] = line;
        parts.answers(&lines)
    };
    fails(&with(huge)?, "line 2 of its answers: ")?;
    fails(&with("[".repeat(1_000_000))?, "line 2 of its answers: ")?;
    let mut twice = lines.clone();
    twice.insert(2, first.clone());
    fails(
        &parts.answers(&twice)?,
        "the same question was answered before",
    )?;
    let short = [lines[0].clone(), lines[lines.len() - 1].clone()];
    fails(&parts.answers(&short)?, "and there are 0")?;
    fails(
        &parts.answers(&["{}".to_owned()])?,
        "line 1 of its answers: ",
    )?;
    // What was unpacked before it turned out to be damaged is vouched for by the manifest alone.
    parts.write(ANSWERS, &answers)?;
    let checksum = |labels: &[&str]| {
        let path = parts.packed(labels)?;
        let mut bytes = std::fs::read(&path)?;
        let at = bytes.len() - 8;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes)?;
        anyhow::Ok(path)
    };
    fails(
        &checksum(&[ANSWERS])?,
        "and no manifest says what its answers were",
    )?;
    let told = desk.judge_of(&checksum(&[ANSWERS, "manifest.json"])?, RUNBOOK, &[])?;
    told.expect_stdout("PARTIAL: it is damaged")?;
    // An answer of another question's shape is no answer, and no verdict either.
    let other = changed(&|line| {
        let object = line.as_object_mut().expect("an object");
        object.retain(|name, _| name == "asked");
        object.insert("unseen".to_owned(), json!("admin-off"));
    })?;
    let told = desk.judge_of(&other, RUNBOOK, &[])?;
    ensure!(matches!(told.status.code(), Some(0 | 3 | 4)), "{told}");
    told.expect_stdout("PARTIAL: it has no manifest")?;
    Ok(())
}

/// What says where to ask has no meaning where nobody is asked.
pub(super) fn usage(context: &Context) -> Result<()> {
    let desk = healthy(context)?;
    for words in [
        &["--node", "a"][..],
        &["--pod", "shop/checkout"],
        &["--instance", "i-0abc1234def567823"],
        &["--unconfined"],
        &["--plan"],
        &["--commands"],
    ] {
        let told = desk.judge(RUNBOOK, words)?.expect_exit(2)?;
        told.expect_stderr("cannot be used with")?;
    }
    for option in ["--context", "--profile", "--region", "--cluster"] {
        let told = desk.judge(RUNBOOK, &[option, "x"])?.expect_exit(2)?;
        told.expect_stderr("error[needless-place]: ")?;
        told.expect_stderr(option)?;
    }
    desk.judge(RUNBOOK, &["-i", "time_wait=3d"])?
        .expect_exit(2)?;
    let told = desk.judge(RUNBOOK, &["-i", "time_wait=90s"])?;
    told.expect_stdout("nothing found")?;
    Ok(())
}
