//! Judging a case: the same judgement as a run's, in virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use super::model::{Case, Ending, Node, Offer, Sample};
use crate::event::{FixOffer, NodeTarget, PodTarget, RunId, Verdict};
use crate::find::{Hold, Sampled, View, Wish, judged, wishes};
use crate::frame::Ident;
use crate::runbook::{FixRule, Runbook, Scope};
use crate::value::{DurationSpan, Unseen, Value, Why};

/// A run waits this long between two samples of a fix, and gives up where the next one would come
/// too late.
pub const BETWEEN_SAMPLES: Duration = Duration::from_secs(3);

/// Nothing in a case depends on these.
pub(super) const ANY_UID: &str = "00000000-0000-0000-0000-000000000000";
const ANY_BOOT: &str = "boot-1";

/// What came of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What was said of the run as a whole.
    pub run: Said,
    /// What was said of each node, in the order of the case.
    pub nodes: Vec<Said>,
}

/// What was said of a node, or of the run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// The verdict of every finding.
    pub verdicts: BTreeMap<String, Verdict>,
    /// The fixes that would help.
    pub offers: Vec<FixOffer>,
    /// How the fixes ended that the case applies.
    pub fixes: BTreeMap<String, Followed>,
    /// Why a bundle of the node is made; `None`: none is.
    pub bundle: Option<Wish>,
}

/// A fix that was followed through the samples after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// How it ended.
    pub ending: Ending,
    /// What each sample came to: `after 30 s: true for 30 s (traffic.drop: …)`.
    pub samples: Vec<String>,
}

impl Said {
    /// Whether a fix that would help may start; `None`: no finding that holds names it.
    pub fn offer(&self, fix: &str) -> Option<Offer> {
        let mut named = self.offers.iter().filter(|offer| offer.fix == fix);
        let first = named.next()?;
        let open = std::iter::once(first)
            .chain(named)
            .any(|offer| offer.withheld.is_none());
        Some(if open {
            Offer::Offered
        } else {
            Offer::Withheld
        })
    }
}

/// Judges every finding of the runbook over what the case has seen, and follows its fixes.
pub fn replay(runbook: &Runbook, case: &Case) -> Outcome {
    replay_as(run(), runbook, case)
}

/// The same under the id of a run, which texts may name.
pub(super) fn replay_as(run: RunId, runbook: &Runbook, case: &Case) -> Outcome {
    let inputs = inputs(runbook, case);
    let views = views(runbook, case, &inputs);
    let mut outcome = Outcome {
        run: Said::default(),
        nodes: vec![Said::default(); case.nodes.len()],
    };
    for judged in judged(runbook, &inputs, run, &views) {
        let of_node = judged
            .view
            .filter(|_| judged.rule.scope == Scope::Node)
            .and_then(|view| place(case, view));
        let said = match of_node {
            Some(index) => outcome.nodes.get_mut(index),
            None => Some(&mut outcome.run),
        };
        if let Some(said) = said {
            said.verdicts
                .insert(judged.rule.name.clone(), judged.verdict);
            said.offers.extend(judged.offers);
        }
    }
    for (view, wish) in wishes(runbook, &inputs, run, &views) {
        if let Some(said) = place(case, view).and_then(|index| outcome.nodes.get_mut(index)) {
            said.bundle = Some(wish);
        }
    }
    for ((said, node), view) in outcome.nodes.iter_mut().zip(&case.nodes).zip(&views) {
        for name in node.then.fixes.keys() {
            if let Some(fix) = runbook.fixes.iter().find(|fix| fix.name == *name) {
                let ending = follow(runbook, &inputs, fix, node, view);
                said.fixes.insert(name.clone(), ending);
            }
        }
    }
    outcome
}

fn place(case: &Case, view: &View) -> Option<usize> {
    let mut nodes = case.nodes.iter();
    nodes.position(|node| node.instance == view.target.instance)
}

/// The run that a case stands for. It has no time of its own.
pub(super) fn run() -> RunId {
    RunId::new(Uuid::from_u128(0x7000_8000_0000_0000_0000))
}

/// The case's inputs, and the runbook's defaults.
pub(super) fn inputs(runbook: &Runbook, case: &Case) -> BTreeMap<String, Value> {
    let value = |input: &crate::runbook::Input| {
        let given = case.inputs.get(&input.name);
        given.or(input.default.as_ref()).cloned()
    };
    runbook
        .inputs
        .iter()
        .filter_map(|input| Some((input.name.clone(), value(input)?)))
        .collect()
}

/// What a run would know of each node.
pub(super) fn views(runbook: &Runbook, case: &Case, inputs: &BTreeMap<String, Value>) -> Vec<View> {
    case.nodes
        .iter()
        .map(|node| {
            let mut view = bare(node);
            for step in &runbook.looks {
                let given = match step.scope {
                    Scope::Run => &case.looks,
                    Scope::Node => &node.looks,
                };
                if let Some(value) = given.get(&step.name) {
                    view.looks.insert(step.name.clone(), value.clone());
                }
                if let (Scope::Node, Some(text)) = (step.scope, &node.silent) {
                    let value = unseen(&step.name, Why::NoAnswer(text.clone()));
                    view.looks.insert(step.name.clone(), value);
                }
            }
            unask(runbook, inputs, &mut view);
            view
        })
        .collect()
}

fn bare(node: &Node) -> View {
    let pod = node.pod.as_ref().map(|pod| PodTarget {
        namespace: pod.namespace.clone(),
        name: pod.name.clone(),
        uid: ANY_UID.to_owned(),
        host_network: false,
    });
    let mut view = View::new(NodeTarget {
        node: node.name.clone(),
        pod,
        os_version: node.os_version.clone(),
        cpus: node.cpus,
        ..NodeTarget::of(node.instance.clone())
    });
    view.ident = node.silent.is_none().then(|| Ident {
        boot_id: node.boot_id.clone().unwrap_or_else(|| ANY_BOOT.to_owned()),
        cluster: None,
        os_version: node.os_version.clone().unwrap_or_default(),
        cpus: node.cpus.unwrap_or_default(),
        uptime_s: 0,
    });
    view
}

/// Takes away what a run would not have asked: looks whose `only-if` is false or can't be told.
fn unask(runbook: &Runbook, inputs: &BTreeMap<String, Value>, view: &mut View) {
    // A condition can hang on a look that is itself not asked: until nothing changes any more.
    for _ in 0..=runbook.looks.len() {
        let worlds = view.worlds(runbook, inputs, run());
        let idle: Vec<&String> = runbook
            .looks
            .iter()
            .filter(|step| !worlds.wants(step))
            .map(|step| &step.name)
            .filter(|name| view.looks.contains_key(*name))
            .collect();
        if idle.is_empty() {
            return;
        }
        for name in idle {
            view.looks.remove(name);
        }
    }
}

pub(super) fn unseen(look: &str, why: Why) -> Value {
    let look = look.to_owned();
    Value::Unseen(vec![Unseen { look, why }])
}

/// Follows a fix through the samples that came after it.
fn follow(
    runbook: &Runbook,
    inputs: &BTreeMap<String, Value>,
    fix: &FixRule,
    node: &Node,
    before: &View,
) -> Followed {
    let mut hold = Hold::default();
    let mut samples = Vec::new();
    for sample in &node.later {
        // By then it would have been taken back.
        if sample.after > fix.verify.within + BETWEEN_SAMPLES {
            let ending = Ending::Reverted;
            return Followed { ending, samples };
        }
        let view = sampled(before, sample);
        let verify = (runbook, &fix.verify);
        let sampled = hold.sample(verify, inputs, run(), view, sample.after);
        samples.push(line(sample.after, &sampled));
        let worked = sampled.holds == Some(true) && sampled.held >= fix.verify.hold;
        let late = sample.after + BETWEEN_SAMPLES >= fix.verify.within;
        let ending = match (worked, late) {
            (true, _) => Ending::Kept,
            (false, true) => Ending::Reverted,
            (false, false) => continue,
        };
        return Followed { ending, samples };
    }
    let ending = Ending::Undecided;
    Followed { ending, samples }
}

/// What was seen of a node in a sample after a fix.
pub(super) fn sampled(before: &View, sample: &Sample) -> View {
    let mut view = View::new(before.target.clone());
    view.ident.clone_from(&before.ident);
    view.looks.clone_from(&sample.looks);
    view
}

fn line(after: Duration, sampled: &Sampled) -> String {
    let after = DurationSpan(after);
    let holds = match sampled.holds {
        Some(true) => format!("true for {}", DurationSpan(sampled.held)),
        Some(false) => "false".to_owned(),
        None => "not seen".to_owned(),
    };
    format!("after {after}: {holds} ({})", sampled.says)
}
