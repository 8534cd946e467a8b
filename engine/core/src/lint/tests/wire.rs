//! Diagnostics for machines.

use super::books::Books;
use super::{source, whole};
use crate::action::all;
use crate::lint::lint;
use crate::lint::wire::{Page, json, sarif};

fn page(part: &str) -> Page {
    let mut source = source(&whole(part));
    source.name = "run books/é/runbook.yaml".to_owned();
    let linted = lint(source.clone(), None, all(), &Books);
    Page {
        source,
        diagnostics: linted.diagnostics,
        allowed: linted.allowed,
    }
}

const PART: &str = "find:\n  é-full:\n    when: tabel.count > table.max\n    severity: note\n    \
                    says: full # heeler: allow says-no-value because it is short\n";

#[test]
fn json_names_places_in_bytes_and_columns() {
    let found = json(&[page(PART)]);
    assert_eq!(found["format"], 1);
    assert_eq!(found["errors"], 2);
    let file = &found["files"][0];
    assert_eq!(file["file"], "run books/é/runbook.yaml");
    let name = &file["diagnostics"][0];
    assert_eq!(name["code"], "bad-name");
    assert_eq!(name["labels"][0]["column"], 3);
    let found = &file["diagnostics"][1];
    assert_eq!(found["code"], "unknown-name");
    assert_eq!(found["level"], "error");
    assert_eq!(found["labels"][0]["line"], 12);
    assert_eq!(found["labels"][0]["column"], 11);
    assert_eq!(found["labels"][0]["end_column"], 16);
    assert_eq!(found["patches"][0]["text"], "table");
}

#[test]
fn sarif_has_rules_regions_fixes_and_suppressions() {
    let good = "find:\n  full:\n    when: table.count > table.max\n    severity: note\n    \
                says: full # heeler: allow says-no-value because it is short\n";
    let log = sarif(&[page(PART), page(good)], "1.2.3");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["tool"]["driver"]["semanticVersion"], "1.2.3");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "run%20books/%C3%A9/runbook.yaml"
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
    }
    let fix = &results[1]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(fix["insertedContent"]["text"], "table");
    assert_eq!(fix["deletedRegion"]["startColumn"], 11);
    let suppression = &results[2]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "it is short");
}
