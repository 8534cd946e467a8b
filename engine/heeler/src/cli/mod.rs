//! The command line: arguments in, exit status out. It wires the adapters to the run, and shows
//! what happened; it decides nothing.

mod about;
mod approve;
mod args;
mod bundle;
mod catalogue;
mod commands;
mod doors;
mod explain;
mod fix;
mod inputs;
mod judge;
mod lint;
mod logs;
mod new;
mod operator;
mod past;
mod pattern;
mod place;
mod plan_file;
mod policy;
mod preview;
mod progress;
mod record;
mod replay;
mod revert;
mod run;
mod said;
mod schema;
mod standing;
mod start;
mod stop;
mod test;
mod told;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use heeler_core::report;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::library::Library;
use args::{Cli, Command, Output, RunArgs};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    crate::world::install_tls();
    let ended = start_runtime(&cli);
    match ended.and_then(|code| all_told(code).map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            tell(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}

fn start_runtime(cli: &Cli) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::failed("no-runtime", error.to_string(), "this machine", "try again")
        })?;
    runtime.block_on(dispatch(cli))
}

/// What was lost on its way out makes a failure of a success; any other ending says more, and stays.
fn all_told(code: u8) -> Result<(), Failure> {
    match (code, said::all_said()) {
        (0, said) => said,
        (_, Err(failure)) => {
            tell(&failure.to_string());
            Ok(())
        }
        (_, Ok(())) => Ok(()),
    }
}

async fn dispatch(cli: &Cli) -> Result<u8, Failure> {
    let global = &cli.global;
    let library = || Library::new(global.runbooks.clone());
    if global.output == Output::Sarif && !matches!(cli.command, Command::Lint(_)) {
        return Err(Failure::usage(
            "no-sarif",
            "only `heeler lint` writes SARIF",
            "--output sarif",
            "write --output json, or text",
        ));
    }
    match &cli.command {
        Command::Run(RunArgs {
            bundle: Some(file),
            runbook,
            input,
            ..
        }) => judge::judge(global, (runbook, input), file),
        Command::Run(args) => run::run(global, args, interruption(NOTHING_CHANGED)).await,
        Command::Plan(args) => fix::plan(global, args, interruption(NOTHING_CHANGED)).await,
        Command::Approve(args) => approve::approve(global, args).await,
        Command::Fix(args) => fix::fix(global, args, interruption(IN_DOUBT)).await,
        Command::Revert(args) => revert::revert(global, args, interruption(IN_DOUBT)).await,
        Command::Stop(args) => Ok(stop::stop(global, args).await),
        Command::Logs(args) => {
            let left = args.debug_pod.as_ref().map_or(NOTHING_READ, |_| POD_ENDS);
            logs::logs(global, args, interruption(left)).await
        }
        Command::Bundle(args) => bundle::bundle(global, args, interruption(NODE_CLEANS)).await,
        Command::Runs { limit } => past::runs(*limit, global.output).await,
        Command::Report { run } => past::report(run, global.output).await,
        Command::Lint(args) => lint::run(&library(), args, global.output),
        Command::Explain { code } => explain::explain(code.as_deref(), global.output).map(printed),
        Command::Replay { run } => replay::replay(global, run).await,
        Command::Record(args) => record::record(global, args).await,
        Command::Test(args) => test::test(&library(), args, global.output),
        Command::List => catalogue::list(&library(), global.output).map(printed),
        Command::Show { runbook } => {
            catalogue::show(&library(), runbook, global.output).map(printed)
        }
        Command::New(args) => new::new(args, global.output).map(printed),
        Command::Schema => Ok(printed(schema::schema())),
    }
}

/// Writes to standard error; if nobody listens, the exit status still tells.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", report::clean_lines(text));
}

fn printed(text: String) -> u8 {
    said::say(&text);
    0
}

/// What a second Ctrl-C leaves behind when nothing but looks were on their way.
const NOTHING_CHANGED: &str = "stopped at once: nothing was changed; a look that was begun on a \
    node ends there by itself, and `heeler runs` names the run";
/// The same where logs alone were read.
const NOTHING_READ: &str = "stopped at once: what was printed is only the beginning of the logs";
/// The same where a debug pod may have been made.
const POD_ENDS: &str = "stopped at once: what was printed is only the beginning of the logs; a debug pod that was made its \
    node ends within 15 min, and the next use of one removes what is left of it: \
    kubectl get pods --all-namespaces --selector app.kubernetes.io/managed-by=heeler";
/// The same where a bundle was made.
const NODE_CLEANS: &str = "stopped at once: what lies in /var/log/support/heeler the node removes by itself within an hour, unless it restarts: then its next bundle does; what may lie in S3 `heeler report` names";
/// The same where a change was, or may have been, on its way.
const IN_DOUBT: &str = "stopped at once: unless it was kept, the node takes back by itself \
    what has a switch there; nothing else is taken back, and a node may be left cordoned; \
    `heeler runs` names the run, and `heeler revert RUN` asks what is there";

/// Pulled by the first Ctrl-C, SIGTERM or SIGHUP, which lets the run clean up. The second one says
/// `left_behind` and ends the process.
fn interruption(left_behind: &'static str) -> CancellationToken {
    let token = CancellationToken::new();
    let pulled = token.clone();
    tokio::spawn(async move {
        signal().await;
        pulled.cancel();
        signal().await;
        tell(left_behind);
        std::process::exit(130);
    });
    token
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hang_up)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
