//! What should have come, what came, and what decides it.

use super::model::{Case, Ending, Node, Offer, Then, Told};
use super::replay::{self, Outcome, Said};
use crate::event::Verdict;
use crate::expr::{Atom, World};
use crate::find::{self, View, Wish};
use crate::runbook::{FindingRule, Runbook, Scope};
use crate::syntax::Span;
use crate::value::Value;

/// One thing that came otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The node's name; `None`: the run as a whole.
    pub node: Option<String>,
    /// The finding or fix.
    pub about: String,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub came: String,
    /// What decides it, one line for each condition, or for each sample.
    pub because: Vec<String>,
    /// Where the expectation stands in the case.
    pub span: Span,
}

/// Everything that came otherwise than the case says.
pub fn differences(runbook: &Runbook, case: &Case, outcome: &Outcome) -> Vec<Difference> {
    let explain = Explain::of(runbook, case);
    let mut found = Vec::new();
    for (index, (node, said)) in case.nodes.iter().zip(&outcome.nodes).enumerate() {
        if node.silent.is_none() {
            explain.compare(&node.then, said, Some((index, node)), &mut found);
        }
    }
    explain.compare(&case.then, &outcome.run, None, &mut found);
    found
}

/// The values that decide, for the explanation of a verdict.
pub(super) struct Explain<'e> {
    runbook: &'e Runbook,
    worlds: Vec<World>,
    /// That of the run as a whole.
    whole: World,
}

impl<'e> Explain<'e> {
    pub(super) fn of(runbook: &'e Runbook, case: &Case) -> Self {
        let inputs = replay::inputs(runbook, case);
        let world = |view: &View| view.world(runbook, &inputs, replay::run());
        let views = replay::views(runbook, case, &inputs);
        Explain {
            runbook,
            worlds: views.iter().map(world).collect(),
            whole: find::whole(runbook, &inputs, replay::run(), &views),
        }
    }

    fn compare(
        &self,
        then: &Then,
        said: &Said,
        node: Option<(usize, &Node)>,
        found: &mut Vec<Difference>,
    ) {
        let index = node.map(|(index, _)| index);
        let mut differ = |about: &str, expected: String, came: String, because, span| {
            found.push(Difference {
                node: node.map(|(_, node)| node.title().to_owned()),
                about: about.to_owned(),
                expected,
                came,
                because,
                span,
            });
        };
        for (name, (told, span)) in &then.verdicts {
            let Some(verdict) = said.verdicts.get(name) else {
                differ(
                    name,
                    told.to_string(),
                    "it was not judged".into(),
                    vec![],
                    *span,
                );
                continue;
            };
            let came = Told::of(verdict);
            if !told.expects(&came) {
                let came = told.alike(came);
                // With another text only, the conditions are as they should be.
                let because = match came.is_like(told) {
                    true => Vec::new(),
                    false => self.verdict(name, verdict, index),
                };
                differ(name, told.to_string(), came.to_string(), because, *span);
            }
        }
        for fix in &self.runbook.fixes {
            let wanted = then.offers.get(&fix.name);
            let came = said.offer(&fix.name);
            if wanted.map(|(offer, _)| *offer) != came {
                let word = |offer: Option<Offer>| offer.map_or("not offered", Offer::word).into();
                let expected = word(wanted.map(|(offer, _)| *offer));
                let span = wanted.map_or(then.span, |(_, span)| *span);
                differ(
                    &fix.name,
                    expected,
                    word(came),
                    withheld(said, &fix.name),
                    span,
                );
            }
        }
        if then.bundle.is_some() != said.bundle.is_some() {
            let word = |is_made: bool| if is_made { "made" } else { "not made" };
            differ(
                "bundle",
                word(then.bundle.is_some()).to_owned(),
                word(said.bundle.is_some()).to_owned(),
                said.bundle.iter().map(Wish::because).collect(),
                then.bundle.unwrap_or(then.span),
            );
        }
        for (name, (ending, span)) in &then.fixes {
            let Some(followed) = said.fixes.get(name) else {
                continue;
            };
            let came = match followed.ending {
                Ending::Undecided => {
                    "neither kept nor reverted: the samples end too early".to_owned()
                }
                other => other.word().to_owned(),
            };
            if followed.ending != *ending {
                let because = followed.samples.clone();
                differ(name, ending.word().to_owned(), came, because, *span);
            }
            if said.offer(name) != Some(Offer::Offered) {
                let came = "it may not start".to_owned();
                differ(
                    name,
                    "applied".to_owned(),
                    came,
                    withheld(said, name),
                    *span,
                );
            }
        }
    }

    /// Why a finding came to its verdict: what could not be seen, or each of its conditions.
    pub(super) fn verdict(
        &self,
        name: &str,
        verdict: &Verdict,
        node: Option<usize>,
    ) -> Vec<String> {
        if let Verdict::NotSeen(missing) = verdict {
            return vec![find::reasons(self.runbook, missing.clone())];
        }
        let rule = self.runbook.findings.iter().find(|rule| rule.name == name);
        let world = match rule.map(|rule| rule.scope) {
            Some(Scope::Node) => self.worlds.get(node.unwrap_or_default()),
            Some(Scope::Run) | None => Some(&self.whole),
        };
        match (rule, world) {
            (Some(rule), Some(world)) => conditions(rule, world),
            _ => Vec::new(),
        }
    }
}

fn withheld(said: &Said, fix: &str) -> Vec<String> {
    let offers = said.offers.iter().filter(|offer| offer.fix == fix);
    offers.filter_map(|offer| offer.withheld.clone()).collect()
}

/// What a finding comes to item by item, where it goes over a list.
fn conditions(rule: &FindingRule, world: &World) -> Vec<String> {
    let worlds = match rule.for_each.as_ref().map(|list| list.worlds(world)) {
        None => vec![world.clone()],
        Some(Ok(items)) => items,
        Some(Err(_)) => Vec::new(),
    };
    let atoms = worlds.iter().flat_map(|world| rule.when.atoms(world));
    atoms.map(|atom| condition(&atom)).collect()
}

/// `table.count >= 0.9 * table.max: false (table.count 41,210; table.max 262,144)`.
fn condition(atom: &Atom) -> String {
    let holds = match atom.holds {
        Some(true) => "true",
        Some(false) => "false",
        None => "not seen",
    };
    let mut reads: Vec<String> = Vec::new();
    for (path, value) in &atom.reads {
        let read = match value {
            Value::Unseen(_) => format!("{path} not seen"),
            value => format!("{path} {value}"),
        };
        if !reads.contains(&read) {
            reads.push(read);
        }
    }
    match reads.is_empty() {
        true => format!("{}: {holds}", atom.text),
        false => format!("{}: {holds} ({})", atom.text, reads.join("; ")),
    }
}
