//! SARIF 2.1.0, the format of code scanning (OASIS, 2020): rules from the table of codes, results
//! with regions in code points, fixes, and what was allowed as suppressed in the source.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{Page, level};
use crate::syntax::codes::{self, Code};
use crate::syntax::{Diagnostic, Lines, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run of the linter. `version` is the program's own.
pub fn sarif(pages: &[Page], version: &str) -> Json {
    let rules = rules(pages);
    let results: Vec<Json> = pages
        .iter()
        .flat_map(|page| results(page, &rules))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "heeler",
                "semanticVersion": version,
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// The codes that occur, in the order of the table.
fn rules(pages: &[Page]) -> Vec<&'static Code> {
    let found: BTreeSet<&str> = pages
        .iter()
        .flat_map(|page| {
            let allowed = page.allowed.iter().map(|(found, _)| found);
            page.diagnostics.iter().chain(allowed)
        })
        .map(|found| found.code)
        .collect();
    codes::all()
        .filter(|code| found.contains(code.name))
        .collect()
}

fn rule(code: &Code) -> Json {
    json!({
        "id": code.name,
        "shortDescription": { "text": code.summary },
        "fullDescription": { "text": code.why },
        "help": { "text": code.remedy },
        "defaultConfiguration": { "level": level(code.level) },
    })
}

fn results(page: &Page, rules: &[&'static Code]) -> Vec<Json> {
    let lines = Lines::of(&page.source.text);
    let file = uri(&page.source.name);
    let plain = page
        .diagnostics
        .iter()
        .map(|found| result(found, &file, &lines, rules));
    let allowed = page.allowed.iter().map(|(found, reason)| {
        let mut result = result(found, &file, &lines, rules);
        if let Some(fields) = result.as_object_mut() {
            let suppression = json!([{ "kind": "inSource", "justification": reason }]);
            fields.insert("suppressions".to_owned(), suppression);
        }
        result
    });
    plain.chain(allowed).collect()
}

fn result(found: &Diagnostic, file: &str, lines: &Lines<'_>, rules: &[&'static Code]) -> Json {
    let place = |span: Span| {
        json!({
            "artifactLocation": { "uri": file },
            "region": region(span, lines),
        })
    };
    let text = match &found.help {
        Some(help) => format!("{}: {help}", found.title),
        None => found.title.clone(),
    };
    let related: Vec<Json> = found
        .labels
        .iter()
        .skip(1)
        .map(
            |(span, text)| json!({ "physicalLocation": place(*span), "message": { "text": text } }),
        )
        .collect();
    let mut result = json!({
        "ruleId": found.code,
        "level": level(found.level),
        "message": { "text": text },
        "locations": [{ "physicalLocation": place(found.span()) }],
    });
    let Some(fields) = result.as_object_mut() else {
        return result;
    };
    if let Some(index) = rules.iter().position(|code| code.name == found.code) {
        fields.insert("ruleIndex".to_owned(), json!(index));
    }
    if !related.is_empty() {
        fields.insert("relatedLocations".to_owned(), json!(related));
    }
    if !found.patches.is_empty() {
        let replacements: Vec<Json> = found
            .patches
            .iter()
            .map(|patch| {
                json!({
                    "deletedRegion": region(patch.span, lines),
                    "insertedContent": { "text": patch.text },
                })
            })
            .collect();
        let fix = json!([{
            "description": { "text": found.help.as_deref().unwrap_or("mend it") },
            "artifactChanges": [{
                "artifactLocation": { "uri": file },
                "replacements": replacements,
            }],
        }]);
        fields.insert("fixes".to_owned(), fix);
    }
    result
}

fn region(span: Span, lines: &Lines<'_>) -> Json {
    let (start, end) = (lines.place(span.start), lines.place(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": span.start,
        "byteLength": span.end.saturating_sub(span.start),
    })
}

/// A path as a reference: with slashes, and with everything escaped that means something in a URI.
fn uri(path: &str) -> String {
    let slashed = path.replace('\\', "/");
    let mut uri = String::new();
    if slashed.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in slashed.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
