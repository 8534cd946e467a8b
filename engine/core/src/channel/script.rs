//! A script as a session takes it.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::frame::{MOST_EXEC_BYTES, Nonce, Place, seconds, without_comments};

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

/// Dresses a script of POSIX sh; `None`: it is too long. In the control container it runs as `ssm-user`, in the admin
/// container as root: there what it prints is dressed too, as `apiclient exec` loses the end of what is read slowly. The
/// host has no shell.
pub fn dress(script: &str, place: Place, limit: Duration, nonce: Nonce) -> Option<Dressed> {
    let body = STANDARD.encode(script);
    let text = format!(
        "nonce={nonce} limit={}\nbody=$(printf %s {body} | base64 -d) || exit 1\n{}",
        seconds(limit),
        *AROUND
    );
    let text = match place {
        Place::Control => text,
        Place::Admin if text.len() <= MOST_EXEC_BYTES => exec(&text),
        Place::Admin | Place::Host => return None,
    };
    let text = STANDARD.encode(text);
    // Nothing in it means anything to shlex, to the service's `{{ssm:…}}` or to a document's pattern.
    let command =
        format!("sh -c 's=$(printf %s {text} | base64 -d) && exec sh -c \"$s\" heeler </dev/null'");
    (command.len() <= MOST_BYTES).then_some(Dressed { command, nonce })
}

/// Hands a script on to the admin container. What the agent ends with the session is `apiclient` itself, whose server
/// ends the script then. An end of input may be lost on the way, so it is made there once more.
fn exec(text: &str) -> String {
    let text = STANDARD.encode(text);
    format!(
        "PATH=\"${{PATH:+$PATH:}}/usr/local/bin:/usr/bin:/bin\"\n\
         exec apiclient exec -T admin bash -c \
         'exec </dev/null; eval \"$(printf %s {text} | base64 -d)\"' </dev/null\n"
    )
}
