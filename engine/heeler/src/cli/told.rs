//! What came otherwise than it should, as text and as JSON.

use std::fmt::Write as _;

use heeler_core::case::Difference;
use serde_json::{Value as Json, json};

/// The names of the two sides: what should have come, and what came.
pub(super) type Sides = [&'static str; 2];

/// One difference, indented; `with` is the mutation that it needs.
pub(super) fn text(difference: &Difference, with: Option<&str>, sides: Sides) -> String {
    let mut out = String::from("    ");
    if let Some(with) = with {
        let _ = write!(out, "with `{with}`, ");
    }
    let place = difference.node.as_deref().unwrap_or("the run");
    let _ = writeln!(out, "{place}: {}", difference.about);
    let [expected, came] = sides;
    let mut row = |name: &str, text: &str| {
        for (index, line) in text.lines().enumerate() {
            let name = if index == 0 { name } else { "" };
            let _ = writeln!(out, "      {name:8}  {line}");
        }
    };
    row(expected, &difference.expected);
    row(came, &difference.came);
    row("because", &difference.because.join("\n"));
    out
}

/// One difference for scripts.
pub(super) fn wire(difference: &Difference, with: Option<&str>) -> Json {
    let mut json = json!({
        "node": difference.node,
        "about": difference.about,
        "expected": difference.expected,
        "came": difference.came,
        "because": difference.because,
    });
    if let (Some(with), Some(fields)) = (with, json.as_object_mut()) {
        fields.insert("mutation".to_owned(), with.into());
    }
    json
}
