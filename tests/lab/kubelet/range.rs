//! `Range` and `If-Range`, as Go's `http.ServeContent` takes them. Several ranges at once are
//! answered by the whole file, where Go sends each: nothing here asks so.

use axum::http::HeaderMap;

/// What of a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// From this byte on, so many.
    Of {
        from: u64,
        length: u64,
    },
    /// It begins behind the end.
    Beyond,
}

/// What a request asks for, of a file of this size that was modified then.
pub(crate) fn asked(headers: &HeaderMap, size: u64, modified: &str) -> Part {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(range) = header("range") else {
        return Part::Whole;
    };
    if header("if-range").is_some_and(|date| date != modified) {
        return Part::Whole;
    }
    let bounds = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'));
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match bounds {
        Some(("", last)) => match number(last) {
            Some(last) => part(size.saturating_sub(last), size, size),
            None => Part::Whole,
        },
        Some((from, to)) => match (number(from), number(to)) {
            (Some(from), Some(to)) if to >= from => part(from, to + 1, size),
            (Some(from), None) if to.is_empty() => part(from, size, size),
            _ => Part::Whole,
        },
        None => Part::Whole,
    }
}

fn part(from: u64, end: u64, size: u64) -> Part {
    match from < size {
        true => Part::Of {
            from,
            length: end.min(size) - from,
        },
        false => Part::Beyond,
    }
}
