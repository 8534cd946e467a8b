//! For which verdicts a bundle of a node is wanted.

use crate::event::{FindingText, Verdict};
use crate::find::Wish;
use crate::find::bundle::wish;
use crate::runbook::BundleRule;
use crate::syntax::Span;
use crate::value::{Unseen, Why};

fn holds() -> Verdict {
    Verdict::Holds(FindingText {
        says: "it does".into(),
        details: Vec::new(),
        because: None,
        lasting: None,
    })
}

fn unseen(why: Why) -> Verdict {
    let look = "table".into();
    Verdict::NotSeen(vec![Unseen { look, why }])
}

/// What is wanted where two findings came to this.
fn of(full: Option<Verdict>, small: Option<Verdict>) -> Option<String> {
    wanted(full, small, false)
}

fn wanted(full: Option<Verdict>, small: Option<Verdict>, is_open: bool) -> Option<String> {
    let rule = BundleRule {
        findings: vec!["full".into(), "small".into()],
        pod_logs: true,
        span: Span::default(),
    };
    let wish = wish(&rule, is_open, |name| match name {
        "full" => full.as_ref(),
        "small" => small.as_ref(),
        _ => None,
    });
    wish.as_ref().map(Wish::because)
}

#[test]
fn one_that_holds_is_enough_and_comes_before_what_was_not_seen() {
    let ruled_out = || Some(Verdict::RuledOut);
    assert_eq!(
        of(Some(holds()), ruled_out()).as_deref(),
        Some("full holds")
    );
    let both = of(Some(holds()), Some(holds()));
    assert_eq!(both.as_deref(), Some("full, small hold"));
    let off = || Some(unseen(Why::AdminOff));
    assert_eq!(of(off(), Some(holds())).as_deref(), Some("small holds"));
    let neither = of(ruled_out(), off());
    assert_eq!(neither.as_deref(), Some("small could not be seen"));
    assert_eq!(of(ruled_out(), ruled_out()), None);
}

#[test]
fn what_was_not_asked_or_not_judged_or_is_explained_wants_none() {
    assert_eq!(of(Some(unseen(Why::NotAsked)), None), None);
    // Whether it should have been asked was not known.
    let open = wanted(Some(unseen(Why::NotAsked)), Some(Verdict::RuledOut), true);
    assert_eq!(open.as_deref(), Some("full could not be seen"));
    assert_eq!(wanted(Some(Verdict::RuledOut), None, true), None);
    assert_eq!(of(None, None), None);
    let superseded = Verdict::Superseded("other".into());
    assert_eq!(of(Some(superseded), Some(Verdict::RuledOut)), None);
    let mixed = Verdict::NotSeen(
        [Why::NotAsked, Why::Truncated]
            .map(|why| Unseen {
                look: "table".into(),
                why,
            })
            .to_vec(),
    );
    let said = of(Some(mixed), None);
    assert_eq!(said.as_deref(), Some("full could not be seen"));
}
