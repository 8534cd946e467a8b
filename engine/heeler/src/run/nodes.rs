//! What a wave wants of the nodes: asked in as few commands as carry it, and again where the way to
//! the node failed and the runbook wants that.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use heeler_core::action::Source;
use heeler_core::event::{InstanceId, NodeTarget};
use heeler_core::find::View;
use heeler_core::frame::Answer;
use heeler_core::plan::{self, Ask, Asked as Looks, Batches, Part};
use heeler_core::runbook::LookStep;
use heeler_core::value::Why;

use super::admit;
use super::ask::{self, Answers, Question, Silence};
use super::objects::Wanted;
use super::round::Clock;
use super::session::Session;
use crate::failure::Failure;

/// As often as a runbook may want a look to be asked again.
const MOST_RETRIES: u8 = 3;
/// Before each further try: what is overloaded needs a moment.
const PAUSE: Duration = Duration::from_secs(1);

/// What the looks of a wave come to on one node.
pub struct NodeAsks<'a> {
    /// The node.
    pub instance: InstanceId,
    /// The looks.
    pub asks: Vec<(&'a LookStep, Ask)>,
}

impl NodeAsks<'_> {
    /// What is wanted of the Kubernetes API.
    pub fn wanted(&self) -> Vec<Wanted> {
        self.parts()
            .filter_map(|(step, part)| wanted(step, part))
            .collect()
    }

    fn parts(&self) -> impl Iterator<Item = (&LookStep, &Part)> {
        self.asks
            .iter()
            .flat_map(|(step, ask)| ask.parts().iter().map(move |part| (*step, part)))
    }

    /// What is to be asked of the node in this try: all of it at first, then what nobody answered
    /// and may be asked again.
    fn open(&self, attempt: u8, heard: &Heard) -> Looks {
        self.parts()
            .filter(|(step, part)| {
                attempt == 0 || step.retry >= attempt && heard.is_lost(&self.instance, part)
            })
            .filter_map(|(_, part)| match &part.source {
                Ok(Source::Node(rungs)) => Some((part.name.clone(), rungs.clone())),
                _ => None,
            })
            .collect()
    }

    /// How many questions the way to the node has cost.
    fn lost(&self, heard: &Heard) -> usize {
        let lost = |part: &Part| heard.is_lost(&self.instance, part);
        self.parts().filter(|(_, part)| lost(part)).count()
    }

    /// Whether all of these would be asked once more.
    fn may_retry(&self, looks: &Looks, attempt: u8) -> bool {
        let retry = |name: &String| {
            let mut parts = self.parts();
            parts.any(|(step, part)| part.name == *name && step.retry > attempt)
        };
        looks.iter().all(|(name, _)| retry(name))
    }
}

/// What one question of a look wants of the Kubernetes API; `None`: it is about the node itself.
pub fn wanted(step: &LookStep, part: &Part) -> Option<Wanted> {
    match &part.source {
        Ok(Source::Kube(get)) => Some(Wanted {
            get: get.clone(),
            within: step.within,
            retry: step.retry,
        }),
        _ => None,
    }
}

/// What came back from the nodes.
#[derive(Default)]
pub struct Heard {
    passes: Vec<Pass>,
    /// Looks that fit no command.
    unfit: BTreeMap<(InstanceId, String), Why>,
    /// What concerns the whole run.
    pub trouble: Option<Failure>,
}

/// One command to each of some nodes.
struct Pass {
    asked: BTreeMap<InstanceId, BTreeSet<String>>,
    answers: Answers,
}

impl Heard {
    /// The answer that holds a look's reply, or why there is none.
    pub fn of(&self, instance: &InstanceId, name: &str) -> Result<&Answer, Why> {
        if let Some(why) = self.unfit.get(&(instance.clone(), name.to_owned())) {
            return Err(why.clone());
        }
        match self.last(instance, name) {
            None => Err(Why::NotAsked),
            Some(Ok(answer)) => Ok(answer),
            Some(Err(silence)) => Err(Why::NoAnswer(silence.text.clone())),
        }
    }

    /// What became of the last command that asked for it.
    fn last(&self, instance: &InstanceId, name: &str) -> Option<&Result<Answer, Silence>> {
        let asked = |pass: &&Pass| {
            let names = pass.asked.get(instance);
            names.is_some_and(|names| names.contains(name))
        };
        let pass = self.passes.iter().rev().find(asked)?;
        pass.answers.get(instance)
    }

    /// Whether the way to the node failed, and not for good.
    fn is_lost(&self, instance: &InstanceId, part: &Part) -> bool {
        let last = self.last(instance, &part.name);
        last.is_some_and(|answer| answer.as_ref().is_err_and(|silence| silence.passing))
    }
}

/// Asks the nodes, and puts into the views what they say of themselves.
///
/// # Errors
/// The journal's own failures.
pub async fn ask(
    session: &mut Session,
    purpose: &str,
    plans: &[NodeAsks<'_>],
    views: &mut [View],
    clock: Clock,
) -> Result<Heard, Failure> {
    let mut heard = Heard::default();
    for attempt in 0..=MOST_RETRIES {
        let open = |(plan, view): (&NodeAsks<'_>, &View)| match view.barred {
            None => plan.open(attempt, &heard),
            Some(_) => Looks::new(),
        };
        let open: Vec<Looks> = plans.iter().zip(views.iter()).map(open).collect();
        if open.iter().all(Vec::is_empty) || clock.bounds().passed().is_some() {
            break;
        }
        if attempt > 0 {
            tokio::select! {
                () = tokio::time::sleep(PAUSE * attempt.into()) => {}
                () = session.cancel.cancelled() => {
                    let text = "interrupted before nodes were asked again";
                    heard.trouble = Some(Failure::interrupted(text));
                    return Ok(heard);
                }
            }
            let lost: usize = plans.iter().map(|plan| plan.lost(&heard)).sum();
            let asked: usize = open.iter().map(Vec::len).sum();
            if lost == asked {
                // All that it has cost is asked again: what is left of it will be met again.
                heard.trouble = None;
            }
        }
        let shared: Vec<Batches> = open.iter().map(plan::batches).collect();
        for (plan, batches) in plans.iter().zip(&shared) {
            for (name, fault) in &batches.unfit {
                let key = (plan.instance.clone(), name.clone());
                heard.unfit.insert(key, Why::Unusable(fault.to_string()));
            }
        }
        let most = shared.iter().map(|shared| shared.batches.len()).max();
        for index in 0..most.unwrap_or_default() {
            let questions = group(plans, views, &shared, index, attempt);
            let asked = asked(&questions);
            let found = ask::ask_groups(session, purpose, questions, clock.left()).await?;
            admit::admit(session, views, &found.answers).await?;
            heard.passes.push(Pass {
                asked,
                answers: found.answers,
            });
            let lasting = |trouble: &Failure| !trouble.is_passing();
            let ends = found.trouble.as_ref().is_some_and(lasting);
            heard.trouble = heard.trouble.or(found.trouble);
            if ends {
                return Ok(heard);
            }
        }
    }
    Ok(heard)
}

/// Nodes that are asked the same share a command.
fn group(
    plans: &[NodeAsks<'_>],
    views: &[View],
    shared: &[Batches],
    index: usize,
    attempt: u8,
) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for ((plan, view), shared) in plans.iter().zip(views).zip(shared) {
        let Some(looks) = shared.batches.get(index) else {
            continue;
        };
        if view.barred.is_some() {
            continue;
        }
        let target: NodeTarget = view.target.clone();
        let again = plan.may_retry(looks, attempt);
        match questions
            .iter_mut()
            .find(|question| question.looks == *looks && question.again == again)
        {
            Some(question) => question.targets.push(target),
            None => questions.push(Question {
                looks: looks.clone(),
                targets: vec![target],
                again,
                secret: None,
            }),
        }
    }
    questions
}

fn asked(questions: &[Question]) -> BTreeMap<InstanceId, BTreeSet<String>> {
    let mut asked: BTreeMap<InstanceId, BTreeSet<String>> = BTreeMap::new();
    for question in questions {
        for target in &question.targets {
            let names = question.looks.iter().map(|(name, _)| name.clone());
            asked
                .entry(target.instance.clone())
                .or_default()
                .extend(names);
        }
    }
    asked
}

#[cfg(test)]
#[path = "nodes_tests.rs"]
mod tests;
