//! The reference in `docs/reference/` is written from the code. This test fails when they disagree;
//! `HEELER_WRITE_REFERENCE=1 cargo test -p heeler-core reference` writes it anew.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test: a panic is a failure"
)]

mod actions;
mod exits;
mod expressions;
mod glossary;
mod hazards;
mod kinds;
mod language;
mod limits;
mod page;
mod policy;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use page::table;

/// Pages that are written by hand, or by a test beside what they list.
const BY_HAND: &[&str] = &["cases.md", "diagnostics.md", "failures.md"];

/// Every page that is made here, by its path below `docs/reference/`.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        ("README.md".to_owned(), index()),
        ("language.md".to_owned(), language::page()),
        ("expressions.md".to_owned(), expressions::page()),
        ("kinds.md".to_owned(), kinds::page()),
        ("exit-status.md".to_owned(), exits::page()),
        ("limits.md".to_owned(), limits::page()),
        ("policy.md".to_owned(), policy::page()),
        ("hazards.md".to_owned(), hazards::page()),
    ]);
    for action in heeler_core::action::all() {
        let path = format!("actions/{}.md", action.name());
        pages.insert(path, actions::page(*action));
    }
    pages
}

fn index() -> String {
    let pages = [
        ("language.md", "the keys of a runbook"),
        ("expressions.md", "conditions, and `{{ }}` in text"),
        (
            "kinds.md",
            "what a value can be, and what can be done with it",
        ),
        ("exit-status.md", "how a command ends"),
        ("limits.md", "how large and how deep things may be"),
        ("cases.md", "unit tests of a runbook"),
        (
            "policy.md",
            "`heeler.yaml`: who may do what, whose approval it takes, how much and when",
        ),
        (
            "hazards.md",
            "known dangers: what is refused, what a plan says, and how those are met that no plan shows",
        ),
        (
            "diagnostics.md",
            "what `error[CODE]` and `warning[CODE]` of `heeler lint` mean",
        ),
        ("failures.md", "what `error[CODE]` of a command means"),
    ];
    let pages = pages.map(|(page, what)| vec![format!("[{page}]({page})"), what.to_owned()]);
    let actions = heeler_core::action::all().iter().map(|action| {
        let name = action.name();
        let link = format!("[`{name}`](actions/{name}.md)");
        vec![
            link,
            page::role(*action).to_owned(),
            action.summary().to_owned(),
        ]
    });
    format!(
        "# Reference\n{}\n\n{}\n## Actions\n{}",
        page::WRITTEN,
        table(&["page", "what is there"], pages),
        table(&["action", "can", "what it is"], actions),
    )
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference")
}

#[test]
fn reference_is_up_to_date() {
    let pages = pages();
    for (path, wanted) in &pages {
        let path = folder().join(path);
        if env::var_os("HEELER_WRITE_REFERENCE").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, wanted).expect("a page");
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            &found,
            wanted,
            "{} is not what the code says",
            path.display()
        );
    }
    for below in ["", "actions/"] {
        for entry in fs::read_dir(folder().join(below)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("a name");
            let is_known = pages.contains_key(&format!("{below}{name}"))
                || BY_HAND.contains(&name.as_str())
                || entry.path().is_dir();
            assert!(is_known, "{below}{name} is a page of what is gone");
        }
    }
}
