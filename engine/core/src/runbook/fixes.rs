//! Fixes: the only part that may change anything.

use std::time::Duration;

use super::facts::Facts;
use super::looks::one_action;
use super::model::{ChangeTexts, FixRule, Verify};
use super::{naming, texts};
use crate::action::{Action, Carried, Change, NodeChange};
use crate::expr::Template;
use crate::syntax::limits;
use crate::syntax::{Entries, Entry, Faults, Fields, Key, Role, Shape, Spanned, Spelling, Tree};

/// What stands below `fix:`.
pub(super) const FIXES: Entries = Entries {
    most: Some(limits::FIXES.most),
    ..Entries::of(Spelling::Kebab, &Shape::Named("fix", &Shape::Keys(KEYS)))
};

/// The keys of a fix.
const KEYS: &[Key] = &[
    Key::optional(
        "require",
        Shape::Condition,
        "Whether it may start; not seen counts as no",
    ),
    Key::optional(
        "effect",
        Shape::Template,
        "What it does, for the line that offers it",
    ),
    Key::required(
        "change",
        Shape::List {
            of: &CHANGE,
            least: 1,
        },
        "What it changes, in order",
    ),
    Key::required("verify", Shape::Keys(VERIFY_KEYS), "When it has worked"),
    Key::optional(
        "undo-unless-kept",
        Shape::Duration(None),
        "When the node takes it back by itself, if nobody keeps it: a minute after `within` otherwise. Not for what has no way back",
    ),
];
/// A change has no keys beside its action.
const CHANGE_KEYS: &[Key] = &[];
const CHANGE: Shape = Shape::Named(
    "change",
    &Shape::Step {
        keys: CHANGE_KEYS,
        role: Role::Change,
        instead: None,
    },
);
const VERIFY_KEYS: &[Key] = &[
    Key::required(
        "that",
        Shape::Condition,
        "What has to hold after the change, looked at again",
    ),
    Key::required(
        "for",
        Shape::Duration(None),
        "How long it has to hold; the first look is compared with the last",
    ),
    Key::required(
        "within",
        Shape::Duration(None),
        "How long to wait for that in all; then the fix is taken back",
    ),
];
/// Keeping a fix takes a command, and it may be needed at the last moment of `within`.
const KEEPING: Duration = Duration::from_secs(60);
/// A change that takes no longer than this needs no time of its own beside that.
const QUICK: Duration = Duration::from_secs(10);
/// A condition is seen to hold between samples, which are some seconds apart.
const SAMPLING: Duration = Duration::from_secs(10);

/// Reads `fix:`.
pub(super) fn read(
    tree: &Tree,
    actions: &[&'static dyn Action],
    facts: &Facts,
    faults: &mut Faults,
) -> Vec<FixRule> {
    let entries = tree.expect_few("`fix`", limits::FIXES, faults);
    entries
        .iter()
        .filter_map(|entry| fix(entry, actions, facts, faults))
        .collect()
}

fn fix(
    entry: &Entry,
    actions: &[&'static dyn Action],
    facts: &Facts,
    faults: &mut Faults,
) -> Option<FixRule> {
    let what = format!("the fix `{}`", entry.key.value);
    let named = naming::label(&entry.key, "a fix", faults);
    let fields = Fields::read(&entry.value, &what, KEYS, faults)?;
    let require = fields
        .get("require")
        .and_then(|tree| texts::condition(tree, "`require`", facts, faults));
    let effect = fields
        .get("effect")
        .and_then(|tree| texts::template(tree, "`effect`", facts, faults));
    let changes = changes(&fields, &what, entry, actions, facts, faults);
    let verify = fields
        .require("verify", &what, faults)
        .and_then(|tree| verify(tree, facts, faults));
    let (changes, texts): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
    let alone = alone(&on_node(&changes), &what, faults);
    if one_carrier(&changes, &what, faults) && alone {
        one_way_or_back(&changes, &what, faults);
    }
    let undo_after = undo_after(&fields, verify.as_ref(), &changes, faults);
    if alone {
        together(&on_node(&changes), &what, faults);
    }
    let (verify, undo_after) = (verify?, undo_after?);
    named.then(|| FixRule {
        name: entry.key.value.clone(),
        effect,
        require,
        changes,
        texts,
        verify,
        undo_after,
        span: entry.key.span,
    })
}

/// When the node takes the fix back by itself: later than the condition can have held.
fn undo_after(
    fields: &Fields<'_>,
    verify: Option<&Verify>,
    changes: &[Box<dyn Change>],
    faults: &mut Faults,
) -> Option<Duration> {
    let one_way = changes.iter().find(|change| !change.has_way_back());
    if let (Some(change), Some(tree)) = (one_way, fields.get("undo-unless-kept")) {
        faults
            .error(
                "needless-undo",
                tree.span(),
                "nothing can take this fix back, at no time",
            )
            .label(change.span(), "this has no way back")
            .help("leave it out");
        return None;
    }
    // The switch's time begins before the change, and some take long: a container's start.
    let slow = changes.iter().map(|change| match change.carried() {
        Carried::Node(change) => change.lasts().saturating_sub(QUICK),
        Carried::Cluster(_) => Duration::ZERO,
        Carried::Evictions(evictions) => evictions.within,
    });
    let changing: Duration = slow.sum();
    let Some(tree) = fields.get("undo-unless-kept") else {
        return verify.map(|verify| verify.within + KEEPING + changing);
    };
    let given = tree.expect_duration("`undo-unless-kept`", faults)?;
    if on_node(changes).is_empty() {
        faults
            .error(
                "needless-undo",
                tree.span(),
                "nothing on the node takes this fix back by itself",
            )
            .help("leave `undo-unless-kept` out: heeler takes back what the Kubernetes API carries out");
        return None;
    }
    let hold = verify?.hold;
    let needed = changing + hold + KEEPING;
    if given <= hold {
        faults
            .error(
                "short-undo",
                tree.span(),
                "the node would take the fix back before the condition can have held",
            )
            .help("make `undo-unless-kept` longer than `for` of `verify`, or leave it out");
    } else if changing > Duration::ZERO && given < needed {
        faults
            .warning(
                "hasty-undo",
                tree.span(),
                "the node may take the fix back while it is still carried out",
            )
            .help(format!(
                "make `undo-unless-kept` at least {} s: its changes may take long, `for` comes after them, \
                 and keeping it is one more command; or leave it out",
                needed.as_secs()
            ));
    }
    Some(given)
}

/// The changes, each with its texts.
fn changes(
    fields: &Fields<'_>,
    what: &str,
    fix: &Entry,
    actions: &[&'static dyn Action],
    facts: &Facts,
    faults: &mut Faults,
) -> Vec<(Box<dyn Change>, ChangeTexts)> {
    let items = fields
        .require("change", what, faults)
        .and_then(|tree| tree.expect_list("`change`", faults));
    if items.is_some_and(<[Tree]>::is_empty) {
        faults.error("empty-fix", fix.key.span, format!("{what} changes nothing"));
    }
    let mut changes = Vec::new();
    for item in items.unwrap_or_default() {
        let Some(fields) = Fields::open(item, "a change", CHANGE_KEYS, faults) else {
            continue;
        };
        let Some((action, parameters)) = one_action(&fields, &fix.key, actions, faults) else {
            continue;
        };
        if let Some(change) = action.change(parameters, faults)
            && let wanted = templates(&change.texts(), facts, faults)
            && let back = templates(&change.back_texts(), facts, faults)
            && let (Some(wanted), Some(back)) = (wanted, back)
        {
            changes.push((change, ChangeTexts { wanted, back }));
        }
    }
    changes
}

fn templates(
    texts: &[&Spanned<String>],
    facts: &Facts,
    faults: &mut Faults,
) -> Option<Vec<Template>> {
    let checked = texts
        .iter()
        .map(|text| texts::checked(text, facts, faults))
        .collect::<Vec<_>>();
    checked.into_iter().collect()
}

/// The changes that the node carries out.
fn on_node(changes: &[Box<dyn Change>]) -> Vec<&dyn NodeChange> {
    let carried = changes.iter().map(|change| change.carried());
    let of_node = carried.filter_map(|carried| match carried {
        Carried::Node(change) => Some(change),
        Carried::Cluster(_) | Carried::Evictions(_) => None,
    });
    of_node.collect()
}

/// What a switch on the node takes back and what heeler has to take back can't stand or fall
/// together.
fn one_carrier(changes: &[Box<dyn Change>], what: &str, faults: &mut Faults) -> bool {
    let Some((first, others)) = changes.split_first() else {
        return true;
    };
    let is_of_node = |change: &dyn Change| matches!(change.carried(), Carried::Node(_));
    let by = |change: &dyn Change| match change.carried() {
        Carried::Node(_) => "by the node",
        Carried::Cluster(_) | Carried::Evictions(_) => "by the Kubernetes API",
    };
    let is_first = is_of_node(first.as_ref());
    let mut others = others.iter().map(AsRef::as_ref);
    let other = others.find(|other| is_of_node(*other) != is_first);
    if let Some(other) = other {
        let title = format!("{what} changes something on the node and in the Kubernetes API");
        faults
            .error("mixed-fix", other.span(), title)
            .here(format!("carried out {}", by(other)))
            .label(first.span(), format!("carried out {}", by(first.as_ref())))
            .help("make two fixes of it: only what is on the node can be taken back there");
    }
    other.is_none()
}

/// What can be taken back and what can't don't stand or fall together.
fn one_way_or_back(changes: &[Box<dyn Change>], what: &str, faults: &mut Faults) {
    let (back, one_way): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| change.has_way_back());
    if let (Some(other), Some(change)) = (back.first(), one_way.first()) {
        faults
            .error(
                "mixed-ways",
                change.span(),
                format!("{what} can be taken back in parts only"),
            )
            .here("this has no way back")
            .label(other.span(), "this has one")
            .help("make two fixes of it: all changes of a fix stand or fall together");
    }
}

/// A reboot is the only change of its fix: what else would be changed it would end, or come after.
fn alone(changes: &[&dyn NodeChange], what: &str, faults: &mut Faults) -> bool {
    let reboot = changes.iter().find(|change| change.reboot().is_some());
    let beside = reboot.filter(|_| changes.len() > 1);
    if let Some(reboot) = beside {
        faults
            .error(
                "not-alone",
                reboot.span(),
                format!("{what} reboots the node and changes something else"),
            )
            .help("make two fixes of it: a reboot goes through steps of its own");
    }
    beside.is_none()
}

/// One command carries all changes of a fix, so that they stand or fall together.
fn together(changes: &[&dyn NodeChange], what: &str, faults: &mut Faults) {
    let Some((first, others)) = changes.split_first() else {
        return;
    };
    if let Some(other) = others.iter().find(|other| other.place() != first.place()) {
        let title = format!("{what} changes something in two places");
        faults
            .error("several-places", other.span(), title)
            .here(format!("in the {}", other.place()))
            .label(first.span(), format!("in the {}", first.place()))
            .help("make two fixes of it: one command carries all changes of a fix");
    }
    for (at, change) in (1..).zip(changes) {
        let Some(service) = change.restarts() else {
            continue;
        };
        let later = changes.iter().skip(at);
        if let Some(second) = later
            .into_iter()
            .find(|later| later.restarts() == Some(service))
        {
            faults
                .error(
                    "restarted-twice",
                    second.span(),
                    format!("{what} restarts {service} twice in a row"),
                )
                .label(change.span(), "the first time")
                .help(
                    "a restart in the middle of a restart is lost: make one map of them below the \
                     name that they share, or two fixes",
                );
            return;
        }
    }
}

fn verify(tree: &Tree, facts: &Facts, faults: &mut Faults) -> Option<Verify> {
    let fields = Fields::read(tree, "`verify`", VERIFY_KEYS, faults)?;
    let that = fields
        .require("that", "`verify`", faults)
        .and_then(|tree| texts::condition(tree, "`that`", facts, faults))
        // Every sample says what the condition has read.
        .filter(|that| texts::refuse_secret(&that.roots(), that.scalar(), facts, faults).is_some());
    let mut time = |key| {
        let tree = fields.require(key, "`verify`", faults)?;
        Some((
            tree.expect_duration(&format!("`{key}`"), faults)?,
            tree.span(),
        ))
    };
    let (hold, within) = (time("for"), time("within"));
    let (that, (hold, hold_span), (within, within_span)) = (that?, hold?, within?);
    if hold == Duration::ZERO {
        faults
            .error(
                "empty-hold",
                hold_span,
                "a condition that holds for no time proves nothing",
            )
            .help("give it long enough for the trouble to come back: `for: 30s`");
    }
    if within < hold + SAMPLING {
        faults
            .error(
                "short-verify",
                within_span,
                "`within` leaves no time to see the condition hold",
            )
            .here("the condition can't have held by then")
            .label(hold_span, "it has to hold this long")
            .help("make `within` at least 10 seconds longer than `for`: looking takes time");
    }
    Some(Verify { that, hold, within })
}
