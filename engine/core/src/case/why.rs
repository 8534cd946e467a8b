//! Why something was not seen, as a case says it: `admin-off`, `{forbidden: "get pods"}`.

use std::time::Duration;

use super::scalar;
use crate::syntax::{Faults, Spanned, Tree, nearest};
use crate::value::{Unseen, Why};

/// The reasons that say enough alone.
const ALONE: [(&str, Why); 5] = [
    ("admin-off", Why::AdminOff),
    ("truncated", Why::Truncated),
    ("not-asked", Why::NotAsked),
    ("unconfined", Why::Unconfined),
    ("taken-out", Why::TakenOut),
];

type WithText = fn(String) -> Why;

/// The reasons that name something.
const WITH_TEXT: [(&str, WithText); 10] = [
    ("not-there", Why::NotThere),
    ("failed", Why::Failed),
    ("garbled", Why::Garbled),
    ("no-answer", Why::NoAnswer),
    ("forbidden", Why::Forbidden),
    ("kubernetes-down", Why::KubernetesDown),
    ("no-target", Why::NoTarget),
    ("hop-forbidden", Why::HopForbidden),
    ("unusable", Why::Unusable),
    ("not-recorded", Why::NotRecorded),
];

type WithSeconds = fn(u64) -> Why;

/// The reasons that name a time.
const WITH_TIME: [(&str, WithSeconds); 2] =
    [("timed-out", Why::TimedOut), ("deadline", Why::Deadline)];

/// The reason that names a number.
const LEFT_OUT: &str = "left-out";

/// Reads what stands behind `not-seen:`: a reason, or a list of looks with their reasons.
pub(super) fn read(tree: &Tree, look: &str, faults: &mut Faults) -> Option<Vec<Unseen>> {
    let Some(items) = tree.items() else {
        let why = reason(tree, faults)?;
        return Some(vec![unseen(look, why)]);
    };
    let mut all = Vec::new();
    for item in items {
        let entry = one_entry(item, "a look and its reason", faults)?;
        let why = reason(&entry.1, faults)?;
        all.push(unseen(&entry.0.value, why));
    }
    Some(all)
}

fn unseen(look: &str, why: Why) -> Unseen {
    let look = look.to_owned();
    Unseen { look, why }
}

fn reason(tree: &Tree, faults: &mut Faults) -> Option<Why> {
    if let Some(word) = tree.as_text() {
        let found = ALONE.iter().find(|(name, _)| *name == word.value);
        if found.is_none() {
            unknown(word, faults);
        }
        return found.map(|(_, why)| why.clone());
    }
    let (name, text) = one_entry(tree, "a reason", faults)?;
    if let Some((_, why)) = WITH_TIME.iter().find(|(known, _)| *known == name.value) {
        return seconds(&name.value, &text, *why, faults);
    }
    if name.value == LEFT_OUT {
        let count = text.expect_integer("`left-out`", faults)?;
        return Some(Why::LeftOut(count.unsigned_abs()));
    }
    let Some((_, why)) = WITH_TEXT.iter().find(|(known, _)| *known == name.value) else {
        unknown(&name, faults);
        return None;
    };
    let text = text.expect_text(&format!("`{}`", name.value), faults)?;
    Some(why(text.value.clone()))
}

fn seconds(name: &str, tree: &Tree, why: WithSeconds, faults: &mut Faults) -> Option<Why> {
    let text = tree.expect_text(&format!("`{name}`"), faults)?;
    match scalar::span(&text.value) {
        Ok(span) if span.subsec_nanos() == 0 => Some(why(span.as_secs())),
        _ => {
            faults
                .error("not-a-duration", text.span, "a limit is in whole seconds")
                .help("write it as 5s");
            None
        }
    }
}

fn one_entry(tree: &Tree, what: &str, faults: &mut Faults) -> Option<(Spanned<String>, Tree)> {
    match tree.entries() {
        Some([entry]) => Some((entry.key.clone(), entry.value.clone())),
        _ => {
            faults
                .error("unknown-reason", tree.span(), format!("this is not {what}"))
                .help("write `not-seen: admin-off` or `not-seen: {forbidden: get pods}`");
            None
        }
    }
}

fn unknown(name: &Spanned<String>, faults: &mut Faults) {
    let with_text = WITH_TEXT.iter().map(|(name, _)| *name);
    let alone: Vec<&str> = ALONE.iter().map(|(name, _)| *name).collect();
    let with_time = WITH_TIME.iter().map(|(name, _)| *name);
    let named: Vec<&str> = with_text.chain(with_time).chain([LEFT_OUT]).collect();
    let takes_text = named.contains(&name.value.as_str());
    let near = nearest(&name.value, alone.iter().chain(&named).copied());
    let title = match takes_text {
        true => format!("`{}` has to name something", name.value),
        false => format!("nothing is unseen because of `{}`", name.value),
    };
    let fault = faults.error("unknown-reason", name.span, title);
    fault.help(format!(
        "reasons: {}; with what they name, as in `{{forbidden: get pods}}`: {}",
        alone.join(", "),
        named.join(", ")
    ));
    if takes_text {
        fault.help(format!("write `{{{}: …}}`", name.value));
    } else {
        fault.did_you_mean(near);
    }
}

/// Writes what stands behind `not-seen:` in a value of this look.
pub(super) fn write(reasons: &[Unseen], look: &str) -> String {
    match reasons {
        [only] if only.look == look => write_reason(&only.why),
        many => {
            let items: Vec<String> = many
                .iter()
                .map(|unseen| {
                    let look = scalar::quoted(&unseen.look);
                    format!("{{{look}: {}}}", write_reason(&unseen.why))
                })
                .collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn write_reason(why: &Why) -> String {
    let named = |name: &str, text: &str| format!("{{{name}: {}}}", scalar::quoted(text));
    let timed = |name: &str, seconds| {
        let limit = scalar::write_span(Duration::from_secs(seconds));
        format!("{{{name}: {limit}}}")
    };
    match why {
        Why::AdminOff => "admin-off".to_owned(),
        Why::Truncated => "truncated".to_owned(),
        Why::NotAsked => "not-asked".to_owned(),
        Why::Unconfined => "unconfined".to_owned(),
        Why::TakenOut => "taken-out".to_owned(),
        Why::TimedOut(seconds) => timed("timed-out", *seconds),
        Why::Deadline(seconds) => timed("deadline", *seconds),
        Why::LeftOut(count) => format!("{{{LEFT_OUT}: {count}}}"),
        Why::HopForbidden(text) => named("hop-forbidden", text),
        Why::Unusable(text) => named("unusable", text),
        Why::NotRecorded(text) => named("not-recorded", text),
        Why::NotThere(text) => named("not-there", text),
        Why::Failed(text) => named("failed", text),
        Why::Garbled(text) => named("garbled", text),
        Why::NoAnswer(text) => named("no-answer", text),
        Why::Forbidden(text) => named("forbidden", text),
        Why::KubernetesDown(text) => named("kubernetes-down", text),
        Why::NoTarget(text) => named("no-target", text),
    }
}
