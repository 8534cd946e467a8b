//! `heeler stop`: no new change starts in a cluster, until `heeler stop --release`.

use std::time::Duration;

use heeler_core::event::{Event, Exit, RunId, Where};
use heeler_core::guard::short_caller;
use heeler_core::report::Report;
use tokio::time::timeout;
use uuid::Uuid;

use super::args::{Global, StopArgs};
use super::{progress, start};
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::run::recorder::Recorder;
use crate::run::shared;
use crate::world::{Cluster, PlaceError};

/// Who pulls the cord where AWS does not say it: the cord matters more.
const SOMEBODY: &str = "somebody";
/// How long AWS may take to say it.
const INTRODUCTION: Duration = Duration::from_secs(3);

/// Pulls the stop cord, or releases it. A journal that can't be written keeps nobody from it, and is
/// told beside.
pub(super) async fn stop(global: &Global, args: &StopArgs) -> u8 {
    let run = RunId::new(Uuid::now_v7());
    let mut recorder = Recorder::new(run, start::journal_anyway(), progress::watcher());
    let options = args.reason.iter().map(|text| ("reason", text.clone()));
    let options = options.chain(args.release.then(|| ("release", "true".to_owned())));
    recorder
        .record_anyway(Event::RunStarted {
            command: "stop".to_owned(),
            runbook: String::new(),
            digest: String::new(),
            file: None,
            inputs: options
                .map(|(name, text)| (name.to_owned(), text))
                .collect(),
            about: None,
            unconfined: false,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
        .await;
    let outcome = carry_out(global, args, &mut recorder).await;
    let exit = recorder.conclude(outcome).await;
    start::print(&Report::fold(recorder.records()), global.output);
    if let Some(failure) = recorder.broken() {
        super::tell(&failure.to_string());
    }
    exit.code()
}

async fn carry_out(
    global: &Global,
    args: &StopArgs,
    recorder: &mut Recorder,
) -> Result<Exit, Failure> {
    let cluster = start::cluster(global)?;
    let place = place(global, cluster.as_ref()).await?;
    let by = place.caller.clone();
    recorder.record_anyway(Event::Located { place }).await;
    let (code, text) = if args.release {
        let text = match shared::release(cluster.as_ref()).await? {
            Some(cord) => format!("changes may start again; {cord}"),
            None => "changes may start: nobody had stopped them".to_owned(),
        };
        ("released", text)
    } else {
        let (cord, before) = shared::pull(cluster.as_ref(), (&by, args.reason.as_deref())).await?;
        let text = match before {
            true => format!("it is so already: {cord}"),
            false => format!(
                "{cord}; no new one starts, those that are armed go on and end as they would; \
                 `heeler stop --release` lets changes start again"
            ),
        };
        ("stopped", text)
    };
    let (code, text) = (code.to_owned(), text);
    recorder.record_anyway(Event::Noted { code, text }).await;
    Ok(Exit::Clear)
}

/// The cluster by its kubeconfig alone, and who asks as far as AWS says it.
async fn place(global: &Global, cluster: &dyn Cluster) -> Result<Where, Failure> {
    let context = cluster.context();
    if let (Some(asked), Some(found)) = (&global.cluster, &context.cluster)
        && asked != found
    {
        let mismatch = PlaceError::ClusterMismatch {
            asked: asked.clone(),
            found: found.clone(),
            context: context.name.clone(),
        };
        return Err(world_failure(&mismatch.into()));
    }
    // Fixes are refused or do without the board by the same rules (`world::resolve`).
    let is_named = global.context.is_some() && global.cluster.is_some();
    if context.cluster.is_none() && !is_named {
        let context = context.name.clone();
        return Err(world_failure(&PlaceError::Unnamed { context }.into()));
    }
    if let Some(region) = &global.region {
        let same = context.is_in(region);
        same.map_err(|error| world_failure(&error.into()))?;
    }
    let region = global.region.as_ref().or(context.region.as_ref());
    let caller = match region {
        Some(region) => {
            let asked = async {
                start::aws(global, region)
                    .await
                    .ok()?
                    .sts
                    .caller()
                    .await
                    .ok()
            };
            timeout(INTRODUCTION, asked).await.ok().flatten()
        }
        None => None,
    };
    let arn = caller.as_ref().map(|caller| caller.arn.clone());
    Ok(Where {
        context: Some(context.name.clone()),
        account: caller.map_or_else(String::new, |caller| caller.account),
        region: region.cloned().unwrap_or_default(),
        cluster: global.cluster.clone().or_else(|| context.cluster.clone()),
        cluster_named: global.cluster.is_some() || context.cluster.is_some(),
        profile: global.profile.clone(),
        caller: arn.as_deref().map_or(SOMEBODY.to_owned(), short_caller),
        caller_arn: arn.unwrap_or_default(),
    })
}
