//! A fix on several nodes: its course, and what people read of it.

use super::course::FixState;
use super::model::Report;
use super::repair;
use super::screen::{Screen, Tone};
use crate::event::{InstanceId, NodeEnd, RampStep, RunId};

/// How a fix went from node to node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RampCourse {
    /// How fast it may go.
    pub pace: Option<Pace>,
    /// The nodes, in the order in which they were planned.
    pub nodes: Vec<RampNode>,
    /// Why it was begun on no other node.
    pub stopped: Option<String>,
}

/// How fast a fix may go from node to node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Most nodes at the same time.
    pub at_once: u32,
    /// One node is changed and verified before the others.
    pub canary_first: bool,
    /// Most nodes on which it may fail before it is begun on no other one.
    pub max_errors: u32,
}

/// One of several nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RampNode {
    /// Which.
    pub instance: InstanceId,
    /// The run of its own that came last.
    pub run: RunId,
    /// How far it came.
    pub course: NodeCourse,
}

/// How far a fix came on one of several nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeCourse {
    /// Planned, and not begun.
    Planned,
    /// Left out.
    LeftOut {
        /// Why.
        reason: String,
        /// It can't be told whether something is to be changed there.
        failed: bool,
    },
    /// Begun, and its end is not recorded.
    Begun,
    /// It has ended.
    Ended {
        /// How.
        end: NodeEnd,
        /// The same for people.
        says: String,
    },
}

impl RampCourse {
    /// Takes one step.
    pub(super) fn take(&mut self, step: &RampStep) {
        match step.clone() {
            RampStep::Paced {
                at_once,
                canary_first,
                max_errors,
            } => {
                self.pace = Some(Pace {
                    at_once,
                    canary_first,
                    max_errors,
                });
            }
            RampStep::Planned { instance, run, .. } => {
                self.set(instance, run, NodeCourse::Planned);
            }
            RampStep::LeftOut {
                instance,
                run,
                reason,
                failed,
                ..
            } => self.set(instance, run, NodeCourse::LeftOut { reason, failed }),
            RampStep::Begun { instance, run } => self.set(instance, run, NodeCourse::Begun),
            RampStep::Ended {
                instance,
                run,
                end,
                says,
                ..
            } => self.set(instance, run, NodeCourse::Ended { end, says }),
            RampStep::Stopped { reason } => self.stopped = Some(reason),
        }
    }

    fn set(&mut self, instance: InstanceId, run: RunId, course: NodeCourse) {
        let known = self.nodes.iter_mut().find(|node| node.instance == instance);
        match known {
            Some(node) => (node.run, node.course) = (run, course),
            None => self.nodes.push(RampNode {
                instance,
                run,
                course,
            }),
        }
    }

    /// The nodes on which it was begun and has no recorded end.
    pub fn open(&self) -> impl Iterator<Item = &RampNode> {
        let begun = |node: &&RampNode| node.course == NodeCourse::Begun;
        self.nodes.iter().filter(begun)
    }

    /// The nodes on which something stands, or may stand, the last one first.
    pub fn standing(&self) -> impl Iterator<Item = &RampNode> {
        let stands = |node: &&RampNode| match &node.course {
            NodeCourse::Begun => true,
            NodeCourse::Ended { end, .. } => end.may_stand(),
            NodeCourse::Planned | NodeCourse::LeftOut { .. } => false,
        };
        self.nodes.iter().rev().filter(stands)
    }

    /// Where it stands on all nodes together; `None` where it was begun on none.
    pub(super) fn state(&self) -> Option<FixState> {
        let ends: Vec<NodeEnd> = self
            .nodes
            .iter()
            .filter_map(ended)
            .map(|(end, _)| end)
            .collect();
        let is = |wanted: NodeEnd| ends.contains(&wanted);
        if is(NodeEnd::Stuck) {
            return Some(FixState::Stuck);
        }
        if is(NodeEnd::InDoubt) || self.open().next().is_some() {
            return Some(FixState::InDoubt);
        }
        let waiting = self.nodes.iter().any(|node| match node.course {
            NodeCourse::Planned => true,
            NodeCourse::LeftOut { failed, .. } => failed,
            NodeCourse::Begun | NodeCourse::Ended { .. } => false,
        });
        match (ends.as_slice(), is(NodeEnd::Kept)) {
            ([], _) => None,
            (all, true) if !waiting && all.iter().all(|end| *end == NodeEnd::Kept) => {
                Some(FixState::Kept)
            }
            (_, true) => Some(FixState::Partly),
            (_, false) if is(NodeEnd::Reverted) => Some(FixState::Reverted),
            (_, false) if is(NodeEnd::Refused) => Some(FixState::Refused),
            (_, false) => Some(FixState::NotApplied),
        }
    }
}

fn ended(node: &RampNode) -> Option<(NodeEnd, &str)> {
    match &node.course {
        NodeCourse::Ended { end, says } => Some((*end, says)),
        _ => None,
    }
}

/// How it will go, below the plan.
pub(super) fn show_pace(screen: &mut Screen, ramp: &RampCourse) {
    let Some(pace) = ramp.pace else {
        return;
    };
    let width = match pace.at_once {
        1 => "one node after the other".to_owned(),
        most if pace.canary_first => {
            format!("one node first, then more as it helps, at most {most} at once")
        }
        most => format!("at most {most} nodes at once"),
    };
    let errors = match pace.max_errors {
        0 => "none is begun any more once it has failed on one".to_owned(),
        1 => "none is begun any more once it has failed on more than 1".to_owned(),
        most => format!("none is begun any more once it has failed on more than {most}"),
    };
    screen.row("ramp", &format!("{width}; {errors}"));
}

/// What is left out, and why; equal reasons together.
pub(super) fn show_left_out(screen: &mut Screen, report: &Report) {
    let nodes = report.fix.ramp.nodes.iter();
    let left_out = nodes.filter_map(|node| match &node.course {
        NodeCourse::LeftOut { reason, .. } => Some((reason.as_str(), node)),
        _ => None,
    });
    show_grouped(screen, report, ("left out", Tone::Warning), left_out);
}

/// What became of it on each node.
pub(super) fn show(screen: &mut Screen, report: &Report) {
    let ramp = &report.fix.ramp;
    if ramp.state().is_none() && ramp.stopped.is_none() {
        return;
    }
    for node in &ramp.nodes {
        let name = report.name_of(&node.instance);
        match &node.course {
            NodeCourse::Begun => {
                let text = format!("{name}: its own run {} has no recorded end here", node.run);
                screen.toned_row("in doubt", Tone::Alarm, &text);
                screen.command("", &format!("heeler report {}", node.run), "");
            }
            NodeCourse::Ended { end, says } => {
                screen.toned_row(end.word(), tone(*end), &format!("{name}: {says}"));
                // What is done and has no way back is told by its report; what became of the rest is asked for.
                let is_done = report.fix.is_one_way() && *end == NodeEnd::Kept;
                let command = match end.may_stand() && !is_done {
                    true => "revert",
                    false => "report",
                };
                screen.command("", &format!("heeler {command} {}", node.run), "");
            }
            NodeCourse::Planned | NodeCourse::LeftOut { .. } => {}
        }
    }
    let reason = ramp.stopped.as_deref().unwrap_or("its turn has not come");
    let waiting = ramp.nodes.iter();
    let waiting = waiting.filter(|node| node.course == NodeCourse::Planned);
    let waiting = waiting.map(|node| (reason, node));
    show_grouped(screen, report, ("not begun", Tone::Warning), waiting);
    let done = ramp.state() == Some(FixState::Kept) && report.failures.is_empty();
    if !done && let Some(command) = report.again_on_all() {
        screen.command("the rest", &command, "leaves alone what is done");
    }
    if ramp.standing().next().is_some() {
        repair::way_back(screen, report, "on every node on which it stands");
    }
}

fn tone(end: NodeEnd) -> Tone {
    match end {
        NodeEnd::Kept => Tone::Good,
        NodeEnd::Refused | NodeEnd::Reverted => Tone::Warning,
        NodeEnd::Failed | NodeEnd::InDoubt | NodeEnd::Stuck => Tone::Alarm,
    }
}

fn show_grouped<'r>(
    screen: &mut Screen,
    report: &Report,
    (label, tone): (&str, Tone),
    nodes: impl Iterator<Item = (&'r str, &'r RampNode)>,
) {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for (reason, node) in nodes {
        let name = report.name_of(&node.instance).to_owned();
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(name),
            None => groups.push((reason, vec![name])),
        }
    }
    for (reason, names) in groups {
        screen.toned_row(label, tone, &format!("{}: {reason}", names.join(", ")));
    }
}
