//! What `heeler explain CODE` prints.

use super::{Code, Example};
use crate::syntax::Level;

/// A code's whole page.
pub fn explain(code: &Code) -> String {
    let level = match code.level {
        Level::Error if matches!(code.wrong, Example::Policy(_)) => {
            "error: the policy can't be used, and nothing is done"
        }
        Level::Error => "error: the runbook can't run",
        Level::Warning => "warning: the runbook runs, and is hardly what was meant",
    };
    format!(
        "{}\n{level}\n\n{}.\n{}\n{}\n\nwrong\n{}\nmended\n{}",
        code.name,
        capital(code.summary),
        code.why,
        code.remedy,
        shown(&code.wrong),
        shown(&code.mended),
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

impl Example {
    /// The text itself, or what it takes, in words.
    pub fn text(&self) -> &'static str {
        match self {
            Example::Part(text)
            | Example::Case(text)
            | Example::Policy(text)
            | Example::Whole(text) => text,
            Example::Bytes(_, told) | Example::Told(told) => told,
        }
    }
}

/// An example with its lines indented; a long one by its beginning.
fn shown(example: &Example) -> String {
    const LINES: usize = 30;
    let text = example.text();
    let mut lines: Vec<String> = text
        .lines()
        .take(LINES)
        .map(|line| format!("    {}\n", visible(line)))
        .collect();
    if text.lines().count() > LINES {
        lines.push("    …\n".to_owned());
    }
    lines.concat()
}

/// A mark at the start of a file and a tab would not be seen.
fn visible(line: &str) -> String {
    line.replace('\u{feff}', "\\u{feff}").replace('\t', "\\t")
}
