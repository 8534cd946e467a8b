//! `heeler list` and `heeler show`: what there is to run.

use std::fmt::Write as _;

use heeler_core::action::Impact;
use heeler_core::runbook::{BundleRule, FindingRule, Runbook, Used};
use heeler_core::value::DurationSpan;
use serde_json::json;

use super::args::Output;
use super::inputs::how;
use crate::failure::Failure;
use crate::library::{Entry, Library};

/// All runbooks, a line each. One that can't be used does not hide the others.
///
/// # Errors
/// A runbook folder that can't be read.
pub(super) fn list(library: &Library, output: Output) -> Result<String, Failure> {
    let names = library.names()?;
    let found = names.iter().map(|name| (name, library.find(name)));
    if output == Output::Json {
        let runbooks: Vec<_> = found
            .map(|(name, found)| match found {
                Ok(entry) => json!({
                    "name": name,
                    "summary": entry.runbook.summary,
                    "origin": entry.origin(),
                }),
                Err(failure) => json!({
                    "name": name,
                    "failure": { "code": failure.code, "what": failure.what, "place": failure.place },
                }),
            })
            .collect();
        return Ok(format!(
            "{:#}\n",
            json!({ "format": 1, "runbooks": runbooks })
        ));
    }
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let line = |(name, found): (&String, Result<Entry, Failure>)| {
        let said = match found {
            Ok(entry) => entry.runbook.summary,
            Err(failure) => format!("(can't be used: {}; {})", failure.what, failure.place),
        };
        // A folder may be named as it likes.
        format!("{:width$}  {said}\n", name.escape_debug().to_string())
    };
    Ok(found.map(line).collect())
}

/// One runbook: what it looks at, finds and fixes, and its page.
///
/// # Errors
/// As [`Library::find`].
pub(super) fn show(library: &Library, name: &str, output: Output) -> Result<String, Failure> {
    let entry = library.find(name)?;
    if output == Output::Json {
        return Ok(format!("{:#}\n", wire(&entry)));
    }
    let runbook = &entry.runbook;
    let mut text = format!(
        "{}\n{}\n({})\nimpact: {}\n",
        runbook.name,
        runbook.summary,
        entry.origin(),
        runbook.impact()
    );
    if let Some(within) = runbook.within {
        let _ = writeln!(text, "all looks within {}", DurationSpan(within));
    }
    section(
        &mut text,
        "inputs",
        runbook.inputs.iter().map(|input| {
            let default = match &input.default {
                Some(value) => format!(", {value} unless given"),
                None if input.secret => format!(", must be given as {}", how(input)),
                None => ", must be given".to_owned(),
            };
            (
                input.name.clone(),
                format!("{} ({}{default})", input.help, input.accepts),
            )
        }),
    );
    section(
        &mut text,
        "looks at",
        runbook.looks.iter().map(|look| {
            (
                look.name.clone(),
                match look.look.impact() {
                    Impact::Read => format!("{} ({})", look.label, look.action),
                    impact => format!("{} ({}, {impact})", look.label, look.action),
                },
            )
        }),
    );
    section(
        &mut text,
        "uses",
        runbook.used.iter().map(|used| {
            let fields: Vec<String> = used.told().map(Used::field).collect();
            let told = format!("{}: {}", used.runbook, fields.join(", "));
            (used.name.clone(), told)
        }),
    );
    section(
        &mut text,
        "finds",
        runbook.findings.iter().map(|rule| {
            (
                rule.name.clone(),
                format!("{}: {}", rule.severity.name(), condition(rule)),
            )
        }),
    );
    section(
        &mut text,
        "fixes",
        runbook.fixes.iter().map(|fix| {
            let subjects: Vec<String> = fix.changes.iter().map(|change| change.subject()).collect();
            let what = format!("sets {} ({})", subjects.join(", "), fix.impact());
            (fix.name.clone(), what)
        }),
    );
    section(
        &mut text,
        "makes",
        runbook.bundle.iter().map(|rule| {
            let what = format!(
                "of the node for {} ({})",
                rule.findings.join(", "),
                BundleRule::CLASS
            );
            ("a bundle".to_owned(), what)
        }),
    );
    if let Some(readme) = &entry.readme {
        let _ = write!(text, "\n{readme}");
    }
    Ok(text)
}

/// When a finding holds, in the words of the runbook.
fn condition(rule: &FindingRule) -> String {
    match &rule.for_each {
        Some(list) => format!("for each of {}: {}", list.text(), rule.when.text()),
        None => rule.when.text().to_owned(),
    }
}

fn section(text: &mut String, title: &str, rows: impl Iterator<Item = (String, String)>) {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let _ = writeln!(text, "\n{title}");
    for (name, what) in rows {
        let _ = writeln!(text, "  {name:width$}  {what}");
    }
}

fn wire(entry: &Entry) -> serde_json::Value {
    let runbook: &Runbook = &entry.runbook;
    json!({
        "format": 1,
        "name": runbook.name,
        "summary": runbook.summary,
        "origin": entry.origin(),
        "digest": runbook.digest,
        "impact": runbook.impact().name(),
        "within_s": runbook.within.map(|within| within.as_secs()),
        "inputs": runbook.inputs.iter().map(|input| json!({
            "name": input.name,
            "kind": input.kind.to_string(),
            "accepts": input.accepts.to_string(),
            "secret": input.secret,
            "default": input.default.as_ref().map(ToString::to_string),
            "help": input.help,
        })).collect::<Vec<_>>(),
        "looks": runbook.looks.iter().map(|look| json!({
            "name": look.name, "label": look.label, "action": look.action,
            "impact": look.look.impact().name(),
        })).collect::<Vec<_>>(),
        "uses": runbook.used.iter().map(|used| json!({
            "name": used.name, "runbook": used.runbook, "digest": used.digest,
            "fields": used.told().map(Used::field).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "findings": runbook.findings.iter().map(|rule| json!({
            "name": rule.name, "severity": rule.severity.name(), "when": rule.when.text(),
            "for_each": rule.for_each.as_ref().map(|list| list.text()),
        })).collect::<Vec<_>>(),
        "fixes": runbook.fixes.iter().map(|fix| json!({
            "name": fix.name,
            "impact": fix.impact().name(),
            "changes": fix.changes.iter().map(|change| change.subject()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "bundle": runbook.bundle.as_ref().map(|rule| json!({
            "findings": rule.findings, "pod_logs": rule.pod_logs, "impact": BundleRule::CLASS,
        })),
    })
}
