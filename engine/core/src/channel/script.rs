//! A script as a session takes it.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::frame::{Nonce, seconds, without_comments};

/// The most that a parameter of StartSession holds (SSM's model).
const MOST_BYTES: usize = 65_535;

static AROUND: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("script.sh")));

/// A script that is dressed for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dressed {
    /// What goes into the parameter `command`. The agent takes it apart as a shell would (`shlex.Split`), and starts
    /// it without a shell.
    pub command: String,
    /// By which its output is known.
    pub nonce: Nonce,
}

/// Dresses a script of POSIX sh, which runs in the control container as `ssm-user`; `None`: it is too long.
pub fn dress(script: &str, limit: Duration, nonce: Nonce) -> Option<Dressed> {
    let body = STANDARD.encode(script);
    let text = format!(
        "nonce={nonce} limit={}\nbody=$(printf %s {body} | base64 -d) || exit 1\n{}",
        seconds(limit),
        *AROUND
    );
    let text = STANDARD.encode(text);
    // Nothing in it means anything to shlex, to the service's `{{ssm:…}}` or to a document's pattern.
    let command =
        format!("sh -c 's=$(printf %s {text} | base64 -d) && exec sh -c \"$s\" heeler </dev/null'");
    (command.len() <= MOST_BYTES).then_some(Dressed { command, nonce })
}
