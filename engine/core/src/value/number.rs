//! Numbers with units, and how people read them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A part of a whole, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Share(pub f64);

/// A length of time, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span(pub Duration);

/// An amount of memory or disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bytes(pub u64);

/// A version of one to three numbers; missing ones count as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second number.
    pub minor: u64,
    /// Third number.
    pub patch: u64,
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0 * 100.0;
        if percent > 0.0 && percent < 1.0 {
            return f.write_str("< 1 %");
        }
        // 99.6 % must not read as "all of it".
        if percent > 99.0 && percent < 100.0 {
            return f.write_str("> 99 %");
        }
        write!(f, "{percent:.0} %")
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let millis = self.0.subsec_millis();
        match (seconds, millis) {
            (0, 0) => f.write_str("0 s"),
            (0, ms) => write!(f, "{ms} ms"),
            (s, 0) if s <= 120 => write!(f, "{s} s"),
            (s, ms) if s < 60 => write!(f, "{:.1} s", s as f64 + f64::from(ms) / 1000.0),
            (s, _) if s < 7200 => write_pair(f, s / 60, "min", s % 60, "s"),
            (s, _) if s < 172_800 => write_pair(f, s / 3600, "h", s % 3600 / 60, "min"),
            (s, _) => write_pair(f, s / 86_400, "d", s % 86_400 / 3600, "h"),
        }
    }
}

fn write_pair(
    f: &mut fmt::Formatter<'_>,
    large: u64,
    unit: &str,
    small: u64,
    sub: &str,
) -> fmt::Result {
    write!(f, "{large} {unit}")?;
    if small > 0 {
        write!(f, " {small} {sub}")?;
    }
    Ok(())
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(&str, u32); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
        for (unit, shift) in UNITS {
            if self.0 >> shift > 0 {
                return write!(f, "{:.1} {unit}", self.0 as f64 / (1u64 << shift) as f64);
            }
        }
        write!(f, "{} B", self.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `1`, `1.33`, `v1.33.3` and `v1.33.3-eksbuild.4`; what follows the third number is dropped.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no version; write it as 1.33 or 1.33.3");
        let bare = text.strip_prefix('v').unwrap_or(text);
        let core = bare.split(['-', '+']).next().unwrap_or(bare);
        let mut numbers = [0u64; 3];
        let mut parts = core.split('.');
        for (slot, part) in numbers.iter_mut().zip(parts.by_ref()) {
            *slot = part.parse().map_err(|_| wrong())?;
        }
        if parts.next().is_some() {
            return Err(wrong());
        }
        let [major, minor, patch] = numbers;
        Ok(Version {
            major,
            minor,
            patch,
        })
    }
}

/// A whole number with its digits in threes: 262,144.
pub(crate) fn grouped(number: i64) -> String {
    group(&number.to_string())
}

/// A number as people read it: whole from 10 on, one digit after the point below.
pub(crate) fn rounded(number: f64) -> String {
    if number.abs() >= 10.0 || number.fract() == 0.0 {
        group(&format!("{number:.0}"))
    } else {
        format!("{number:.1}")
    }
}

/// Puts a comma before every third digit from the end.
fn group(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
