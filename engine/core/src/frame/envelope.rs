//! The shell text that runs a body and prints what it leaves behind as one frame.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::nonce::Nonce;

/// Most bytes of a script for `apiclient exec`: its API server takes 64 KiB in which each byte of
/// the command is written as a decimal number (measured: 20,000 pass, 22,000 fail), and base64
/// makes 16,000 of these 12,000.
pub(crate) const MOST_EXEC_BYTES: usize = 12_000;

/// A script that runs a body within a time limit, collects its records and prints the frame.
///
/// The body is POSIX sh that gets the name of a folder as its first argument and leaves files `r.*`
/// there, each written whole, by a rename. `room` in it holds 64 KiB for the answer; where there
/// are none, nothing is run and one line says so. It travels in base64, so that neither the
/// service's `{{ssm:…}}` nor any quoting can change it.
pub(crate) struct Envelope<'a> {
    /// Says whose frame it is.
    pub(crate) nonce: &'a Nonce,
    /// The body's own time limit.
    pub(crate) limit: Duration,
    /// Whether the frame is compressed where the place has `gzip`.
    pub(crate) pack: bool,
    /// The body.
    pub(crate) body: &'a str,
}

static ENVELOPE: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("envelope.sh")));

impl Envelope<'_> {
    /// The script. Its exit status is 0 with a frame on stdout, or else 1.
    pub(crate) fn script(&self) -> String {
        format!("body={}\n{}", STANDARD.encode(self.body), self.around())
    }

    /// The same without the body, for whoever sets `body` by other means.
    pub(crate) fn around(&self) -> String {
        format!(
            "nonce={} limit={} pack={}\n{}",
            self.nonce,
            seconds(self.limit),
            if self.pack { "1" } else { "''" },
            *ENVELOPE,
        )
    }
}

/// A time limit as `timeout` wants it: whole seconds, rounded up, at least one (0 is no limit).
pub(crate) fn seconds(limit: Duration) -> u64 {
    let rounded = limit.as_secs() + u64::from(limit.subsec_nanos() > 0);
    rounded.max(1)
}

/// A script without the lines that are there for its readers; what shellcheck must know stays.
pub(crate) fn without_comments(script: &str) -> String {
    script
        .lines()
        .filter(|line| {
            let line = line.trim_start();
            !line.is_empty() && (!line.starts_with('#') || line.starts_with("# shellcheck "))
        })
        .fold(String::new(), |text, line| text + line + "\n")
}
