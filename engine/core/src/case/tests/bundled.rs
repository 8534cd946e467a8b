//! The cases of the bundled runbook.

use crate::action;
use crate::case;
use crate::runbook::{Runbook, load};
use crate::syntax::{Source, render};

const RUNBOOK: &str = include_str!("../../../../../runbooks/conntrack-exhaustion/runbook.yaml");
const HEALTHY: &str =
    include_str!("../../../../../runbooks/conntrack-exhaustion/cases/healthy.yaml");

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

pub(super) fn runbook() -> Runbook {
    let source = source("runbook.yaml", RUNBOOK);
    load(source.clone(), action::all())
        .unwrap_or_else(|faults| panic!("{}", render(&source, &faults, false)))
}

#[test]
fn a_case_that_a_person_has_written_survives_being_written_again() {
    let runbook = runbook();
    let read = |text: &str| {
        let source = source("healthy.yaml", text);
        case::read("healthy", source.clone(), &runbook)
            .unwrap_or_else(|faults| panic!("{}", render(&source, &faults, false)))
    };
    let first = read(HEALTHY);
    let text = case::write(&first);
    assert_eq!(case::write(&read(&text)), text);
    assert!(text.contains("share: 21 %"), "{text}");
}
