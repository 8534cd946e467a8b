//! What a program that a case runs finds around it: its variables and a home of its own, so that
//! nothing of this machine's user reaches it. Programs with the same surroundings share them.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use heeler_tests::scene::{Lab, Person};
use tempfile::TempDir;

/// Variables, and a folder that goes with them.
#[derive(Debug)]
pub(crate) struct Surroundings {
    folder: Arc<TempDir>,
    variables: Vec<(String, OsString)>,
}

impl Surroundings {
    /// An empty home, plain English, no colours, and this machine's programs.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("heeler-suite-").tempdir();
        let folder = folder.context("make a home for the programs of a case")?;
        let home = folder.path().to_owned();
        let surroundings = Self {
            folder: Arc::new(folder),
            variables: Vec::new(),
        };
        Ok(surroundings
            .with("PATH", std::env::var_os("PATH").unwrap_or_default())
            .with("HOME", &home)
            .with("TMPDIR", &home)
            .with("HEELER_STATE_DIR", home.join("state"))
            .with("LC_ALL", "C.UTF-8")
            .with("TZ", "UTC")
            .with("NO_COLOR", "1"))
    }

    /// Those of a lab's operator: its home, its state, its way to the cluster and the account.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(crate) fn in_lab(lab: &Lab) -> Result<Self> {
        Ok(Self::new()?.with_all(lab.environment()))
    }

    /// Those of somebody else who works with a lab.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(crate) fn of_person(person: &Person) -> Result<Self> {
        Ok(Self::new()?.with_all(person.environment()))
    }

    /// With one more variable, or another value of it.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// With more variables, such as those of the lab's endpoints.
    #[must_use]
    pub(crate) fn with_all<N: AsRef<str>, V: Into<OsString>>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        variables
            .into_iter()
            .fold(self, |all, (name, value)| all.with(name.as_ref(), value))
    }

    /// The home folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The home folder, which stays as long as any holder of this: programs outlive cases' variables.
    pub(super) fn home(&self) -> Arc<TempDir> {
        Arc::clone(&self.folder)
    }

    /// The variables, and no others.
    pub(crate) fn variables(&self) -> &[(String, OsString)] {
        &self.variables
    }
}
