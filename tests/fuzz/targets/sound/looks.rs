//! Looks of every action, with the kinds of their answers as the loader knows them.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use heeler_core::action;
use heeler_core::runbook::{Scope, load};
use heeler_core::syntax::{Source, render};
use heeler_core::value::{Field, Kind};

use super::choices::Choices;
use super::inputs;

/// Looks as they stand below a name.
const SHAPES: [&str; 18] = [
    "memory: {}",
    "sysctl: { count: net.netfilter.nf_conntrack_count, wait: net.netfilter.nf_conntrack_udp_timeout, mode: kernel.osrelease }",
    "conntrack-counters: { over: 2s }",
    "conntrack-entries: { sample: 500 }",
    "dmesg: { pattern: \"Killed process\" }",
    "ethtool: { counters: [bw_in_allowance_exceeded], over: 1s }",
    "socket-counters: {}",
    "settings: { prefix: settings, extract: { on: { path: a.b, type: boolean }, size: { path: c, type: bytes }, version: { path: 'd[\"e.f/g\"]', type: version } } }",
    "kube: { get: nodes, extract: { cpus: { path: status.capacity.cpu, type: integer }, rate: { path: x, type: number }, wait: { path: y, type: duration } } }",
    "kube: { get: configmaps, namespace: kube-system, name: proxy, extract: { min: { path: data.c, yaml: a.b, type: integer }, name: { path: x, type: text } } }",
    "kube: { get: daemonsets, api: apps/v1, namespace: kube-system, name: \"{{ inputs.name }}\", extract: { version: { path: x, type: version }, on: { path: y, type: boolean } } }",
    "journal: { unit: kubelet, window: 1h, pattern: error }",
    "journal: { unit: \"{{ inputs.name }}\", window: 10m }",
    "disk: { path: /var/lib/containerd }",
    "disk: { path: \"/var/{{ inputs.name }}\" }",
    "run: { at: control, script: 'echo {{ inputs.name }}', extract: { pods: { pattern: '([0-9]+) pods', type: integer }, age: { pattern: 'age (.*)', type: duration } } }",
    "run: { at: host, argv: [uptime, \"{{ inputs.limit }}\"] }",
    "run: { at: admin, script: 'uptime', extract: { room: { pattern: 'free (.*)', type: bytes }, version: { pattern: 'v(.*)', type: version }, on: { pattern: 'is (.*)', type: boolean } } }",
];
/// Looks that go over a list; `ITEM` is what they name of its item.
const EACH_SHAPES: [&str; 5] = [
    "disk: { path: \"/var/{{ ITEM }}\" }",
    "journal: { unit: \"{{ ITEM }}\", window: 10m, pattern: error }",
    "kube: { get: pods, namespace: shop, name: \"{{ ITEM }}\", extract: { phase: { path: status.phase, type: text }, restarts: { path: x, type: integer } } }",
    "run: { at: control, script: 'ping {{ ITEM }} {{ inputs.limit }}', extract: { took: { pattern: '(.*) ms', type: number } } }",
    "run: { at: host, argv: [uptime, \"{{ ITEM }}\"] }",
];

/// A look as the page writes it.
pub(super) struct Shape {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// Whether it is one of a node.
    pub(super) per_node: bool,
    /// Whether it can be asked again.
    pub(super) again: bool,
}

/// A look.
pub(super) fn look(choices: &mut Choices<'_>) -> Shape {
    let shape = *choices.pick(&SHAPES);
    described(shape, shape)
}

/// A look for each item of a list; `path` is what it names of an item of this kind.
pub(super) fn look_for_each(path: &str, item: &Kind, choices: &mut Choices<'_>) -> Shape {
    let written = *choices.pick(&EACH_SHAPES);
    let mut shape = described(written, &written.replace("ITEM", "inputs.name"));
    if let Kind::Record(fields) = &mut shape.kind {
        let kind = item.clone();
        fields.insert("each".into(), Field { kind, help: "" });
    }
    Shape {
        text: written.replace("ITEM", path),
        kind: Kind::List(Box::new(shape.kind)),
        ..shape
    }
}

fn described(key: &'static str, text: &str) -> Shape {
    type Known = BTreeMap<&'static str, (Kind, bool)>;
    static KINDS: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let mut known = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
    let (kind, per_node) = known.entry(key).or_insert_with(|| kind_of(text)).clone();
    Shape {
        text: text.into(),
        kind,
        per_node,
        again: !text.starts_with("run:"),
    }
}

fn kind_of(shape: &str) -> (Kind, bool) {
    let given = inputs::base();
    let inputs = inputs::written(given.iter().map(|given| (given.name, given.shape)));
    let source = Source {
        name: "one.yaml".into(),
        text: format!(
            "heeler: 1\nname: one\nsummary: x\ntarget: node\ninputs:\n{inputs}look:\n  one:\n    {shape}\n\
             find:\n  found: {{ when: one is absent, severity: note, says: x }}\n"
        ),
    };
    match load(source.clone(), action::all()) {
        Ok(runbook) => {
            let step = runbook.looks.first().expect("there is one look");
            (step.kind(), step.scope == Scope::Node)
        }
        Err(faults) => panic!("{}", render(&source, &faults, false)),
    }
}
