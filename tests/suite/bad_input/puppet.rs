//! A node that says what a case tells it to say, in whole frames: its script of a few lines reads
//! the nonce out of what was sent, and runs none of the rest. For fleets, for nodes that lie about
//! themselves, and for everything whose subject is the way to a node, not the node.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use heeler_tests::aws::agent::{Agent, Launch, Shell};
use tokio::process::Command;

use crate::harness::LocalShell;

/// Answers the script `$1` with the payload in `$PAYLOAD`, after `$PAUSE` seconds.
const ANSWER: &str = r#"
script=$(sed -n 's/^s=$(printf %s \([A-Za-z0-9+/=]*\) .*/\1/p' "$1" | base64 -d)
nonce=$(printf '%s\n' "$script" | sed -n 's/^nonce=\([0-9a-z]*\) .*/\1/p')
sleep "$PAUSE"
size=$(printf %s "$PAYLOAD" | wc -c)
digest=$(printf %s "$PAYLOAD" | sha256sum | head -c 16)
printf 'heeler1 %s b64 %s %s %s\n' "$nonce" "$size" "$size" "$digest"
printf %s "$PAYLOAD" | base64 -w 0
printf '\nheeler1-end %s\n' "$nonce"
"#;

/// What a node says of itself, and what it answers to [`super::stage::QUICK`].
pub(crate) struct Puppet {
    folder: LocalShell,
    os_version: &'static str,
    cluster: &'static str,
    pause: Duration,
}

impl Puppet {
    /// A node of `prod-eu` that answers at once.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            folder: LocalShell::new()?,
            os_version: "1.50.0",
            cluster: "prod-eu",
            pause: Duration::ZERO,
        })
    }

    /// In another cluster by its own settings.
    pub(crate) fn cluster(mut self, name: &'static str) -> Self {
        self.cluster = name;
        self
    }

    /// With another version of Bottlerocket, or `-` where there is none.
    pub(crate) fn os_version(mut self, version: &'static str) -> Self {
        self.os_version = version;
        self
    }

    /// With a script that takes its time.
    pub(crate) fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The agent that pulls its strings.
    pub(crate) fn agent(self) -> Agent {
        Agent::shell(self)
    }

    fn payload(&self) -> String {
        let Self {
            os_version,
            cluster,
            ..
        } = self;
        let boot = "11111111-2222-4333-8444-555555555555";
        format!("@{boot} 8 3600 {os_version} {cluster}\n=system c 0 0 5 7 0 0\n=Linux\n")
    }
}

impl Shell for Puppet {
    fn place_file(&self, relative: &Path, bytes: &[u8], mode: u32) -> Result<PathBuf> {
        self.folder.place_file(relative, bytes, mode)
    }

    fn command(&self, launch: &Launch) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", ANSWER, "puppet"]).arg(&launch.script);
        command.env("PAYLOAD", self.payload());
        command.env("PAUSE", self.pause.as_secs_f32().to_string());
        command
    }
}
