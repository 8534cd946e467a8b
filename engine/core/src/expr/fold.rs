//! One value of many: over the worlds of a run's nodes, or over the items of a list.
//!
//! Kleene's rules hold here too: one that decides is enough, whatever the others are; where none
//! does, everything that is missing of any of them is missing of the whole. How many there are must
//! be known for `count` and `share`, and all of them for `max`.

use std::cmp::Ordering;

use super::ast::{Fold, Node};
use super::compare::order;
use super::missing::{Missing, Seen};
use super::world::World;
use crate::value::{Share, Unseen, Value, Why};

impl Node {
    /// The value of a function over `over`, or over the nodes where that is `None`.
    pub(super) fn fold(&self, fold: Fold, over: Option<&Node>, body: &Node, world: &World) -> Seen {
        let seen: Vec<Seen> = match over {
            None => world.nodes().map(|node| body.eval(&node)).collect(),
            Some(list) => {
                let Value::List(items) = list.eval(world)? else {
                    return Err(self.unfit(world));
                };
                let of = list.first_look(world);
                let item = |item| match item {
                    // Nobody knows how many items stand behind one that was not seen.
                    Value::Unseen(reasons) => Err(Missing::unseen(reasons)),
                    item => body.eval(&world.with_each(item, &of)),
                };
                items.into_iter().map(item).collect()
            }
        };
        if seen.is_empty() && over.is_none() {
            return Err(no_nodes());
        }
        self.reduce(fold, seen, world)
    }

    fn reduce(&self, fold: Fold, seen: Vec<Seen>, world: &World) -> Seen {
        let (values, missing) = parted(seen);
        let deciding = Value::Bool(fold == Fold::Any);
        if matches!(fold, Fold::Any | Fold::All) && values.contains(&deciding) {
            return Ok(deciding);
        }
        if let Some(missing) = missing {
            return Err(missing);
        }
        if fold == Fold::Max {
            return self.largest(values, world);
        }
        let conditions: Option<Vec<bool>> = values.into_iter().map(truth).collect();
        let conditions = conditions.ok_or_else(|| self.unfit(world))?;
        let holding = conditions.iter().filter(|holds| **holds).count();
        match fold {
            Fold::Any => Ok(Value::Bool(false)),
            Fold::All => Ok(Value::Bool(true)),
            Fold::Share if conditions.is_empty() => Err(self.nothing("share", world)),
            // Both are exact far beyond the number of nodes that there can be.
            Fold::Share => Ok(Value::Share(Share(
                holding as f64 / conditions.len() as f64,
            ))),
            _ => i64::try_from(holding)
                .map(Value::Integer)
                .map_err(|_| self.unfit(world)),
        }
    }

    fn largest(&self, values: Vec<Value>, world: &World) -> Seen {
        let mut values = values.into_iter();
        let first = values.next();
        let mut largest = first.ok_or_else(|| self.nothing("largest one", world))?;
        for value in values {
            match order(&value, &largest) {
                Some(Ordering::Greater) => largest = value,
                Some(_) => {}
                None => return Err(self.unfit(world)),
            }
        }
        Ok(largest)
    }

    fn nothing(&self, what: &str, world: &World) -> Missing {
        Missing::absent(&self.first_look(world), format!("{what} of an empty list"))
    }
}

/// What was seen, and everything that is missing of the others.
fn parted(seen: Vec<Seen>) -> (Vec<Value>, Option<Missing>) {
    let mut values = Vec::new();
    let mut missing: Option<Missing> = None;
    for one in seen {
        match one {
            Ok(value) => values.push(value),
            Err(more) => {
                missing = Some(match missing {
                    Some(known) => known.and(more),
                    None => more,
                });
            }
        }
    }
    (values, missing)
}

fn truth(value: Value) -> Option<bool> {
    match value {
        Value::Bool(holds) => Some(holds),
        _ => None,
    }
}

fn no_nodes() -> Missing {
    Missing::unseen([Unseen {
        look: "nodes".to_string(),
        why: Why::NoTarget("node that has answered".to_string()),
    }])
}
