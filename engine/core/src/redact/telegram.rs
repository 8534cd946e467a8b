//! Tokens of Telegram's bots: the bot's number, a colon, and 35 letters of which the first two are `AA`. In
//! the addresses of its API `bot` stands right before the number.

use super::kind::Kind;
use super::mark::Form;
use super::text::{Ends, Found, Look, Text, is_base64_of_urls};

/// How many digits a bot's number has.
const SHORTEST_NUMBER: usize = 8;
const LONGEST_NUMBER: usize = 16;
/// Letters behind the colon.
const LETTERS: usize = 35;

/// A token, around its `:AA` or `%3AAA`.
pub(super) fn look(text: Text<'_>, start: usize, end: usize) -> Look {
    let letters = end.saturating_sub(2);
    if !text.is_at(letters, b"AA") {
        return Look::Nothing;
    }
    let number = text.run_back(start, LONGEST_NUMBER + 1, |byte| byte.is_ascii_digit());
    let fits = (SHORTEST_NUMBER..=LONGEST_NUMBER).contains(&(start - number));
    let called = number
        .checked_sub(4)
        .is_some_and(|bot| text.is_at(bot, b"/bot"));
    let behind = text.run(letters, LETTERS + 1, is_base64_of_urls);
    if !fits || behind - letters != LETTERS || !(called || text.begins_word(number)) {
        return Look::Nothing;
    }
    Look::Secret(Found {
        range: number..behind,
        kind: Kind::VendorToken,
        form: Form::Percent,
        ends: Ends::Blank,
    })
}

/// Whether a value is such a token.
pub(super) fn is(value: &[u8]) -> bool {
    let text = Text {
        bytes: value,
        open: false,
    };
    let colon = text.run(0, value.len(), |byte| byte.is_ascii_digit());
    match look(text, colon, colon + 3) {
        Look::Secret(found) => text.byte(colon) == Some(b':') && found.range == (0..value.len()),
        _ => false,
    }
}
