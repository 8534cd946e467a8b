//! A shell into which printed commands are pasted: it finds the suite's programs by their names.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::clients::Clients;
use super::{Context, Need, Program, Surroundings, build};

impl Context {
    /// A shell that ends at the first command that fails. It finds `heeler`, and also `aws` where
    /// the case's needs name it.
    ///
    /// # Errors
    /// When a program can't be built or installed.
    pub(crate) fn shell(
        &self,
        surroundings: &Surroundings,
        needs: &[Need],
        script: &str,
    ) -> Result<Program<'_>> {
        let folder = surroundings.folder().join("bin");
        fs::create_dir_all(&folder)?;
        wrap(&folder, "heeler", build::heeler()?, "")?;
        if needs.contains(&Need::AwsClients) {
            wrap(&folder, "aws", &Clients::get()?.python(), "-m awscli")?;
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let bash = self.program(Path::new("bash"), "bash", surroundings);
        let bash = bash.env("PATH", format!("{}:{path}", folder.display()));
        Ok(bash.args(["-euc", script]))
    }
}

fn wrap(folder: &Path, name: &str, program: &Path, arguments: &str) -> Result<()> {
    let file = folder.join(name);
    let script = format!(
        "#!/bin/sh\nexec '{}' {arguments} \"$@\"\n",
        program.display()
    );
    fs::write(&file, script).with_context(|| format!("write {}", file.display()))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
