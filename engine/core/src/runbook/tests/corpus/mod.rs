//! The faulty runbooks of `tests/corpus/CODE/CASE/`: each is reported as its author has marked it
//! by hand, level, code and columns, and as `expected.txt` renders it.
//!
//! `HEELER_WRITE_CORPUS=1 cargo test -p heeler-core corpus` writes `expected.txt` anew. Nothing
//! writes a marker.

mod marker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs};

use self::marker::{Marker, differences, reported, taken_out};
use crate::action;
use crate::runbook::load;
use crate::syntax::{Diagnostic, Source, render};

/// Fewer would leave too much to chance.
const FEWEST_FOLDERS: usize = 150;
const FEWEST_CODES: usize = 60;
const FEWEST_OF_A_CODE: usize = 2;

/// One faulty runbook.
struct Faulty {
    folder: PathBuf,
    /// The folder's parent: what it is about.
    code: String,
    source: Source,
    markers: Vec<Marker>,
    diagnostics: Vec<Diagnostic>,
}

impl Faulty {
    fn read(folder: &Path) -> Faulty {
        let place = folder.display();
        let bytes = fs::read(folder.join("runbook.yaml")).expect("it has a runbook");
        let marked = String::from_utf8(bytes).expect("it is UTF-8");
        let (text, markers) = taken_out(&marked).unwrap_or_else(|why| panic!("{place}: {why}"));
        let source = Source {
            name: "runbook.yaml".into(),
            text,
        };
        Faulty {
            code: name(folder.parent().expect("it has a parent")),
            folder: folder.into(),
            markers,
            diagnostics: load(source.clone(), action::all())
                .err()
                .unwrap_or_default(),
            source,
        }
    }

    fn reported(&self) -> Vec<Marker> {
        let text = &self.source.text;
        self.diagnostics
            .iter()
            .map(|diagnostic| reported(text, diagnostic))
            .collect()
    }

    fn rendered(&self) -> String {
        let mut text = render(&self.source, &self.diagnostics, false);
        text.push('\n');
        text
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("it has a name");
    name.to_str().expect("it is text").to_string()
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(of).expect("it is a folder");
    let mut folders: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

/// All of them, read once.
fn corpus() -> &'static [Faulty] {
    static ALL: LazyLock<Vec<Faulty>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
        let codes = folders(&root).into_iter();
        codes
            .flat_map(|code| folders(&code))
            .map(|folder| Faulty::read(&folder))
            .collect()
    });
    &ALL
}

/// All complaints at once: who changes a diagnostic sees everything that it touches.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_report_is_marked_and_every_marker_is_reported() {
    let wrong = |faulty: &Faulty| {
        let mut wrong = differences(&faulty.markers, &faulty.reported());
        if !faulty
            .markers
            .iter()
            .any(|marker| marker.code == faulty.code)
        {
            wrong.push(format!("nothing in it is marked as {}", faulty.code));
        }
        let place = faulty.folder.join("runbook.yaml").display().to_string();
        wrong
            .into_iter()
            .map(move |what| format!("{place}: {what}"))
            .collect::<Vec<_>>()
    };
    none(corpus().iter().flat_map(wrong).collect());
}

#[test]
fn every_report_is_rendered_as_expected() {
    let mut wrong = Vec::new();
    for faulty in corpus() {
        let path = faulty.folder.join("expected.txt");
        if env::var_os("HEELER_WRITE_CORPUS").is_some() {
            fs::write(&path, faulty.rendered()).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != faulty.rendered() {
            wrong.push(format!("{} is now\n{}", path.display(), faulty.rendered()));
        }
    }
    none(wrong);
}

#[test]
fn no_two_folders_are_alike() {
    let (mut texts, mut reports) = (BTreeMap::new(), BTreeMap::new());
    let mut alike = Vec::new();
    for faulty in corpus() {
        let place = faulty.folder.display().to_string();
        let unnumbered = faulty.rendered().replace(|c: char| c.is_ascii_digit(), "");
        for (seen, content) in [
            (&mut texts, normalised(&faulty.source.text)),
            (&mut reports, normalised(&unnumbered)),
        ] {
            if let Some(other) = seen.insert(content, place.clone()) {
                alike.push(format!("{place} is like {other}"));
            }
        }
    }
    none(alike);
}

/// A text without comments, its own name and summary, and blanks.
fn normalised(text: &str) -> String {
    let is_name = |line: &&str| line.starts_with("name:") || line.starts_with("summary:");
    let lines = text.lines().filter(|line| !is_name(line));
    lines
        .map(|line| line.split(" #").next().unwrap_or_default())
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
}

#[test]
fn there_are_enough_of_each() {
    let corpus = corpus();
    let mut of_a_code: BTreeMap<&str, usize> = BTreeMap::new();
    for faulty in corpus {
        *of_a_code.entry(&faulty.code).or_default() += 1;
    }
    let few = of_a_code
        .iter()
        .filter(|(_, count)| **count < FEWEST_OF_A_CODE);
    none(
        few.map(|(code, count)| format!("{code}: {count}"))
            .collect(),
    );
    let codes: BTreeSet<&&str> = of_a_code.keys().collect();
    assert!(codes.len() >= FEWEST_CODES, "{} codes", codes.len());
    assert!(corpus.len() >= FEWEST_FOLDERS, "{} folders", corpus.len());
}

const FAULTY: &str = "heeler: 1\nname: disk\nsummary: x\ntarget: node\nlook:\n  mem: { memory: {} }\nfind:\n  \
    low:\n    when: men.total < \"1GiB\"\n    severity: note\n    says: x\n";

/// The complaints about the faulty runbook when `marker` stands behind the line of its fault.
fn with_marker(marker: &str) -> Vec<String> {
    let line = "    when: men.total < \"1GiB\"\n";
    let marked = FAULTY.replace(line, &format!("{line}{marker}"));
    let (text, markers) = taken_out(&marked).expect("the markers can be read");
    assert_eq!(text, FAULTY, "a marker leaves nothing behind");
    let source = Source {
        name: "runbook.yaml".into(),
        text,
    };
    let diagnostics = load(source.clone(), action::all()).expect_err("it is faulty");
    let found: Vec<Marker> = diagnostics
        .iter()
        .map(|diagnostic| reported(&source.text, diagnostic))
        .collect();
    differences(&markers, &found)
}

#[test]
fn a_wrong_marker_fails() {
    assert!(with_marker("#~        ^^^ unknown-name\n").is_empty());
    assert!(with_marker("          ^^^ #~ unknown-name\n").is_empty());
    let unmarked = ["reported and not marked: 9:11-13 error unknown-name"];
    assert_eq!(with_marker(""), unmarked);
    for (marker, said) in [
        ("#~        ^^ unknown-name\n", "9:11-12 error unknown-name"),
        ("#~       ^^^ unknown-name\n", "9:10-12 error unknown-name"),
        (
            "#~        ^^^ unknown-field\n",
            "9:11-13 error unknown-field",
        ),
        (
            "#~        ^^^ warning unknown-name\n",
            "9:11-13 warning unknown-name",
        ),
        (
            "#~        ^^^ unknown-name +1\n",
            "9:11-13 error unknown-name +1",
        ),
    ] {
        let missed = format!("marked and not reported: {said}");
        assert_eq!(with_marker(marker), [missed.as_str(), unmarked[0]]);
    }
    let twice = with_marker("#~        ^^^ unknown-name\n#~        ^^^ unknown-name\n");
    assert_eq!(
        twice,
        ["marked and not reported: 9:11-13 error unknown-name"]
    );
    for no_marker in [
        "#~ unknown-name\n",
        "#~ ^^ ^ code\n",
        "#~ ^^^\n",
        "#~ ^ a b\n",
        "#~ x ^^ code\n",
    ] {
        assert!(taken_out(no_marker).is_err(), "{no_marker}");
    }
    assert_eq!(
        taken_out("a\n#~ 3 times: x\nb\n").unwrap().0,
        "a\nx\nx\nx\nb\n"
    );
}
