//! The table, the code that fails, and the reference say the same.
//! `HEELER_WRITE_REFERENCE=1 cargo test --lib reference` writes the page anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use super::{GROUPS, all, find};

/// Sources below this crate's, without tests and the table itself.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    // What guards a fix has codes too, which become failures here.
    let mut open = vec![own.join("src"), own.join("../core/src/guard")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !["tests", "codes"].contains(&name.as_str()) {
                open.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "codes.rs" {
                found.push(fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The first text behind each of these words, where it is the next thing.
fn literals<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let behind = text.split(word).skip(1);
    behind
        .filter_map(|behind| behind.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

/// The codes of an error's own `fn code`, one an arm.
fn arms(text: &str) -> Vec<&str> {
    let Some((_, body)) = text.split_once("fn code(&self) -> &'static str {") else {
        return Vec::new();
    };
    let body = body.split("\n    }\n").next().unwrap();
    literals(body, "=>")
}

#[test]
fn every_failure_has_a_row_and_every_row_a_failure() {
    let mut used = BTreeSet::new();
    for text in sources() {
        for (word, status) in [
            ("Failure::failed(", 1),
            ("Failure::usage(", 2),
            ("Failure::refused(", 5),
            ("const NOT_NEEDED: &str =", 5),
            ("const SET_SINCE: &str =", 5),
            ("Refusal::coded(", 5),
        ] {
            for code in literals(&text, word) {
                let row = find(code).unwrap_or_else(|| panic!("`{code}` has no row"));
                let refused = row.status == 5 && status == 1;
                let passing = row.status == 130;
                assert!(row.status == status || refused || passing, "{code}");
                used.insert(code.to_owned());
            }
        }
        for code in arms(&text) {
            assert!(find(code).is_some(), "`{code}` has no row");
            used.insert(code.to_owned());
        }
    }
    let idle: Vec<&str> = all()
        .map(|code| code.name)
        .filter(|name| !used.contains(*name))
        .collect();
    assert!(idle.is_empty(), "never used: {idle:?}");
}

#[test]
fn no_code_means_two_things() {
    let mut names = BTreeSet::new();
    for code in all() {
        assert!(names.insert(code.name), "{} stands twice", code.name);
        for text in [code.summary, code.remedy] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}", code.name);
        }
    }
}

#[test]
fn reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/failures.md");
    let wanted = page();
    if env::var_os("HEELER_WRITE_REFERENCE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, wanted, "the reference is not what the code says");
}

fn page() -> String {
    let mut text = String::from(
        "# Failures\nWritten from the code; a test fails when it disagrees.\n\n\
         Every failure prints `error[CODE]`, what went wrong, where, and what to do; the journal \
         keeps the same.\n`heeler explain CODE` prints what stands here.\n",
    );
    for group in GROUPS {
        let title = group.title;
        write!(
            text,
            "\n## {title}\n| code | status | meaning | what to do |\n| --- | --- | --- | --- |\n"
        )
        .unwrap();
        for code in group.codes {
            writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                code.name, code.status, code.summary, code.remedy
            )
            .unwrap();
        }
    }
    text
}
