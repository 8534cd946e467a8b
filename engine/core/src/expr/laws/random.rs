//! Expressions and worlds made at random.

use std::time::Duration;

use proptest::prelude::*;

use crate::expr::World;
use crate::value::{Bytes, DurationSpan, Kind, Share, Unseen, Value, Version, Why};

/// The fields of the one look that the expressions read.
pub(super) const FIELDS: [(&str, Kind); 7] = [
    ("on", Kind::Bool),
    ("count", Kind::Integer),
    ("rate", Kind::Number),
    ("share", Kind::Share),
    ("age", Kind::Duration),
    ("memory", Kind::Bytes),
    ("version", Kind::Version),
];

/// Its fields that are lists.
pub(super) fn lists() -> [(&'static str, Kind); 2] {
    let top = Kind::record([("port", Kind::Integer, ""), ("age", Kind::Duration, "")]);
    [
        ("sizes", Kind::List(Box::new(Kind::Integer))),
        ("tops", Kind::List(Box::new(top))),
    ]
}

/// Conditions on the items of a list, and their lists, as text.
pub(super) fn listed() -> impl Strategy<Value = (String, String)> {
    let how = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let sizes = (how(), -3..4i64).prop_map(|(how, n)| format!("each {how} {n}"));
    let tops = prop_oneof![
        (how(), -3..4i64).prop_map(|(how, n)| format!("each.port {how} {n}")),
        how().prop_map(|how| format!("each.port {how} t.count")),
        how().prop_map(|how| format!("each.age {how} t.age or t.on")),
        Just("each.age is absent".to_string()),
        Just("true".to_string()),
    ];
    prop_oneof![
        sizes.prop_map(|body| ("t.sizes".to_string(), body)),
        tops.prop_map(|body| ("t.tops".to_string(), body)),
    ]
}

/// Conditions made of many by a function: `of` is what stands in its brackets.
pub(super) fn folded(of: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    prop_oneof![
        of.clone().prop_map(|of| format!("any({of})")),
        of.clone().prop_map(|of| format!("all({of})")),
        (of.clone(), 0..4i64).prop_map(|(of, n)| format!("count({of}) > {n}")),
        of.prop_map(|of| format!("share({of}) >= 0.5")),
    ]
}

/// Numbers, as text.
pub(super) fn number(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("t.count".to_string()),
        Just("t.rate".to_string()),
        Just("t.share".to_string()),
        Just("9223372036854775807".to_string()),
        (0..5i64).prop_map(|n| n.to_string()),
        (0..5i64).prop_map(|n| format!("-{n}.5")),
    ];
    leaf.prop_recursive(depth, 16, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), prop::sample::select(vec!["+", "-", "*", "/"]))
                .prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            two.clone().prop_map(|(a, b)| format!("larger({a}, {b})")),
            two.prop_map(|(a, b)| format!("smaller({a}, {b})")),
            inner.prop_map(|a| format!("(-{a})")),
            Just("(t.count | default(3))".to_string()),
            Just("(t.age / t.age)".to_string()),
            Just("(t.memory / \"1MiB\")".to_string()),
            Just("max(t.sizes, each)".to_string()),
            listed().prop_map(|(list, body)| format!("count({list}, {body})")),
        ]
    })
    .boxed()
}

/// Values with a unit, as text.
pub(super) fn measured() -> impl Strategy<Value = (String, String)> {
    let age = prop::sample::select(vec![
        "t.age",
        "t.age * 2",
        "(t.age - \"5s\")",
        "(t.age + t.age)",
        "t.age / t.count",
    ]);
    let size = prop::sample::select(vec![
        "t.memory",
        "t.memory * t.share",
        "(t.memory - \"1KiB\")",
    ]);
    prop_oneof![
        (
            age.clone(),
            prop_oneof![age, Just("\"5s\"")].prop_map(str::to_string)
        ),
        (size.clone(), size.prop_map(str::to_string)),
        (Just("t.version"), Just("\"1.33\"".to_string())),
    ]
    .prop_map(|(a, b)| (a.to_string(), b))
}

/// Conditions, as text.
pub(super) fn condition() -> BoxedStrategy<String> {
    let how = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        Just("t.on".to_string()),
        Just("true".to_string()),
        Just("t.age is absent".to_string()),
        Just("t.count is not absent".to_string()),
        (number(2), how.clone(), number(2)).prop_map(|(a, how, b)| format!("{a} {how} {b}")),
        (measured(), how).prop_map(|((a, b), how)| format!("{a} {how} {b}")),
        folded(
            listed()
                .prop_map(|(list, body)| format!("{list}, {body}"))
                .boxed()
        ),
        Just("max(t.tops, each.age) > \"5s\"".to_string()),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("(({a}) and ({b}))")),
            two.clone().prop_map(|(a, b)| format!("(({a}) or ({b}))")),
            inner.clone().prop_map(|a| format!("(not ({a}))")),
            (two, inner).prop_map(|((a, b), c)| format!("(({a}) if ({b}) else ({c}))")),
        ]
    })
    .boxed()
}

fn seen(kind: &Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Integer => prop_oneof![-3..4i64, any::<i64>()]
            .prop_map(Value::Integer)
            .boxed(),
        Kind::Number => prop_oneof![-3.0..4.0f64, any::<f64>()]
            .prop_map(Value::Number)
            .boxed(),
        Kind::Share => (0.0..=1.0f64).prop_map(|n| Value::Share(Share(n))).boxed(),
        Kind::Duration => any::<u32>()
            .prop_map(|ms| Value::Duration(DurationSpan(Duration::from_millis(u64::from(ms)))))
            .boxed(),
        Kind::Bytes => any::<u64>().prop_map(|n| Value::Bytes(Bytes(n))).boxed(),
        Kind::List(of) => prop::collection::vec(seen(of), 0..4)
            .prop_map(Value::List)
            .boxed(),
        Kind::Record(_) => (seen(&Kind::Integer), seen(&Kind::Duration))
            .prop_map(|(port, age)| {
                let age = match port {
                    Value::Integer(0) => Value::Absent,
                    _ => age,
                };
                Value::record([("port", port), ("age", age)])
            })
            .boxed(),
        _ => (0..3u64, 0..40u64)
            .prop_map(|(major, minor)| {
                Value::Version(Version {
                    major,
                    minor,
                    patch: 0,
                })
            })
            .boxed(),
    }
}

/// A world in which everything was answered, and the same with some answers missing.
pub(super) fn worlds() -> impl Strategy<Value = (World, World)> {
    let fields: Vec<_> = FIELDS
        .into_iter()
        .chain(lists())
        .map(|(name, kind)| {
            let value = prop_oneof![9 => seen(&kind), 1 => Just(Value::Absent)];
            (Just(name), value, prop::bool::weighted(0.3), 0..6usize)
        })
        .collect();
    fields.prop_map(|fields| {
        let whole = fields
            .iter()
            .map(|(name, value, ..)| (*name, value.clone()));
        let partial = fields.iter().map(|(name, value, lost, from)| {
            let value = match (lost, value) {
                (false, value) => value.clone(),
                (true, Value::List(items)) if *from <= items.len() => cut(items, *from),
                (true, _) => gone(),
            };
            (*name, value)
        });
        (world(whole), world(partial))
    })
}

/// Several nodes, likewise.
pub(super) fn nodes() -> impl Strategy<Value = (Vec<World>, Vec<World>)> {
    prop::collection::vec(worlds(), 1..5).prop_map(|nodes| nodes.into_iter().unzip())
}

fn world(fields: impl Iterator<Item = (&'static str, Value)>) -> World {
    World::from_iter([("t", Value::record(fields))])
}

/// A list of which nobody knows how it goes on from `from`.
fn cut(items: &[Value], from: usize) -> Value {
    let mut known: Vec<Value> = items.iter().take(from).cloned().collect();
    known.push(gone());
    Value::List(known)
}

fn gone() -> Value {
    Value::Unseen(vec![Unseen {
        look: "t".into(),
        why: Why::Truncated,
    }])
}
