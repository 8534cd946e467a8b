//! One request of `logdog` and how it is carried out. Its fifth mode, `http`, is left out: no
//! Kubernetes variant has such a request.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

/// What of the settings nobody outside may read.
const SECRETS: &[&str] = &[
    "/settings/kubernetes/bootstrap-token",
    "/settings/network/https-proxy",
    "/settings/kubernetes/server-key",
    "/settings/container-registry/credentials",
    "/settings/aws/config",
    "/settings/aws/credentials",
];
/// The secret of any container.
const USER_DATA: &str = "user-data";
const REDACTED: &str = "REDACTED";

/// Leaves what a request asks for in the folder.
pub(super) fn carry_out(request: &str, folder: &Path) -> Result<()> {
    let mut words = request.splitn(3, ' ');
    let mode = words.next().unwrap_or_default();
    let name = words
        .next()
        .ok_or_else(|| anyhow!("Output filename is missing in request: '{request}'"))?;
    let rest = words.next().unwrap_or_default();
    match mode {
        "exec" => exec(request, rest, &folder.join(name)),
        "file" => copy(request, Path::new(rest), &folder.join(name)),
        "glob" => {
            for file in matching(Path::new(name)) {
                let below = folder.join(file.strip_prefix("/").unwrap_or(&file));
                fs::create_dir_all(below.parent().unwrap_or(folder))?;
                copy(request, &file, &below)?;
            }
            Ok(())
        }
        "settings" => settings(&folder.join(name)),
        _ => bail!("Unknown request type '{mode}' in '{request}'"),
    }
}

/// Runs a program without a shell; both of its streams go into one file, and its exit code nowhere.
fn exec(request: &str, line: &str, to: &Path) -> Result<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some((program, arguments)) = words.split_first() else {
        bail!("The request has no command: '{request}'");
    };
    let unmade = |stream: &str, error: std::io::Error| {
        anyhow!(
            "Error creating the command {stream} file '{}': {error}",
            to.display()
        )
    };
    let out = File::create(to).map_err(|error| unmade("stdout", error))?;
    let err = out.try_clone().map_err(|error| unmade("stderr", error))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| anyhow!("Error starting command '{request}': {error}"))?;
    child
        .wait()
        .map_err(|error| anyhow!("Error completing command '{request}': {error}"))?;
    Ok(())
}

fn copy(request: &str, from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| {
        anyhow!(
            "Unable to copy file from '{}' to '{}' for request '{request}': {error}",
            from.display(),
            to.display()
        )
    })
}

/// The files that a pattern names, whose last part may have one `*` in it. A folder that is not
/// there has none.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let name = pattern.file_name().unwrap_or_default().to_string_lossy();
    let (begin, end) = name.split_once('*').unwrap_or((&name, ""));
    let folder = pattern.parent().unwrap_or(pattern);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let wanted = entries.filter(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end)
    });
    wanted
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect()
}

fn settings(to: &Path) -> Result<()> {
    let asked = Command::new("/usr/bin/apiclient")
        .arg("get")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| anyhow!("Failed to run apiclient: {error}"))?;
    if !asked.status.success() {
        let reason = String::from_utf8_lossy(&asked.stderr).into_owned();
        bail!("Error executing apiclient: {}", reason.trim_end());
    }
    let mut settings: Value = serde_json::from_slice(&asked.stdout)?;
    redact(&mut settings);
    fs::write(to, serde_json::to_string_pretty(&settings)?)
        .map_err(|error| anyhow!("Error writing to '{}': {error}", to.display()))
}

/// Takes out what is listed above. What else may be secret stays, as on real nodes.
fn redact(settings: &mut Value) {
    for secret in SECRETS {
        if let Some(value) = settings.pointer_mut(secret) {
            *value = Value::from(REDACTED);
        }
    }
    redact_user_data(settings);
}

fn redact_user_data(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == USER_DATA {
                    *value = Value::from(REDACTED);
                } else {
                    redact_user_data(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(redact_user_data),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_listed_settings_are_redacted_and_no_others() {
        let mut settings = json!({"os": {"version_id": "1.50.0"}, "settings": {
            "kubernetes": {"bootstrap-token": "abc", "server-key": "k", "node-labels": {"a": "b"}},
            "network": {"https-proxy": "u:p@h", "no-proxy": ["x"]},
            "container-registry": {"credentials": [{"registry": "r", "auth": "s"}]},
            "aws": {"region": "eu-west-1", "config": "c", "credentials": "d"},
            "host-containers": {"admin": {"user-data": "e30=", "source": "img"}},
        }});
        redact(&mut settings);
        assert_eq!(
            settings,
            json!({"os": {"version_id": "1.50.0"}, "settings": {
                "kubernetes": {"bootstrap-token": "REDACTED", "server-key": "REDACTED", "node-labels": {"a": "b"}},
                "network": {"https-proxy": "REDACTED", "no-proxy": ["x"]},
                "container-registry": {"credentials": "REDACTED"},
                "aws": {"region": "eu-west-1", "config": "REDACTED", "credentials": "REDACTED"},
                "host-containers": {"admin": {"user-data": "REDACTED", "source": "img"}},
            }})
        );
    }

    #[test]
    fn what_a_pattern_matches_keeps_its_path() {
        let source = tempfile::TempDir::new().unwrap();
        fs::write(source.path().join("dump.1"), "1").unwrap();
        fs::write(source.path().join("other"), "2").unwrap();
        let folder = tempfile::TempDir::new().unwrap();
        let request = format!("glob {}/dump*", source.path().display());
        carry_out(&request, folder.path()).unwrap();
        let below = folder.path().join(source.path().strip_prefix("/").unwrap());
        assert_eq!(fs::read_to_string(below.join("dump.1")).unwrap(), "1");
        assert!(!below.join("other").exists());
        carry_out("glob /no/such/folder/*", folder.path()).unwrap();
    }
}
