//! The table of codes has an example of each fault that a case can have.

use super::{runbook_of, source};
use crate::case;
use crate::syntax::codes::{self, Example, cases::RUNBOOK};
use crate::syntax::{Diagnostic, render};

fn found(example: Example) -> Option<(String, Vec<Diagnostic>)> {
    let Example::Case(text) = example else {
        return None;
    };
    let source = source("full.yaml", text);
    let read = case::read("full", source.clone(), &runbook_of(RUNBOOK));
    let found = read.err().unwrap_or_default();
    Some((render(&source, &found, false), found))
}

#[test]
fn each_wrong_example_has_its_code_and_each_mended_one_nothing() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for code in codes::all() {
        if let Some((shown, found)) = found(code.wrong) {
            tried += 1;
            if !found.iter().any(|found| found.code == code.name) {
                wrong.push(format!("{} is not given:\n{shown}", code.name));
            }
        }
        if let Some((shown, found)) = found(code.mended)
            && !found.is_empty()
        {
            wrong.push(format!(
                "{}: the mended one has faults:\n{shown}",
                code.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(tried >= 20, "{tried}");
}
