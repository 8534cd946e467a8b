//! What inputs accept on the command line, and what they say of the rest.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::input_faults::with_input;
use super::{GOOD, good};
use crate::runbook::Input;
use crate::syntax::{Faults, Span, Spanned, whole_pattern};
use crate::value::{Bytes, Value};

fn input(written: &str) -> Input {
    let runbook = good(&with_input(written));
    let own = runbook.inputs.into_iter().find(|input| input.name == "own");
    own.expect("it is there")
}

#[test]
fn every_type_reads_what_it_means() {
    let accepts = |written: &str, text: &str| input(written).accept(text);
    let texts = |texts: &[&str]| {
        Ok(Value::List(
            texts.iter().map(|text| Value::text(*text)).collect(),
        ))
    };
    assert_eq!(accepts("type: integer", "-3"), Ok(Value::Integer(-3)));
    assert_eq!(accepts("type: boolean", "true"), Ok(Value::Bool(true)));
    assert_eq!(
        accepts("type: quantity", "1.5Gi"),
        Ok(Value::Bytes(Bytes(3 << 29)))
    );
    assert_eq!(
        accepts("type: enum, values: [a, b]", "b"),
        Ok(Value::text("b"))
    );
    assert_eq!(
        accepts("type: text, pattern: 'a|ab'", "ab"),
        Ok(Value::text("ab"))
    );
    assert_eq!(accepts("type: list, of: text", "a, b"), texts(&["a", "b"]));
    assert_eq!(accepts("type: list, of: text", ""), texts(&[]));
    let integers = Value::List(vec![Value::Integer(80), Value::Integer(443)]);
    let ports = input("type: list, of: integer, default: [80, 443]");
    assert_eq!(ports.default.as_ref(), Some(&integers));
    assert_eq!(ports.accept("80,443"), Ok(integers));
    let node = "ip-10-0-1-23.eu-west-1.compute.internal";
    assert_eq!(accepts("type: node", node), Ok(Value::text(node)));
    let pod = Value::record([
        ("namespace", Value::text("shop")),
        ("name", Value::text("a-b.c")),
    ]);
    assert_eq!(accepts("type: pod", "shop/a-b.c"), Ok(pod));
}

#[test]
fn what_is_refused_says_what_is_accepted() {
    for (written, text, said) in [
        (
            "type: integer",
            "x",
            "`x` is no whole number that fits 64 bits",
        ),
        ("type: boolean", "yes", "`yes` is neither true nor false"),
        (
            "type: quantity",
            "1K",
            "`1K` is no size; write it as 512Mi, 512MiB or 1G",
        ),
        (
            "type: quantity, minimum: 1Mi",
            "1k",
            "`1k` is below the minimum of 1.0 MiB",
        ),
        (
            "type: enum, values: [prod, stage]",
            "prd",
            "`prd` is none of prod, stage; did you mean `prod`?",
        ),
        (
            "type: text, pattern: '[a-z]+'",
            "a1",
            "`a1` does not match `[a-z]+`",
        ),
        ("type: list, of: integer", "1,,2", "item 2 is empty"),
        (
            "type: list, of: duration",
            "1s,x",
            "`x` is no duration; write it as 250ms, 60s, 2m or 1h30m",
        ),
        (
            "type: node",
            "Node",
            "`Node` is no node's name; names have lower-case letters, digits, `-` and `.`",
        ),
        (
            "type: node",
            "a..b",
            "`a..b` is no node's name; names have lower-case letters, digits, `-` and `.`",
        ),
        (
            "type: pod",
            "a/b/c",
            "`a/b/c` is no pod; write it as NAMESPACE/NAME",
        ),
        (
            "type: pod",
            "a.b/c",
            "`a.b/c` is no pod; write it as NAMESPACE/NAME",
        ),
    ] {
        assert_eq!(
            input(written).accept(text),
            Err(said.to_string()),
            "{written}"
        );
    }
    let secret = input("type: text, pattern: '[a-z]{8}', secret: true");
    let said = secret.accept("hunter2").expect_err("too short");
    assert_eq!(said, "the value of `own` is not `[a-z]{8}`");
}

#[test]
fn secrets_are_known_by_their_text() {
    let runbook = good(GOOD);
    let given = [("token", "hunter2"), ("wait", "60s")];
    let given = given
        .map(|(name, text)| (name.to_string(), Value::text(text)))
        .into();
    assert_eq!(runbook.secrets(&given), ["hunter2"]);
}

/// Every type, and a secret.
static TYPES: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let written = [
        "type: integer",
        "type: boolean",
        "type: duration",
        "type: quantity",
        "type: node",
        "type: pod",
        "type: enum, values: [a, b]",
        "type: list, of: quantity",
        "type: text, pattern: '[a-z]*'",
        "type: text, pattern: '[a-z]{3}[0-9]', secret: true",
    ];
    written.map(input).into()
});

proptest! {
    /// Whatever is typed, it is read as its kind or refused with a reason; a secret is not repeated.
    #[test]
    fn no_text_is_too_odd_for_an_input(text in prop_oneof![any::<String>(), "[0-9.,eEkKMGTi/a-z-]{0,12}"]) {
        for input in TYPES.iter() {
            match input.accept(&text) {
                Ok(value) => prop_assert!(!matches!(value, Value::Absent | Value::Unseen(_))),
                Err(why) if input.secret => {
                    prop_assert_eq!(why, "the value of `own` is not `[a-z]{3}[0-9]`");
                }
                Err(why) => prop_assert!(!why.is_empty()),
            }
        }
    }

    #[test]
    fn no_pattern_is_too_odd(text in prop_oneof![any::<String>(), r"[(){}\[\]|*+?.^$\\a-c0-9,:-]{0,30}"]) {
        let mut faults = Faults::new();
        let text = Spanned::new(text, Span::default());
        match whole_pattern(&text, &mut faults) {
            Some(regex) => { regex.is_match("abcabc"); }
            None => prop_assert_eq!(faults.len(), 1),
        }
    }
}
