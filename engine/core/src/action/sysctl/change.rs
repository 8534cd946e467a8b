//! Setting one kernel parameter until the next restart of the node.

use std::time::Duration;

use super::key::{Key, Unit};
use crate::action::{Change, shell_quote};
use crate::frame::Place;
use crate::syntax::{Spanned, duration};
use crate::value::{DurationSpan, Value};

#[derive(Debug)]
pub(super) struct SysctlChange {
    pub(super) key: Key,
    pub(super) template: Spanned<String>,
}

impl Change for SysctlChange {
    fn subject(&self) -> String {
        self.key.to_string()
    }

    /// Durations, numbers, and text that is one: what a runbook writes without a template is text.
    fn wanted(&self, value: &Value) -> Result<String, String> {
        let wrong = |what| {
            Err(format!(
                "`{value}` can't be the value of {}: {what}",
                self.key
            ))
        };
        match (self.key.unit(), value) {
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

    fn template(&self) -> &Spanned<String> {
        &self.template
    }

    fn place(&self) -> Place {
        Place::Admin
    }

    fn present(&self) -> String {
        self.key.print()
    }

    fn apply(&self, from: &str, to: &str) -> String {
        let read = format!(
            "v=$(tr '\\t' ' ' <{}) || exit 1\n",
            shell_quote(&self.key.path())
        );
        format!(
            "{read}[ \"$v\" = {from} ] || {{ printf '%s\\n' \"$v\"; echo 'another value is there' >&2; exit 65; }}\n\
             sysctl -w {assignment} >/dev/null || {{ printf '%s\\n' \"$v\"; exit 1; }}\n\
             {read}printf '%s\\n' \"$v\"\n\
             [ \"$v\" = {to} ] || {{ echo 'the kernel did not take the value' >&2; exit 1; }}\n",
            from = shell_quote(from),
            to = shell_quote(to),
            assignment = shell_quote(&format!("{}={to}", self.key)),
        )
    }

    fn display(&self, value: &str) -> String {
        self.key
            .unit()
            .value(value)
            .map_or_else(|_| value.to_owned(), |value| value.to_string())
    }

    fn by_hand(&self, to: &str) -> String {
        format!("sysctl -w {}", shell_quote(&format!("{}={to}", self.key)))
    }

    fn without_admin(&self, to: &str) -> Vec<String> {
        let key = self
            .key
            .path()
            .trim_start_matches("/proc/sys/")
            .replace('/', ".");
        let json = serde_json::json!({"kernel": {"sysctl": {key: to}}}).to_string();
        vec![
            format!(
                "in the control container: apiclient set --json {}; it stays after a reboot and can't be unset, \
                 only set to another value; from Bottlerocket 1.35 on it also applies every file of sysctl.d again, \
                 which undoes other `sysctl -w`",
                shell_quote(&json)
            ),
            "in the control container: apiclient set host-containers.admin.enabled=true, then this fix again; \
             not through user data, which replaces the node"
                .to_owned(),
        ]
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
