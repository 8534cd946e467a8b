//! What a reboot does beside rebooting, for its plan: who else may come in between, and the pods that
//! are evicted first, each a change of its own.

use heeler_core::action::{Standing, surroundings};
use heeler_core::event::ChangePlan;
use heeler_core::plan::{self as scripts, Mark};
use heeler_core::value::DurationSpan;

use super::super::cluster::drain::{Survey, right, survey};
use super::super::{Order, Refusal, Stop};
use super::cordon;
use crate::run::session::Session;
use crate::world::port::ObjectRef;

/// All changes of a fix: before a reboot come the evictions; and what is seen beside them and moves by itself.
pub(in super::super) async fn whole(
    session: &Session,
    order: &Order<'_>,
    mut changes: Vec<ChangePlan>,
) -> Result<(Vec<ChangePlan>, Vec<String>), Stop> {
    let Some(rules) = order.rule.reboot() else {
        return Ok((changes, Vec::new()));
    };
    let (pinned, node) = cordon::node(session, &order.target)
        .await
        .map_err(refused)?;
    if let Some(mark) = cordon::other_mark(&node, session.recorder.run()) {
        return Err(under_way(mark, &pinned.name));
    }
    let Some(cluster) = session.cluster.as_deref() else {
        return Err(refused(
            "there is no kubeconfig, so no pod can be evicted".to_owned(),
        ));
    };
    right(cluster, "patch", &ObjectRef::node(&pinned.name)).await?;
    let earlier = order
        .earlier
        .iter()
        .flat_map(|earlier| &earlier.plan.changes);
    let earlier = earlier.filter(|change| change.object.is_some());
    let earlier: Vec<ChangePlan> = earlier.cloned().collect();
    let survey = survey(cluster, &order.target, &rules.evictions, &earlier).await?;
    for change in &mut changes {
        let Some(standing) = Standing::read(&change.from) else {
            continue;
        };
        change.effects.push(first(&survey));
        change
            .effects
            .extend(surroundings(&node, &standing).map_err(refused)?);
        change.effects.push(format!(
            "it may take {} to be ready again; then it is left cordoned for a person",
            DurationSpan(rules.back_within)
        ));
    }
    let Survey {
        changes: first,
        now,
        ..
    } = survey;
    Ok((first.into_iter().chain(changes).collect(), now))
}

/// What comes before it.
fn first(survey: &Survey) -> String {
    let pods = match survey.changes.len() {
        0 => "no pod has to go".to_owned(),
        1 => "the pod above goes first".to_owned(),
        pods => format!("the {pods} pods above go first"),
    };
    let cordon = match survey.cordoned {
        true => "the node was cordoned before, and stays so",
        false => "the node is cordoned until it is ready again",
    };
    format!("{pods}; {cordon}")
}

/// Another reboot of the node is under way, or was left.
pub(in super::super) fn under_way(mark: Mark<'_>, node: &str) -> Stop {
    let by_hand = format!("`kubectl annotate node {node} {}-`", scripts::MARK);
    let help = match mark.lock().map(|lock| lock.short()) {
        Some(run) => format!(
            "`heeler revert {run}` where that run's journal is; elsewhere, if nobody sees to that reboot any \
             more: {by_hand}, and `kubectl uncordon {node}` where it is cordoned"
        ),
        None => format!("ask whoever has written it; {by_hand} removes it"),
    };
    let reason = format!(
        "the node carries the mark of another reboot ({}={mark}): it is under way, or was left unended",
        scripts::MARK
    );
    Stop::Refused(Refusal::coded("reboot-under-way", reason, &help))
}

fn refused(reason: String) -> Stop {
    Stop::Refused(Refusal::because(reason))
}
