//! Doubts are never wrong: what is said to hold for ever does in every world.

use proptest::prelude::*;

use super::random::{condition, worlds};
use super::{checked, names, spanned};
use crate::expr::{Expr, Template, World};
use crate::syntax::{Diagnostic, Faults, Source, Span, Spanned};

/// One comparison of a field with a value that is written down, either way round.
fn comparison() -> impl Strategy<Value = String> {
    let how = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let sides = prop_oneof![
        (Just("t.count"), (-2..3i64).prop_map(|n| n.to_string())),
        (Just("t.rate"), (-2..3i64).prop_map(|n| format!("{n}.5"))),
        (
            Just("t.share"),
            prop::sample::select(vec!["0", "0.3", "0.5", "1", "2", "-1"]).prop_map(str::to_owned)
        ),
        (
            Just("t.age"),
            prop::sample::select(vec!["\"0s\"", "\"5s\"", "\"1h\""]).prop_map(str::to_owned)
        ),
        (
            Just("t.version"),
            prop::sample::select(vec!["\"1.20\"", "\"1.33\""]).prop_map(str::to_owned)
        ),
    ];
    (sides, how, any::<bool>()).prop_map(|((path, value), how, turned)| match turned {
        true => format!("{value} {how} {path}"),
        false => format!("{path} {how} {value}"),
    })
}

fn chain() -> impl Strategy<Value = (&'static str, String)> {
    let links = prop::collection::vec(comparison(), 2..5);
    (prop::sample::select(vec!["and", "or"]), links)
        .prop_map(|(op, links)| (op, links.join(&format!(" {op} "))))
}

/// `and` within `or` within `and`, of so few comparisons that two of them are the same now and then.
fn mixed() -> impl Strategy<Value = String> {
    let one = prop::sample::select(vec![
        "t.count > 1",
        "1 < t.count",
        "t.rate < 0.5",
        "not t.on",
    ]);
    one.prop_map(str::to_owned)
        .prop_recursive(3, 12, 3, |inner| {
            let parts = prop::collection::vec(inner, 2..4);
            (prop::sample::select(vec![") and (", ") or ("]), parts)
                .prop_map(|(op, parts)| format!("({})", parts.join(op)))
        })
}

/// As it would stand in a file.
fn quoted(text: &str) -> String {
    format!("'{text}'")
}

fn doubts(text: &str) -> Vec<Diagnostic> {
    let mut faults = Faults::of(&Source {
        name: "condition".into(),
        text: quoted(text),
    });
    let scalar = Spanned::new(text.to_owned(), Span::new(0, text.len() + 2));
    let mut expr = Expr::parse(&scalar, &mut faults).expect("an expression");
    expr.check_condition(&names(), &mut faults)
        .expect("a condition");
    assert!(faults.is_empty(), "{text}");
    faults.into_vec()
}

/// The texts that a doubt points at.
fn places(doubt: &Diagnostic, text: &str) -> Vec<String> {
    let text = quoted(text);
    let place = |span: &Span| text.get(span.range()).expect("a place").to_owned();
    doubt.labels.iter().map(|(span, _)| place(span)).collect()
}

fn is_never(holds: bool, text: &str, world: &World) -> Result<(), TestCaseError> {
    prop_assert_ne!(
        checked(text).0.holds(world),
        Ok(holds),
        "{} over {:?}",
        text,
        world
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_doubted_in_a_chain_is_true((op, text) in chain(), (world, _) in worlds()) {
        for doubt in doubts(&text) {
            let places = places(&doubt, &text);
            match (doubt.code, places.as_slice()) {
                ("contradiction", [one, other]) => {
                    prop_assert_eq!(op, "and");
                    is_never(true, &format!("({one}) and ({other})"), &world)?;
                }
                ("always-holds", [one, other]) => {
                    prop_assert_eq!(op, "or");
                    is_never(false, &format!("({one}) or ({other})"), &world)?;
                }
                ("redundant-comparison", [idle, telling]) if op == "and" => {
                    is_never(true, &format!("({telling}) and not ({idle})"), &world)?;
                }
                ("redundant-comparison", [idle, telling]) => {
                    is_never(true, &format!("({idle}) and not ({telling})"), &world)?;
                }
                ("impossible-comparison", [one]) => {
                    is_never(doubt.title.contains("false"), one, &world)?;
                }
                ("exact-number" | "share-above-one", [_]) => {}
                other => prop_assert!(false, "{:?} in {}", other, text),
            }
        }
    }

    #[test]
    fn what_is_doubted_in_any_condition_is_true(text in condition(), (world, partial) in worlds()) {
        for doubt in doubts(&text) {
            let places = places(&doubt, &text);
            let Some(place) = places.first() else { continue };
            match doubt.code {
                "never-holds" => is_never(true, &text, &world)?,
                "always-holds" if places.len() == 1 => is_never(false, &text, &partial)?,
                "constant-part" => is_never(doubt.title.contains("false"), place, &world)?,
                "never-absent" => is_never(true, place, &world)?,
                _ => {}
            }
        }
    }

    #[test]
    fn conditions_that_mean_the_same_hold_in_the_same_worlds(a in chain(), b in chain(), (world, _) in worlds()) {
        let ((_, a), (_, b)) = (a, b);
        let (one, other) = (checked(&a).0, checked(&b).0);
        if one.includes(&other) {
            is_never(true, &format!("({a}) and not ({b})"), &world)?;
        }
        if one.excludes(&other).is_some() {
            is_never(true, &format!("({a}) and ({b})"), &world)?;
        }
        let turned = format!("({b}) and ({a})");
        let both = format!("({a}) and ({b})");
        prop_assert!(checked(&both).0.is_same(&checked(&turned).0), "{}", both);
        prop_assert_eq!(one.is_same(&other), other.is_same(&one));
    }

    #[test]
    fn a_condition_that_is_written_otherwise_is_the_same(a in mixed(), b in mixed(), (world, _) in worlds()) {
        let is_same = |one: &str, other: &str| checked(one).0.is_same(&checked(other).0);
        for other in [format!("({a}) and ({a})"), format!("  ( {a} )")] {
            prop_assert!(is_same(&a, &other) && is_same(&other, &a), "{a} and {other}");
        }
        let (one, other) = (format!("({a}) or ({b})"), format!("({b}) or ({a}) or ({b})"));
        prop_assert!(is_same(&one, &other) && is_same(&other, &one));
        for (one, other) in [(&a, &b), (&one, &a), (&b, &other)] {
            prop_assert_eq!(is_same(one, other), is_same(other, one), "{} and {}", one, other);
            if is_same(one, other) {
                is_never(true, &format!("({one}) and not ({other})"), &world)?;
                is_never(true, &format!("({other}) and not ({one})"), &world)?;
            }
        }
    }
}

fn codes(found: Vec<Diagnostic>) -> Vec<&'static str> {
    found.into_iter().map(|found| found.code).collect()
}

#[test]
fn conditions_as_people_write_them_raise_no_doubt() {
    for text in [
        "t.count >= 0.9 * t.rate and t.age < \"2m\"",
        "t.count > 0",
        "t.count != 0 and t.count < 10",
        "t.count >= 3 and t.count < 10",
        "t.count < 3 or t.count >= 10",
        "t.count < 3 or t.count > 3",
        "t.count > 3 and t.rate > 3 or t.count > 10",
        "t.share > 0 and t.share < 1",
        "t.share == 1 or t.share == 0",
        "t.rate == 0",
        "t.on and not (t.count is absent)",
        "t.version >= \"1.29\" and t.version < \"1.36\"",
        "(t.count if t.on else 0) > 3",
        "t.count | default(0) > 3",
    ] {
        assert_eq!(codes(doubts(text)), [""; 0], "{text}");
    }
}

#[test]
fn values_bring_their_units() {
    let said = |text: &str| {
        let mut faults = Faults::new();
        let mut template = Template::parse(&spanned(text), &mut faults).expect("a template");
        template.check(&names(), &mut faults);
        codes(faults.into_vec())
    };
    for text in [
        "{{ t.share }} % of it",
        "{{ t.share }}%",
        "since {{ t.age }} s",
        "{{ t.age }} seconds",
        "{{ (t.age) }}s",
    ] {
        assert_eq!(said(text), ["double-unit"], "{text}");
    }
    for text in [
        "{{ t.share }} of it",
        "{{ t.count }} %",
        "{{ t.age }} so far",
        "{{ t.age }}, s",
        "{{ t.rate }} s",
        "{{ t.share * 100 }} %",
    ] {
        assert_eq!(said(text), [""; 0], "{text}");
    }
}
