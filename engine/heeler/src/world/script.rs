//! How a script travels: base64 behind a fixed line, so that nothing on the way can take any of
//! it for its own syntax (SSM resolves `{{ssm:…}}` inside parameters) or for a hidden meaning.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::TargetError;

/// The variable in which a script finds what is secret.
pub const SECRET: &str = "heeler_secret";

/// A document's 64 KB include the parameters (CreateDocument's documentation).
const MOST_BYTES: usize = 60_000;

/// A text that only the node is to see: it goes to SSM with a command, and nothing of it is shown here.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text, for whoever sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The same with a secret, which the script finds in [`SECRET`]. It stands on no command line there: the
/// agent runs the line from a file, and the environment of a process is for root alone.
///
/// # Errors
/// When both are too long for one command.
pub fn wrap_with(script: &str, secret: Option<&Secret>) -> Result<String, TargetError> {
    let line = wrap(script)?;
    let Some(secret) = secret else {
        return Ok(line);
    };
    let encoded = STANDARD.encode(secret.reveal());
    let line =
        format!("{SECRET}=$(printf %s {encoded} | base64 -d) || exit 1; export {SECRET}; {line}");
    fits(line)
}

/// The one line that is sent. It runs the script with stdin closed in a shell of its own and ends
/// with 0 or 1: the agent gives other exit codes (137, 168, 169, 194) a meaning of its own, up to
/// restarting the machine (amazon-ssm-agent: appconfig/constants_unix.go).
///
/// # Errors
/// When the script is too long for one command.
pub fn wrap(script: &str) -> Result<String, TargetError> {
    let encoded = STANDARD.encode(script);
    let line = format!(
        "s=$(printf %s {encoded} | base64 -d) || exit 1; sh -c \"$s\" heeler </dev/null || exit 1"
    );
    fits(line)
}

fn fits(line: String) -> Result<String, TargetError> {
    match line.len() > MOST_BYTES {
        true => Err(TargetError::ScriptTooLong { bytes: line.len() }),
        false => Ok(line),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// What the agent does: the line in a file, run by sh.
    fn run(script: &str) -> (Option<i32>, String) {
        let output = Command::new("sh")
            .arg("-c")
            .arg(wrap(script).unwrap())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    }

    #[test]
    fn arrives_byte_for_byte() {
        let script = "printf '%s\\n' 'a{{ssm:x}}b' \"$0\" '$$' '`'\nprintf 'ü\\n'";
        assert_eq!(
            run(script),
            (Some(0), "a{{ssm:x}}b\nheeler\n$$\n`\nü\n".to_owned())
        );
        assert!(!wrap(script).unwrap().contains("{{"));
    }

    #[test]
    fn a_secret_arrives_and_stands_on_no_command_line() {
        let secret = Secret::new("a 'quoted' $HOME\nline");
        let script =
            "printf '%s' \"$heeler_secret\"; tr '\\0' ' ' </proc/$$/cmdline | grep -c 'quote[d]'";
        let line = wrap_with(script, Some(&secret)).unwrap();
        assert!(!line.contains("quoted"));
        let mut shell = Command::new("sh");
        let shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, line.as_bytes()).unwrap();
        drop(stdin);
        let said = shell.wait_with_output().unwrap().stdout;
        assert_eq!(
            String::from_utf8(said).unwrap(),
            format!("{}0\n", secret.reveal())
        );
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn ends_with_0_or_1_only() {
        for (script, code) in [
            ("exit 0", 0),
            ("exit 194", 1),
            ("kill -9 $$", 1),
            ("cat", 0),
        ] {
            assert_eq!(run(script).0, Some(code), "{script}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let script = "#".repeat(50_000);
        assert!(matches!(
            wrap(&script),
            Err(TargetError::ScriptTooLong { .. })
        ));
        assert!(wrap(&"#".repeat(44_000)).is_ok());
    }
}
