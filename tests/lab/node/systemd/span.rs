//! systemd's time spans, as systemd.time(7) has them: `90`, `90s`, `2min`, `1min 30s`.

use std::time::Duration;

use jiff::SignedDuration;

/// The span that `text` says; a number alone is seconds. Days and longer units are not known here.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    if !is_number || text.ends_with("ago") || text.contains([',', ':']) {
        return None;
    }
    if text.chars().all(|letter| letter.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    text.parse::<SignedDuration>().ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_systemds() {
        let seconds = |text: &str| parse(text).map(|span| span.as_secs_f64());
        assert_eq!(seconds("90"), Some(90.0));
        assert_eq!(seconds("90s"), Some(90.0));
        assert_eq!(seconds("2min"), Some(120.0));
        assert_eq!(seconds("1min 30s"), Some(90.0));
        assert_eq!(seconds("1h 5sec"), Some(3605.0));
        assert_eq!(seconds("500ms"), Some(0.5));
        for wrong in [
            "", "s", "-3s", "soon", "3 sheep", "5s ago", "PT5S", "1:30:00", "1s,2",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
