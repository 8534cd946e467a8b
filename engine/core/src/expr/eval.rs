//! Evaluation over what was seen.

use std::cmp::Ordering;

use super::arithmetic::{calculate, negate};
use super::ast::{Node, Op, Pair, Path};
use super::compare::{compare, number, order};
use super::missing::{Missing, Seen, both};
use super::names::World;
use crate::value::{Unseen, Value, Why};

impl Node {
    /// The value of this part. Every part is visited at most once.
    pub(super) fn eval(&self, world: &World) -> Seen {
        match &self.op {
            Op::Literal(value) => Ok(value.clone()),
            Op::Path(path) => path.look_up(world).cloned(),
            Op::Not(inner) => match inner.eval(world)? {
                Value::Bool(holds) => Ok(Value::Bool(!holds)),
                _ => Err(self.unfit()),
            },
            Op::Negate(inner) => negate(&inner.eval(world)?).ok_or_else(|| self.no_result()),
            Op::IsAbsent(inner) => match inner.eval(world) {
                Ok(_) => Ok(Value::Bool(false)),
                Err(missing) if missing.is_absent() => Ok(Value::Bool(true)),
                Err(missing) => Err(missing),
            },
            Op::Pair(pair, left, right) => self.pair(*pair, left, right, world),
            Op::Choose {
                test,
                then,
                otherwise,
            } => match test.eval(world)? {
                Value::Bool(true) => then.eval(world),
                Value::Bool(false) => otherwise.eval(world),
                _ => Err(self.unfit()),
            },
        }
    }

    fn pair(&self, pair: Pair, left: &Node, right: &Node, world: &World) -> Seen {
        let first = left.eval(world);
        if pair == Pair::Default {
            return match first {
                Err(missing) if missing.is_absent() => right.eval(world),
                answered => answered,
            };
        }
        let second = right.eval(world);
        match pair {
            // One side that decides is enough, whatever the other one is.
            Pair::And => self.decide(false, first, second),
            Pair::Or => self.decide(true, first, second),
            _ => {
                let (left, right) = both(first, second)?;
                match pair {
                    Pair::Compare(how) => compare(how, &left, &right)
                        .map(Value::Bool)
                        .ok_or_else(|| self.unfit()),
                    Pair::Calculate(operator) => {
                        calculate(operator, &left, &right).ok_or_else(|| self.no_result())
                    }
                    Pair::Larger => self.pick(Ordering::Greater, left, right),
                    Pair::Smaller => self.pick(Ordering::Less, left, right),
                    _ => Ok(Value::Text(format!("{left}{right}"))),
                }
            }
        }
    }

    /// Kleene's `and` (`deciding` is false) and `or` (`deciding` is true).
    fn decide(&self, deciding: bool, first: Seen, second: Seen) -> Seen {
        let decides = |side: &Seen| matches!(side, Ok(Value::Bool(value)) if *value == deciding);
        if decides(&first) || decides(&second) {
            return Ok(Value::Bool(deciding));
        }
        match both(first, second)? {
            (Value::Bool(_), Value::Bool(_)) => Ok(Value::Bool(!deciding)),
            _ => Err(self.unfit()),
        }
    }

    fn pick(&self, wanted: Ordering, left: Value, right: Value) -> Seen {
        let order = order(&left, &right).ok_or_else(|| self.unfit())?;
        let mixed = std::mem::discriminant(&left) != std::mem::discriminant(&right);
        let picked = if order == wanted { left } else { right };
        match number(&picked) {
            Some(number) if mixed => Ok(Value::Number(number)),
            _ => Ok(picked),
        }
    }

    /// An operation without a result, such as a division by zero, answers nothing.
    fn no_result(&self) -> Missing {
        Missing::absent(
            &self.first_look(),
            "result: a number is out of range".to_string(),
        )
    }

    /// This part is not what it has to be: the look that it reads is blamed.
    pub(super) fn unfit(&self) -> Missing {
        unfit(&self.first_look())
    }

    /// The look that is blamed for a result that is missing.
    fn first_look(&self) -> String {
        let paths = self.paths();
        paths
            .first()
            .map_or_else(|| "a calculation".to_string(), |path| path.root.clone())
    }
}

impl Path {
    /// The value behind a path, without copying what lies around it.
    fn look_up<'w>(&self, world: &'w World) -> Result<&'w Value, Missing> {
        let Some(mut value) = world.get(&self.root) else {
            return Err(Missing::unseen([reason(&self.root, Why::NotAsked)]));
        };
        for field in &self.fields {
            value = match self.answered(value)? {
                Value::Record(fields) => fields.get(&field.value).ok_or_else(|| self.absent())?,
                _ => return Err(self.unfit()),
            };
        }
        self.answered(value)
    }

    /// The value behind the path; absent or unseen where there is none.
    pub(super) fn value(&self, world: &World) -> Value {
        let found = self.look_up(world).cloned();
        found.unwrap_or_else(Missing::into_value)
    }

    fn answered<'w>(&self, value: &'w Value) -> Result<&'w Value, Missing> {
        match value {
            Value::Absent => Err(self.absent()),
            Value::Unseen(reasons) => Err(Missing::unseen(reasons.iter().cloned())),
            value => Ok(value),
        }
    }

    fn absent(&self) -> Missing {
        Missing::absent(&self.root, format!("`{self}`"))
    }

    fn unfit(&self) -> Missing {
        unfit(&self.root)
    }
}

/// A look answered something else than it declares.
fn unfit(look: &str) -> Missing {
    let why = Why::Garbled("a value of another kind than declared".to_string());
    Missing::unseen([reason(look, why)])
}

fn reason(look: &str, why: Why) -> Unseen {
    Unseen {
        look: look.to_string(),
        why,
    }
}
