//! Evaluation over what was seen.

use std::cmp::Ordering;

use super::arithmetic::{calculate, negate};
use super::ast::{Node, Op, Pair, Path};
use super::compare::{compare, number, order};
use super::missing::{Missing, Seen, both};
use super::world::World;
use crate::value::{Unseen, Value, Why};

impl Node {
    /// The value of this part. Every part is visited at most once.
    pub(super) fn eval(&self, world: &World) -> Seen {
        match &self.op {
            Op::Literal(value) => Ok(value.clone()),
            Op::Path(path) => path.look_up(world).cloned(),
            Op::Not(inner) => match inner.eval(world)? {
                Value::Bool(holds) => Ok(Value::Bool(!holds)),
                _ => Err(self.unfit(world)),
            },
            Op::Negate(inner) => negate(&inner.eval(world)?).ok_or_else(|| self.no_result(world)),
            Op::IsAbsent(inner) => match inner.eval(world) {
                Ok(_) => Ok(Value::Bool(false)),
                Err(missing) if missing.is_absent() => Ok(Value::Bool(true)),
                Err(missing) => Err(missing),
            },
            Op::Pair(pair, left, right) => self.pair(*pair, left, right, world),
            Op::Fold { fold, over, body } => self.fold(*fold, over.as_deref(), body, world),
            Op::Choose {
                test,
                then,
                otherwise,
            } => match test.eval(world)? {
                Value::Bool(true) => then.eval(world),
                Value::Bool(false) => otherwise.eval(world),
                _ => Err(self.unfit(world)),
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
            Pair::And => self.decide(false, first, second, world),
            Pair::Or => self.decide(true, first, second, world),
            _ => {
                let (left, right) = both(first, second)?;
                match pair {
                    Pair::Compare(how) => compare(how, &left, &right)
                        .map(Value::Bool)
                        .ok_or_else(|| self.unfit(world)),
                    Pair::Calculate(operator) => {
                        calculate(operator, &left, &right).ok_or_else(|| self.no_result(world))
                    }
                    Pair::Larger => self.pick(Ordering::Greater, left, right, world),
                    Pair::Smaller => self.pick(Ordering::Less, left, right, world),
                    _ => Ok(Value::Text(format!("{left}{right}"))),
                }
            }
        }
    }

    /// Kleene's `and` (`deciding` is false) and `or` (`deciding` is true).
    fn decide(&self, deciding: bool, first: Seen, second: Seen, world: &World) -> Seen {
        let decides = |side: &Seen| matches!(side, Ok(Value::Bool(value)) if *value == deciding);
        if decides(&first) || decides(&second) {
            return Ok(Value::Bool(deciding));
        }
        match both(first, second)? {
            (Value::Bool(_), Value::Bool(_)) => Ok(Value::Bool(!deciding)),
            _ => Err(self.unfit(world)),
        }
    }

    fn pick(&self, wanted: Ordering, left: Value, right: Value, world: &World) -> Seen {
        let order = order(&left, &right).ok_or_else(|| self.unfit(world))?;
        let mixed = std::mem::discriminant(&left) != std::mem::discriminant(&right);
        let picked = if order == wanted { left } else { right };
        match number(&picked) {
            Some(number) if mixed => Ok(Value::Number(number)),
            _ => Ok(picked),
        }
    }

    /// An operation without a result, such as a division by zero, answers nothing.
    fn no_result(&self, world: &World) -> Missing {
        Missing::absent(
            &self.first_look(world),
            "result: a number is out of range".to_string(),
        )
    }

    /// This part is not what it has to be: the look that it reads is blamed.
    pub(super) fn unfit(&self, world: &World) -> Missing {
        unfit(&self.first_look(world))
    }

    /// The look that is blamed for a result that is missing.
    pub(super) fn first_look(&self, world: &World) -> String {
        let paths = self.paths();
        let look = paths
            .first()
            .map_or("a calculation", |path| world.blamed(&path.root));
        look.to_string()
    }
}

impl Path {
    /// The value behind a path, without copying what lies around it.
    fn look_up<'w>(&self, world: &'w World) -> Result<&'w Value, Missing> {
        let Some(mut value) = world.get(&self.root) else {
            return Err(Missing::unseen([reason(&self.root, Why::NotAsked)]));
        };
        for field in &self.fields {
            value = match self.answered(value, world)? {
                Value::Record(fields) => {
                    fields.get(&field.value).ok_or_else(|| self.absent(world))?
                }
                _ => return Err(unfit(world.blamed(&self.root))),
            };
        }
        self.answered(value, world)
    }

    /// The value behind the path; absent or unseen where there is none.
    pub(super) fn value(&self, world: &World) -> Value {
        let found = self.look_up(world).cloned();
        found.unwrap_or_else(Missing::into_value)
    }

    fn answered<'w>(&self, value: &'w Value, world: &World) -> Result<&'w Value, Missing> {
        match value {
            Value::Absent => Err(self.absent(world)),
            Value::Unseen(reasons) => Err(Missing::unseen(reasons.iter().cloned())),
            value => Ok(value),
        }
    }

    fn absent(&self, world: &World) -> Missing {
        Missing::absent(world.blamed(&self.root), format!("`{self}`"))
    }
}

/// What is said of a value that is not of the kind that the checker was told. It can only be a fault
/// of ours, or of a look.
pub const UNFIT: &str = "a value of another kind than declared";

/// A look answered something else than it declares.
fn unfit(look: &str) -> Missing {
    let why = Why::Garbled(UNFIT.to_string());
    Missing::unseen([reason(look, why)])
}

fn reason(look: &str, why: Why) -> Unseen {
    Unseen {
        look: look.to_string(),
        why,
    }
}
