//! What a look comes to on one node: nothing, one question, or one for each item of a list; and the
//! one value that the answers make.

use super::bound::{Bounds, bound};
use crate::action::{KubeGet, Source, Target};
use crate::find::{View, Worlds};
use crate::runbook::LookStep;
use crate::value::{Kind, Unseen, Value, Why};

/// The most items of a list that a look is asked for. Those beyond it are left out, which is said,
/// and counts as not seen.
pub const MOST_ITEMS: usize = 50;

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// By which its answer is found: the look's name, with the item's number where there are items.
    pub name: String,
    /// The item that it is about.
    pub each: Option<Value>,
    /// What the look may know, with its texts filled in.
    pub target: Target,
    /// Where the answer comes from, or everything that is missing to ask.
    pub source: Result<Source, Vec<Unseen>>,
}

/// What a look comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// It is not asked.
    Not(Vec<Unseen>),
    /// It is asked once.
    Once(Box<Part>),
    /// It is asked for each item of a list.
    Each {
        /// One question for each.
        parts: Vec<Part>,
        /// How many items are left out.
        left_out: u64,
    },
}

/// What a look comes to on a node, in view of what has been seen there already.
pub fn ask(step: &LookStep, view: &View, worlds: &Worlds, bounds: &Bounds) -> Ask {
    if !worlds.wants(step) {
        return Ask::Not(vec![missing(step, Why::NotAsked)]);
    }
    ask_anyway(step, view, worlds, bounds)
}

/// The same, whatever `only-if` says: for those who want to know what could be asked.
pub fn ask_anyway(step: &LookStep, view: &View, worlds: &Worlds, bounds: &Bounds) -> Ask {
    if let Err(why) = bounds.admit(step) {
        return Ask::Not(vec![missing(step, why)]);
    }
    let world = worlds.of(step);
    let Some(each) = &step.for_each else {
        let texts = step.fill(world);
        let part = part(step, view, step.name.clone(), None, texts, bounds);
        return Ask::Once(Box::new(part));
    };
    let items = match each.list.eval(world) {
        Value::List(items) => items,
        Value::Unseen(reasons) => return Ask::Not(reasons),
        _ => {
            let why = Why::NotThere(format!("list `{}`", each.list.text()));
            return Ask::Not(vec![missing(step, why)]);
        }
    };
    let left_out = items.len().saturating_sub(MOST_ITEMS);
    let asked = items.into_iter().take(MOST_ITEMS).enumerate();
    let parts = asked.map(|(index, item)| {
        let texts = step.fill(&world.with_each(item.clone(), &step.name));
        let name = format!("{}__{index}", step.name);
        part(step, view, name, Some(item), texts, bounds)
    });
    Ask::Each {
        parts: parts.collect(),
        left_out: u64::try_from(left_out).unwrap_or(u64::MAX),
    }
}

fn part(
    step: &LookStep,
    view: &View,
    name: String,
    each: Option<Value>,
    texts: Result<Vec<String>, Vec<Unseen>>,
    bounds: &Bounds,
) -> Part {
    let mut target = view.facts();
    let source = texts.and_then(|texts| {
        target.texts = texts;
        let source = step.look.source(&target);
        source
            .and_then(|source| aim(source, view))
            .and_then(|source| bound(source, step, bounds))
            .map_err(|why| vec![missing(step, why)])
    });
    Part {
        name,
        each,
        target,
        source,
    }
}

/// A look at the node's own object needs the node's name.
fn aim(source: Source, view: &View) -> Result<Source, Why> {
    match source {
        Source::Kube(get) if get.name.is_none() => {
            let node = view.target.node.clone();
            let name = node.ok_or_else(|| Why::NoTarget("name of a Kubernetes node".into()))?;
            Ok(Source::Kube(KubeGet {
                name: Some(name),
                ..get
            }))
        }
        other => Ok(other),
    }
}

fn missing(step: &LookStep, why: Why) -> Unseen {
    Unseen {
        look: step.name.clone(),
        why,
    }
}

impl Ask {
    /// All its questions.
    pub fn parts(&self) -> &[Part] {
        match self {
            Ask::Not(_) => &[],
            Ask::Once(part) => std::slice::from_ref(part),
            Ask::Each { parts, .. } => parts,
        }
    }

    /// The look's value: `read` gives the answer to each question that was asked.
    pub fn value(
        &self,
        step: &LookStep,
        mut read: impl FnMut(&Part) -> Result<Value, Why>,
    ) -> Value {
        let mut answer = |part: &Part| match &part.source {
            Err(reasons) => Value::Unseen(reasons.clone()),
            Ok(_) => read(part).unwrap_or_else(|why| Value::Unseen(vec![missing(step, why)])),
        };
        match self {
            Ask::Not(reasons) => Value::Unseen(reasons.clone()),
            Ask::Once(part) => answer(part),
            Ask::Each { parts, left_out } => {
                let mut items: Vec<Value> = parts
                    .iter()
                    .map(|part| with_item(step, answer(part), part.each.clone()))
                    .collect();
                if *left_out > 0 {
                    // Nobody knows what they are: no verdict may do without them.
                    let why = Why::LeftOut(*left_out);
                    items.push(Value::Unseen(vec![missing(step, why)]));
                }
                Value::List(items)
            }
        }
    }
}

/// An answer with the item that it is about. Where there is none, the item still is what it is.
fn with_item(step: &LookStep, answer: Value, each: Option<Value>) -> Value {
    let mut fields = match answer {
        Value::Record(fields) => fields,
        other => match step.look.kind() {
            Kind::Record(kinds) => kinds
                .into_keys()
                .map(|name| (name, other.clone()))
                .collect(),
            _ => return other,
        },
    };
    fields.extend(each.map(|item| ("each".to_owned(), item)));
    Value::Record(fields)
}
