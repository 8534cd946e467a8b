//! The folder and the environment of whoever uses a lab: kubeconfig, Heeler's state. It goes with
//! the lab, and takes nothing from the environment outside but the search path.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::plan::Owner;

/// A home for one person.
pub(super) struct Home {
    folder: PathBuf,
}

impl Home {
    /// Makes an empty home at `folder`.
    pub(super) fn make(folder: PathBuf) -> Result<Self> {
        let home = Self { folder };
        fs::create_dir_all(home.state())
            .with_context(|| format!("make {}", home.folder.display()))?;
        for private in [home.folder.clone(), home.state()] {
            fs::set_permissions(&private, fs::Permissions::from_mode(0o700))?;
        }
        Ok(home)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    pub(super) fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// Gives the folder and all that is in it to a user.
    pub(super) fn give_to(&self, owner: Owner) -> Result<()> {
        give(&self.folder, owner)
    }

    /// The variables that lead to this home, and to nothing else.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |path: PathBuf| path.display().to_string();
        vec![
            ("HOME", path(self.folder.clone())),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("KUBECONFIG", path(self.kubeconfig())),
            ("HEELER_STATE_DIR", path(self.state())),
            ("AWS_CONFIG_FILE", path(self.folder.join("aws-config"))),
            (
                "AWS_SHARED_CREDENTIALS_FILE",
                path(self.folder.join("aws-credentials")),
            ),
            // The endpoints are on this machine, whatever proxy leads out of it.
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ]
    }
}

fn give(path: &Path, owner: Owner) -> Result<()> {
    chown(path, Some(owner.uid), Some(owner.gid))
        .with_context(|| format!("give away {}", path.display()))?;
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("read {}", path.display()))? {
            give(&entry?.path(), owner)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_private_and_its_variables_stay_inside() {
        let parent = tempfile::tempdir().expect("a folder");
        let home = Home::make(parent.path().join("home")).expect("a home");
        for folder in [home.folder().to_owned(), home.state()] {
            assert_eq!(
                fs::metadata(folder).expect("there").permissions().mode() & 0o777,
                0o700
            );
        }
        let inside = home.folder().display().to_string();
        for (name, value) in home.environment() {
            assert!(
                matches!(name, "PATH" | "NO_PROXY") || value.starts_with(&inside),
                "{name}={value}"
            );
        }
    }
}
