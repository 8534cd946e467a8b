//! How a script travels: base64 behind a fixed line, so that nothing on the way can take any of
//! it for its own syntax (SSM resolves `{{ssm:…}}` inside parameters) or for a hidden meaning.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::TargetError;

/// A document's 64 KB include the parameters (CreateDocument's documentation).
const MOST_BYTES: usize = 60_000;

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
    if line.len() > MOST_BYTES {
        return Err(TargetError::ScriptTooLong { bytes: line.len() });
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

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
