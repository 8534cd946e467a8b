//! `lab up` and `lab exec`: a lab in the foreground, for a person or for one command.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::{ExitCode, ExitStatus};

use anyhow::{Context as _, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::options::Options;
use crate::machine::nf_conntrack_max;
use crate::scene::Lab;

/// Variables that would lead a shell away from its own programs and files.
const NOT_EXPORTED: &[&str] = &["HOME", "PATH"];
/// Variables by which a shell could have other ideas of who it is.
const FOREIGN: &str = "AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ENDPOINT_URL_SSM AWS_ENDPOINT_URL_EC2 AWS_ENDPOINT_URL_STS";

/// Runs a lab until it is interrupted or told to end.
pub(super) fn up(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // From here on a signal waits until the lab can end cleanly.
    let mut ends = runtime.block_on(async { Ends::listen() })?;
    println!("# the lab {}", options.notice()?);
    let lab = Lab::start(options.plan()?)?;
    describe(&lab);
    runtime.block_on(ends.any());
    println!("# ending");
    drop(lab);
    println!("# ended: nf_conntrack_max is {}", nf_conntrack_max()?);
    Ok(())
}

/// Runs one command in the environment of a fresh lab and ends as the command ended.
pub(super) fn exec(options: &Options, command: &[OsString]) -> Result<ExitCode> {
    let (program, arguments) = command.split_first().context("no command given")?;
    eprintln!("lab: {}", options.notice()?);
    let lab = Lab::start(options.plan()?)?;
    let status = lab.command(program).args(arguments).status();
    let status = status.with_context(|| format!("running {}", program.display()))?;
    Ok(ExitCode::from(code(status)))
}

/// A shell's number for the way in which a process ended.
fn code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    u8::try_from(code).unwrap_or(1)
}

fn describe(lab: &Lab) {
    for node in lab.nodes() {
        let config = node.config();
        println!(
            "# node {} {} Bottlerocket {}",
            config.name, config.instance_id, config.os_version
        );
    }
    println!(
        "# seed {}: repeat the delays with --seed {}",
        lab.seed(),
        lab.seed()
    );
    println!("# paste into another shell:");
    println!("unset {FOREIGN}");
    for (name, value) in lab.environment() {
        if !NOT_EXPORTED.contains(&name) {
            println!("export {name}='{value}'");
        }
    }
    println!("ready");
    std::io::stdout().flush().ok();
}

/// The signals that end a lab.
struct Ends {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Ends {
    fn listen() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
