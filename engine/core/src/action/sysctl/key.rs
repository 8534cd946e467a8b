//! What a kernel parameter is called, where its file is, and what its text means.

use std::fmt;
use std::time::Duration;

use crate::action::answer::garbled;
use crate::action::shell_quote;
use crate::syntax::{Faults, Spanned, Spelling};
use crate::value::{DurationSpan, Kind, Value, Why};

/// The characters that such names have.
pub(super) const SPELLING: Spelling = Spelling::Letters("._/-");

/// A kernel parameter's name, in either spelling: `net.ipv4.ip_forward`, `net/ipv4/ip_forward`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn read(text: &Spanned<String>, faults: &mut Faults) -> Option<Key> {
        let name = SPELLING.read("kernel parameter", text, faults)?;
        Some(Key(name.to_owned()))
    }

    /// The file below `/proc/sys`. Whichever of `.` and `/` comes first separates, and the other
    /// one stands for the first inside a name, as in `net.ipv4.conf.eth0/100.rp_filter`. Source:
    /// sysctl(8).
    pub(super) fn path(&self) -> String {
        let dotted = self
            .0
            .find(['.', '/'])
            .and_then(|at| self.0.get(at..))
            .is_some_and(|rest| rest.starts_with('.'));
        let swap = |c: char| match c {
            '.' => '/',
            '/' => '.',
            other => other,
        };
        let file = if dotted {
            self.0.chars().map(swap).collect()
        } else {
            self.0.clone()
        };
        format!("/proc/sys/{file}")
    }

    /// What the kernel's text means. Keys that are not known stay text, so that no unit is guessed.
    pub(super) fn unit(&self) -> Unit {
        let dotted = self
            .path()
            .trim_start_matches("/proc/sys/")
            .replace('/', ".");
        let Some(conntrack) = dotted.strip_prefix("net.netfilter.nf_conntrack_") else {
            return Unit::Text;
        };
        match conntrack {
            "count" | "max" | "buckets" => Unit::Integer,
            // Seconds to the outside, all of them: proc_dointvec_jiffies in nf_conntrack_standalone.c.
            time_out if time_out.contains("timeout") => Unit::Seconds,
            _ => Unit::Text,
        }
    }

    /// Prints the value on one line; fails where it can't be read.
    pub(super) fn print(&self) -> String {
        format!(
            "v=$(cat {}) || exit 1\nprintf '%s\\n' \"$v\" | tr '\\t' ' '\n",
            shell_quote(&self.path())
        )
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Integer,
    Text,
}

impl Unit {
    pub(super) fn kind(self) -> Kind {
        match self {
            Unit::Seconds => Kind::Duration,
            Unit::Integer => Kind::Integer,
            Unit::Text => Kind::Text,
        }
    }

    pub(super) fn value(self, text: &str) -> Result<Value, Why> {
        let wrong = |_| garbled(format!("`{text}` is no number"));
        Ok(match self {
            Unit::Seconds => Value::Duration(DurationSpan(Duration::from_secs(
                text.parse().map_err(wrong)?,
            ))),
            Unit::Integer => Value::Integer(text.parse().map_err(wrong)?),
            Unit::Text => Value::text(text),
        })
    }
}
