//! What a kernel parameter is called, where its file is, and what its text means.

use std::fmt;
use std::time::Duration;

use crate::action::answer::garbled;
use crate::action::shell_quote;
use crate::hazard::Touched;
use crate::syntax::{Faults, Spanned, Spelling, duration};
use crate::value::{DurationSpan, Kind, Value, Why};

/// The characters that such names have.
pub(in crate::action) const SPELLING: Spelling = Spelling::Letters("._/-");

/// A kernel parameter's name, in either spelling: `net.ipv4.ip_forward`, `net/ipv4/ip_forward`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::action) struct Key(String);

impl Key {
    /// A name that is known to be spelt right.
    pub(in crate::action) fn named(name: &str) -> Key {
        Key(name.to_owned())
    }

    pub(super) fn read(text: &Spanned<String>, faults: &mut Faults) -> Option<Key> {
        let name = SPELLING.read("kernel parameter", text, faults)?;
        Some(Key(name.to_owned()))
    }

    /// The file. Whichever of `.` and `/` comes first separates, and the other
    /// one stands for the first inside a name, as in `net.ipv4.conf.eth0/100.rp_filter`. Source:
    /// sysctl(8).
    pub(in crate::action) fn path(&self) -> String {
        format!("/proc/sys/{}", self.file())
    }

    /// The file below `/proc/sys`.
    pub(super) fn file(&self) -> String {
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
        if dotted {
            self.0.chars().map(swap).collect()
        } else {
            self.0.clone()
        }
    }

    /// What the kernel's text means. Keys that are not known stay text, so that no unit is guessed.
    pub(super) fn unit(&self) -> Unit {
        let dotted = self.file().replace('/', ".");
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

    /// The text that the kernel takes for a value: durations, numbers, and text that is one, as what
    /// a runbook writes without a template is text.
    pub(in crate::action) fn wanted(&self, value: &Value) -> Result<String, String> {
        let wrong = |what| Err(format!("`{value}` can't be the value of {self}: {what}"));
        match (self.unit(), value) {
            (_, Value::Absent | Value::Unseen(_)) => wrong("it is not known"),
            (Unit::Seconds, value) => match seconds(value) {
                Some(seconds) => Ok(seconds.to_string()),
                None => wrong("write whole seconds, such as 60s"),
            },
            (Unit::Integer, value) => match integer(value) {
                Some(number) => Ok(number.to_string()),
                None => wrong("write a whole number that is not negative"),
            },
            (Unit::Text, Value::Integer(number)) => Ok(number.to_string()),
            (Unit::Text, Value::Text(text))
                if !text.is_empty() && !text.contains(char::is_control) =>
            {
                Ok(text.clone())
            }
            (Unit::Text, _) => wrong("write one line of text"),
        }
    }

    /// How a person reads a value of it: `120` as `120 s`.
    pub(in crate::action) fn display(&self, value: &str) -> String {
        self.unit()
            .value(value)
            .map_or_else(|_| value.to_owned(), |value| value.to_string())
    }

    /// Whether every container sees the host's value. What belongs to an IPC or a UTS namespace
    /// differs from one to the next. Source: sysctl(8), namespaces(7).
    pub(in crate::action) fn is_seen_everywhere(&self) -> bool {
        let own = [
            "kernel/shm",
            "kernel/msg",
            "kernel/sem",
            "kernel/hostname",
            "kernel/domainname",
            "fs/mqueue/",
        ];
        let file = self.file();
        !own.iter().any(|own| file.starts_with(own))
    }

    /// What a change of it sets.
    pub(in crate::action) fn touched(&self) -> Touched {
        Touched::Parameter {
            file: self.file(),
            is_shared: self.is_seen_everywhere(),
        }
    }

    /// The parameter that counts what this one limits, where a limit that is too low does harm at once.
    pub(super) fn counted(&self) -> Option<Key> {
        let limits = self.file() == "net/netfilter/nf_conntrack_max";
        limits.then(|| Key::named("net.netfilter.nf_conntrack_count"))
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

/// Whole seconds that the kernel can hold in an `int`.
fn seconds(value: &Value) -> Option<i32> {
    let span = match value {
        Value::Duration(DurationSpan(span)) => *span,
        Value::Text(text) => duration(text)
            .ok()
            .or_else(|| text.parse().ok().map(Duration::from_secs))?,
        Value::Integer(seconds) => Duration::from_secs((*seconds).try_into().ok()?),
        _ => return None,
    };
    let whole = span.subsec_nanos() == 0;
    i32::try_from(span.as_secs()).ok().filter(|_| whole)
}

fn integer(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Integer(number) => *number,
        Value::Text(text) => text.parse().ok()?,
        _ => return None,
    };
    (number >= 0).then_some(number)
}
