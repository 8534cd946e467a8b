//! How long looks may take, how often they are asked again, and how far they may go.

use std::time::Duration;

use super::model::FixRule;
use super::step::LookStep;
use crate::action::{Impact, Look, Place, Source};
use crate::syntax::{Faults, Fields, Shape, Span, Tree, Word, nearest};

/// One look. A node that is ill answers late, or never.
pub(super) const OF_LOOK: Shape = Shape::Duration(Some(("1s", "5m")));
/// All looks of a run.
pub(super) const OF_RUN: Shape = Shape::Duration(Some(("10s", "1h")));
/// The hops that are allowed.
pub(super) const ALLOW: Shape = Shape::List {
    of: &Shape::Word(hop_names),
    least: 1,
};
/// The hops of a node; each leads through those before it.
const HOPS: [(Word, Place); 3] = [
    (("control", "the control container"), Place::Control),
    (("admin", "the admin container"), Place::Admin),
    (
        ("host", "the host, through the admin container"),
        Place::Host,
    ),
];

fn hop_names() -> Vec<Word> {
    HOPS.iter().map(|(word, _)| *word).collect()
}

/// `within` and `retry` of a look.
pub(super) fn of_look(
    fields: &Fields<'_>,
    look: &dyn Look,
    faults: &mut Faults,
) -> Option<(Option<Duration>, u8)> {
    let within = within(fields, faults);
    let retry = retry(fields, look, faults);
    let within = within?;
    if let Some(within) = within
        && within <= look.least()
    {
        let span = fields.get("within").map_or(fields.span(), Tree::span);
        let title = "`within` is over before the look can answer";
        faults.error("short-within", span, title).help(format!(
            "it reads twice, with {} s in between: give it a few seconds more",
            look.least().as_secs_f64()
        ));
        return None;
    }
    Some((within, retry?))
}

/// `within` at the top: how long all looks of a run may take together.
pub(super) fn of_run(fields: &Fields<'_>, faults: &mut Faults) -> Option<Option<Duration>> {
    within(fields, faults)
}

/// `None`: a fault was reported.
fn within(fields: &Fields<'_>, faults: &mut Faults) -> Option<Option<Duration>> {
    match fields.get("within") {
        Some(_) => fields.duration("within", faults).map(Some),
        None => Some(None),
    }
}

fn retry(fields: &Fields<'_>, look: &dyn Look, faults: &mut Faults) -> Option<u8> {
    let times = fields.integer("retry", faults)?;
    if times > 0 && look.impact() > Impact::Read {
        faults
            .error(
                "retry-unconfined",
                fields.get("retry").map_or(fields.span(), Tree::span),
                "a script of the runbook's own is never run twice",
            )
            .help("leave out `retry`: nobody knows what a second time would do");
        return None;
    }
    u8::try_from(times).ok()
}

/// How far looks and changes may go, and where that is said.
pub(super) struct Hops {
    most: Place,
    span: Option<Span>,
}

/// Reads `allow`. Without it every hop is allowed.
pub(super) fn hops(tree: Option<&Tree>, faults: &mut Faults) -> Hops {
    let Some(tree) = tree else {
        return Hops {
            most: Place::Host,
            span: None,
        };
    };
    let items = tree.expect_list("`allow`", faults).unwrap_or_default();
    let mut allowed = Vec::new();
    for item in items {
        let Some(text) = item.expect_text("a hop of `allow`", faults) else {
            continue;
        };
        let names = hop_names().into_iter().map(|(name, _)| name);
        match HOPS.iter().find(|((name, _), _)| *name == text.value) {
            Some((_, place)) => allowed.push(*place),
            None => {
                let near = nearest(&text.value, names);
                faults
                    .error(
                        "unknown-hop",
                        text.span,
                        format!("a node has no place `{}`", text.value),
                    )
                    .help("places: control, admin, host")
                    .did_you_mean(near);
            }
        }
    }
    let most = allowed.iter().max().copied().unwrap_or(Place::Control);
    let mut through = HOPS.iter().filter(|(_, place)| *place <= most);
    let missing = through.find(|(_, place)| !allowed.contains(place));
    if let Some(((name, _), _)) = missing
        && allowed.len() == items.len()
    {
        faults
            .error(
                "missing-hop",
                tree.span(),
                format!("`allow` leaves out {name}, through which all else is reached"),
            )
            .help("write [control], [control, admin] or [control, admin, host]");
    }
    Hops {
        most,
        span: Some(tree.span()),
    }
}

impl Hops {
    /// Holds looks and changes to what is allowed; one that can't do with that is a fault.
    pub(super) fn bind(&self, looks: &mut [LookStep], fixes: &[FixRule], faults: &mut Faults) {
        for step in looks {
            step.hop = step.hop.min(self.most);
            let Some(Source::Node(rungs)) = &step.source else {
                continue;
            };
            let nearest = rungs.iter().map(|rung| rung.place).min();
            if let Some(place) = nearest.filter(|place| *place > step.hop) {
                self.refuse(
                    &format!("the look `{}`", step.label),
                    place,
                    step.span,
                    faults,
                );
            }
        }
        for fix in fixes {
            for change in fix.node_changes() {
                if change.place() > self.most {
                    let what = format!("the change of {}", change.subject());
                    self.refuse(&what, change.place(), change.span(), faults);
                }
            }
        }
    }

    fn refuse(&self, what: &str, place: Place, span: Span, faults: &mut Faults) {
        let title = format!("{what} needs the {place}, which `allow` leaves out");
        let fault = faults.error("hop-not-allowed", span, title);
        fault.help("allow that place, or leave this out");
        if let Some(allow) = self.span {
            fault.label(allow, "what is allowed");
        }
    }
}
