//! How many people have to agree, and who they may be.

use std::fmt;

use super::who::Who;
use crate::action::Impact;
use crate::syntax::{Faults, Fields, Key, Shape, Span, Tree, Word, nearest};

/// Who has to agree before something is done, from the least on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approval {
    /// Nobody.
    Nobody,
    /// Whoever asked for it, shown the plan.
    Operator,
    /// One other person.
    Another,
    /// Two other people.
    Two,
}

impl Approval {
    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        match self {
            Approval::Nobody => "nobody",
            Approval::Operator => "operator",
            Approval::Another => "another",
            Approval::Two => "two",
        }
    }

    /// How many people other than the operator it takes.
    pub fn others(self) -> usize {
        match self {
            Approval::Nobody | Approval::Operator => 0,
            Approval::Another => 1,
            Approval::Two => 2,
        }
    }
}

impl fmt::Display for Approval {
    /// As a continuation of "it needs".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Approval::Nobody => "nobody's approval",
            Approval::Operator => "the operator's approval",
            Approval::Another => "the approval of another person",
            Approval::Two => "the approval of two other people",
        })
    }
}

const WORDS: [(Word, Approval); 4] = [
    (("nobody", "nobody is asked"), Approval::Nobody),
    (
        ("operator", "whoever asks for it, shown the plan"),
        Approval::Operator,
    ),
    (("another", "one other person"), Approval::Another),
    (("two", "two other people"), Approval::Two),
];

fn words() -> Vec<Word> {
    WORDS.iter().map(|(word, _)| *word).collect()
}

/// The keys of `approval`, one for each class of impact, the least first.
pub(super) const KEYS: &[Key] = &[
    of("read", "nobody", "Looks that only read"),
    of(
        "unconfined",
        "operator",
        "Scripts of a runbook's own that nothing confines",
    ),
    of("reversible", "operator", "Changes that know the way back"),
    of(
        "disruptive",
        "another",
        "Changes without a way back that end in a known state (a restart, a drain), and those that nothing on the node takes back (`cordon`, `uncordon`, `patch`)",
    ),
    of(
        "irreversible",
        "two",
        "Changes of which nothing can be brought back",
    ),
];

const fn of(name: &'static str, default: &'static str, help: &'static str) -> Key {
    Key::or(name, Shape::Word(words), default, help)
}

/// What each class of impact needs, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Approvals {
    /// In the order of [`Impact::ALL`].
    needs: [Approval; Impact::ALL.len()],
    /// Those who may approve for others; without it, those who may do the same themselves.
    pub(super) approvers: Option<Who>,
}

impl Default for Approvals {
    fn default() -> Approvals {
        Approvals {
            needs: [
                Approval::Nobody,
                Approval::Operator,
                Approval::Operator,
                Approval::Another,
                Approval::Two,
            ],
            approvers: None,
        }
    }
}

impl Approvals {
    /// What a class needs.
    pub(super) fn of(&self, impact: Impact) -> Approval {
        let mut needs = Impact::ALL.into_iter().zip(self.needs);
        let found = needs.find(|(class, _)| *class == impact);
        found.map_or(Approval::Two, |(_, need)| need)
    }

    /// Reads `approval` and `approvers`, both of which may be missing.
    pub(super) fn read(policy: &Fields<'_>, faults: &mut Faults) -> Approvals {
        let mut approvals = Approvals::default();
        let fields = policy
            .get("approval")
            .and_then(|tree| Fields::read(tree, "`approval`", KEYS, faults));
        let mut written: Option<(Impact, Approval, Span)> = None;
        for (impact, need) in Impact::ALL.into_iter().zip(&mut approvals.needs) {
            let tree = fields.as_ref().and_then(|fields| fields.get(impact.name()));
            let Some(tree) = tree else {
                // What is worse never needs less, also where nothing was written.
                *need = written.map_or(*need, |(_, least, _)| least.max(*need));
                continue;
            };
            let Some(word) = word(tree, impact, faults) else {
                continue;
            };
            *need = word;
            if let Some((lesser, least, span)) = written
                && word < least
            {
                let title = format!("`{impact}` needs less approval than `{lesser}`");
                faults
                    .error("approval-order", tree.span(), title)
                    .here("this is the worse of the two")
                    .label(span, format!("this needs {least}"))
                    .help(format!("write `{}` or more for it", least.word()));
                continue;
            }
            written = Some((impact, word, tree.span()));
        }
        approvals.approvers = Who::read(policy, "approvers", faults);
        approvals.check_number(policy, written, faults);
        approvals
    }

    /// Two people can't be found among fewer.
    fn check_number(
        &self,
        policy: &Fields<'_>,
        written: Option<(Impact, Approval, Span)>,
        faults: &mut Faults,
    ) {
        let people = self.approvers.as_ref().and_then(Who::people);
        let most = self.needs.iter().max().map_or(0, |need| need.others());
        let (Some(people), Some(tree)) = (people, policy.get("approvers")) else {
            return;
        };
        if people >= most || !faults.is_empty() {
            return;
        }
        let title = "two people have to approve, and one is named";
        let fault = faults.error("too-few-approvers", tree.span(), title);
        fault.help("name another one, a role such as `leads/*`, or ask for `another`");
        match written {
            Some((_, Approval::Two, span)) => {
                fault.label(span, "this needs two");
            }
            _ => {
                fault.here("irreversible changes need two where nothing else is written");
            }
        }
    }
}

fn word(tree: &Tree, impact: Impact, faults: &mut Faults) -> Option<Approval> {
    let what = format!("`{impact}`");
    let text = tree.expect_text(&what, faults)?;
    let found = WORDS.iter().find(|((word, _), _)| *word == text.value);
    if found.is_none() {
        let known = WORDS.iter().map(|((word, _), _)| *word);
        let title = format!("`{}` is nobody who could approve", text.value);
        let fault = faults.error("unknown-approval", text.span, title);
        match nearest(&text.value, known.clone()) {
            Some(near) => fault.did_you_mean(Some(near)),
            None => fault.help(format!("write {}", known.collect::<Vec<_>>().join(", "))),
        };
    }
    found.map(|(_, approval)| *approval)
}

#[cfg(test)]
mod tests {
    use super::{Approval, Approvals, KEYS};
    use crate::action::Impact;

    #[test]
    fn each_class_has_a_key_and_its_default() {
        let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names, Impact::ALL.map(Impact::name));
        let defaults: Vec<_> = KEYS.iter().filter_map(|key| key.default()).collect();
        let built_in = Impact::ALL.map(|impact| Approvals::default().of(impact).word());
        assert_eq!(defaults, built_in);
        assert!(Approvals::default().needs.is_sorted());
        assert!(Approval::Nobody < Approval::Two);
    }
}
