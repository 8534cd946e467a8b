//! Laws of the functions that make one value of many.

use proptest::prelude::*;

use super::random::{condition, folded, listed, nodes, number, worlds};
use super::{checked, names, spanned};
use crate::expr::{Expr, World};
use crate::syntax::Faults;
use crate::value::{Kind, Share, Unseen, Value, Why};

/// Something of the node, as text: what is the same on all nodes is no condition on them.
fn of_node() -> BoxedStrategy<String> {
    let reads = |text: &String| text.contains("t.");
    condition().prop_filter("reads the node", reads).boxed()
}

fn run(nodes: &[World]) -> World {
    World::new().with_nodes(nodes.to_vec())
}

/// What a condition comes to on each of these.
fn each(text: &str, worlds: &[World]) -> Vec<Result<bool, Vec<Unseen>>> {
    let expr = checked(text).0;
    worlds.iter().map(|world| expr.holds(world)).collect()
}

/// Kleene's `or` (`deciding` is true) and `and` over many.
fn decided(deciding: bool, told: Vec<Result<bool, Vec<Unseen>>>) -> Result<bool, Vec<Unseen>> {
    if told.contains(&Ok(deciding)) {
        return Ok(deciding);
    }
    let mut missing: Vec<Unseen> = told.into_iter().filter_map(Result::err).flatten().collect();
    missing.sort();
    missing.dedup();
    if missing.is_empty() {
        Ok(!deciding)
    } else {
        Err(missing)
    }
}

proptest! {
    #[test]
    fn any_is_or_and_all_is_and_over_the_nodes(a in of_node(), (whole, partial) in nodes()) {
        for nodes in [whole, partial] {
            let told = each(&a, &nodes);
            let any = checked(&format!("any({a})")).0;
            let all = checked(&format!("all({a})")).0;
            let none = checked(&format!("not any(not ({a}))")).0;
            prop_assert_eq!(any.holds(&run(&nodes)), decided(true, told.clone()), "{}", a);
            prop_assert_eq!(all.holds(&run(&nodes)), decided(false, told), "{}", a);
            prop_assert_eq!(all.holds(&run(&nodes)), none.holds(&run(&nodes)), "{}", a);
        }
    }

    #[test]
    fn counts_and_shares_are_of_all_nodes_or_not_seen(a in of_node(), (whole, partial) in nodes()) {
        for nodes in [whole, partial] {
            let told = each(&a, &nodes);
            let count = checked(&format!("count({a})")).0.eval(&run(&nodes));
            let share = checked(&format!("share({a})")).0.eval(&run(&nodes));
            if told.iter().any(Result::is_err) {
                prop_assert!(matches!(count, Value::Unseen(_) | Value::Absent), "{:?}", count);
                prop_assert!(matches!(share, Value::Unseen(_) | Value::Absent), "{:?}", share);
            } else {
                let holding = told.iter().filter(|told| **told == Ok(true)).count();
                prop_assert_eq!(count, Value::Integer(i64::try_from(holding).expect("a few")));
                prop_assert_eq!(share, Value::Share(Share(holding as f64 / told.len() as f64)));
            }
        }
    }

    #[test]
    fn nothing_is_larger_than_the_largest(a in number(2), (nodes, _) in nodes()) {
        prop_assume!(a.contains("t."));
        let largest = checked(&format!("max({a})")).0.eval(&run(&nodes));
        let values: Vec<Value> = nodes.iter().map(|node| checked(&a).0.eval(node)).collect();
        match largest {
            Value::Absent | Value::Unseen(_) => {
                prop_assert!(values.contains(&Value::Absent), "{}", a);
            }
            largest => {
                prop_assert!(values.contains(&largest), "{}", a);
                let above = checked(&format!("any(({a}) > max_of.all)")).0;
                let nodes = nodes.into_iter().map(|mut node| {
                    node.insert("max_of", Value::record([("all", largest.clone())]));
                    node
                });
                let none = above.holds(&World::new().with_nodes(nodes));
                prop_assert_eq!(none, Ok(false), "{}", a);
            }
        }
    }

    #[test]
    fn the_order_of_nodes_never_matters(a in folded(of_node()), (_, mut nodes) in nodes()) {
        let expr = checked(&a).0;
        let before = expr.holds(&run(&nodes));
        nodes.reverse();
        prop_assert_eq!(before, expr.holds(&run(&nodes)), "{}", a);
    }

    #[test]
    fn a_missing_node_never_turns_a_verdict(a in folded(of_node()), (whole, partial) in nodes()) {
        let expr = checked(&a).0;
        if let Ok(verdict) = expr.holds(&run(&partial)) {
            prop_assert_eq!(Ok(verdict), expr.holds(&run(&whole)), "{} over {:?}", a, partial);
        }
    }

    /// The same over a list, item by item, as `for-each` goes over it.
    #[test]
    fn a_function_over_a_list_is_that_over_its_items((list, a) in listed(), w in worlds()) {
        for world in [w.0, w.1] {
            let (any, all) = (format!("any({list}, {a})"), format!("all({list}, {a})"));
            let (any, all) = (checked(&any).0.holds(&world), checked(&all).0.holds(&world));
            let Ok(items) = checked(&list).0.worlds(&world) else {
                prop_assert!(any.is_err() && all.is_err());
                continue;
            };
            // An item that was not seen may be any number of them.
            let known = |item: &&World| !matches!(item.get("each"), Some(Value::Unseen(_)));
            let told = told_of_items(&list, &a, items.iter().filter(known));
            let cut = items.iter().any(|item| !known(&item));
            if cut {
                prop_assert_eq!(any.is_ok(), told.contains(&Ok(true)), "{} {}", list, a);
                prop_assert_eq!(all.is_ok(), told.contains(&Ok(false)), "{} {}", list, a);
            } else {
                prop_assert_eq!(any, decided(true, told.clone()), "{} {}", list, a);
                prop_assert_eq!(all, decided(false, told), "{} {}", list, a);
            }
        }
    }
}

fn told_of_items<'w>(
    list: &str,
    text: &str,
    items: impl Iterator<Item = &'w World>,
) -> Vec<Result<bool, Vec<Unseen>>> {
    let mut faults = Faults::new();
    let Kind::List(item) = checked(list).1 else {
        panic!("{list} is a list");
    };
    let mut expr = Expr::parse(&spanned(text), &mut faults).expect("it can be read");
    let names = names().with_each(Some(*item));
    expr.check(&names, &mut faults).expect("it is sound");
    items.map(|item| expr.holds(item)).collect()
}

#[test]
fn a_run_without_nodes_decides_nothing() {
    for text in [
        "any(t.on)",
        "all(t.on)",
        "count(t.on) == 0",
        "share(t.on) == 0",
        "max(t.count) > 0",
    ] {
        let missing = checked(text).0.holds(&World::new()).expect_err(text);
        let why = Why::NoTarget("node that has answered".into());
        assert_eq!(missing[0].why, why, "{text}");
    }
}

#[test]
fn an_empty_list_decides_what_can_be_decided() {
    let world = World::from_iter([("t", Value::record([("sizes", Value::List(Vec::new()))]))]);
    let holds = |text: &str| checked(text).0.holds(&world);
    assert_eq!(holds("any(t.sizes, each > 0)"), Ok(false));
    assert_eq!(holds("all(t.sizes, each > 0)"), Ok(true));
    assert_eq!(holds("count(t.sizes, each > 0) == 0"), Ok(true));
    assert_eq!(holds("share(t.sizes, each > 0) is absent"), Ok(true));
    assert_eq!(holds("max(t.sizes, each) is absent"), Ok(true));
}

#[test]
fn what_is_missing_of_an_item_is_missing_of_its_list() {
    let top = Value::record([("port", Value::Integer(1)), ("age", Value::Absent)]);
    let world = World::from_iter([("t", Value::record([("tops", Value::List(vec![top]))]))]);
    let missing = checked("any(t.tops, each.age > \"5s\")").0.holds(&world);
    let why = Why::NotThere("`each.age`".into());
    let look = "t".to_string();
    assert_eq!(missing, Err(vec![Unseen { look, why }]));
}
