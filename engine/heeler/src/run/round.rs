//! One round of looking: every look of the runbook, wave by wave, on every node.
//!
//! All node looks of a wave go out as one command per node; the Kubernetes looks of the wave are
//! asked at the same time. A look that fails is a value (unseen, with the reason), never a stop.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use heeler_core::action::{KubeGet, Rung, Source};
use heeler_core::event::{Event, LookTrace, NodeTarget, RawAnswer};
use heeler_core::find::View;
use heeler_core::plan;
use heeler_core::runbook::{LookStep, Runbook, Scope};
use heeler_core::value::{Unseen, Value, Why};

use super::admit;
use super::ask::{self, Answers, Question};
use super::objects::{self, Objects};
use super::session::Session;
use crate::failure::Failure;

/// The note that names could not be looked up.
const UNNAMED: &str = "addresses-unnamed";

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
}

/// Asks every look of the round and fills the views.
///
/// What concerns one node or one look is recorded and stands in the views. A failure that concerns
/// the whole run (credentials, an interruption) is answered beside them: what arrived before it
/// counts all the same.
///
/// # Errors
/// The journal's own failures, and looks that can't be planned.
pub async fn look(
    session: &mut Session,
    round: &Round<'_>,
    views: &mut [View],
) -> Result<Option<Failure>, Failure> {
    for wave in plan::waves(&round.runbook.looks) {
        let steps: Vec<&LookStep> = wave
            .iter()
            .filter_map(|index| round.runbook.looks.get(*index))
            .filter(|step| round.only.is_none_or(|only| only.contains(&step.name)))
            .collect();
        let trouble = one_wave(session, round, &steps, views).await?;
        if trouble.is_some() {
            return Ok(trouble);
        }
    }
    Ok(None)
}

async fn one_wave(
    session: &mut Session,
    round: &Round<'_>,
    steps: &[&LookStep],
    views: &mut [View],
) -> Result<Option<Failure>, Failure> {
    let plans: Vec<NodePlan> = views
        .iter()
        .map(|view| NodePlan::of(session, round, steps, view))
        .collect();
    let cluster = session.cluster.clone();
    let objects = objects::fetch(cluster.as_deref(), plans.iter().flat_map(NodePlan::gets));
    let groups = group(&plans, views);
    let asked = ask::ask_groups(session, round.purpose, groups);
    let (objects, asked) = futures::join!(objects, asked);
    let asked = asked?;
    admit::admit(session, views, &asked.answers).await?;
    let secrets = round.runbook.secrets(round.inputs);
    let mut read = Vec::new();
    let answered = views
        .iter_mut()
        .zip(&plans)
        .filter(|(view, _)| view.barred.is_none());
    for (view, node_plan) in answered {
        for (step, source) in &node_plan.sources {
            let (value, trace, raw) = match source {
                Err(why) => (Err(why.clone()), Vec::new(), None),
                Ok(Source::Kube(get)) => read_object(step, &objects, get, &secrets),
                Ok(Source::Node(_)) => read_reply(step, view, &asked.answers, &secrets),
            };
            let value = value.unwrap_or_else(|why| unseen(step, why));
            read.push((view.target.instance.clone(), *step, value, trace, raw));
        }
    }
    let addresses: BTreeSet<IpAddr> = read
        .iter()
        .flat_map(|(_, step, value, ..)| step.look.addresses(value))
        .collect();
    let names = objects::names(cluster.as_deref(), addresses).await;
    if let Some(trouble) = &names.trouble
        && !session.recorder.has_noted(UNNAMED)
    {
        let text = format!("some addresses have no name: {}", trouble.what());
        session.note(UNNAMED, text).await?;
    }
    let mut events = Vec::new();
    let mut told = BTreeSet::new();
    for (instance, step, value, trace, raw) in read {
        let value = step.look.name_addresses(value, &names.known);
        for view in views
            .iter_mut()
            .filter(|view| view.target.instance == instance)
        {
            view.looks.insert(step.name.clone(), value.clone());
        }
        if step.scope == Scope::Run && !told.insert(&step.name) {
            continue;
        }
        events.push(Event::LookAnswered {
            instance: (step.scope == Scope::Node).then_some(instance),
            look: step.name.clone(),
            label: step.label.clone(),
            value,
            trace,
            raw,
        });
    }
    session.recorder.record_all(events).await?;
    Ok(asked.trouble)
}

/// What one node is asked in a wave.
struct NodePlan<'a> {
    sources: Vec<(&'a LookStep, Result<Source, Why>)>,
}

impl<'a> NodePlan<'a> {
    fn of(session: &Session, round: &Round<'_>, steps: &[&'a LookStep], view: &View) -> Self {
        let facts = view.facts();
        let world = view.world(round.runbook, round.inputs, session.recorder.run());
        let sources = steps
            .iter()
            .map(|step| {
                let wanted = step
                    .only_if
                    .as_ref()
                    .is_none_or(|condition| condition.holds(&world) == Ok(true));
                let source = if wanted {
                    step.look.source(&facts)
                } else {
                    Err(Why::NotAsked)
                };
                (*step, source.and_then(|source| aim(source, view)))
            })
            .collect();
        NodePlan { sources }
    }

    fn rungs(&self) -> Vec<(String, Vec<Rung>)> {
        self.sources
            .iter()
            .filter_map(|(step, source)| match source {
                Ok(Source::Node(rungs)) => Some((step.name.clone(), rungs.clone())),
                _ => None,
            })
            .collect()
    }

    fn gets(&self) -> impl Iterator<Item = &KubeGet> {
        self.sources.iter().filter_map(|(_, source)| match source {
            Ok(Source::Kube(get)) => Some(get),
            _ => None,
        })
    }
}

/// A look at the node's own object needs the node's name.
fn aim(source: Source, view: &View) -> Result<Source, Why> {
    match source {
        Source::Kube(KubeGet {
            name: None,
            api,
            resource,
            namespace,
        }) => {
            let node = view.target.node.clone();
            let name = node.ok_or_else(|| Why::NoTarget("name of a Kubernetes node".into()))?;
            Ok(Source::Kube(KubeGet {
                name: Some(name),
                api,
                resource,
                namespace,
            }))
        }
        other => Ok(other),
    }
}

/// Nodes that are asked the same share a command.
fn group(plans: &[NodePlan<'_>], views: &[View]) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for (node_plan, view) in plans.iter().zip(views) {
        let rungs = node_plan.rungs();
        if rungs.is_empty() || view.barred.is_some() {
            continue;
        }
        let target: NodeTarget = view.target.clone();
        match questions
            .iter_mut()
            .find(|question| question.looks == rungs)
        {
            Some(question) => question.targets.push(target),
            None => questions.push(Question {
                looks: rungs,
                targets: vec![target],
            }),
        }
    }
    questions
}

type ReadLook = (Result<Value, Why>, Vec<LookTrace>, Option<RawAnswer>);

fn read_object(step: &LookStep, objects: &Objects, get: &KubeGet, secrets: &[String]) -> ReadLook {
    let (value, raw) = match objects.get(get) {
        Ok(object) => {
            let value = step.look.read_object(object);
            // An object holds more than the runbook asks for, and that may be confidential.
            let shown = match &value {
                Ok(value) => value.to_string(),
                Err(why) => why.to_string(),
            };
            let bytes = object.map(ToString::to_string).unwrap_or_default();
            let raw = RawAnswer::showing(bytes.as_bytes(), &shown, secrets);
            (value, Some(raw))
        }
        Err(why) => (Err(why), None),
    };
    let why_not = value.as_ref().err().map(ToString::to_string);
    let trace = vec![LookTrace {
        place: None,
        why_not,
    }];
    (value, trace, raw)
}

fn read_reply(step: &LookStep, view: &View, answers: &Answers, secrets: &[String]) -> ReadLook {
    match answers.get(&view.target.instance) {
        None => (Err(Why::NotAsked), Vec::new(), None),
        Some(Err(silence)) => (Err(Why::NoAnswer(silence.text.clone())), Vec::new(), None),
        Some(Ok(answer)) => {
            let trace = answer.trace(&step.name).to_vec();
            let reply = answer.reply(&step.name);
            let raw = reply
                .as_ref()
                .ok()
                .map(|reply| RawAnswer::of(&reply.stdout, secrets));
            let value = reply.and_then(|reply| step.look.read(reply, &view.facts()));
            (value, trace, raw)
        }
    }
}

fn unseen(step: &LookStep, why: Why) -> Value {
    Value::Unseen(vec![Unseen {
        look: step.name.clone(),
        why,
    }])
}
