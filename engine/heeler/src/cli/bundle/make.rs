//! A bundle of one node.

use std::path::PathBuf;
use std::sync::Arc;

use heeler_core::event::{Exit, NodeTarget};
use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::super::args::{BundleMakeArgs, Global, Output};
use super::super::start::{self, Beginning};
use super::super::{said, tell};
use crate::bundle::{
    Book, Made, Roundabout, S3Place, Unmade, Wanted, make as make_bundle, redaction_key,
};
use crate::failure::Failure;
use crate::journal::StateFolder;
use crate::library::Library;
use crate::run::ask::world_failure;
use crate::run::session::Session;
use crate::world::port::NamedWays;
use crate::world::resolve::Ask;

pub(super) async fn make(
    global: &Global,
    args: &BundleMakeArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let ask = Ask::read(
        args.pod.as_deref(),
        args.node.as_slice(),
        args.instance.as_slice(),
        global.region.as_deref(),
        global.cluster.as_deref(),
    );
    let ask = ask.map_err(|error| world_failure(&error))?;
    let books = books(global, (&args.runbook, true))?;
    let roundabout = Roundabout {
        ssm: args.through_ssm,
        session: args.through_session,
        s3: args.through_s3.as_deref().map(S3Place::read).transpose()?,
    };
    let journal = start::journal(Vec::new())?;
    let beginning = Beginning {
        command: "bundle",
        file: None,
        runbook: ("", ""),
        inputs: Vec::new(),
        about: None,
        unconfined: false,
    };
    let mut recorder = start::begin(journal.clone(), beginning).await?;
    let named = NamedWays {
        kubelet: args.through_kubelet,
        ..NamedWays::default()
    };
    let resolved = match start::locate_by(global, named, &ask, (&journal, &cancel)).await {
        Ok(resolved) => resolved,
        Err(failure) => return start::finish(&mut recorder, Err(failure), global.output).await,
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let blocked = resolved
        .blocked
        .first()
        .map(|(_, error)| world_failure(error));
    let made = match (resolved.targets.first(), blocked) {
        (_, Some(failure)) => Err(failure.into()),
        (None, None) => Err(world_failure(&crate::world::error::TargetError::None.into()).into()),
        (Some(target), None) => carry_out(&mut session, target, (args, roundabout, books)).await,
    };
    let is_cut = session.cancel.is_cancelled();
    let outcome = match &made {
        Ok(_) if is_cut => Err(Failure::interrupted(
            "interrupted: the bundle has only what had come",
        )),
        Ok(made) if made.is_clean() => Ok(Exit::Clear),
        Ok(_) => Ok(Exit::Failed),
        Err(unmade) => Err(unmade.failure.clone()),
    };
    match made {
        Err(unmade) => {
            session.recorder.pause();
            unmade.left.lines().iter().for_each(|line| tell(line));
            start::finish(&mut session.recorder, outcome, global.output).await
        }
        Ok(made) => {
            told(&session, &made, global.output);
            let exit = session.recorder.conclude(outcome).await;
            start::ended(&session.recorder, exit)
        }
    }
}

async fn carry_out(
    session: &mut Session,
    target: &NodeTarget,
    (args, roundabout, books): (&BundleMakeArgs, Roundabout, Arc<[Book]>),
) -> Result<Made, Unmade> {
    let name = target.node.as_deref().unwrap_or(target.instance.as_str());
    let path = args.to.clone().unwrap_or_else(|| named(name));
    let folder = StateFolder::from_environment();
    let key = folder
        .map_err(|fault| fault.to_string())
        .and_then(|folder| redaction_key(folder.path()));
    let key = key.map_err(|why| {
        Failure::failed(
            "bundle-failed",
            format!("there is no key for the tokens that stand for secrets: {why}"),
            "the state folder",
            "see that it can be written to",
        )
    })?;
    let wanted = Wanted {
        path,
        roundabout,
        pod_logs: !args.no_pod_logs,
        key,
        books,
    };
    make_bundle(session, target, wanted).await
}

/// The runbooks whose looks the bundle has answers to: those that were named, and all that there are. One of a
/// folder that can't be read costs nobody a bundle.
pub(super) fn books(
    global: &Global,
    (named, is_named): (&[String], bool),
) -> Result<Arc<[Book]>, Failure> {
    let library = Library::new(global.runbooks.clone());
    let mut books = Vec::new();
    for named in named {
        let runbook = library.find(named)?.runbook;
        books.push(Book { runbook, is_named });
    }
    for name in library.names()? {
        match library.find(&name) {
            Ok(entry) => books.push(Book {
                runbook: entry.runbook,
                is_named: false,
            }),
            Err(failure) => tell(&format!("note: {name} is not asked: {}", failure.what)),
        }
    }
    Ok(books.into())
}

/// `heeler-ip-10-0-1-23-20261120T120000Z.tar.gz` here.
fn named(node: &str) -> PathBuf {
    let node = node.split('.').next().unwrap_or(node);
    let at = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    PathBuf::from(format!("heeler-{node}-{at}.tar.gz"))
}

fn told(session: &Session, made: &Made, output: Output) {
    let bundle = &made.bundled;
    let path = bundle.path.display().to_string();
    if output == Output::Json {
        let value = json!({
            "heeler-bundle-made": 1,
            "run": session.recorder.run().to_string(),
            "bundle": path,
            "bytes": bundle.size,
            "sha256": bundle.sha256,
            "missing": made.missing,
            "left-on-node": made.left.on_node,
            "left-in-s3": made.left.in_s3,
            "left-sessions": made.left.sessions,
            "copies": made.left.copies,
        });
        return said::say(&format!("{value}\n"));
    }
    said::say_lines(&format!(
        "{path}\n  {} bytes, sha256 {}",
        bundle.size, bundle.sha256
    ));
    for missing in &made.missing {
        tell(&format!("missing: {missing}"));
    }
    made.left.lines().iter().for_each(|line| tell(line));
    if made.left.on_node.is_none() {
        said::say_lines("  nothing is left on the node");
    }
    said::say_lines(&format!("look into it: heeler bundle show {path}"));
}
