//! What was asked for on the command line, read before anybody is asked anything.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use heeler_core::logs::Moment;
use heeler_core::syntax;
use jiff::Timestamp;
use regex::bytes::Regex;

use super::super::args::{LogsArgs, Output};
use super::super::pattern::pattern;
use super::super::tell;
use crate::failure::Failure;
use crate::logs::shipped::{self, Positions};
use crate::logs::{Gap, Span};
use crate::run::ask::world_failure;
use crate::world::TargetError;
use crate::world::resolve::LogsAsk;

/// What is wanted.
pub(super) struct Wanted {
    pub(super) ask: LogsAsk,
    pub(super) span: Span,
    pub(super) pattern: Option<Regex>,
    /// What the collector has shipped.
    pub(super) shipped: Option<Arc<Gap>>,
    pub(super) json: bool,
    /// A folder that gets a file for each container; standard output gets it all otherwise.
    pub(super) folder: Option<PathBuf>,
}

impl Wanted {
    /// Reads what was typed.
    pub(super) fn read(args: &LogsArgs, output: Output) -> Result<Self, Failure> {
        let now = Timestamp::now();
        let (after, shipped) = match args.backfill.as_deref() {
            None => (None, None),
            Some(text) => match moment(Some(text), now, "--backfill") {
                Ok(after) => (after, None),
                Err(_) => (
                    None,
                    Some(Gap {
                        shipped: positions(text)?.shipped,
                        is_trusted: args.likely,
                    }),
                ),
            },
        };
        // What was written at that very time was shipped.
        let after = after.map(|after| Moment(after.0.saturating_add(1)));
        let since = moment(args.since.as_deref(), now, "--since")?.or(after);
        let span = Span {
            since: since.unwrap_or(Span::ALL.since),
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
        let ask = LogsAsk::read(args.target.as_deref(), args.selector.as_deref());
        if args.instance.is_some() && matches!(ask, Ok(LogsAsk::Workload { .. })) {
            return Err(pods_alone(args));
        }
        // What the collector's store takes.
        let lines = output == Output::Json || args.backfill.is_some();
        let (json, folder) = match args.to.as_deref() {
            None => (lines, None),
            Some("text") => (false, None),
            Some("json") => (true, None),
            Some(folder) => (lines, Some(PathBuf::from(folder))),
        };
        if args.follow && folder.is_some() {
            return Err(Failure::usage(
                "follow-into-folder",
                "what is followed goes to standard output",
                "-o",
                "leave out -o or --follow; `heeler logs … --follow > FILE` fills a file",
            ));
        }
        Ok(Wanted {
            ask: ask.map_err(|error| world_failure(&error.into()))?,
            span,
            shipped: shipped.map(Arc::new),
            pattern: args
                .grep
                .as_deref()
                .map(|text| pattern(text, "--grep"))
                .transpose()?,
            json,
            folder,
        })
    }
}

/// Which pods are a workload's the API server alone knows.
pub(super) fn pods_alone(args: &LogsArgs) -> Failure {
    let target = args.target.clone().unwrap_or_default();
    let error = TargetError::Syntax {
        option: "TARGET with --instance",
        text: target,
        allowed: "[NAMESPACE/]POD: which pods are a workload's the API server alone knows",
    };
    world_failure(&error.into())
}

/// The position file of a collector.
fn positions(path: &str) -> Result<Positions, Failure> {
    let positions = shipped::open(Path::new(path)).map_err(|error| {
        Failure::usage(
            "no-positions",
            format!("--backfill is neither a time nor a position file: {error}"),
            path.escape_debug().to_string(),
            "write a time (3h, 2026-11-20T10:00:00Z), or name a copy of the collector's own file, as docs/logs.md says",
        )
    })?;
    if let Some(wal) = &positions.without_wal {
        let wal = wal.display();
        tell(&format!(
            "note: {wal} is not beside it: if there is one on the node, lines come that were shipped"
        ));
    }
    Ok(positions)
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
