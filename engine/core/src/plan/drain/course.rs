//! How far the evictions of a node have come, and whom the API server is asked about next. Each round
//! begins with a look at the node, which also settles what became of an eviction without an answer.

use std::fmt;
use std::time::Duration;

use crate::event::ChangePlan;
use crate::value::DurationSpan;

use super::Tenants;

/// Between two looks at the node, as `kubectl drain` has it.
const PAUSE: Duration = Duration::from_secs(1);
/// Before a pod is tried again that its budget did not let go, as `kubectl drain` has it.
const RETRY: Duration = Duration::from_secs(5);
/// Names of pods that people read in one line.
const NAMED: usize = 5;

/// What the API server says to an eviction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eviction {
    /// The pod was told to go.
    Taken,
    /// Not now, for this reason: a budget.
    NotNow(String),
    /// Never, for this reason.
    Refused(String),
    /// There was no answer, or one that says nothing: the next look tells.
    Unknown(String),
}

/// Why no other pod is evicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// Somebody wants to stop.
    Interrupted,
    /// The journal can't be written any more.
    Unwritten(String),
    /// Somebody has uncordoned the node.
    Uncordoned,
    /// These pods have come to the node, and the plan does not show them.
    Came(Vec<String>),
    /// The API server refuses to evict a pod, so that the node can't be emptied.
    Refused(String),
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Halt::Interrupted => f.write_str("it was interrupted"),
            Halt::Unwritten(why) => write!(f, "the journal can't be written: {why}"),
            Halt::Uncordoned => f.write_str("the node is not cordoned any more"),
            Halt::Came(names) => write!(
                f,
                "the plan does not show what has come to the node since: {}",
                few(names)
            ),
            Halt::Refused(why) => f.write_str(why),
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Look at the node, after a pause.
    Look(Duration),
    /// Ask for the eviction of this pod, counted from 0.
    Evict(usize),
    /// Nothing more is done.
    End,
}

/// What stands of a pod that is not gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It was certainly not evicted, for this reason.
    Stands(String),
    /// It was told to go, and has not ended.
    Going,
    /// Whether it was evicted is not known, for this reason.
    Unknown(String),
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Left::Stands(why) => f.write_str(why),
            Left::Going => f.write_str("it was told to go, and has not ended yet"),
            Left::Unknown(why) => write!(f, "whether it was evicted is not known: {why}"),
        }
    }
}

/// The evictions of one node.
#[derive(Debug, Clone)]
pub struct Course {
    pods: Vec<Pod>,
    within: Duration,
    looked: bool,
    /// Pods that no change is about are on their way out.
    others_go: bool,
    /// An eviction may have been carried out.
    touched: bool,
    /// Why the last look failed, where it did.
    blind: Option<String>,
    halt: Option<Halt>,
}

#[derive(Debug, Clone)]
struct Pod {
    uid: String,
    name: String,
    state: State,
    /// When it may be tried again, counted from the beginning.
    again: Duration,
    /// Why it could not be evicted the last time.
    says: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    There,
    /// An eviction was sent, and nobody has said what became of it.
    Doubted,
    Going,
    Gone,
}

impl Course {
    /// The evictions that a plan shows, none of which has begun; they may take so long.
    pub fn new(changes: &[ChangePlan], within: Duration) -> Self {
        let pods = changes.iter().filter_map(|change| {
            let object = change.object.as_ref()?;
            let namespace = object.namespace.as_deref().unwrap_or_default();
            Some(Pod {
                uid: object.uid.clone(),
                name: format!("{namespace}/{}", object.name),
                state: State::There,
                again: Duration::ZERO,
                says: None,
            })
        });
        Course {
            pods: pods.collect(),
            within,
            looked: false,
            others_go: false,
            touched: false,
            blind: None,
            halt: None,
        }
    }

    /// What comes next, so long after the beginning.
    pub fn turn(&self, at: Duration) -> Turn {
        // Also where the plan shows no pod: one may have come before the node was cordoned.
        if (self.looked && self.is_empty()) || at >= self.within {
            return Turn::End;
        }
        if !self.looked {
            return match self.halt {
                Some(_) => Turn::End,
                None => Turn::Look(if self.blind.is_some() {
                    PAUSE
                } else {
                    Duration::ZERO
                }),
            };
        }
        let under_way = |pod: &Pod| matches!(pod.state, State::Going | State::Doubted);
        if self.halt.is_some() && !self.pods.iter().any(under_way) {
            return Turn::End;
        }
        let is_sure =
            self.blind.is_none() && !self.pods.iter().any(|pod| pod.state == State::Doubted);
        let ready = |pod: &Pod| pod.state == State::There && pod.again <= at;
        match self.pods.iter().position(ready) {
            Some(pod) if is_sure && self.halt.is_none() => Turn::Evict(pod),
            _ => Turn::Look(PAUSE),
        }
    }

    /// What the node has now. Gives the pods that are gone since the last look, and whether no
    /// eviction can have been carried out yet: then they went by themselves.
    pub fn saw(&mut self, tenants: &Tenants, is_cordoned: bool) -> (Vec<usize>, bool) {
        self.looked = true;
        self.blind = None;
        let mut gone = Vec::new();
        for (index, pod) in self.pods.iter_mut().enumerate() {
            let seen = tenants.evicted.iter().find(|seen| seen.uid == pod.uid);
            let state = match seen {
                None => State::Gone,
                Some(seen) if seen.is_going => State::Going,
                Some(_) => State::There,
            };
            if state == State::Gone && pod.state != State::Gone {
                gone.push(index);
            }
            pod.state = state;
        }
        let is_known = |uid: &str| self.pods.iter().any(|pod| pod.uid == uid);
        let came = tenants
            .evicted
            .iter()
            .filter(|tenant| !tenant.is_going && !is_known(&tenant.uid));
        let came: Vec<String> = came.map(super::Tenant::full_name).collect();
        let mut others = tenants.evicted.iter();
        self.others_go = others.any(|tenant| tenant.is_going && !is_known(&tenant.uid));
        let open = match (is_cordoned, came.is_empty()) {
            (false, _) => Some(Halt::Uncordoned),
            (true, false) => Some(Halt::Came(came)),
            (true, true) => None,
        };
        // It outweighs what has halted it before: a node that takes pods is never empty.
        if !self.is_open() {
            self.halt = open.or(self.halt.take());
        }
        (gone, !self.touched)
    }

    /// The node could not be looked at, for this reason.
    pub fn missed(&mut self, why: String) {
        self.blind = Some(why);
    }

    /// What was said to the eviction of a pod, so long after the beginning.
    pub fn told(&mut self, pod: usize, eviction: Eviction, at: Duration) {
        let Some(pod) = self.pods.get_mut(pod) else {
            return;
        };
        pod.again = at.saturating_add(RETRY);
        self.touched |= matches!(eviction, Eviction::Taken | Eviction::Unknown(_));
        match eviction {
            Eviction::Taken => pod.state = State::Going,
            Eviction::NotNow(why) => pod.says = Some(why),
            Eviction::Unknown(why) => {
                pod.state = State::Doubted;
                pod.says = Some(why);
            }
            Eviction::Refused(why) => {
                let halt = Halt::Refused(format!("{} can't be evicted: {why}", pod.name));
                pod.says = Some(why);
                self.halt(halt);
            }
        }
    }

    /// No other pod is evicted, for this reason; the first one counts, unless others are let in.
    pub fn halt(&mut self, halt: Halt) {
        self.halt.get_or_insert(halt);
    }

    /// Whether all pods of the plan are gone, and no others have come or may come.
    pub fn is_whole(&self) -> bool {
        self.looked && self.is_empty() && !self.is_open()
    }

    fn is_open(&self) -> bool {
        matches!(self.halt, Some(Halt::Uncordoned | Halt::Came(_)))
    }

    fn is_empty(&self) -> bool {
        !self.others_go && self.pods.iter().all(|pod| pod.state == State::Gone)
    }

    /// Whether an eviction may have been carried out.
    pub fn has_touched(&self) -> bool {
        self.touched
    }

    /// What is left of a pod; `None`: it is gone.
    pub fn left(&self, pod: usize) -> Option<Left> {
        let pod = self.pods.get(pod)?;
        match pod.state {
            State::Gone => None,
            State::Going => Some(Left::Going),
            State::Doubted => Some(Left::Unknown(
                pod.says
                    .clone()
                    .or_else(|| self.blind.clone())
                    .unwrap_or_default(),
            )),
            State::There => Some(Left::Stands(match &pod.says {
                Some(why) => why.clone(),
                None => "it was not evicted".to_owned(),
            })),
        }
    }

    /// What stands, for people: how many are gone, why no more are, and what keeps the others.
    pub fn says(&self) -> String {
        let gone = self.pods.iter().filter(|pod| pod.state == State::Gone);
        let mut says = vec![format!(
            "{} of {} pods are gone",
            gone.count(),
            self.pods.len()
        )];
        let why = match &self.halt {
            Some(halt) => Some(halt.to_string()),
            None if self.is_whole() => None,
            None => Some(format!(
                "the others were not within {}",
                DurationSpan(self.within)
            )),
        };
        says.extend(why);
        says.extend(
            self.blind
                .iter()
                .map(|why| format!("what stands now is not known: {why}")),
        );
        let left = (0..self.pods.len())
            .zip(&self.pods)
            .filter_map(|(index, pod)| {
                let left = self.left(index)?;
                Some(format!("{}: {left}", pod.name))
            });
        let left: Vec<String> = left.collect();
        if !left.is_empty() {
            says.push(few(&left));
        }
        says.join("; ")
    }
}

/// The first of these, and how many more there are.
fn few(all: &[String]) -> String {
    match all.get(..NAMED) {
        Some(first) if all.len() > NAMED => {
            format!("{} and {} more", first.join(", "), all.len() - NAMED)
        }
        _ => all.join(", "),
    }
}
