//! Any text as a case of the bundled runbook.

use std::sync::LazyLock;

use heeler_core::action;
use heeler_core::case;
use heeler_core::runbook::{Runbook, load};
use heeler_core::syntax::Source;

use super::runbook::check_faults;

const BUNDLED: &str = include_str!("../../../runbooks/conntrack-exhaustion/runbook.yaml");

static RUNBOOK: LazyLock<Runbook> =
    LazyLock::new(|| load(source(BUNDLED), action::all()).expect("the runbook has no fault"));

fn source(text: &str) -> Source {
    Source {
        name: "case.yaml".into(),
        text: text.into(),
    }
}

/// What can't be read is complained of, at places that exist. What can be is replayed, also with
/// answers missing, and means the same when it is written again.
pub fn check(text: &str) {
    let case = match case::read("case", source(text), &RUNBOOK) {
        Ok(case) => case,
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a word");
            return check_faults(&source(text), &faults);
        }
    };
    let checked = case::check(&RUNBOOK, &case);
    assert!(checked.wrong.is_empty(), "{:?}", checked.wrong);
    let written = case::write(&case);
    let again = case::read("case", source(&written), &RUNBOOK);
    let again = again.map(|again| case::write(&again));
    assert_eq!(again.ok().as_ref(), Some(&written), "{text}");
}
