//! Inputs of every type, and what callers can give for them.

use std::sync::LazyLock;

use heeler_core::action;
use heeler_core::runbook::{Input, load};
use heeler_core::syntax::{Source, render};
use heeler_core::value::Value;

use super::choices::Choices;
use super::leaf::{Leaf, leaves};
use super::values::value;

/// What looks name in their parameters: every generated runbook has these.
pub(super) const BASE: usize = 5;
/// The inputs that a generated runbook can have.
const INPUTS: [(&str, &str); 18] = [
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
    ("token", "{ type: text, secret: true, help: Never shown }"),
    (
        "count",
        "{ type: integer, minimum: -9, help: Has no default }",
    ),
    (
        "room",
        "{ type: quantity, default: 512Mi, minimum: 1Mi, maximum: 2Gi, help: x }",
    ),
    ("spare", "{ type: quantity, help: x }"),
    ("age", "{ type: duration, maximum: 2h, help: x }"),
    (
        "mode",
        "{ type: enum, values: [a, fast, kubelet], default: fast, help: x }",
    ),
    ("unit", "{ type: text, pattern: '[a-z0-9-]+', help: x }"),
    (
        "key",
        "{ type: text, pattern: '[a-z]+', secret: true, help: x }",
    ),
    (
        "names",
        "{ type: list, of: text, default: [a, kubelet], help: x }",
    ),
    ("ports", "{ type: list, of: integer, help: x }"),
    (
        "waits",
        "{ type: list, of: duration, default: '5s,2m', help: x }",
    ),
    (
        "sizes",
        "{ type: list, of: quantity, default: 1Mi, help: x }",
    ),
    ("peer", "{ type: node, help: x }"),
    ("workload", "{ type: pod, help: x }"),
];
/// What a caller types.
const TYPED: [&str; 20] = [
    "3",
    "kubelet",
    "60s",
    "true",
    "512Mi",
    "node-1",
    "a",
    "shop/checkout",
    "0",
    "-7",
    "9223372036854775807",
    "false",
    "2m",
    "1h30m",
    "1G",
    "ip-10-0-0-1.ec2.internal",
    "3,4,5",
    "a,b,c",
    "5s,1h",
    "ü {{ x }} $(id)",
];

/// An input with all that it takes.
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) shape: &'static str,
    pub(super) input: Input,
}

static ALL: LazyLock<Vec<Given>> = LazyLock::new(|| {
    let source = Source {
        name: "inputs.yaml".into(),
        text: format!(
            "heeler: 1\nname: inputs\nsummary: x\ntarget: node\ninputs:\n{}\
             look:\n  memory: {{ memory: {{}} }}\nfind:\n  found: {{ when: memory is absent, severity: note, says: x }}\n",
            written(INPUTS)
        ),
    };
    match load(source.clone(), action::all()) {
        Ok(runbook) => {
            let inputs = INPUTS.into_iter().zip(runbook.inputs);
            inputs
                .map(|((name, shape), input)| Given { name, shape, input })
                .collect()
        }
        Err(faults) => panic!("{}", render(&source, &faults, false)),
    }
});

/// Inputs as they stand below `inputs:`.
pub(super) fn written<'t>(inputs: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    let line = |(name, shape)| format!("  {name}: {shape}\n");
    inputs.into_iter().map(line).collect()
}

/// Those that every runbook has.
pub(super) fn base() -> &'static [Given] {
    &ALL[..BASE]
}

/// Those of a runbook: the ones that all have, and some.
pub(super) fn some(choices: &mut Choices<'_>) -> Vec<&'static Given> {
    let others = ALL[BASE..].iter().filter(|_| choices.once_in(3));
    let others: Vec<&Given> = others.collect();
    base().iter().chain(others).collect()
}

/// What expressions can read of an input.
pub(super) fn read(given: &Given) -> Vec<Leaf> {
    let path = format!("inputs.{}", given.name);
    let mut all = leaves(&path, &given.input.kind, false);
    for leaf in &mut all {
        leaf.secret = given.input.secret;
    }
    all
}

/// What a caller can type for an input; there is always something.
pub(super) fn typed(input: &Input) -> Vec<&'static str> {
    let accepted = TYPED.into_iter().filter(|text| input.accept(text).is_ok());
    accepted.collect()
}

/// A value that an input can have in a run.
pub(super) fn given(input: &Input, choices: &mut Choices<'_>) -> Value {
    if let Some(default) = &input.default
        && choices.below(3) == 0
    {
        return default.clone();
    }
    if input.secret {
        return Value::text(SECRET);
    }
    let any = value(&input.kind, false, choices);
    let free = !matches!(any, Value::Text(_) | Value::Record(_));
    if free && choices.below(2) == 0 && input.within(&any).is_ok() {
        return any;
    }
    let texts = typed(input);
    let text = choices.pick(&texts);
    input.accept(text).expect("it was accepted before")
}

/// The value of every secret: it must not be found in any text.
pub(super) const SECRET: &str = "opensesame";
