//! The nodes of a case.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::model::{Ending, Node, Pod, Sample};
use super::read::{Reading, VALUES};
use super::{scalar, then};
use crate::event::InstanceId;
use crate::runbook::Scope;
use crate::syntax::limits::CASE_NODES;
use crate::syntax::{Fields, Key, Shape, Span, Tree};
use crate::value::Value;

/// The keys of a node.
pub(super) const KEYS: &[Key] = &[
    Key::optional("name", Shape::Text, "Its name in Kubernetes"),
    Key::required("instance", Shape::Text, "The id of its EC2 instance"),
    Key::optional(
        "cpus",
        Shape::Integer {
            least: 1,
            most: u32::MAX as i64,
        },
        "Number of CPUs",
    ),
    Key::optional("os_version", Shape::Text, "Bottlerocket's version"),
    Key::optional("boot_id", Shape::Text, "The id of its boot"),
    Key::optional(
        "pod",
        Shape::Text,
        "The pod that the run is about, as `NAMESPACE/NAME`",
    ),
    Key::optional("no-answer", Shape::Text, "Why it gave no answer at all"),
    Key::optional("looks", VALUES, "What its looks gave"),
    Key::optional(
        "later",
        Shape::List {
            of: &Shape::Keys(SAMPLE_KEYS),
            least: 0,
        },
        "What was seen after a fix, the earliest first",
    ),
    Key::optional("then", Shape::Keys(then::KEYS), "What must be said of it"),
];
const SAMPLE_KEYS: &[Key] = &[
    Key::required("after", Shape::Duration(None), "The time since the change"),
    Key::required("looks", VALUES, "What the looks gave that were asked again"),
];

/// Reads `nodes:`.
pub(super) fn read(tree: &Tree, reading: &mut Reading<'_>) -> Vec<Node> {
    let items = tree.expect_list("`nodes`", reading.faults);
    if items.is_some_and(<[Tree]>::is_empty) {
        reading
            .faults
            .error("no-nodes", tree.span(), "a case has at least one node");
    }
    if let Some(beyond) = items.and_then(|items| items.get(CASE_NODES)) {
        let title = format!("a case has at most {CASE_NODES} nodes");
        let start = beyond.span().start;
        reading
            .faults
            .error("too-many-entries", Span::new(start, start), title)
            .help("leave out those that are like others");
    }
    let mut seen = BTreeSet::new();
    let mut nodes = Vec::new();
    for item in items.unwrap_or_default().iter().take(CASE_NODES) {
        let Some(node) = node(item, reading) else {
            continue;
        };
        if !seen.insert(node.instance.as_str().to_owned()) {
            reading
                .faults
                .error(
                    "duplicate-node",
                    Span::new(item.span().start, item.span().start),
                    format!("the node {} stands here twice", node.instance),
                )
                .help("give each node an instance id of its own");
        }
        nodes.push(node);
    }
    nodes
}

fn node(tree: &Tree, reading: &mut Reading<'_>) -> Option<Node> {
    let what = "a node";
    let fields = Fields::read(tree, what, KEYS, reading.faults)?;
    let text = |key: &str, reading: &mut Reading<'_>| {
        let text = fields.text(key, reading.faults)?;
        Some(text.value.clone())
    };
    let name = text("name", reading);
    let os_version = text("os_version", reading);
    let boot_id = text("boot_id", reading);
    let instance = fields
        .require("instance", what, reading.faults)
        .and_then(|tree| instance(tree, reading));
    let cpus = fields.get("cpus").and_then(|tree| cpus(tree, reading));
    let pod = fields.get("pod").and_then(|tree| pod(tree, reading));
    let silent = text("no-answer", reading);
    let mut node = Node {
        name,
        instance: instance?,
        cpus,
        os_version,
        boot_id,
        pod,
        silent,
        looks: BTreeMap::new(),
        later: Vec::new(),
        then: super::model::Then::default(),
    };
    if node.silent.is_some() {
        mute(&fields, reading);
        return Some(node);
    }
    node.looks = reading.looks(fields.get("looks"), &fields, Scope::Node);
    node.then = then::read(fields.get("then"), tree, Scope::Node, reading);
    let applied = node.then.fixes.keys().cloned().collect::<Vec<_>>();
    let names_fix = fields
        .get("then")
        .and_then(|then| then.get("fix"))
        .is_some();
    if let (Some(tree), false) = (fields.get("later"), names_fix) {
        no_fix(tree, reading);
    }
    node.later = later(fields.get("later"), &applied, reading);
    if let Some((name, (_, span))) = node.then.fixes.first_key_value()
        && node.later.is_empty()
        && fields.get("later").is_none()
    {
        reading
            .faults
            .error(
                "fix-without-samples",
                *span,
                format!("nothing says what was seen after `{name}`"),
            )
            .help("add `later:` with what the looks of its `verify` gave");
    }
    Some(node)
}

/// Of a node that gave no answer nothing was seen, and nothing is said.
fn mute(fields: &Fields<'_>, reading: &mut Reading<'_>) {
    for key in ["looks", "later", "then"] {
        if let Some(tree) = fields.get(key) {
            reading
                .faults
                .error(
                    "silent-node",
                    Span::new(tree.span().start, tree.span().start),
                    format!("a node without an answer has no `{key}`"),
                )
                .help("remove it, or `no-answer`");
        }
    }
}

fn instance(tree: &Tree, reading: &mut Reading<'_>) -> Option<InstanceId> {
    let text = tree.expect_text("`instance`", reading.faults)?;
    let read = text.value.parse();
    if let Err(why) = &read {
        let title = "this is no instance id";
        reading
            .faults
            .error("not-an-instance", text.span, title)
            .help(why);
    }
    read.ok()
}

fn cpus(tree: &Tree, reading: &mut Reading<'_>) -> Option<u32> {
    let read = tree.expect_integer("`cpus`", reading.faults)?;
    let cpus = u32::try_from(read).ok().filter(|cpus| *cpus > 0);
    if cpus.is_none() {
        reading
            .faults
            .error("no-cpus", tree.span(), "a node has at least one CPU")
            .help("leave `cpus` out where the node could not tell");
    }
    cpus
}

fn pod(tree: &Tree, reading: &mut Reading<'_>) -> Option<Pod> {
    let text = tree.expect_text("`pod`", reading.faults)?;
    let pod = text.value.split_once('/').map(|(namespace, name)| Pod {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    });
    if pod.is_none() {
        reading
            .faults
            .error("not-a-pod", text.span, "this names no pod")
            .help("write it as NAMESPACE/NAME");
    }
    pod
}

fn no_fix(later: &Tree, reading: &mut Reading<'_>) {
    reading
        .faults
        .error(
            "samples-without-fix",
            Span::new(later.span().start, later.span().start),
            "`later` is what was seen after a fix, and no fix is applied",
        )
        .help(format!(
            "add `fix: {{NAME: {}}}` below `then:`",
            Ending::Kept.word()
        ));
}

/// Reads `later:`; `applied` are the fixes whose end the case tells.
fn later(tree: Option<&Tree>, applied: &[String], reading: &mut Reading<'_>) -> Vec<Sample> {
    let Some(tree) = tree else { return Vec::new() };
    let items = tree.expect_list("`later`", reading.faults);
    let mut samples: Vec<Sample> = Vec::new();
    for item in items.unwrap_or_default() {
        let Some(sample) = sample(item, applied, reading) else {
            continue;
        };
        if samples
            .last()
            .is_some_and(|last| last.after >= sample.after)
        {
            reading
                .faults
                .error(
                    "sample-order",
                    Span::new(item.span().start, item.span().start),
                    "this sample is not later than the one before it",
                )
                .help("`after` is the time since the change, the earliest first");
        }
        samples.push(sample);
    }
    samples
}

fn after(tree: &Tree, reading: &mut Reading<'_>) -> Option<Duration> {
    let text = tree.expect_text("`after`", reading.faults)?;
    let read = scalar::span(&text.value);
    if let Err(why) = &read {
        reading
            .faults
            .error("not-a-duration", text.span, "`after` is no duration")
            .help(why);
    }
    read.ok()
}

fn sample(tree: &Tree, applied: &[String], reading: &mut Reading<'_>) -> Option<Sample> {
    let what = "a sample";
    let fields = Fields::read(tree, what, SAMPLE_KEYS, reading.faults)?;
    let after = fields
        .require("after", what, reading.faults)
        .and_then(|tree| after(tree, reading));
    let entries = fields
        .require("looks", what, reading.faults)
        .and_then(|tree| tree.expect_map("`looks`", reading.faults))
        .unwrap_or_default();
    let mut looks: BTreeMap<String, Value> = BTreeMap::new();
    for entry in entries {
        if let Some(value) = reading.look(entry, None) {
            looks.insert(entry.key.value.clone(), value);
        }
    }
    let runbook = reading.runbook;
    let fixes = runbook.fixes.iter();
    let read: BTreeSet<String> = fixes
        .filter(|fix| applied.contains(&fix.name))
        .flat_map(|fix| fix.verify.that.roots())
        .map(|(root, _)| root)
        .filter(|root| runbook.looks.iter().any(|step| step.name == *root))
        .collect();
    for name in read {
        if !entries.iter().any(|entry| entry.key.value == name) {
            reading
                .faults
                .error(
                    "missing-look",
                    Span::new(tree.span().start, tree.span().start),
                    format!("the sample has no value for the look `{name}`"),
                )
                .help(format!(
                    "add `{name}:` below its `looks:`; `verify` reads it"
                ));
        }
    }
    Some(Sample {
        after: after?,
        looks,
    })
}
