//! The table of codes and the code that reports them say the same.

use std::collections::BTreeSet;

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::books::{Books, looks};
use super::{checked, codes, source, whole};
use crate::action::all;
use crate::lint::lint;
use crate::syntax::codes::{self as table, Example};
use crate::syntax::{Diagnostic, Level, decode, render};

/// What the linter says of an example; `None` where it can't be shown as text.
fn found(example: &Example) -> Option<(String, Vec<Diagnostic>)> {
    let source = match example {
        Example::Part(part) => source(&whole(part)),
        Example::Whole(text) => source(text),
        Example::Bytes(bytes, _) => match decode("runbook.yaml".to_owned(), bytes.to_vec()) {
            Ok(source) => source,
            Err((_, faults)) => return Some((String::new(), faults)),
        },
        Example::Case(_) | Example::Policy(_) | Example::Told(_) => return None,
    };
    let linted = lint(source.clone(), None, all(), &Books);
    Some((
        render(&source, &linted.diagnostics, false),
        linted.diagnostics,
    ))
}

#[test]
fn each_wrong_example_has_its_code_and_each_mended_one_nothing() {
    let mut wrong = Vec::new();
    for code in table::all() {
        if let Some((shown, found)) = found(&code.wrong)
            && !found
                .iter()
                .any(|found| found.code == code.name && found.level == code.level)
        {
            wrong.push(format!(
                "{} is not given for its example:\n{shown}",
                code.name
            ));
        }
        if let Some((shown, found)) = found(&code.mended)
            && !found.is_empty()
        {
            wrong.push(format!(
                "{}: the mended example has faults:\n{shown}",
                code.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn examples_that_are_told_only_have_their_code_too() {
    let when = |condition: &str| {
        format!("find:\n  a:\n    when: {condition}\n    severity: note\n    says: x\n")
    };
    let says = |text: &str| {
        format!("find:\n  a:\n    when: table.on\n    severity: note\n    says: {text}\n")
    };
    let entries = |count: usize| {
        let of = |number| format!("  a{number}: {{ when: table.on, severity: note, says: x }}\n");
        format!("find:\n{}", (0..count).map(of).collect::<String>())
    };
    let in_core = [
        ("text-long-line", format!("# {}\n", "x".repeat(3_000))),
        ("yaml-too-large", " ".repeat(2 << 20)),
        (
            "expression-too-long",
            when(&format!("table.count{} > 1", " ".repeat(2_001))),
        ),
        (
            "expression-too-deep",
            when(&format!("{}table.on", "not ".repeat(101))),
        ),
    ];
    let more = [
        ("too-many-entries", entries(201)),
        (
            "too-many-looks",
            looks(99).replace("find:", "  more:\n    use: large\nfind:"),
        ),
        ("text-too-long", says(&"x".repeat(8_001))),
        (
            "pattern-too-long",
            format!(
                "look:\n  log:\n    dmesg: {{ pattern: {} }}\n",
                "x".repeat(501)
            ),
        ),
        (
            "script-too-long",
            format!(
                "look:\n  ask:\n    run: {{ at: admin, script: {} }}\n",
                "x".repeat(4_001)
            ),
        ),
    ];
    let in_core = in_core.into_iter().chain(more).collect::<Vec<_>>();
    for (code, part) in &in_core {
        assert!(codes(&checked(part).diagnostics).contains(code), "{code}");
    }
    let named = |folder| codes(&lint(source(&whole("")), Some(folder), all(), &Books).diagnostics);
    assert_eq!(named("table-full"), ["folder-name"]);
    assert_eq!(named("full-table"), [""; 0]);
    let told: BTreeSet<&str> = table::all()
        .filter(|code| matches!(code.wrong, Example::Told(_)))
        .map(|code| code.name)
        .collect();
    // The command line's own codes; its tests make each of them happen.
    let sources = sources("../heeler/src");
    let reported: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(_, text)| literals(text))
        .collect();
    let elsewhere = table::all()
        .map(|code| code.name)
        .filter(|name| reported.contains(name));
    let here = in_core
        .iter()
        .map(|(code, _)| *code)
        .chain(["folder-name", "not-a-word"]);
    assert_eq!(told, here.chain(elsewhere).collect());
}

/// Rust files below a folder, without tests and the table itself.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !["tests", "codes", "laws"].contains(&name.as_str()) {
                open.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = fs::read_to_string(&path).unwrap();
                let product = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                found.push((path, product.to_owned()));
            }
        }
    }
    found
}

/// What calls that report something name as its code.
fn literals(text: &str) -> Vec<&str> {
    let calls = [
        ".error(",
        ".warning(",
        ".error_within(",
        ".warning_within(",
        ".fault(",
        ".warn(",
    ];
    let behind = calls.iter().flat_map(|call| text.split(call).skip(1));
    behind
        .filter_map(|behind| behind.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

#[test]
fn what_is_reported_has_a_row_and_each_row_is_reported() {
    let mut reported = BTreeSet::new();
    let sources = [sources("src"), sources("../heeler/src")].concat();
    for (path, text) in &sources {
        for code in literals(text) {
            assert!(table::find(code).is_some(), "{code} ({})", path.display());
        }
        // Between any two quotes: a code may be named first, and reported elsewhere.
        reported.extend(text.split('"'));
    }
    let silent: Vec<&str> = table::all()
        .map(|code| code.name)
        .filter(|name| !reported.contains(name))
        .collect();
    assert!(silent.is_empty(), "never reported: {silent:?}");
}

#[test]
fn each_row_says_everything() {
    let mut names = BTreeSet::new();
    for code in table::all() {
        assert!(names.insert(code.name), "{} stands twice", code.name);
        let kebab = code
            .name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        assert!(kebab, "{}", code.name);
        for text in [code.summary, code.why, code.remedy] {
            let words = text.split('`').step_by(2).collect::<String>();
            assert!(!text.is_empty() && !words.contains('!'), "{}", code.name);
        }
        let ends = [code.why, code.remedy]
            .iter()
            .all(|text| text.ends_with('.'));
        assert!(ends && !code.summary.ends_with('.'), "{}", code.name);
        assert!(table::explain(code).starts_with(code.name));
    }
    assert!(names.len() >= 75, "{}", names.len());
}

/// `HEELER_WRITE_REFERENCE=1 cargo test -p heeler-core reference` writes it anew.
#[test]
fn reference_of_codes_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/diagnostics.md");
    let wanted = reference();
    if env::var_os("HEELER_WRITE_REFERENCE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, wanted, "the reference is not what the code says");
}

fn reference() -> String {
    let mut text = String::from(
        "# Diagnostics\nWritten from the code; a test fails when it disagrees.\n\n\
         What `heeler lint` reports. An error can't run; a warning can, and is hardly what was \
         meant: a comment\n`# heeler: allow CODE because REASON`, above the line or at its end, \
         allows it there. `heeler explain CODE` also shows why it\nmatters, an example, and the \
         same example mended.\n",
    );
    for (title, codes) in table::GROUPS {
        text += &format!(
            "\n## {title}\n| code | level | what is wrong | what to do |\n| --- | --- | --- | --- |\n"
        );
        for code in codes {
            let level = match code.level {
                Level::Error => "error",
                Level::Warning => "warning",
            };
            let cells = [code.summary, code.remedy].map(|cell| cell.replace('|', "\\|"));
            let [summary, remedy] = cells;
            text += &format!("| `{}` | {level} | {summary} | {remedy} |\n", code.name);
        }
    }
    text
}
