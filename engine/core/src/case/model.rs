//! A case after reading: what was seen of a world, and what must be said of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::replay::Said;
use crate::event::{InstanceId, Verdict};
use crate::syntax::{Source, Span};
use crate::value::Value;

/// What was seen in one run, and the verdicts that it must give.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name: the file's, without the ending.
    pub name: String,
    /// The runbook that it belongs to.
    pub runbook: String,
    /// One sentence: what this world is like.
    pub about: String,
    /// Inputs that differ from the runbook's defaults.
    pub inputs: BTreeMap<String, Value>,
    /// Values of the looks that are asked once a run.
    pub looks: BTreeMap<String, Value>,
    /// The nodes, in the order of the file.
    pub nodes: Vec<Node>,
    /// What must be said of the run as a whole.
    pub then: Then,
    /// The text that it was read from.
    pub source: Arc<Source>,
}

/// One node, with what was seen of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name in Kubernetes, where it is known.
    pub name: Option<String>,
    /// The EC2 instance.
    pub instance: InstanceId,
    /// Number of CPUs; `None`: the node could not tell.
    pub cpus: Option<u32>,
    /// Bottlerocket's version; `None`: the node could not tell.
    pub os_version: Option<String>,
    /// The id of its boot; `None` stands for any.
    pub boot_id: Option<String>,
    /// The pod that the run is about, where it is about one.
    pub pod: Option<Pod>,
    /// Why the node gave no answer at all; then nothing is said of it.
    pub silent: Option<String>,
    /// Values of the looks that are asked once a node.
    pub looks: BTreeMap<String, Value>,
    /// What was seen after a fix was applied, the earliest first.
    pub later: Vec<Sample>,
    /// What must be said of it.
    pub then: Then,
}

/// The pod that a run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

/// What was seen some time after a fix was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The time since the change.
    pub after: Duration,
    /// The looks that were asked again.
    pub looks: BTreeMap<String, Value>,
}

/// What must be said of a node, or of the run. Everything has its place in the case's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Then {
    /// The verdict of every finding.
    pub verdicts: BTreeMap<String, (Told, Span)>,
    /// The fixes that would help where a finding holds: may they start?
    pub offers: BTreeMap<String, (Offer, Span)>,
    /// How the fixes end that are applied.
    pub fixes: BTreeMap<String, (Ending, Span)>,
    /// A bundle of the node is made; `None`: none is.
    pub bundle: Option<Span>,
    /// Where it stands.
    pub span: Span,
}

/// A verdict, as far as a case says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// It holds.
    Holds(Says),
    /// It does not hold.
    RuledOut,
    /// It can't be told.
    NotSeen,
    /// The finding of this name holds, and stands for it.
    Superseded(String),
}

/// What a finding that holds says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Says {
    /// Its first line.
    pub line: String,
    /// Its further lines; `None`: the case does not say.
    pub details: Option<Vec<String>>,
}

/// Whether a fix that would help may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
    /// It may.
    Offered,
    /// What it requires is false or not seen.
    Withheld,
}

/// How a fix that was applied ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Its condition has held for as long as it must.
    Kept,
    /// Its condition has not held in time, and the change is taken back.
    Reverted,
    /// The samples end before either is known.
    Undecided,
}

/// What was said of a case's node, or of the run, is written down as what must be said.
impl Then {
    /// Expects exactly what was said.
    pub fn of(said: &Said) -> Then {
        let offered = said.offers.iter().map(|offer| offer.fix.as_str());
        let nowhere = Span::default();
        Then {
            verdicts: said
                .verdicts
                .iter()
                .map(|(name, verdict)| (name.clone(), (Told::of(verdict).brief(), nowhere)))
                .collect(),
            offers: offered
                .filter_map(|fix| Some((fix.to_owned(), (said.offer(fix)?, nowhere))))
                .collect(),
            fixes: said
                .fixes
                .iter()
                .map(|(name, followed)| (name.clone(), (followed.ending, nowhere)))
                .collect(),
            bundle: said.bundle.as_ref().map(|_| nowhere),
            span: nowhere,
        }
    }
}

impl Told {
    /// The verdict, as far as a case says it.
    pub fn of(verdict: &Verdict) -> Told {
        match verdict {
            Verdict::Holds(text) => Told::Holds(Says {
                line: text.says.clone(),
                details: Some(text.details.clone()),
            }),
            Verdict::RuledOut => Told::RuledOut,
            Verdict::NotSeen(_) => Told::NotSeen,
            Verdict::Superseded(by) => Told::Superseded(by.clone()),
        }
    }

    /// Without the further lines: enough to be recognised by.
    fn brief(self) -> Told {
        match self {
            Told::Holds(says) => Told::Holds(Says {
                details: None,
                ..says
            }),
            other => other,
        }
    }

    /// Whether what came is what this expects.
    pub fn expects(&self, came: &Told) -> bool {
        match (self, came) {
            (Told::Holds(wanted), Told::Holds(came)) => {
                let details = wanted.details.is_none() || wanted.details == came.details;
                wanted.line == came.line && details
            }
            (wanted, came) => wanted == came,
        }
    }

    /// What came, with as many lines as this expects.
    pub fn alike(&self, came: Told) -> Told {
        match self {
            Told::Holds(Says {
                details: Some(_), ..
            }) => came,
            _ => came.brief(),
        }
    }

    /// The same verdict, whatever its text is.
    pub fn is_like(&self, other: &Told) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Told::Holds(says) => {
                write!(f, "holds: {}", says.line)?;
                let details = says.details.iter().flatten();
                details
                    .into_iter()
                    .try_for_each(|line| write!(f, "\n{line}"))
            }
            Told::RuledOut => f.write_str("ruled out"),
            Told::NotSeen => f.write_str("not seen"),
            Told::Superseded(by) => write!(f, "superseded by {by}"),
        }
    }
}

impl Offer {
    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        match self {
            Offer::Offered => "offered",
            Offer::Withheld => "withheld",
        }
    }
}

impl Ending {
    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Kept => "kept",
            Ending::Reverted => "reverted",
            Ending::Undecided => "undecided",
        }
    }
}

impl Node {
    /// The name that people use: the node's, or else the instance's.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.instance.as_str())
    }
}
