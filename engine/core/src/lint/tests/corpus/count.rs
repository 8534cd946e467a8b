//! How many faulty runbooks there are: enough of them, enough of each code, and no two alike.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{CORPUS, none};
use crate::syntax::codes;

/// Fewer would leave too much to chance.
const FEWEST_FOLDERS: usize = 150;
const FEWEST_CODES: usize = 60;
const FEWEST_OF_A_CODE: usize = 2;

/// Codes that the text of one runbook can't have, by where they are tried instead: those of cases,
/// and those of files and folders.
const ELSEWHERE: [(&str, &[&str]); 2] = [
    (
        "engine/core/src/case/tests/faults.rs",
        &[
            "empty-case",
            "unknown-case-format",
            "other-runbook",
            "refused-input",
            "missing-look",
            "missing-field",
            "wrong-scope",
            "unknown-reason",
            "no-nodes",
            "duplicate-node",
            "not-an-instance",
            "no-cpus",
            "not-a-pod",
            "silent-node",
            "unnamed-finding",
            "named-twice",
            "no-bundle",
            "unknown-ending",
            "samples-without-fix",
            "fix-without-samples",
            "sample-order",
        ],
    ),
    (
        "tests/suite/lint/files.rs",
        &[
            "unreadable-file",
            "no-runbook",
            "folder-loop",
            "same-name",
            "wrong-file-name",
            "orphan-cases",
        ],
    ),
];

#[test]
fn no_two_folders_are_alike() {
    let (mut texts, mut reports) = (BTreeMap::new(), BTreeMap::new());
    let mut alike = Vec::new();
    for faulty in CORPUS.iter() {
        let place = faulty.folder.display().to_string();
        let code = &faulty.code;
        let text = &faulty.source.text;
        let names = names(text);
        let unnumbered = faulty.rendered().replace(|c: char| c.is_ascii_digit(), "");
        for (seen, content) in [
            // Of another code, the letters themselves may be the fault, or the names.
            (&mut texts, format!("{code} {}", normalised(text, &names))),
            (&mut reports, normalised(&unnumbered, &names)),
        ] {
            if let Some(other) = seen.insert(content, place.clone()) {
                alike.push(format!("{place} is like {other}"));
            }
        }
    }
    none(alike);
}

/// The names that the author of a runbook has chosen: of its looks, findings, fixes and inputs.
fn names(text: &str) -> Vec<&str> {
    let entry = |line| -> Option<&str> {
        let (name, _) = str::strip_prefix(line, "  ")?.split_once(':')?;
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        (!name.is_empty() && name.chars().all(is_name)).then_some(name)
    };
    text.lines().filter_map(entry).collect()
}

/// A text without comments, its own name and summary, and blanks; the names of its entries are
/// only numbers.
fn normalised(text: &str, names: &[&str]) -> String {
    let is_name = |line: &&str| line.starts_with("name:") || line.starts_with("summary:");
    let lines = text.lines().filter(|line| !is_name(line));
    let kept: String = lines
        .map(|line| line.split(" #").next().unwrap_or_default())
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split_whitespace().chain([" "]))
        .collect();
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    kept.split_inclusive(|letter| !is_part(letter))
        .map(|word| {
            let bare = word.trim_end_matches(|letter| !is_part(letter));
            match names.iter().position(|name| *name == bare) {
                Some(index) => word.replacen(bare, &format!("#{index}"), 1),
                None => word.to_owned(),
            }
        })
        .filter(|word| word != " ")
        .collect()
}

#[test]
fn there_are_enough_of_each() {
    let mut of_a_code: BTreeMap<&str, usize> = codes::all().map(|code| (code.name, 0)).collect();
    for faulty in CORPUS.iter() {
        *of_a_code.entry(&faulty.code).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for (place, codes) in ELSEWHERE {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let tests = fs::read_to_string(root.join(place)).unwrap_or_default();
        for code in codes {
            if of_a_code.remove(code) != Some(0) || !tests.contains(&format!("\"{code}\"")) {
                wrong.push(format!("{code} is no code, or is not tried in {place}"));
            }
        }
    }
    let few = of_a_code
        .iter()
        .filter(|(_, count)| **count < FEWEST_OF_A_CODE);
    wrong.extend(few.map(|(code, count)| format!("{code}: {count}")));
    none(wrong);
    let (folders, codes) = (CORPUS.len(), of_a_code.len());
    assert!(codes >= FEWEST_CODES, "{codes} codes");
    assert!(folders >= FEWEST_FOLDERS, "{folders} folders");
}
