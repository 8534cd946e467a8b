//! Looks of every action, with the kinds of their answers as the loader knows them.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use heeler_core::action;
use heeler_core::runbook::{Scope, load};
use heeler_core::syntax::{Source, render};
use heeler_core::value::Kind;

use super::choices::Choices;

/// The inputs that a generated runbook can have.
pub(super) const INPUTS: [(&str, &str); 4] = [
    (
        "limit",
        "{ type: integer, default: 3, minimum: 0, maximum: 9000, help: A limit }",
    ),
    (
        "wait",
        "{ type: duration, default: 60s, minimum: 30s, help: How long }",
    ),
    ("name", "{ type: text, default: kubelet, help: A name }"),
    (
        "strict",
        "{ type: boolean, default: false, help: Whether it counts }",
    ),
];

/// Looks as they stand below a name.
const SHAPES: [&str; 16] = [
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
    "run: { at: control, script: 'echo {{ inputs.name }}', extract: { pods: { pattern: '([0-9]+) pods', type: integer }, age: { pattern: 'age (.*)', type: duration } } }",
    "run: { at: host, argv: [uptime, \"{{ inputs.limit }}\"] }",
];

type Known = BTreeMap<&'static str, (Kind, bool)>;

static KINDS: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// A look, the kind of its answer, and whether it is one of a node.
pub(super) fn look(choices: &mut Choices<'_>) -> (&'static str, Kind, bool) {
    let shape = *choices.pick(&SHAPES);
    let mut known = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
    let (kind, per_node) = known.entry(shape).or_insert_with(|| kind_of(shape)).clone();
    (shape, kind, per_node)
}

fn kind_of(shape: &str) -> (Kind, bool) {
    let inputs: String = INPUTS
        .iter()
        .map(|(name, input)| format!("  {name}: {input}\n"))
        .collect();
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
