//! `heeler explain`: what a code means, and what to do about it.

use heeler_core::syntax::codes::{self, Code};
use heeler_core::syntax::{Level, nearest};
use serde_json::json;

use super::args::Output;
use crate::failure::Failure;
use crate::failure::codes::{self as failures, FailureCode};

/// One code's page, or a line for each code.
///
/// # Errors
/// `unknown-code` for a code that there is not.
pub(super) fn explain(code: Option<&str>, output: Output) -> Result<String, Failure> {
    let Some(name) = code else {
        return Ok(list(output));
    };
    let failure = failures::find(name);
    match (codes::find(name), failure) {
        (Some(code), failure) if output == Output::Json => {
            let mut page = wire(code);
            if let (Some(page), Some(failure)) = (page.as_object_mut(), failure) {
                page.insert("failure".to_owned(), wire_failure(failure));
            }
            Ok(document(&page))
        }
        // What is wrong with a text can also be why a command fails.
        (Some(code), Some(failure)) => {
            Ok(format!("{}\n\n{}", codes::explain(code), failure.page()))
        }
        (Some(code), None) => Ok(codes::explain(code)),
        (None, Some(failure)) if output == Output::Json => Ok(document(&wire_failure(failure))),
        (None, Some(failure)) => Ok(failure.page()),
        (None, None) => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Failure {
    let names = codes::all()
        .map(|code| code.name)
        .chain(failures::all().map(|failure| failure.name));
    let help = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`? `heeler explain` lists them all"),
        None => "`heeler explain` lists them all".to_owned(),
    };
    Failure::usage(
        "unknown-code",
        format!("there is no code `{}`", name.escape_debug()),
        "the command line",
        help,
    )
}

fn list(output: Output) -> String {
    if output == Output::Json {
        let codes = codes::all()
            .map(wire)
            .chain(failures::all().map(wire_failure));
        return document(&json!({ "format": 1, "codes": codes.collect::<Vec<_>>() }));
    }
    let width = codes::all()
        .map(|code| code.name.len())
        .chain(failures::all().map(|failure| failure.name.len()))
        .max()
        .unwrap_or_default();
    let mut text = String::from("Of `heeler lint`:\n");
    for code in codes::all() {
        let level = level(code.level);
        text += &format!("  {:width$}  {level:7}  {}\n", code.name, code.summary);
    }
    text += "\nOf commands:\n";
    for failure in failures::all() {
        let status = format!("exit {}", failure.status);
        text += &format!(
            "  {:width$}  {status:8} {}\n",
            failure.name, failure.summary
        );
    }
    text
}

fn wire(code: &Code) -> serde_json::Value {
    json!({
        "code": code.name,
        "level": level(code.level),
        "summary": code.summary,
        "why": code.why,
        "remedy": code.remedy,
        "wrong": code.wrong.text(),
        "mended": code.mended.text(),
    })
}

fn wire_failure(failure: &FailureCode) -> serde_json::Value {
    json!({
        "code": failure.name,
        "status": failure.status,
        "summary": failure.summary,
        "remedy": failure.remedy,
    })
}

fn document(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Warning => "warning",
        Level::Error => "error",
    }
}
