//! `heeler logs`: what a pod has said, from its node's disk.

use std::io::{BufWriter, IsTerminal as _, stdout};
use std::sync::Arc;

use futures::future::join;
use heeler_core::logs::Moment;
use heeler_core::{report, syntax};
use jiff::Timestamp;
use regex::bytes::{Regex, RegexBuilder};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::args::{Global, LogsArgs, Output};
use super::{start, tell};
use crate::failure::Failure;
use crate::logs::{self, Account, Hole, Look, Source, Span, Why, Writing};
use crate::run::ask::world_failure;
use crate::world::port::ObjectRef;
use crate::world::resolve::{self, Note, PodAsk, PodLogs};
use crate::world::{CallError, Cause, Cluster};

/// The part of a node that its logs are read through.
const PROXY: &str = "nodes/proxy";

/// Prints the logs of a pod.
///
/// # Errors
/// Wrong use, a pod that is not there, a right that is missing.
pub(super) async fn logs(
    global: &Global,
    args: &LogsArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let now = Timestamp::now();
    let span = Span {
        since: moment(args.since.as_deref(), now, "--since")?.unwrap_or(Span::ALL.since),
        until: moment(args.until.as_deref(), now, "--until")?.unwrap_or(Span::ALL.until),
    };
    if span.since > span.until {
        return Err(Failure::usage(
            "time-syntax",
            "nothing is between them: --since is later than --until",
            "--since",
            "with how long ago, --since is the longer one",
        ));
    }
    let wanted = args.grep.as_deref().map(pattern).transpose()?;
    let ask = PodAsk::read(&args.pod).map_err(|error| world_failure(&error.into()))?;
    let cluster = start::cluster(global)?;
    let mut notes = Vec::new();
    let pod = allowed(cluster.as_ref(), &ask, &mut notes).await?;
    notes
        .iter()
        .for_each(|Note { text, .. }| tell(&format!("note: {text}")));
    let sources = sources(pod, args)?;
    let look = Look {
        json: global.output == Output::Json,
        timestamps: args.timestamps,
        named: sources.len() > 1,
        clean: stdout().is_terminal(),
    };
    let mut writing = Writing::new(BufWriter::new(stdout().lock()), look, wanted);
    let note: logs::Tell = Arc::new(|text| tell(&format!("note: {text}")));
    let read = logs::read(&cluster, &sources, span, (&mut writing, note, &cancel)).await;
    writing.finish().map_err(|error| unprintable(&error))?;
    let accounts = read.map_err(|error| world_failure(&error.into()))?;
    told(&sources, &accounts, look.json);
    let mut holes = accounts.iter().flat_map(|account| &account.holes);
    if holes.any(|hole| hole.why == Why::Interrupted) {
        return Err(Failure::interrupted(
            "interrupted: what was printed is only the beginning",
        ));
    }
    Ok(match accounts.iter().all(Account::is_all_read) {
        true => 0,
        false => 1,
    })
}

/// The pod, and that its node's logs may be read. Where the right is one for some nodes alone, it is asked
/// for once more with the node's name.
async fn allowed(
    cluster: &dyn Cluster,
    ask: &PodAsk,
    notes: &mut Vec<Note>,
) -> Result<PodLogs, Failure> {
    let proxy = |node: &str| ObjectRef {
        resource: PROXY.to_owned(),
        ..ObjectRef::node(node)
    };
    let of_all = proxy("");
    let (pod, may) = join(
        resolve::pod_logs(cluster, ask, notes),
        cluster.may("get", &of_all),
    )
    .await;
    let pod = pod.map_err(|error| world_failure(&error))?;
    if !may.map_err(|error| world_failure(&error.into()))? {
        let of_node = proxy(&pod.node);
        let may = cluster.may("get", &of_node).await;
        if !may.map_err(|error| world_failure(&error.into()))? {
            return Err(forbidden(cluster, &pod.node));
        }
    }
    Ok(pod)
}

fn forbidden(cluster: &dyn Cluster, node: &str) -> Failure {
    let error = CallError::new(
        crate::world::error::Service::Kubernetes,
        format!("get {PROXY} {node}"),
        &cluster.context().name,
        Cause::Forbidden(
            "logs are read through the node proxy; nothing was asked of the node".to_owned(),
        ),
    );
    world_failure(&error.into())
}

fn sources(pod: PodLogs, args: &LogsArgs) -> Result<Vec<Source>, Failure> {
    if let Some(unknown) = args
        .container
        .iter()
        .find(|name| !pod.containers.iter().any(|one| one.name == **name))
    {
        let names: Vec<&str> = pod.containers.iter().map(|one| one.name.as_str()).collect();
        return Err(Failure::usage(
            "unknown-container",
            format!("the pod has no container `{}`", unknown.escape_debug()),
            &pod.name,
            format!("it has {}", names.join(", ")),
        ));
    }
    let is_wanted = |name: &String| args.container.is_empty() || args.container.contains(name);
    let wanted = pod
        .containers
        .into_iter()
        .filter(|one| is_wanted(&one.name));
    Ok(wanted
        .map(|container| Source {
            pod: pod.name.clone(),
            node: pod.node.clone(),
            folder: pod.folder.clone(),
            container,
            previous: args.previous,
        })
        .collect())
}

/// `3h`: so long ago; or a time.
fn moment(text: Option<&str>, now: Timestamp, option: &str) -> Result<Option<Moment>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let at = match syntax::duration(text) {
        Ok(ago) => now.checked_sub(ago).ok(),
        Err(_) => text.parse::<Timestamp>().ok(),
    };
    let nanos = at.and_then(|at| i64::try_from(at.as_nanosecond()).ok());
    nanos.map(|nanos| Some(Moment(nanos))).ok_or_else(|| {
        Failure::usage(
            "time-syntax",
            format!("`{}` is no time", text.escape_debug()),
            option,
            "write how long ago, such as 3h, 45m or 7d, or a time with its zone, such as 2026-11-20T10:00:00Z",
        )
    })
}

/// Most bytes that a regular expression may take.
const MOST_PATTERN: usize = 1 << 20;

fn pattern(text: &str) -> Result<Regex, Failure> {
    let built = RegexBuilder::new(text).size_limit(MOST_PATTERN).build();
    built.map_err(|error| {
        let why = error.to_string();
        let why = why
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        Failure::usage(
            "pattern-syntax",
            format!("this is no regular expression: {why}"),
            "--grep",
            "write one as Rust's regex crate reads it; a plain word is one too",
        )
    })
}

fn unprintable(error: &std::io::Error) -> Failure {
    Failure::failed(
        "unprintable",
        format!("not all that was to be printed could be: {error}"),
        "standard output",
        "make room where it goes, and print it again",
    )
}

/// What is missing, and what was read: beside the logs, which may go into a file.
fn told(sources: &[Source], accounts: &[Account], json: bool) {
    if json {
        let containers: Vec<_> = sources.iter().zip(accounts).map(as_json).collect();
        let all_read = accounts.iter().all(Account::is_all_read);
        let last = json!({"heeler-logs": 1, "all-read": all_read, "containers": containers});
        super::said::say(&format!("{last}\n"));
        return;
    }
    for (source, account) in sources.iter().zip(accounts) {
        for hole in &account.holes {
            let container = &source.container.name;
            tell(&format!(
                "{}: {container} on {}: {}",
                source.pod,
                source.node,
                in_words(hole)
            ));
        }
    }
}

fn in_words(hole: &Hole) -> String {
    let when = match (hole.after, hole.before) {
        (Some(after), Some(before)) => format!(" between {after} and {before}"),
        (Some(after), None) => format!(" after {after}"),
        (None, Some(before)) => format!(" before {before}"),
        (None, None) => String::new(),
    };
    let place = report::clean_lines(&hole.place);
    match &hole.why {
        Why::Unread(why) => format!("PARTIAL: not read{when}: {why} ({place})"),
        Why::Gone(why) => format!("gone{when}: {why} ({place})"),
        Why::Interrupted => "PARTIAL: interrupted; what comes later was not read".to_owned(),
    }
}

fn as_json((source, account): (&Source, &Account)) -> serde_json::Value {
    let holes = account.holes.iter().map(|hole| {
        let (what, why) = match &hole.why {
            Why::Unread(why) => ("unread", why.as_str()),
            Why::Gone(why) => ("gone", why.as_str()),
            Why::Interrupted => ("interrupted", ""),
        };
        let at = |at: Option<Moment>| at.map(|at| at.to_string());
        json!({"what": what, "why": why, "place": hole.place, "after": at(hole.after), "before": at(hole.before)})
    });
    json!({
        "pod": source.pod,
        "node": source.node,
        "container": source.container.name,
        "files": account.files,
        "bytes": account.bytes,
        "foreign-lines": account.foreign,
        "missing": holes.collect::<Vec<_>>(),
    })
}
