//! What the records of a run say that it saw: before any change, and after one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::model::{Case, Ending, Node, Offer, Pod, Sample, Then, Told};
use super::replay::unseen;
use crate::event::{BundleStep, Event, FixOffer, InstanceId, NodeTarget, Record, RunId};
use crate::runbook::{Runbook, Scope};
use crate::value::{Value, Why};

/// What was said in a run.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    /// The last verdict of each finding, by node and name.
    pub(super) told: BTreeMap<(Option<InstanceId>, String), Told>,
    /// The fixes that would have helped.
    pub(super) offers: BTreeMap<(InstanceId, String), Offer>,
    /// The nodes of which a bundle was wanted.
    pub(super) bundles: BTreeSet<InstanceId>,
}

/// What was seen in a run.
#[derive(Debug, Default)]
pub(super) struct Seen {
    about: String,
    inputs: BTreeMap<String, Value>,
    targets: Vec<NodeTarget>,
    answered: BTreeMap<InstanceId, (u32, String, String)>,
    failed: BTreeMap<InstanceId, String>,
    looks: BTreeMap<(Option<InstanceId>, String), Value>,
    /// After a change: the looks since the last sample, and the samples.
    applied: bool,
    fresh: BTreeMap<String, Value>,
    samples: Vec<Sample>,
    planned: Option<String>,
    /// The fix that was applied, and how it ended.
    pub(super) fix: Option<(String, Ending)>,
    pub(super) verdicts: Verdicts,
    /// Looks that the runbook no longer has.
    pub(super) dropped: Vec<String>,
}

impl Seen {
    /// Reads the records of a run of this runbook.
    pub(super) fn of(records: &[Record], runbook: &Runbook) -> Result<Self, String> {
        let mut seen = Seen::default();
        for record in records {
            seen.read(&record.event, runbook)?;
        }
        if let Some(record) = records.first() {
            let day = record.at.strftime("%Y-%m-%d");
            seen.about = format!("As run {} saw it on {day}", record.run);
        }
        Ok(seen)
    }

    fn read(&mut self, event: &Event, runbook: &Runbook) -> Result<(), String> {
        match event {
            Event::RunStarted {
                command,
                runbook: name,
                inputs,
                ..
            } => {
                if command == "revert" {
                    return Err("a revert looks at nothing: name the run or the fix".into());
                }
                if *name != runbook.name {
                    return Err(format!("the run is of the runbook `{name}`"));
                }
                self.inputs = given(inputs, runbook)?;
            }
            Event::Resolved { targets } => self.targets.clone_from(targets),
            Event::NodeAnswered {
                instance,
                boot,
                os_version,
                cpus,
                ..
            } => {
                let ident = (*cpus, os_version.clone(), boot.0.clone());
                self.answered.insert(instance.clone(), ident);
            }
            Event::NodeFailed {
                instance, error, ..
            } => {
                self.failed.insert(instance.clone(), error.clone());
            }
            Event::LookAnswered {
                instance,
                look,
                value,
                ..
            } => self.look(instance.as_ref(), look, value, runbook),
            Event::Judged {
                instance,
                finding,
                verdict,
                ..
            } => {
                let place = (instance.clone(), finding.clone());
                self.verdicts.told.insert(place, Told::of(verdict));
            }
            Event::FixOffered(offer) => self.offered(offer),
            Event::Bundle(
                BundleStep::Begun { instance, .. } | BundleStep::LeftOut { instance, .. },
            ) => {
                self.verdicts.bundles.insert(instance.clone());
            }
            Event::FixPlanned(plan) => self.planned = Some(plan.fix.clone()),
            Event::ChangeApplied { .. } => self.applied = true,
            Event::VerifySample { after_ms, .. } => {
                let looks = std::mem::take(&mut self.fresh);
                let after = Duration::from_millis(*after_ms);
                self.samples.push(Sample { after, looks });
            }
            Event::FixKept { .. } => self.ended(Ending::Kept),
            Event::FixReverted { .. } => self.ended(Ending::Reverted),
            _ => {}
        }
        Ok(())
    }

    /// A fix that one finding withholds and another one offers is offered.
    fn offered(&mut self, offer: &FixOffer) {
        let place = (offer.instance.clone(), offer.fix.clone());
        let word = match offer.withheld {
            None => Offer::Offered,
            Some(_) => Offer::Withheld,
        };
        let known = self.verdicts.offers.entry(place).or_insert(word);
        *known = word.min(*known);
    }

    fn ended(&mut self, ending: Ending) {
        if let (Some(fix), None) = (self.planned.clone(), &self.fix) {
            self.fix = Some((fix, ending));
        }
    }

    fn look(
        &mut self,
        instance: Option<&InstanceId>,
        look: &str,
        value: &Value,
        runbook: &Runbook,
    ) {
        if !runbook.looks.iter().any(|step| step.name == look) {
            if !self.dropped.iter().any(|name| name == look) {
                self.dropped.push(look.to_owned());
            }
        } else if self.applied {
            self.fresh.insert(look.to_owned(), finite(look, value));
        } else {
            let place = (instance.cloned(), look.to_owned());
            self.looks.insert(place, finite(look, value));
        }
    }

    /// The case that the run is, without expectations.
    pub(super) fn case(
        mut self,
        name: &str,
        run: RunId,
        runbook: &Runbook,
    ) -> Result<Case, String> {
        if self.looks.is_empty() {
            return Err(format!("run {run} has seen nothing"));
        }
        let targets = std::mem::take(&mut self.targets);
        let nodes = targets
            .iter()
            .map(|target| self.node(target, runbook))
            .collect();
        Ok(Case {
            name: name.to_owned(),
            runbook: runbook.name.clone(),
            about: self.about.clone(),
            inputs: self.inputs.clone(),
            looks: self.values(None, Scope::Run, runbook),
            nodes,
            then: Then::default(),
            source: runbook.source.clone(),
        })
    }

    fn node(&mut self, target: &NodeTarget, runbook: &Runbook) -> Node {
        let instance = &target.instance;
        let ident = self.answered.get(instance).cloned();
        let has_looked = self
            .looks
            .keys()
            .any(|(place, _)| place.as_ref() == Some(instance));
        let silent = match (&ident, has_looked) {
            (Some(_), true) => None,
            _ => Some(
                self.failed
                    .get(instance)
                    .cloned()
                    .unwrap_or_else(|| "it was not judged".to_owned()),
            ),
        };
        let mut node = Node {
            name: target.node.clone(),
            instance: instance.clone(),
            cpus: ident
                .as_ref()
                .map(|(cpus, ..)| *cpus)
                .filter(|cpus| *cpus > 0),
            os_version: ident
                .as_ref()
                .map(|(_, version, _)| version.clone())
                .filter(|version| !version.is_empty()),
            boot_id: ident.map(|(_, _, boot)| boot),
            pod: target.pod.as_ref().map(|pod| Pod {
                namespace: pod.namespace.clone(),
                name: pod.name.clone(),
            }),
            silent,
            looks: BTreeMap::new(),
            later: Vec::new(),
            then: Then::default(),
        };
        if node.silent.is_none() {
            node.looks = self.values(Some(instance), Scope::Node, runbook);
            node.later = std::mem::take(&mut self.samples);
        }
        node
    }

    /// The values of a scope. A look that has none was not asked.
    fn values(
        &self,
        instance: Option<&InstanceId>,
        scope: Scope,
        runbook: &Runbook,
    ) -> BTreeMap<String, Value> {
        let steps = runbook.looks.iter().filter(|step| step.scope == scope);
        steps
            .map(|step| {
                let place = (instance.cloned(), step.name.clone());
                let seen = self.looks.get(&place).cloned();
                let value = seen.unwrap_or_else(|| unseen(&step.name, Why::NotAsked));
                (step.name.clone(), value)
            })
            .collect()
    }
}

fn given(
    inputs: &[(String, String)],
    runbook: &Runbook,
) -> Result<BTreeMap<String, Value>, String> {
    let mut values = BTreeMap::new();
    for (name, text) in inputs {
        let input = runbook.inputs.iter().find(|input| input.name == *name);
        let input = input.ok_or_else(|| format!("the runbook no longer has the input `{name}`"))?;
        let value = input.accept(text);
        values.insert(
            name.clone(),
            value.map_err(|why| format!("the input `{name}`: {why}"))?,
        );
    }
    // The journal keeps no secrets; a token stands for each.
    for input in &runbook.inputs {
        if input.default.is_some() || values.contains_key(&input.name) {
            continue;
        }
        let tokens = ["secret-1", "1", "1s", "1KiB", "true"];
        let token = tokens.iter().find_map(|token| input.accept(token).ok());
        let token = token.filter(|_| input.secret);
        values.insert(
            input.name.clone(),
            token.ok_or_else(|| format!("nothing can stand for the input `{}`", input.name))?,
        );
    }
    Ok(values)
}

/// A case holds no number that can't be written down.
fn finite(look: &str, value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_finite() => {
            unseen(look, Why::Garbled("a number without end".into()))
        }
        Value::List(items) => Value::List(items.iter().map(|item| finite(look, item)).collect()),
        Value::Record(fields) => Value::record(
            fields
                .iter()
                .map(|(name, value)| (name, finite(look, value))),
        ),
        other => other.clone(),
    }
}
