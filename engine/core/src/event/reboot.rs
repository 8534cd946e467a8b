//! A reboot, one step after the other. Each is written down before it is taken.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::body::Event;
use super::fix::PinnedObject;

/// A step of a reboot, in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The node is locked: nobody else changes it meanwhile.
    Lock,
    /// No new pod is placed there.
    Cordon,
    /// Its pods are evicted.
    Drain,
    /// It is asked to reboot.
    Reboot,
    /// It is waited for until it is ready on another boot.
    Return,
    /// New pods are placed there again.
    Uncordon,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Phase; 6] = [
        Phase::Lock,
        Phase::Cordon,
        Phase::Drain,
        Phase::Reboot,
        Phase::Return,
        Phase::Uncordon,
    ];

    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Lock => "lock",
            Phase::Cordon => "cordon",
            Phase::Drain => "drain",
            Phase::Reboot => "reboot",
            Phase::Return => "return",
            Phase::Uncordon => "uncordon",
        }
    }
}

/// How far a step of a reboot has come, with what people read of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// It is about to be taken. Without one of the others it is in doubt.
    Begun,
    /// It was done.
    Done(String),
    /// There was nothing to be done: the node was cordoned already; or it still runs the boot that it
    /// had, and can't reboot any more.
    Idle(String),
    /// Nothing of it was done.
    Refused(String),
    /// Some of it was done, or may have been.
    Partly(String),
}

impl Reached {
    /// The name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Reached::Begun => "begun",
            Reached::Done(_) => "done",
            Reached::Idle(_) => "idle",
            Reached::Refused(_) => "refused",
            Reached::Partly(_) => "partly",
        }
    }

    /// What people read of it; nothing, where it has only begun.
    pub fn says(&self) -> &str {
        match self {
            Reached::Begun => "",
            Reached::Done(says)
            | Reached::Idle(says)
            | Reached::Refused(says)
            | Reached::Partly(says) => says,
        }
    }
}

/// How far a reboot has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reboot {
    steps: BTreeMap<Phase, Reached>,
    node: Option<PinnedObject>,
}

impl Reboot {
    /// How far it has come by these events.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut reboot = Reboot::default();
        events.into_iter().for_each(|event| reboot.take(event));
        reboot
    }

    /// One event more; one that is about something else changes nothing.
    pub fn take(&mut self, event: &Event) {
        if let Event::Reboot {
            phase,
            reached,
            node,
            ..
        } = event
        {
            self.steps.insert(*phase, reached.clone());
            if node.is_some() {
                self.node.clone_from(node);
            }
        }
    }

    /// How far a step has come; `None`: it was not begun.
    pub fn reached(&self, phase: Phase) -> Option<&Reached> {
        self.steps.get(&phase)
    }

    /// The steps that were begun, and how far each has come.
    pub fn steps(&self) -> impl Iterator<Item = (Phase, &Reached)> {
        self.steps.iter().map(|(phase, reached)| (*phase, reached))
    }

    /// The node that it has cordoned, or may have, and has not uncordoned since.
    pub fn left_cordoned(&self) -> Option<&PinnedObject> {
        let cordoned = matches!(
            self.steps.get(&Phase::Cordon),
            Some(Reached::Begun | Reached::Done(_) | Reached::Partly(_))
        );
        let open = matches!(
            self.steps.get(&Phase::Uncordon),
            None | Some(Reached::Begun | Reached::Refused(_) | Reached::Partly(_))
        );
        self.node.as_ref().filter(|_| cordoned && open)
    }

    /// Whether the node was asked to reboot, or may have been.
    pub fn is_asked(&self) -> bool {
        matches!(
            self.steps.get(&Phase::Reboot),
            Some(Reached::Begun | Reached::Done(_) | Reached::Partly(_))
        )
    }
}
