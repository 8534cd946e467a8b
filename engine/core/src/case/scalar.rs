//! Values without parts, as people write them: `262144`, `81 %`, `120s`, `512MiB`, `1.33.3`.
//! What is written can be read back to the last digit.

use std::fmt::Write as _;
use std::time::Duration;

use crate::syntax::{duration, quantity};
use crate::value::{Bytes, DurationSpan, Kind, Share, Value};

const SECONDS_PER_DAY: u64 = 86_400;
/// Up to here a number of seconds says more than minutes do.
const MOST_SECONDS: u64 = 120;

/// Reads a value of a kind that has no parts. `Err` says how such a value is written.
pub(super) fn read(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err("write it as true or false".into()),
        },
        Kind::Integer => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| "write it as 262144".into()),
        Kind::Number => number(text)
            .map(Value::Number)
            .ok_or_else(|| "write it as 412 or 0.5".into()),
        Kind::Share => share(text).map(Value::Share),
        Kind::Duration => span(text).map(|span| Value::Duration(DurationSpan(span))),
        Kind::Bytes => match text.parse() {
            Ok(plain) => Ok(Value::Bytes(Bytes(plain))),
            Err(_) => quantity(text).map(|bytes| Value::Bytes(Bytes(bytes))),
        },
        Kind::Version => text.parse().map(Value::Version),
        Kind::Text => Ok(Value::text(text)),
        Kind::List(_) => Err("write it as a list: [first, second]".into()),
        Kind::Record(_) => Err("write it as a map: {name: value}".into()),
    }
}

/// Writes a value that has no parts; `None` for one that has, or that is no value.
pub(super) fn write(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Share(share) => write_share(*share),
        Value::Duration(DurationSpan(span)) => write_span(*span),
        Value::Bytes(Bytes(bytes)) => write_bytes(*bytes),
        Value::Version(version) => version.to_string(),
        Value::Text(text) => quoted(text),
        Value::Absent => "absent".to_owned(),
        Value::List(_) | Value::Record(_) | Value::Unseen(_) => return None,
    })
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn share(text: &str) -> Result<Share, String> {
    let read = match text.strip_suffix('%') {
        Some(percent) => number(percent.trim_end()).map(|percent| percent / 100.0),
        None => number(text),
    };
    match read {
        Some(share) if (0.0..=1.0).contains(&share) => Ok(Share(share)),
        Some(_) => Err("a share is between 0 and 1: write it as 81 % or 0.81".into()),
        None => Err("write it as 81 % or 0.81".into()),
    }
}

/// In percent where that says exactly the same.
fn write_share(Share(share): Share) -> String {
    let percent = share * 100.0;
    let rounded = (percent * 100.0).round() / 100.0;
    if rounded / 100.0 == share {
        format!("{rounded} %")
    } else {
        share.to_string()
    }
}

/// Reads a duration: as runbooks write it, or in seconds with a fraction, as nodes measure it.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    duration(text).or_else(|why| fraction(text).ok_or(why))
}

fn fraction(text: &str) -> Option<Duration> {
    let (whole, behind) = text.strip_suffix('s')?.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(behind) || behind.len() > 9 {
        return None;
    }
    let nanos = format!("{behind:0<9}").parse().ok()?;
    Some(Duration::new(whole.parse().ok()?, nanos))
}

pub(super) fn write_span(span: Duration) -> String {
    let (seconds, nanos) = (span.as_secs(), span.subsec_nanos());
    let whole_millis = span.as_millis() <= u128::from(u64::MAX);
    if nanos > 0 && seconds == 0 && nanos % 1_000_000 == 0 {
        return format!("{}ms", nanos / 1_000_000);
    }
    if nanos > 0 || !whole_millis {
        let behind = format!("{nanos:09}");
        let behind = match behind.trim_end_matches('0') {
            "" => "0",
            digits => digits,
        };
        return format!("{seconds}.{behind}s");
    }
    if seconds <= MOST_SECONDS {
        return format!("{seconds}s");
    }
    let mut out = String::new();
    let parts = [
        (seconds / SECONDS_PER_DAY, "d"),
        (seconds % SECONDS_PER_DAY / 3600, "h"),
        (seconds % 3600 / 60, "m"),
        (seconds % 60, "s"),
    ];
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(out, "{count}{unit}");
    }
    out
}

/// With the largest unit that leaves no rest.
fn write_bytes(bytes: u64) -> String {
    let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let fits = |(_, shift): &(&str, u32)| bytes > 0 && bytes.trailing_zeros() >= *shift;
    match units.into_iter().find(fits) {
        Some((unit, shift)) => format!("{}{unit}", bytes >> shift),
        None => format!("{bytes}B"),
    }
}

/// Words that mean something else without quotes.
const WORDS: [&str; 10] = [
    "absent", "not-seen", "null", "true", "false", "yes", "no", "on", "off", "nan",
];

/// Text, in quotes where it would be read as something else without them.
pub(super) fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        && text.chars().all(is_plain)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_printable(letter) => out.push(letter),
            _ => {
                let _ = write!(out, "\\U{:08X}", u32::from(letter));
            }
        }
    }
    out.push('"');
    out
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || " ._/:@+=%()-".contains(letter)
}

/// What YAML allows within quotes and a reader of the file can see.
fn is_printable(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{a0}'
        )
}
