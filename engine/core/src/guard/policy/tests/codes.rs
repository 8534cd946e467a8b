//! The table of codes has an example of each fault that a policy can have.

use super::super::read;
use super::source;
use crate::syntax::codes::{self, Example};
use crate::syntax::{Diagnostic, render};

fn found(example: Example) -> Option<(String, Vec<Diagnostic>)> {
    let Example::Policy(text) = example else {
        return None;
    };
    let source = source(text);
    let found = read(source.clone()).err().unwrap_or_default();
    Some((render(&source, &found, false), found))
}

#[test]
fn each_wrong_example_has_its_code_and_each_mended_one_nothing() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for code in codes::all() {
        if let Some((shown, found)) = found(code.wrong) {
            tried += 1;
            let codes: Vec<&str> = found.iter().map(|found| found.code).collect();
            if codes != [code.name] {
                wrong.push(format!("{} is not given alone:\n{shown}", code.name));
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
    assert!(tried >= 13, "{tried}");
}
