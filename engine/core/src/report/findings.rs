//! Findings by verdict, and what was not seen, grouped by what stood in the way.

use crate::event::{Evidence, FindingText, LookTrace, RawAnswer, Verdict};
use crate::value::{Unseen, Value, Why};

/// The looks and the findings of one node, or of the run as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Findings in the order in which they were judged, each with its last verdict.
    pub judged: Vec<Judgement>,
    /// Looks in the order in which they were answered, each with its last value.
    pub looks: Vec<Looked>,
}

/// A finding and its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The finding's name.
    pub finding: String,
    /// What people call it.
    pub label: String,
    /// How bad it is.
    pub severity: Severity,
    /// The verdict.
    pub verdict: Verdict,
    /// The looks that speak for it, where it holds.
    pub evidence: Vec<Evidence>,
}

impl Judgement {
    /// One line: what was found, and whether it is proved.
    pub fn said(&self, text: &FindingText) -> String {
        said(&self.evidence, text)
    }
}

/// One line: what was found. What nothing proves is not said as if it were proved.
pub(super) fn said(evidence: &[Evidence], text: &FindingText) -> String {
    match Evidence::only_suggests(evidence) {
        true => format!("suggested, not proved: {}", text.says),
        false => text.says.clone(),
    }
}

/// A look and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// The look's name.
    pub look: String,
    /// What people call it.
    pub label: String,
    /// The value, which may be unseen as a whole or in parts.
    pub value: Value,
    /// Which rung answered, and why those before it did not.
    pub trace: Vec<LookTrace>,
    /// The bytes that it was read from.
    pub raw: Option<RawAnswer>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Will hurt, or has hurt.
    Warning,
    /// Hurts now.
    Critical,
}

impl Severity {
    /// Reads the word of an event. A word that is not known counts as the worst: a finding may be
    /// shown too loud, never too low.
    pub(super) fn read(word: &str) -> Severity {
        match word {
            "note" => Severity::Note,
            "warning" => Severity::Warning,
            _ => Severity::Critical,
        }
    }

    /// The word that events and runbooks use.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// Looks that one and the same thing stood in the way of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnseenGroup {
    /// What stood in the way, in words.
    pub reason: String,
    /// What people call the looks.
    pub labels: Vec<String>,
}

impl UnseenGroup {
    /// Whether another group says all that this one does.
    pub(super) fn is_part_of(&self, other: &UnseenGroup) -> bool {
        self.reason == other.reason && self.labels.iter().all(|label| other.labels.contains(label))
    }
}

impl Findings {
    /// Takes a verdict; a later one replaces an earlier one.
    pub(super) fn judge(&mut self, judgement: Judgement) {
        match self
            .judged
            .iter_mut()
            .find(|known| known.finding == judgement.finding)
        {
            Some(known) => *known = judgement,
            None => self.judged.push(judgement),
        }
    }

    /// Takes a look's answer; a later one replaces an earlier one.
    pub(super) fn look(&mut self, looked: Looked) {
        match self
            .looks
            .iter_mut()
            .find(|known| known.look == looked.look)
        {
            Some(known) => *known = looked,
            None => self.looks.push(looked),
        }
    }

    /// The findings that hold, the worst first.
    pub fn holding(&self) -> Vec<(&Judgement, &FindingText)> {
        let mut holding: Vec<_> = self
            .judged
            .iter()
            .filter_map(|judgement| match &judgement.verdict {
                Verdict::Holds(text) => Some((judgement, text)),
                Verdict::RuledOut | Verdict::NotSeen(_) | Verdict::Superseded(_) => None,
            })
            .collect();
        holding.sort_by_key(|(judgement, _)| std::cmp::Reverse(judgement.severity));
        holding
    }

    /// The severity of the worst finding that holds.
    pub fn worst(&self) -> Option<Severity> {
        self.holding()
            .first()
            .map(|(judgement, _)| judgement.severity)
    }

    /// Whether a finding holds that is more than a note.
    pub fn ill(&self) -> bool {
        self.worst() > Some(Severity::Note)
    }

    /// What people call the findings that do not hold.
    pub fn ruled_out(&self) -> Vec<&str> {
        self.labels(|verdict| matches!(verdict, Verdict::RuledOut))
    }

    /// What people call the findings that could not be told.
    pub fn undecided(&self) -> Vec<&str> {
        self.labels(|verdict| matches!(verdict, Verdict::NotSeen(_)))
    }

    /// What people call the findings that another one stands for, with the name of that one.
    pub fn superseded(&self) -> Vec<(&str, &str)> {
        self.judged
            .iter()
            .filter_map(|judgement| match &judgement.verdict {
                Verdict::Superseded(by) => Some((judgement.label.as_str(), by.as_str())),
                _ => None,
            })
            .collect()
    }

    fn labels(&self, wanted: impl Fn(&Verdict) -> bool) -> Vec<&str> {
        let chosen = self
            .judged
            .iter()
            .filter(|judgement| wanted(&judgement.verdict));
        chosen.map(|judgement| judgement.label.as_str()).collect()
    }

    /// What was not seen and why, grouped by the reason. A look that was not asked on purpose is
    /// left out unless a finding is undecided for want of it.
    pub fn unseen(&self) -> Vec<UnseenGroup> {
        let mut groups: Vec<UnseenGroup> = Vec::new();
        let in_looks = self
            .looks
            .iter()
            .flat_map(|looked| unseen_in(&looked.value));
        for missing in in_looks
            .filter(|missing| missing.why != Why::NotAsked)
            .chain(self.missing())
        {
            let reason = missing.why.to_string();
            let label = self.label_of(&missing.look).to_owned();
            match groups.iter_mut().find(|group| group.reason == reason) {
                Some(group) if group.labels.contains(&label) => {}
                Some(group) => group.labels.push(label),
                None => groups.push(UnseenGroup {
                    reason,
                    labels: vec![label],
                }),
            }
        }
        groups
    }

    /// What undecided findings wanted for.
    fn missing(&self) -> impl Iterator<Item = &Unseen> {
        self.judged
            .iter()
            .flat_map(|judgement| match &judgement.verdict {
                Verdict::NotSeen(missing) => missing.as_slice(),
                Verdict::Holds(_) | Verdict::RuledOut | Verdict::Superseded(_) => &[],
            })
    }

    fn label_of<'a>(&'a self, look: &'a str) -> &'a str {
        let known = self.looks.iter().find(|looked| looked.look == look);
        known.map_or(look, |looked| looked.label.as_str())
    }
}

/// Everything unseen in a value, however deep.
fn unseen_in(value: &Value) -> Vec<&Unseen> {
    match value {
        Value::Unseen(missing) => missing.iter().collect(),
        Value::List(items) => items.iter().flat_map(unseen_in).collect(),
        Value::Record(fields) => fields.values().flat_map(unseen_in).collect(),
        _ => Vec::new(),
    }
}
