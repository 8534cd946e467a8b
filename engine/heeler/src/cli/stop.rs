//! `heeler stop`: no new change starts in a cluster, until `heeler stop --release`.

use std::time::Duration;

use heeler_core::event::{Event, Exit, RunId};
use heeler_core::report::Report;
use uuid::Uuid;

use super::args::{Global, StopArgs};
use super::{place, progress, start};
use crate::failure::Failure;
use crate::run::recorder::Recorder;
use crate::run::shared;
use crate::world::resolve::Note;

/// How long it may take to say who pulls: a name, and every second may begin another change.
const PATIENCE: Duration = Duration::from_secs(3);

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
    let (place, unknown) = place::of_cluster(global, cluster.as_ref(), PATIENCE).await?;
    let by = place.caller.clone();
    recorder.record_anyway(Event::Located { place }).await;
    if let Some(Note { code, text }) = unknown {
        let code = code.to_owned();
        recorder.record_anyway(Event::Noted { code, text }).await;
    }
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
