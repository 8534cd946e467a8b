//! Lengths of time as runbooks write them.

use std::time::Duration;

const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Reads `250ms`, `60s`, `2m`, `1h30m`, `7d`: whole numbers with units, the larger unit first.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration; write it as 250ms, 60s, 2m or 1h30m");
    let mut rest = text;
    let mut total: u64 = 0;
    let mut last_unit = u64::MAX;
    while !rest.is_empty() {
        let (number, behind) = leading(rest, |letter| letter.is_ascii_digit());
        let (unit, behind) = leading(behind, |letter| letter.is_ascii_alphabetic());
        let (_, millis) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .filter(|(_, millis)| *millis < last_unit)
            .ok_or_else(wrong)?;
        let part: u64 = number.parse().map_err(|_| wrong())?;
        total = part
            .checked_mul(*millis)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| format!("`{text}` is longer than any duration here can be"))?;
        last_unit = *millis;
        rest = behind;
    }
    if text.is_empty() {
        return Err(wrong());
    }
    Ok(Duration::from_millis(total))
}

/// A duration as people write it elsewhere (`60 s`, `2 minutes`, `1 Hour`) in the right spelling,
/// where that is certain: a number without a unit could be anything.
pub fn respelled_duration(text: &str) -> Option<String> {
    const WORDS: [(&str, &[&str]); 5] = [
        (
            "ms",
            &["ms", "msec", "millis", "millisecond", "milliseconds"],
        ),
        ("s", &["s", "sec", "secs", "second", "seconds"]),
        ("m", &["m", "min", "mins", "minute", "minutes"]),
        ("h", &["h", "hr", "hrs", "hour", "hours"]),
        ("d", &["d", "day", "days"]),
    ];
    let mut right = String::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, behind) = leading(rest, |letter| letter.is_ascii_digit());
        let (word, behind) = leading(behind.trim_start(), |letter| letter.is_ascii_alphabetic());
        let word = word.to_ascii_lowercase();
        let (unit, _) = WORDS
            .iter()
            .find(|(_, words)| words.contains(&word.as_str()))?;
        right = format!("{right}{number}{unit}");
        rest = behind.trim_start();
    }
    (right != text && duration(&right).is_ok()).then_some(right)
}

/// The same as a regular expression of JSON Schema: each unit at most once, the larger one first.
pub fn duration_pattern() -> String {
    let units = UNITS.iter().rev();
    let parts: String = units.map(|(unit, _)| format!("([0-9]+{unit})?")).collect();
    format!("^(?=.){parts}$")
}

fn leading(text: &str, is_part: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_runbooks_write() {
        for (text, millis) in [
            ("250ms", 250),
            ("60s", 60_000),
            ("2m", 120_000),
            ("1h30m", 5_400_000),
            ("7d", 604_800_000),
            ("0s", 0),
            ("1m500ms", 60_500),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn other_spellings_of_a_unit_are_certain() {
        for (text, right) in [
            ("60 s", Some("60s")),
            ("2 minutes", Some("2m")),
            ("1 Hour 30 min", Some("1h30m")),
            ("60S", Some("60s")),
            ("60", None),
            ("1.5s", None),
            ("30m 1h", None),
            ("2 months", None),
            ("60s", None),
            ("", None),
        ] {
            assert_eq!(respelled_duration(text).as_deref(), right, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "60",
            "s",
            "1.5s",
            "-1s",
            "60 s",
            "30m1h",
            "1s1s",
            "60S",
            "1µs",
            " 1s",
            "99999999999999999999s",
            "9999999999999999d",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
