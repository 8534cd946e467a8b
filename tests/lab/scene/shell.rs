//! The SSM agent's way into a node's control container.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::process::Command;

use crate::aws::agent::{Launch, Shell};
use crate::node::{Node, Place};

/// Where the agent keeps its files, as the control container sees it.
const AGENT_FOLDER: &str = "/var/lib/amazon/ssm";
/// Enters the directory `$0` and runs the script `$1` as the agent would.
const FROM_DIRECTORY: &str = r#"cd "$0" && exec sh -c "$1""#;

/// Becomes `ssm-user`, who is in the group `api` (see `image.rs`), and stays where it is.
const AS_SSM_USER: [&str; 4] = ["chroot", "--userspec=1000:1000", "--groups=100,274", "/"];

/// The control container of one node.
pub(super) struct ControlContainer(pub(super) Node);

impl Shell for ControlContainer {
    fn place_file(&self, relative: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<PathBuf> {
        let path = self.0.ssm_dir().join(relative);
        let folder = path.parent().context("a file in no folder")?;
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(Path::new(AGENT_FOLDER).join(relative))
    }

    fn command(&self, launch: &Launch) -> Command {
        let script = launch.script.to_string_lossy();
        let directory = launch
            .working_directory
            .as_deref()
            .map(Path::to_string_lossy);
        let argv = match &directory {
            Some(directory) => vec!["sh", "-c", FROM_DIRECTORY, directory, &script],
            None => vec!["sh", "-c", &script],
        };
        let mut command = self.0.command(Place::Control, &argv);
        command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
        command
    }
    fn session(&self, words: &[String]) -> Command {
        let argv = AS_SSM_USER.iter().copied();
        let argv: Vec<&str> = argv.chain(words.iter().map(String::as_str)).collect();
        self.0.command(Place::Control, &argv)
    }
}
