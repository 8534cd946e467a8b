//! What was asked for on the command line, read before anybody is asked anything.

use std::path::PathBuf;

use heeler_core::logs::Moment;
use heeler_core::syntax;
use jiff::Timestamp;
use regex::bytes::{Regex, RegexBuilder};

use super::super::args::{LogsArgs, Output};
use crate::failure::Failure;
use crate::logs::Span;
use crate::run::ask::world_failure;
use crate::world::resolve::LogsAsk;

/// What is wanted.
pub(super) struct Wanted {
    pub(super) ask: LogsAsk,
    pub(super) span: Span,
    pub(super) pattern: Option<Regex>,
    pub(super) json: bool,
    /// A folder that gets a file for each container; standard output gets it all otherwise.
    pub(super) folder: Option<PathBuf>,
}

impl Wanted {
    /// Reads what was typed.
    pub(super) fn read(args: &LogsArgs, output: Output) -> Result<Self, Failure> {
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
        let ask = LogsAsk::read(args.target.as_deref(), args.selector.as_deref());
        let (json, folder) = match args.to.as_deref() {
            None => (output == Output::Json, None),
            Some("text") => (false, None),
            Some("json") => (true, None),
            Some(folder) => (output == Output::Json, Some(PathBuf::from(folder))),
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
            pattern: args.grep.as_deref().map(pattern).transpose()?,
            json,
            folder,
        })
    }
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
