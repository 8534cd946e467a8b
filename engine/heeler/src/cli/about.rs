//! A run of the past that something is done about: its runbook, its inputs, its node.

use std::sync::Arc;

use heeler_core::event::{Event, FixPlan, NodeGroup, NodeTarget, Record, RunId, Where};
use heeler_core::guard::approval::Token;
use heeler_core::report::{self, NodeReport, Report};
use heeler_core::runbook::{FixRule, Runbook};
use heeler_core::syntax;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::args::Global;
use super::start;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::library::{Entry, Library};
use crate::run::fix::Earlier;
use crate::world::resolve::{Ask, Resolved};

/// A run of the journal that something is done about.
pub(super) struct Past {
    pub(super) run: RunId,
    pub(super) report: Report,
    /// When all of its changes were told to be back, or those of the run that it is about.
    reverted_at: Option<Timestamp>,
}

impl Past {
    pub(super) async fn read(journal: &Arc<dyn Journal>, wanted: &str) -> Result<Self, Failure> {
        let run = start::find_run(journal, wanted).await?;
        Past::of(journal, run).await
    }

    pub(super) async fn of(journal: &Arc<dyn Journal>, run: RunId) -> Result<Self, Failure> {
        let records = start::records(journal, run).await?;
        let is_end = |record: &&Record| matches!(record.event, Event::FixReverted { .. });
        Ok(Past {
            run,
            report: Report::fold(&records),
            reverted_at: records.iter().find(is_end).map(|record| record.at),
        })
    }

    /// When all of its changes were back for good. A patch that is still on its way to the Kubernetes API
    /// comes after whoever only sees the old value; where it was set again the object has moved on, and
    /// the patch is not taken. On a node the lock's record keeps off what comes late.
    pub(super) fn back_since(&self, is_in_cluster: bool) -> Option<Timestamp> {
        self.reverted_at
            .filter(|_| !is_in_cluster || self.report.fix.was_set_back())
    }

    /// The runbook as it is now: taking back needs no more of it than its changes.
    pub(super) fn runbook(&self, global: &Global) -> Result<Entry, Failure> {
        let order = self.order()?;
        Library::new(global.runbooks.clone()).again(&order.runbook, order.file.as_deref())
    }

    pub(super) fn order(&self) -> Result<&report::Order, Failure> {
        self.report
            .order
            .as_ref()
            .ok_or_else(|| self.unusable("it has no beginning"))
    }

    /// The runbook, which must be as it was then: a fix of another text is not what was offered.
    pub(super) fn unchanged_runbook(&self, global: &Global) -> Result<Entry, Failure> {
        let entry = self.runbook(global)?;
        let order = self.order()?;
        if entry.runbook.digest == order.digest {
            return Ok(entry);
        }
        Err(Failure::refused(
            "changed-runbook",
            format!("the runbook {} has changed since this run", order.runbook),
            format!("run {}", self.run),
            "run it again, or give the same --runbooks folder as then",
        ))
    }

    /// Whether the run was allowed to ask scripts of the runbook's own: then so is its fix.
    pub(super) fn unconfined(&self) -> bool {
        self.report
            .order
            .as_ref()
            .is_some_and(|order| order.unconfined)
    }

    /// The run's inputs as they were typed; the journal has no secrets.
    pub(super) fn inputs(&self) -> &[(String, String)] {
        let order = self.report.order.as_ref();
        order
            .map(|order| order.inputs.as_slice())
            .unwrap_or_default()
    }

    /// The same, and apart from them the texts of those that the runbook has called secret since.
    pub(super) fn inputs_by(&self, runbook: &Runbook) -> (Vec<(String, String)>, Vec<String>) {
        let is_secret = |name: &str| {
            let mut inputs = runbook.inputs.iter();
            inputs.any(|input| input.secret && input.name == name)
        };
        let inputs = self.inputs().iter().cloned();
        let (secret, typed): (Vec<_>, Vec<_>) = inputs.partition(|(name, _)| is_secret(name));
        (typed, secret.into_iter().map(|(_, text)| text).collect())
    }

    /// All nodes on which the fix was offered.
    pub(super) fn offered(&self, rule: &FixRule) -> Result<Vec<NodeTarget>, Failure> {
        let offers = |node: &&NodeReport| node.offers.iter().any(|offer| offer.fix == rule.name);
        let nodes = self.report.nodes.iter().filter(offers);
        let nodes: Vec<NodeTarget> = nodes.map(|node| node.target.clone()).collect();
        match nodes.is_empty() {
            true => Err(self.unusable("it has offered this fix on no node")),
            false => Ok(nodes),
        }
    }

    /// Whether its end is recorded.
    pub(super) fn has_ended(&self) -> bool {
        self.report.ending.is_some()
    }

    /// Whether it was a fix on several nodes.
    pub(super) fn is_ramp(&self) -> bool {
        !self.report.fix.ramp.nodes.is_empty()
    }

    pub(super) fn target(&self, wanted: Option<&str>) -> Result<NodeTarget, Failure> {
        let targets: Vec<&NodeTarget> = self.report.nodes.iter().map(|node| &node.target).collect();
        let named = |target: &&&NodeTarget| {
            wanted.is_none_or(|name| target.name() == name || target.instance.as_str() == name)
        };
        let fitting: Vec<&&NodeTarget> = targets.iter().filter(named).collect();
        match fitting.as_slice() {
            [only] => Ok((**only).clone()),
            [] => Err(self.unusable("it has no such node")),
            _ => Err(Failure::usage(
                "several-nodes",
                "the run looked at several nodes".to_owned(),
                format!("run {}", self.run),
                format!(
                    "name it with --instance, or all of them with --all: {}",
                    targets
                        .iter()
                        .map(|t| t.instance.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            )),
        }
    }

    /// The same nodes again, found by their pinned instances, in the same account and region; with
    /// the names by which people knew them then. One that can't be reached is an error only where
    /// there is no other.
    pub(super) async fn locate(
        &self,
        global: &Global,
        targets: &[NodeTarget],
        journal: &Arc<dyn Journal>,
        cancel: &CancellationToken,
    ) -> Result<Resolved, Failure> {
        let then = self.place()?.clone();
        let global = as_then(global, &then);
        let ask = Ask {
            instances: targets
                .iter()
                .map(|target| target.instance.clone())
                .collect(),
            region: global.region.clone(),
            cluster: global.cluster.clone(),
            ..Ask::default()
        };
        let resolved = start::locate(&global, &ask, journal, cancel).await?;
        self.same_place(&then, &resolved.place)?;
        match resolved.blocked.first() {
            Some((_, error)) if resolved.open().next().is_none() => {
                Err(crate::run::ask::world_failure(error))
            }
            _ => Ok(Resolved {
                targets: targets
                    .iter()
                    .map(|target| aim(&resolved, target))
                    .collect(),
                ..resolved
            }),
        }
    }

    pub(super) fn place(&self) -> Result<&Where, Failure> {
        let place = self.report.place.as_ref();
        place.ok_or_else(|| self.unusable("it was never located"))
    }

    pub(super) fn same_place(&self, then: &Where, now: &Where) -> Result<(), Failure> {
        let known = |place: &Where| (place.account.clone(), place.region.clone());
        if known(then) == known(now) && (then.cluster.is_none() || then.cluster == now.cluster) {
            return Ok(());
        }
        let says = |place: &Where| {
            let cluster = place.cluster.as_deref().unwrap_or("cluster unknown");
            format!("{cluster} {} {}", place.account, place.region)
        };
        Err(Failure::refused(
            "other-place",
            format!(
                "the run was about {}, and this is {}",
                says(then),
                says(now)
            ),
            format!("run {}", self.run),
            "use the same --context, --profile, --region and --cluster as then",
        ))
    }

    pub(super) fn plan(&self) -> Result<&FixPlan, Failure> {
        self.report.fix.plan.as_ref().ok_or_else(|| {
            self.unusable("it has planned no fix; `heeler runs` lists the runs of fixes as `fix`")
        })
    }

    /// The plan that another run has made of a fix of this one, with approvals of it; nobody may have
    /// touched its records.
    pub(super) async fn earlier(
        &self,
        journal: &Arc<dyn Journal>,
        (wanted, fix): (&str, &str),
        tokens: Vec<Token>,
    ) -> Result<Earlier, Failure> {
        let run = start::find_run(journal, wanted).await?;
        start::unbroken(journal, run).await?;
        let records = start::records(journal, run).await?;
        let report = Report::fold(&records);
        let about = report.order.and_then(|order| order.about);
        let planned = records.iter().rev().find_map(|record| match &record.event {
            Event::FixPlanned(plan) if plan.fix == fix => Some((record.at, plan.clone())),
            _ => None,
        });
        match planned {
            Some((planned_at, plan)) if about == Some(self.run) => Ok(Earlier {
                run,
                planned_at,
                plan,
                tokens,
            }),
            _ => Err(Failure::refused(
                "other-plan",
                format!("run {run} has not planned {fix} of run {}", self.run),
                format!("run {run}"),
                "name the run of `heeler plan` that belongs to this fix",
            )),
        }
    }

    pub(super) fn unusable(&self, what: &str) -> Failure {
        Failure::failed(
            "unusable-run",
            format!("this run can't be used for that: {what}"),
            format!("run {}", self.run),
            format!("`heeler report {}` shows it", self.run),
        )
    }
}

/// The options, where nobody has said otherwise as they were for the run then.
pub(super) fn as_then(global: &Global, then: &Where) -> Global {
    let mut global = global.clone();
    global.context = global.context.or_else(|| then.context.clone());
    global.profile = global.profile.or_else(|| then.profile.clone());
    global.region = global.region.or_else(|| Some(then.region.clone()));
    // What only the instance's tags said then is not what somebody has named.
    let named = then.cluster.as_ref().filter(|_| then.cluster_named);
    global.cluster = global.cluster.or_else(|| named.cloned());
    global
}

/// The node as it was resolved just now, with the pod that it was about then.
pub(super) fn aim(resolved: &Resolved, then: &NodeTarget) -> NodeTarget {
    let now = resolved
        .targets
        .iter()
        .find(|target| target.instance == then.instance);
    let mut target = now.cloned().unwrap_or_else(|| then.clone());
    target.pod.clone_from(&then.pod);
    target.node = target.node.or_else(|| then.node.clone());
    // A fix asks for the instance, of which Kubernetes says nothing; a node stays in its group.
    if target.node_group == NodeGroup::Unseen {
        target.node_group.clone_from(&then.node_group);
    }
    target
}

pub(super) fn rule<'a>(runbook: &'a Runbook, wanted: &str) -> Result<&'a FixRule, Failure> {
    runbook
        .fixes
        .iter()
        .find(|fix| fix.name == wanted)
        .ok_or_else(|| {
            let names: Vec<&str> = runbook.fixes.iter().map(|fix| fix.name.as_str()).collect();
            let help = match syntax::nearest(wanted, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has: {}", names.join(", ")),
            };
            Failure::failed(
                "unknown-fix",
                format!("there is no fix `{}`", wanted.escape_debug()),
                format!("runbook {}", runbook.name),
                help,
            )
        })
}
