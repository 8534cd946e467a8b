//! What the expressions of a runbook and of those that it uses can name: each of them has a world of
//! its own, and what a used one finds is a value in the world of the other.

use std::collections::BTreeMap;

use super::bundle::is_missing;
use super::judge::judge;
use super::view::{View, run_value};
use crate::event::{RunId, Verdict};
use crate::expr::{Expr, World};
use crate::runbook::{Given, Input, LookStep, Runbook, Scope, Used};
use crate::value::{Unseen, Value, Why};

/// The worlds of one node.
#[derive(Debug)]
pub struct Worlds {
    own: World,
    /// Those of used runbooks, by the names under which they are used, from the outermost on.
    used: BTreeMap<Vec<String>, Inner>,
}

/// The world of a used runbook.
#[derive(Debug)]
struct Inner {
    world: World,
    /// Whether its looks are to be asked at all.
    wanted: bool,
    /// Whether that could not be told, as an answer is missing.
    open: bool,
}

impl View {
    /// Everything that the expressions of the runbook, and of those that it uses, can name.
    pub fn worlds(
        &self,
        runbook: &Runbook,
        inputs: &BTreeMap<String, Value>,
        run: RunId,
    ) -> Worlds {
        let mut builder = Builder {
            answers: self.looks.iter().collect(),
            looks: &runbook.looks,
            reserved: self.reserved(run),
            done: BTreeMap::new(),
        };
        let inputs = Value::record(inputs.clone());
        let own = builder.world(&[], inputs, &runbook.used, true);
        Worlds {
            own,
            used: builder.done,
        }
    }
}

impl Worlds {
    /// The world of the runbook itself.
    pub fn into_own(self) -> World {
        self.own
    }

    /// The world in which a look's own expressions are read.
    pub fn of(&self, step: &LookStep) -> &World {
        self.used
            .get(&step.home)
            .map_or(&self.own, |inner| &inner.world)
    }

    /// Whether it could not be told of some look if it is to be asked, as an answer is missing.
    pub(super) fn is_open(&self, runbook: &Runbook) -> bool {
        let open = |step: &LookStep| is_open(step.only_if.as_ref(), self.of(step));
        self.used.values().any(|inner| inner.open) || runbook.looks.iter().any(open)
    }

    /// Whether a look is to be asked: what it is true under holds, and so does what the runbooks are
    /// used under that lead to it.
    pub fn wants(&self, step: &LookStep) -> bool {
        let within = self.used.get(&step.home).is_none_or(|inner| inner.wanted);
        let only_if = step.only_if.as_ref();
        within && only_if.is_none_or(|condition| condition.holds(self.of(step)) == Ok(true))
    }
}

/// Everything that an expression can name without naming a node, and the nodes that functions go
/// over: those that have answered. A look that is asked once a run has one answer, which all views
/// share; that of a node that is not to be judged does not count.
pub fn whole(
    runbook: &Runbook,
    inputs: &BTreeMap<String, Value>,
    run: RunId,
    views: &[View],
) -> World {
    let steps = runbook.looks.iter().filter(|step| step.scope == Scope::Run);
    let answers = steps.filter_map(|step| {
        let mut sound = views.iter().filter(|view| view.barred.is_none());
        let value = sound.find_map(|view| view.looks.get(&step.name))?;
        Some((&step.name, value))
    });
    let mut builder = Builder {
        answers: answers.collect(),
        looks: &runbook.looks,
        reserved: World::from_iter([("run", run_value(run))]),
        done: BTreeMap::new(),
    };
    let given = Value::record(inputs.clone());
    let world = builder.world(&[], given, &runbook.used, true);
    let answered = views.iter().filter(|view| view.has_answered());
    world.with_nodes(answered.map(|view| view.world(runbook, inputs, run)))
}

/// Builds worlds from the inside out.
struct Builder<'a> {
    answers: BTreeMap<&'a String, &'a Value>,
    looks: &'a [LookStep],
    reserved: World,
    done: BTreeMap<Vec<String>, Inner>,
}

impl Builder<'_> {
    /// The world of the runbook that is used under these names.
    fn world(&mut self, home: &[String], inputs: Value, used: &[Used], wanted: bool) -> World {
        let mut world = self.reserved.clone();
        for step in self.looks.iter().filter(|step| step.home == home) {
            let value = self.answers.get(&step.name).map(|value| (*value).clone());
            let value = value.unwrap_or_else(|| unseen(&step.name, Why::NotAsked));
            world.insert(step.own_name(), value);
        }
        world.insert("inputs", inputs);
        for used in used {
            let open = is_open(used.only_if.as_ref(), &world);
            let wanted = wanted
                && used
                    .only_if
                    .as_ref()
                    .is_none_or(|condition| condition.holds(&world) == Ok(true));
            let inputs = used
                .inputs
                .iter()
                .map(|(input, given)| (&input.name, given_value(used, input, given, &world)));
            let inputs = Value::record(inputs);
            let inside = [home, std::slice::from_ref(&used.name)].concat();
            let inner = self.world(&inside, inputs, &used.used, wanted);
            let found = used
                .told()
                .map(|rule| (Used::field(rule), told(judge(rule, &inner))));
            world.insert(&used.name, Value::record(found));
            self.done.insert(
                inside,
                Inner {
                    world: inner,
                    wanted,
                    open,
                },
            );
        }
        world
    }
}

/// Whether a condition could not be told, as an answer is missing.
fn is_open(condition: Option<&Expr>, world: &World) -> bool {
    let told = condition.map(|condition| condition.holds(world));
    matches!(told, Some(Err(missing)) if is_missing(&missing))
}

/// What an input of a used runbook is, in the world of the one that uses it.
fn given_value(used: &Used, input: &Input, given: &Option<Given>, world: &World) -> Value {
    let value = match given {
        None => return input.default.clone().unwrap_or(Value::Absent),
        Some(Given::Value(value)) => return value.clone(),
        Some(Given::Text(text)) => text.value(world),
    };
    if value == Value::Absent {
        // A runbook has a value for each of its inputs, or does not know it.
        let why = format!("the input `{}` is given what is absent", input.name);
        return unseen(&used.name, Why::Unusable(why));
    }
    match input.within(&value) {
        Ok(()) => value,
        Err(why) => {
            // A secret is not repeated.
            let shown = if input.secret {
                "the value".to_owned()
            } else {
                value.to_string()
            };
            let why = format!("{shown} of the input `{}` {why}", input.name);
            unseen(&used.name, Why::Unusable(why))
        }
    }
}

fn told(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Holds(_) => Value::Bool(true),
        // Each is judged by itself: nothing stands for another one.
        Verdict::RuledOut | Verdict::Superseded(_) => Value::Bool(false),
        Verdict::NotSeen(missing) => Value::Unseen(missing),
    }
}

fn unseen(look: &str, why: Why) -> Value {
    Value::Unseen(vec![Unseen {
        look: look.to_owned(),
        why,
    }])
}
