//! What is written is what is read back, whatever the value.

use std::time::Duration;

use proptest::prelude::*;

use crate::case::needs::Need;
use crate::case::value::{self, Reader};
use crate::syntax::{Faults, Source, parse_yaml, render};
use crate::value::{Bytes, DurationSpan, Field, Kind, Share, Unseen, Value, Version, Why};

fn text() -> BoxedStrategy<String> {
    let words = prop::sample::select(vec![
        "absent",
        "not-seen",
        "true",
        "null",
        "~",
        "",
        " ",
        "- a",
        "a: b",
        "#",
        "81 %",
        "1e3",
        "0x1f",
        "é",
        "10.0.9.4:5432",
        "shop/checkout",
        "a\n  b\n",
        "\u{feff}",
        "\u{0}",
        "\u{85}",
        "{",
        "'",
        "\"",
        "\\n",
        "?",
        "2026-01-01",
    ]);
    prop_oneof![
        any::<String>(),
        words.prop_map(str::to_owned),
        "[a-z0-9/._: #%-]{0,12}"
    ]
    .boxed()
}

fn why() -> impl Strategy<Value = Why> {
    let named: [fn(String) -> Why; 7] = [
        Why::NotThere,
        Why::Failed,
        Why::Garbled,
        Why::NoAnswer,
        Why::Forbidden,
        Why::KubernetesDown,
        Why::NoTarget,
    ];
    prop_oneof![
        Just(Why::AdminOff),
        Just(Why::Truncated),
        Just(Why::NotAsked),
        any::<u64>().prop_map(Why::TimedOut),
        (prop::sample::select(named.to_vec()), text()).prop_map(|(named, text)| named(text)),
    ]
}

fn unseen() -> impl Strategy<Value = Value> {
    let one = why().prop_map(|why| {
        vec![Unseen {
            look: "look".into(),
            why,
        }]
    });
    let many = prop::collection::vec((text(), why()), 0..3);
    let many = many.prop_map(|all| {
        all.into_iter()
            .map(|(look, why)| Unseen { look, why })
            .collect()
    });
    prop_oneof![one, many].prop_map(Value::Unseen)
}

fn kind() -> BoxedStrategy<Kind> {
    let plain = prop::sample::select(vec![
        Kind::Bool,
        Kind::Integer,
        Kind::Number,
        Kind::Share,
        Kind::Duration,
        Kind::Bytes,
        Kind::Version,
        Kind::Text,
    ]);
    plain
        .prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|of| Kind::List(Box::new(of))),
                prop::collection::btree_map("[a-z][a-z0-9_]{0,8}", inner, 0..4).prop_map(
                    |fields| {
                        let field = |(name, kind)| (name, Field { kind, help: "" });
                        Kind::Record(fields.into_iter().map(field).collect())
                    }
                ),
            ]
        })
        .boxed()
}

fn present(kind: &Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
        Kind::Number => any::<f64>().prop_map(Value::Number).boxed(),
        Kind::Share => prop_oneof![0.0..=1.0f64, (0..=100u8).prop_map(|n| f64::from(n) / 100.0)]
            .prop_map(|share| Value::Share(Share(share)))
            .boxed(),
        Kind::Duration => (
            prop_oneof![0..200u64, any::<u64>()],
            prop_oneof![Just(0), Just(500_000_000), 0..1_000_000_000u32],
        )
            .prop_map(|(seconds, nanos)| {
                Value::Duration(DurationSpan(Duration::new(seconds, nanos)))
            })
            .boxed(),
        Kind::Bytes => (any::<u64>(), 0..50u32)
            .prop_map(|(bytes, shift)| Value::Bytes(Bytes(bytes >> shift << shift)))
            .boxed(),
        Kind::Version => any::<(u64, u64, u64)>()
            .prop_map(|(major, minor, patch)| {
                Value::Version(Version {
                    major,
                    minor,
                    patch,
                })
            })
            .boxed(),
        Kind::Text => text().prop_map(Value::Text).boxed(),
        Kind::List(of) => prop::collection::vec(seen(of), 0..4)
            .prop_map(Value::List)
            .boxed(),
        Kind::Record(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, field)| (Just(name.clone()), seen(&field.kind)))
                .collect();
            fields.prop_map(Value::record).boxed()
        }
    }
}

fn seen(kind: &Kind) -> BoxedStrategy<Value> {
    prop_oneof![8 => present(kind), 1 => Just(Value::Absent), 1 => unseen()].boxed()
}

fn read_back(kind: &Kind, text: &str) -> Result<Value, String> {
    let source = Source {
        name: "case".into(),
        text: text.into(),
    };
    let mut faults = Faults::of(&source);
    let tree = parse_yaml(&source, &mut faults);
    let tree = tree.as_ref().and_then(|tree| tree.get("look"));
    let read = tree.and_then(|tree| {
        let mut reader = Reader {
            source: &source,
            faults: &mut faults,
            look: "look",
        };
        reader.value(tree, kind, &Need::all(), "look")
    });
    read.ok_or_else(|| render(&source, &faults.into_vec(), false))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back((kind, value) in kind().prop_flat_map(|kind| (Just(kind.clone()), seen(&kind)))) {
        let mut text = String::new();
        value::write(&mut text, "look", &value, "look", 0);
        prop_assert_eq!(read_back(&kind, &text), Ok(value), "{}", text);
    }
}

#[test]
fn values_are_written_as_people_write_them() {
    for (value, text) in [
        (Value::Integer(262_144), "262144"),
        (Value::Share(Share(0.81)), "81 %"),
        (Value::Share(Share(0.005)), "0.5 %"),
        (
            Value::Duration(DurationSpan(Duration::from_secs(120))),
            "120s",
        ),
        (
            Value::Duration(DurationSpan(Duration::from_secs(3060))),
            "51m",
        ),
        (
            Value::Duration(DurationSpan(Duration::from_millis(2010))),
            "2.01s",
        ),
        (
            Value::Duration(DurationSpan(Duration::from_millis(250))),
            "250ms",
        ),
        (Value::Bytes(Bytes(512 << 20)), "512MiB"),
        (Value::Bytes(Bytes(1000)), "1000B"),
        (Value::text("shop/checkout"), "shop/checkout"),
        (Value::text("absent"), "\"absent\""),
        (Value::Absent, "absent"),
        (
            Value::Unseen(vec![Unseen {
                look: "look".into(),
                why: Why::TimedOut(5),
            }]),
            "{not-seen: {timed-out: 5s}}",
        ),
        (
            Value::record([("a", Value::Integer(1)), ("b", Value::Bool(true))]),
            "{a: 1, b: true}",
        ),
    ] {
        let mut out = String::new();
        value::write(&mut out, "look", &value, "look", 0);
        assert_eq!(out, format!("look: {text}\n"));
    }
}
