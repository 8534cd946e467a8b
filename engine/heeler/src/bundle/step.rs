//! The bundles that a runbook wants. They are made when all looks were judged, before anybody can begin a
//! fix: what the node has to say is taken as it was found. Each is a run of its own, so that nothing that
//! goes wrong with it is taken for an answer to a look.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use heeler_core::event::{BundleStep, Event, Exit, NodeTarget, RunId};
use heeler_core::find::{self, View, Wish};
use heeler_core::redact::RedactionKey;
use heeler_core::runbook::{BundleRule, Runbook};
use heeler_core::value::Value;

use super::looks::Book;
use super::make::{Wanted, make};
use super::roundabout::Roundabout;
use crate::failure::Failure;
use crate::run::session::Session;

/// A bundle that a runbook wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanting {
    /// The node.
    pub target: NodeTarget,
    /// Why.
    pub wish: Wish,
    /// Why it is not to be made all the same.
    pub barred: Option<String>,
}

/// With what they are made.
pub struct Means {
    /// The folder that they go to. It is made where it is missing.
    pub folder: PathBuf,
    /// The key of the tokens that stand for secrets.
    pub key: RedactionKey,
    /// The runbooks whose looks are asked.
    pub books: Arc<[Book]>,
    /// Most bundles of a run.
    pub most: usize,
}

/// The bundles that a runbook wants by what was seen: first of the nodes where a finding holds.
pub fn wanted(
    runbook: &Runbook,
    inputs: &BTreeMap<String, Value>,
    run: RunId,
    views: &[View],
) -> Vec<Wanting> {
    let wishes = find::wishes(runbook, inputs, run, views).into_iter();
    let mut wanted: Vec<Wanting> = wishes
        .map(|(view, wish)| Wanting {
            target: view.target.clone(),
            wish,
            barred: None,
        })
        .collect();
    wanted.sort_by_key(|wanting| matches!(wanting.wish, Wish::NotSeen(_)));
    wanted
}

/// Makes them, one after the other. What can't be made is recorded with its reason, and changes nothing
/// else about the run. Why one of them could not be written down, if so.
///
/// # Errors
/// The journal's own failures.
pub async fn make_wanted(
    session: &mut Session,
    rule: &BundleRule,
    wanted: Vec<Wanting>,
    means: &Result<Means, String>,
) -> Result<Option<Failure>, Failure> {
    let (mut begun, mut unwritten) = (0, None);
    for Wanting {
        target,
        wish,
        barred,
    } in wanted
    {
        let barred = match means {
            _ if barred.is_some() => barred,
            _ if session.cancel.is_cancelled() => Some("it was interrupted".to_owned()),
            Err(why) => Some(why.clone()),
            Ok(means) if begun >= means.most => Some(format!(
                "{} are made in a run at most; `heeler bundle --node NAME` makes one, and --most-bundles more",
                means.most
            )),
            Ok(_) => None,
        };
        let (Ok(means), None) = (means, &barred) else {
            let step = BundleStep::LeftOut {
                instance: target.instance,
                because: wish.because(),
                why: barred.unwrap_or_default(),
            };
            session.recorder.record(Event::Bundle(step)).await?;
            continue;
        };
        begun += 1;
        let broken = one(session, rule, (&target, &wish), means).await?;
        unwritten = unwritten.or(broken);
    }
    Ok(unwritten)
}

/// Makes one. Why it could not be written down, if so.
async fn one(
    session: &mut Session,
    rule: &BundleRule,
    (target, wish): (&NodeTarget, &Wish),
    means: &Means,
) -> Result<Option<Failure>, Failure> {
    let mut own = session.of_node("bundle", target).await?;
    own.cancel = session.cancel.clone();
    let step = BundleStep::Begun {
        instance: target.instance.clone(),
        run: own.recorder.run(),
        because: wish.because(),
    };
    session.recorder.record(Event::Bundle(step)).await?;
    let made = match make_folder(&means.folder) {
        Ok(()) => {
            let wanted = Wanted {
                path: means.folder.join(name(session, target)),
                roundabout: Roundabout::default(),
                pod_logs: rule.pod_logs,
                key: means.key.clone(),
                books: Arc::clone(&means.books),
            };
            make(&mut own, target, wanted).await
        }
        Err(failure) => Err(failure.into()),
    };
    let outcome = match &made {
        Ok(made) if made.is_clean() => Ok(Exit::Clear),
        Ok(_) if own.cancel.is_cancelled() => Err(Failure::interrupted(
            "interrupted: the bundle has only what had come",
        )),
        Ok(_) => Ok(Exit::Failed),
        Err(unmade) => Err(unmade.failure.clone()),
    };
    own.recorder.conclude(outcome).await;
    let (instance, commands) = (target.instance.clone(), own.recorder.commands());
    let step = match made {
        Ok(made) => BundleStep::Made {
            instance,
            commands,
            path: made.bundled.path.display().to_string(),
            bytes: made.bundled.size,
            sha256: made.bundled.sha256,
            missing: made.missing,
            left: made.left.on_node,
        },
        Err(unmade) => BundleStep::Failed {
            instance,
            commands,
            why: std::iter::once(unmade.failure.what)
                .chain(unmade.left.lines())
                .collect::<Vec<_>>()
                .join("; "),
        },
    };
    session.recorder.record(Event::Bundle(step)).await?;
    Ok(own.recorder.broken().cloned())
}

/// `heeler-ip-10-0-1-23-7k3mq9z2v0ab.tar.gz`: the node's and the run's.
fn name(session: &Session, target: &NodeTarget) -> String {
    let node = target.node.as_deref();
    let node = node.and_then(|node| node.split('.').next());
    let node: String = node
        .unwrap_or(target.instance.as_str())
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
        .collect();
    format!("heeler-{node}-{}.tar.gz", session.recorder.run().letters())
}

/// A folder for its owner alone, unless there is one already.
fn make_folder(path: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| {
        Failure::failed(
            "bundle-failed",
            format!("{}: {error}", path.display()),
            "the folder for bundles",
            "name another one with --bundles-to, or make room",
        )
    })
}
