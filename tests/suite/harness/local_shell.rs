//! A node without walls: its scripts run on this machine, in a temporary folder. For what the
//! SSM agent does with a script, in cases that bring their own harmless one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use heeler_tests::aws::agent::{Launch, Shell};
use tempfile::TempDir;

/// The agent's folder, as long as the node is there.
#[derive(Debug)]
pub(crate) struct LocalShell(TempDir);

impl LocalShell {
    /// A new, empty one.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("heeler-suite-").tempdir();
        folder
            .map(Self)
            .context("make the folder of a node's SSM agent")
    }
}

impl Shell for LocalShell {
    fn place_file(&self, relative: &Path, bytes: &[u8], mode: u32) -> Result<PathBuf> {
        let path = self.0.path().join(relative);
        let folder = path.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(path)
    }

    fn command(&self, launch: &Launch) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("sh");
        command.arg("-c").arg(&launch.script);
        command.envs(launch.environment.iter().cloned());
        if let Some(directory) = &launch.working_directory {
            command.current_dir(directory);
        }
        command
    }
}
