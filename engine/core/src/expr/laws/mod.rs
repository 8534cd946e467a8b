//! Laws that hold for every expression over every world.

mod doubts;
mod folds;
mod random;

use proptest::prelude::*;

use self::random::{FIELDS, condition, lists, measured, number, worlds};
use super::literal::kind_of;
use super::{Expr, Names, World};
use crate::syntax::{Faults, Span, Spanned};
use crate::value::{Kind, Value};

fn names() -> Names {
    let mut names = Names::new();
    let fields = FIELDS.into_iter().chain(lists());
    names.insert_per_node(
        "t",
        Kind::record(fields.map(|(name, kind)| (name, kind, ""))),
    );
    // What a test knows already.
    names.insert("max_of", Kind::record([("all", Kind::Number, "")]));
    names
}

fn spanned(text: &str) -> Spanned<String> {
    Spanned::new(text.to_string(), Span::new(0, text.len()))
}

fn checked(text: &str) -> (Expr, Kind) {
    let mut faults = Faults::new();
    let mut expr = Expr::parse(&spanned(text), &mut faults);
    let names = names().over_nodes();
    let kind = expr
        .as_mut()
        .and_then(|expr| expr.check(&names, &mut faults));
    match (expr, kind) {
        (Some(expr), Some(kind)) => (expr, kind),
        _ => panic!("{text}: {:?}", faults.into_vec()),
    }
}

fn same(left: &str, right: &str, world: &World) -> Result<(), TestCaseError> {
    prop_assert_eq!(
        checked(left).0.holds(world),
        checked(right).0.holds(world),
        "{} and {} over {:?}",
        left,
        right,
        world
    );
    Ok(())
}

proptest! {
    #[test]
    fn order_never_matters(a in condition(), b in condition(), c in condition(), w in worlds()) {
        for op in ["and", "or"] {
            same(&format!("({a}) {op} ({b})"), &format!("({b}) {op} ({a})"), &w.1)?;
            same(&format!("(({a}) {op} ({b})) {op} ({c})"), &format!("({a}) {op} (({b}) {op} ({c}))"), &w.1)?;
        }
    }

    #[test]
    fn negation_follows_de_morgan(a in condition(), b in condition(), w in worlds()) {
        same(&format!("not (({a}) and ({b}))"), &format!("(not ({a})) or (not ({b}))"), &w.1)?;
        same(&format!("not (({a}) or ({b}))"), &format!("(not ({a})) and (not ({b}))"), &w.1)?;
        same(&format!("not (not ({a}))"), &a, &w.1)?;
    }

    /// What decides while answers are missing is what would have been decided with them.
    #[test]
    fn a_missing_answer_never_turns_a_verdict(a in condition(), (whole, partial) in worlds()) {
        let expr = checked(&a).0;
        if let Ok(verdict) = expr.holds(&partial) {
            prop_assert_eq!(Ok(verdict), expr.holds(&whole), "{} over {:?}", a, partial);
        }
    }

    #[test]
    fn a_value_has_the_kind_that_was_checked(
        text in prop_oneof![condition(), number(3), measured().prop_map(|(a, _)| a)],
        (whole, partial) in worlds(),
    ) {
        let (expr, kind) = checked(&text);
        for world in [whole, partial] {
            match expr.eval(&world) {
                Value::Absent | Value::Unseen(_) => {}
                value => prop_assert_eq!(kind_of(&value), kind.clone(), "{} is {:?}", text, value),
            }
        }
    }
}

#[test]
fn long_and_deep_expressions_are_refused() {
    for text in [
        "(".repeat(1_900),
        "-".repeat(1_900),
        "not ".repeat(450),
        "t.count+".repeat(230),
        "t.on and ".repeat(300),
        "any(".repeat(400),
        "larger(".repeat(280),
        "t[".repeat(600),
        "{1:".repeat(600),
        "1 if t.on else ".repeat(130),
        "t.on if ".repeat(240),
        "2**".repeat(600),
        "t.on is ".repeat(240),
        "t.on | default(".repeat(120),
        "not -".repeat(380),
        "any(t.sizes, each > 1) or ".repeat(150),
    ] {
        let mut faults = Faults::new();
        assert!(
            Expr::parse(&spanned(&format!("{text}1")), &mut faults).is_none(),
            "{text}"
        );
        assert_eq!(faults.len(), 1);
    }
}

#[test]
fn what_has_no_result_is_no_verdict() {
    let world = World::from_iter([("t", Value::record([("count", Value::Integer(i64::MAX))]))]);
    for text in [
        "1 / 0 > 0",
        "t.count + 1 > 0",
        "t.count * 2 == t.count * 3",
        "-t.count - 2 < 0",
        "0 / 0 == 0",
    ] {
        assert!(checked(text).0.holds(&world).is_err(), "{text}");
    }
}
