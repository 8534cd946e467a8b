//! One round of looking: every look of the runbook, wave by wave, on every node.
//!
//! All node looks of a wave go out as one command per node, or as few as carry them; the Kubernetes
//! looks of the wave are asked at the same time. A look that fails is a value (unseen, with the
//! reason), never a stop.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use heeler_core::action::Source;
use heeler_core::event::{InstanceId, LookTrace, RawAnswer};
use heeler_core::find::View;
use heeler_core::plan::{self, Answered, Ask, Bounds, MOST_ITEMS, Part};
use heeler_core::runbook::{LookStep, Runbook, Scope};
use heeler_core::value::{Value, Why};
use tokio::time::Instant;

use super::nodes::{self, Heard, NodeAsks};
use super::objects::{self, Objects};
use super::session::Session;
use crate::failure::Failure;

/// The note that a list was too long.
const LEFT_OUT: &str = "items-left-out";

/// Kept of a deadline for the way back from a node. A look is stopped on the node by then: if it
/// took all the time that is left, the answers that came with it would be lost too.
const WAY_BACK: Duration = Duration::from_secs(3);

/// What is asked in a round.
pub struct Round<'a> {
    /// The runbook.
    pub runbook: &'a Runbook,
    /// Its inputs.
    pub inputs: &'a BTreeMap<String, Value>,
    /// What the commands are for, in events: `look`, `plan`, `verify`.
    pub purpose: &'static str,
    /// Names of the only looks to ask; `None` asks all.
    pub only: Option<&'a [String]>,
    /// Scripts of the runbook's own may be asked.
    pub unconfined: bool,
}

/// What a round allows, as its time passes.
#[derive(Clone, Copy)]
pub struct Clock {
    started: Instant,
    round: Bounds,
}

impl Clock {
    fn of(round: &Round<'_>) -> Self {
        let whole = round.runbook.within;
        Clock {
            started: Instant::now(),
            round: Bounds {
                unconfined: round.unconfined,
                deadline: whole.map(|whole| (whole, Duration::ZERO)),
            },
        }
    }

    /// What is allowed now. What looks may take ends a little before the deadline.
    pub fn bounds(&self) -> Bounds {
        let taken = self.started.elapsed().saturating_add(WAY_BACK);
        Bounds {
            deadline: self.round.deadline.map(|(whole, _)| (whole, taken)),
            ..self.round
        }
    }

    /// How long answers are waited for.
    pub fn left(&self) -> Option<Duration> {
        let whole = self.round.deadline.map(|(whole, _)| whole);
        whole.map(|whole| whole.saturating_sub(self.started.elapsed()))
    }
}

/// Asks every look of the round and fills the views.
///
/// What concerns one node or one look is recorded and stands in the views. A failure that concerns
/// the whole run (credentials, an interruption) is answered beside them: what arrived before it
/// counts all the same.
///
/// # Errors
/// The journal's own failures.
pub async fn look(
    session: &mut Session,
    round: &Round<'_>,
    views: &mut [View],
) -> Result<Option<Failure>, Failure> {
    let clock = Clock::of(round);
    for wave in plan::waves(&round.runbook.looks) {
        let steps: Vec<&LookStep> = wave
            .iter()
            .filter_map(|index| round.runbook.looks.get(*index))
            .filter(|step| round.only.is_none_or(|only| only.contains(&step.name)))
            .collect();
        let trouble = one_wave(session, round, clock, &steps, views).await?;
        if trouble.is_some() {
            return Ok(trouble);
        }
    }
    Ok(None)
}

/// A look that has been answered on a node.
struct Read<'a> {
    instance: InstanceId,
    step: &'a LookStep,
    answered: Answered,
    raw: Option<RawAnswer>,
}

async fn one_wave(
    session: &mut Session,
    round: &Round<'_>,
    clock: Clock,
    steps: &[&LookStep],
    views: &mut [View],
) -> Result<Option<Failure>, Failure> {
    let bounds = clock.bounds();
    let plans: Vec<NodeAsks<'_>> = views
        .iter()
        .map(|view| {
            let worlds = view.worlds(round.runbook, round.inputs, session.recorder.run());
            let ask = |step: &&LookStep| plan::ask(step, view, &worlds, &bounds);
            NodeAsks {
                instance: view.target.instance.clone(),
                asks: steps.iter().map(|step| (*step, ask(step))).collect(),
            }
        })
        .collect();
    note_left_out(session, &plans).await?;
    let cluster = session.cluster.clone();
    let wanted = plans.iter().flat_map(NodeAsks::wanted);
    let objects = objects::fetch(cluster.as_deref(), wanted, &bounds);
    let heard = nodes::ask(session, round.purpose, &plans, views, clock);
    let (objects, heard) = futures::join!(objects, heard);
    let heard = heard?;
    let secrets = round.runbook.secrets(round.inputs);
    let read = read(&plans, views, (&objects, &heard), clock, &secrets);
    keep(session, views, read).await?;
    Ok(heard.trouble)
}

/// A list that is longer than is asked for is said: what is left out counts as not seen.
async fn note_left_out(session: &mut Session, plans: &[NodeAsks<'_>]) -> Result<(), Failure> {
    let asks = plans.iter().flat_map(|plan| &plan.asks);
    let cut = asks.filter_map(|(step, ask)| match ask {
        Ask::Each { left_out, .. } if *left_out > 0 => Some((step, left_out)),
        _ => None,
    });
    if let Some((step, left_out)) = cut.max_by_key(|(_, left_out)| **left_out)
        && !session.recorder.has_noted(LEFT_OUT)
    {
        let text = format!(
            "{}: the first {MOST_ITEMS} items are asked for, {left_out} are left out",
            step.label
        );
        session.note(LEFT_OUT, text).await?;
    }
    Ok(())
}

/// The value of each look on each node that may be judged.
fn read<'a>(
    plans: &[NodeAsks<'a>],
    views: &[View],
    (objects, heard): (&Objects, &Heard),
    clock: Clock,
    secrets: &[String],
) -> Vec<Read<'a>> {
    let passed = clock.bounds().passed();
    let mut read = Vec::new();
    let admitted = plans.iter().zip(views);
    for (plan, _) in admitted.filter(|(_, view)| view.barred.is_none()) {
        for (step, ask) in &plan.asks {
            let mut raw = Raw::default();
            let answered = ask.answered(step, |part| {
                let (answer, steps, bytes) = match &part.source {
                    Ok(Source::Kube(_)) => object(step, objects, part),
                    _ => reply(step, &plan.instance, part, heard),
                };
                if let Some(bytes) = bytes {
                    raw.add(part, &bytes, &answer);
                }
                // What came too late for the whole run is not blamed on itself.
                let answer = answer.map_err(|why| match (&why, &passed) {
                    (Why::NoAnswer(_) | Why::TimedOut(_), Some(passed)) => passed.clone(),
                    _ => why,
                });
                (answer, steps)
            });
            read.push(Read {
                instance: plan.instance.clone(),
                step,
                answered,
                raw: raw.recorded(secrets),
            });
        }
    }
    read
}

/// What was answered to all parts of a look, as it came.
#[derive(Default)]
struct Raw {
    bytes: Option<Vec<u8>>,
    /// What was taken, where an answer holds more than the runbook asks for: that may be
    /// confidential.
    shown: Option<String>,
}

impl Raw {
    fn add(&mut self, part: &Part, bytes: &[u8], answer: &Result<Value, Why>) {
        self.bytes.get_or_insert_default().extend_from_slice(bytes);
        if let Ok(Source::Kube(_)) = part.source {
            let shown = match answer {
                Ok(value) => value.to_string(),
                Err(why) => why.to_string(),
            };
            self.shown.get_or_insert_default().push_str(&shown);
        }
    }

    fn recorded(self, secrets: &[String]) -> Option<RawAnswer> {
        let bytes = self.bytes?;
        Some(match self.shown {
            Some(shown) => RawAnswer::showing(&bytes, &shown, secrets),
            None => RawAnswer::of(&bytes, secrets),
        })
    }
}

type ReadPart = (Result<Value, Why>, Vec<LookTrace>, Option<Vec<u8>>);

fn object(step: &LookStep, objects: &Objects, part: &Part) -> ReadPart {
    let object = match nodes::wanted(step, part) {
        Some(wanted) => objects.get(&wanted),
        None => Err(Why::NotAsked),
    };
    let bytes = |object: Option<&serde_json::Value>| {
        let text = object.map(ToString::to_string);
        text.unwrap_or_default().into_bytes()
    };
    let raw = object.as_ref().ok().map(|object| bytes(*object));
    let value = object.and_then(|object| step.look.read_object(object));
    let why_not = value.as_ref().err().map(ToString::to_string);
    let trace = LookTrace {
        place: None,
        why_not,
    };
    (value, vec![trace], raw)
}

fn reply(step: &LookStep, instance: &InstanceId, part: &Part, heard: &Heard) -> ReadPart {
    match heard.of(instance, &part.name) {
        Err(why) => (Err(why), Vec::new(), None),
        Ok(answer) => {
            let reply = answer.reply(&part.name);
            let raw = reply.as_ref().ok().map(|reply| reply.stdout.clone());
            let value = reply.and_then(|reply| step.look.read(reply, &part.target));
            (value, answer.trace(&part.name).to_vec(), raw)
        }
    }
}

/// Puts names to addresses, the values into the views, and records them.
async fn keep(
    session: &mut Session,
    views: &mut [View],
    read: Vec<Read<'_>>,
) -> Result<(), Failure> {
    let addresses: BTreeSet<IpAddr> = read
        .iter()
        .flat_map(|read| read.step.look.addresses(&read.answered.value))
        .collect();
    let cluster = session.cluster.clone();
    let names = objects::names(cluster.as_deref(), addresses).await;
    if let Some(trouble) = &names.trouble
        && !session.recorder.has_noted(objects::UNNAMED)
    {
        let text = objects::unnamed(&trouble.what());
        session.note(objects::UNNAMED, text).await?;
    }
    let mut events = Vec::new();
    let mut told = BTreeSet::new();
    for Read {
        instance,
        step,
        mut answered,
        raw,
    } in read
    {
        answered.value = step.look.name_addresses(answered.value, &names.known);
        for view in views
            .iter_mut()
            .filter(|view| view.target.instance == instance)
        {
            let value = answered.value.clone();
            view.looks.insert(step.name.clone(), value);
        }
        if step.scope == Scope::Run && !told.insert(&step.name) {
            continue;
        }
        events.push(answered.event(step, instance, raw));
    }
    session.recorder.record_all(events).await
}
