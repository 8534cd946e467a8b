//! Paging: opaque tokens that hold the position of the next page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One page, and the token of the next one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page<T> {
    pub items: Vec<T>,
    pub next_token: Option<String>,
}

/// A token that this endpoint never gave out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidToken;

const PREFIX: &str = "lab-page-";

/// Cuts the page that `token` stands for, of at most `size` items.
pub(super) fn cut<T>(
    all: Vec<T>,
    token: Option<&str>,
    size: usize,
) -> Result<Page<T>, InvalidToken> {
    let start = token.filter(|t| !t.is_empty()).map_or(Ok(0), position)?;
    let end = start.saturating_add(size);
    let next_token = (end < all.len()).then(|| STANDARD.encode(format!("{PREFIX}{end}")));
    let items = all.into_iter().skip(start).take(size).collect();
    Ok(Page { items, next_token })
}

fn position(token: &str) -> Result<usize, InvalidToken> {
    let bytes = STANDARD.decode(token).map_err(|_| InvalidToken)?;
    let text = String::from_utf8(bytes).map_err(|_| InvalidToken)?;
    let digits = text.strip_prefix(PREFIX).ok_or(InvalidToken)?;
    digits.parse().map_err(|_| InvalidToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let first = cut((0..25).collect(), None, 10).unwrap();
        assert_eq!(first.items, (0..10).collect::<Vec<_>>());
        let second = cut((0..25).collect(), first.next_token.as_deref(), 10).unwrap();
        let third = cut((0..25).collect(), second.next_token.as_deref(), 10).unwrap();
        assert_eq!(third.items, (20..25).collect::<Vec<_>>());
        assert_eq!(third.next_token, None);
    }

    #[test]
    fn a_full_last_page_has_no_successor() {
        assert_eq!(cut((0..10).collect(), None, 10).unwrap().next_token, None);
    }

    #[test]
    fn foreign_tokens_are_refused() {
        assert_eq!(cut(vec![1], Some("AAAA"), 10), Err(InvalidToken));
    }
}
