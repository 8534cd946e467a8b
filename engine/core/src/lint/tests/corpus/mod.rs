//! The faulty runbooks of `tests/corpus/CODE/CASE/`: each is reported as its author has marked it
//! by hand, level, code and columns, and as `expected.txt` renders it.
//!
//! A file beside `runbook.yaml` is another runbook, which that one may use. A folder with a
//! `heeler.yaml` is about a policy instead.
//! `HEELER_WRITE_CORPUS=1 cargo test -p heeler-core corpus` writes `expected.txt` anew. Nothing
//! writes a marker.

mod count;
mod marker;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs};

use self::marker::{Marker, Page, differences, reported};
use crate::action;
use crate::guard::policy;
use crate::lint::lint;
use crate::runbook::{Shelf, load_among};
use crate::syntax::{Diagnostic, Source, decode, render};

/// One faulty runbook.
struct Faulty {
    folder: PathBuf,
    /// The folder's parent: what it is about.
    code: String,
    source: Source,
    markers: Vec<Marker>,
    diagnostics: Vec<Diagnostic>,
}

/// The other runbooks of a folder, by their names.
#[derive(Default)]
struct Beside(BTreeMap<String, String>);

impl Beside {
    fn read(folder: &Path) -> Beside {
        let yaml = |path: &PathBuf| {
            path.extension().is_some_and(|end| end == "yaml") && !path.ends_with(RUNBOOK)
        };
        let files = entries(folder).into_iter().filter(yaml);
        let read = |path: PathBuf| {
            let stem = path.with_extension("");
            let text = fs::read_to_string(&path).expect("it is text");
            let page = Page::read(&text).expect("its markers can be read");
            (
                name(&stem),
                String::from_utf8(page.bytes).expect("it is UTF-8"),
            )
        };
        Beside(files.map(read).collect())
    }
}

impl Shelf for Beside {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        let source = |text: &String| Source {
            name: format!("{name}.yaml"),
            text: text.clone(),
        };
        Ok(self.0.get(name).map(source))
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

impl Faulty {
    fn read(folder: &Path) -> Faulty {
        let page = page(folder);
        let markers = page.markers.clone();
        let (source, diagnostics) = match file(folder) {
            POLICY => judged(page),
            _ => checked(page, &Beside::read(folder)),
        };
        Faulty {
            code: name(folder.parent().expect("it has a parent")),
            folder: folder.into(),
            markers,
            diagnostics,
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

const RUNBOOK: &str = "runbook.yaml";
const POLICY: &str = "heeler.yaml";

/// The faulty file of a folder.
fn file(folder: &Path) -> &'static str {
    match folder.join(POLICY).exists() {
        true => POLICY,
        false => RUNBOOK,
    }
}

/// What stands in the folder's faulty file, and what is marked in it.
fn page(folder: &Path) -> Page {
    let place = folder.display();
    let marked = fs::read_to_string(folder.join(file(folder)));
    let marked = marked.unwrap_or_else(|why| panic!("{place}: {why}"));
    Page::read(&marked).unwrap_or_else(|why| panic!("{place}: {why}"))
}

/// The text, and all that is wrong with it.
fn checked(page: Page, beside: &Beside) -> (Source, Vec<Diagnostic>) {
    let source = match decode(RUNBOOK.into(), page.bytes) {
        Ok(source) => source,
        Err(undecoded) => return undecoded,
    };
    let folder = page.folder.as_deref();
    let linted = lint(source.clone(), folder, action::all(), beside);
    (source, linted.diagnostics)
}

/// The text of a policy, and all that is wrong with it.
fn judged(page: Page) -> (Source, Vec<Diagnostic>) {
    let source = match decode(POLICY.into(), page.bytes) {
        Ok(source) => source,
        Err(undecoded) => return undecoded,
    };
    let faults = policy::read(source.clone()).err().unwrap_or_default();
    (source, faults)
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("it has a name");
    name.to_str().expect("it is text").to_string()
}

fn entries(of: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(of).expect("it is a folder");
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut folders = entries(of);
    folders.retain(|path| path.is_dir());
    folders
}

static CORPUS: LazyLock<Vec<Faulty>> = LazyLock::new(|| {
    let folders = all_folders().into_iter();
    folders.map(|folder| Faulty::read(&folder)).collect()
});

fn all_folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let codes = folders(&root).into_iter();
    codes.flat_map(|code| folders(&code)).collect()
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
        let place = faulty
            .folder
            .join(file(&faulty.folder))
            .display()
            .to_string();
        wrong
            .into_iter()
            .map(move |what| format!("{place}: {what}"))
            .collect::<Vec<_>>()
    };
    none(CORPUS.iter().flat_map(wrong).collect());
}

#[test]
fn every_report_is_rendered_as_expected() {
    let mut wrong = Vec::new();
    for faulty in CORPUS.iter() {
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

/// Whether all fits one command is told when it is planned, and by the linter.
const PLANNED: [&str; 2] = ["command-too-long", "fix-too-long"];

#[test]
fn a_run_refuses_what_has_an_error() {
    let mut wrong = Vec::new();
    let is_runbook = |folder: &PathBuf| file(folder) == RUNBOOK;
    for folder in all_folders().into_iter().filter(is_runbook) {
        let page = page(&folder);
        let Ok(source) = decode(RUNBOOK.into(), page.bytes) else {
            continue;
        };
        let refused = load_among(source, action::all(), &Beside::read(&folder));
        let refused = codes(&refused.err().unwrap_or_default());
        let marked = page.markers.iter().filter(|marker| marker.error);
        let mut marked: Vec<&str> = marked.map(|marker| marker.code.as_str()).collect();
        marked.retain(|code| !PLANNED.contains(code));
        marked.sort_unstable();
        if refused != marked {
            wrong.push(format!("{}: {refused:?}, not {marked:?}", folder.display()));
        }
    }
    none(wrong);
}

fn codes(found: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = found.iter().map(|found| found.code).collect();
    codes.sort_unstable();
    codes
}

const FAULTY: &str = "heeler: 1\nname: disk\nsummary: x\ntarget: node\nlook:\n  mem: { memory: {} }\nfind:\n  \
    low:\n    when: men.total < \"1GiB\"\n    severity: note\n    says: x\n";

/// The complaints about the faulty runbook when `marker` stands behind the line of its fault.
fn with_marker(marker: &str) -> Vec<String> {
    let line = "    when: men.total < \"1GiB\"\n";
    let marked = FAULTY.replace(line, &format!("{line}{marker}"));
    let page = Page::read(&marked).expect("the markers can be read");
    let markers = page.markers.clone();
    let (source, diagnostics) = checked(page, &Beside::default());
    assert_eq!(source.text, FAULTY, "a marker leaves nothing behind");
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
        assert!(Page::read(no_marker).is_err(), "{no_marker}");
    }
    let bytes = |marked| Page::read(marked).unwrap().bytes;
    assert_eq!(bytes("a\n#~ 3 times: x%\nb\n"), b"a\nx0\nx1\nx2\nb\n");
    assert_eq!(bytes("#~ line of 9: # a\n"), b"# axxxxxx\n");
    assert_eq!(bytes("#~ as latin-1\n\u{e9}\n"), b"\xe9\n");
    assert_eq!(bytes("#~ as utf-16\na\n"), b"a\0\n\0");
    let folder = Page::read("#~ in the folder full-table\na\n")
        .unwrap()
        .folder;
    assert_eq!(folder.as_deref(), Some("full-table"));
}
