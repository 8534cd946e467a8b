//! What is kept of the bytes that a look's value was read from: enough to recognise them, and their
//! beginning for people. Never a secret.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The longest excerpt, in characters.
const MOST_CHARACTERS: usize = 400;
/// What stands in place of a secret; the journal writes the same.
const MARK: &str = "[secret]";
/// Where an answer was cut in the middle of a secret, so many letters of it are one by chance.
const BY_CHANCE: usize = 3;

/// The bytes that a look's value was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAnswer {
    /// How many there were.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal. Where a secret was among them, that of the bytes without it:
    /// a digest would let a short secret be guessed.
    pub sha256: String,
    /// Their beginning, at most 400 characters; control characters are written out.
    pub excerpt: String,
}

impl RawAnswer {
    /// The record of an answer. `secrets` are the texts that must not be in it; they are taken out
    /// before anything is cut, so that no half of one is left.
    pub fn of(bytes: &[u8], secrets: &[String]) -> RawAnswer {
        RawAnswer::showing(bytes, &String::from_utf8_lossy(bytes), secrets)
    }

    /// The same for an answer that holds more than was asked for, such as a Kubernetes object: only
    /// `shown`, what was taken from it, is excerpted.
    pub fn showing(bytes: &[u8], shown: &str, secrets: &[String]) -> RawAnswer {
        let text = String::from_utf8_lossy(bytes);
        let digest = match without(&text, secrets) {
            Cow::Borrowed(_) => Sha256::digest(bytes),
            Cow::Owned(cleared) => Sha256::digest(cleared.as_bytes()),
        };
        RawAnswer {
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            excerpt: excerpt(&without(shown, secrets)),
        }
    }
}

/// The text without secrets, as they are and as JSON writes them.
fn without<'t>(text: &'t str, secrets: &[String]) -> Cow<'t, str> {
    let mut needles: Vec<String> = secrets
        .iter()
        .flat_map(|secret| [secret.clone(), escaped(secret)])
        .filter(|needle| !needle.is_empty())
        .collect();
    // The longest first: a secret that is part of another leaves nothing of it behind.
    needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    let mut cleared = Cow::Borrowed(text);
    for needle in &needles {
        if cleared.contains(needle) {
            cleared = Cow::Owned(cleared.replace(needle, MARK));
        }
    }
    // An answer may have been cut in the middle of one.
    let half = needles
        .iter()
        .find_map(|needle| beginning(&cleared, needle));
    match half {
        Some(rest) => Cow::Owned(format!("{}{MARK}", cleared.get(..rest).unwrap_or_default())),
        None => cleared,
    }
}

/// Where the text ends with the beginning of a needle.
fn beginning(text: &str, needle: &str) -> Option<usize> {
    let ends = needle.char_indices().map(|(end, _)| end);
    let mut ends = ends.filter(|end| *end > BY_CHANCE).rev();
    ends.find_map(|end| {
        let half = needle.get(..end)?;
        text.ends_with(half).then(|| text.len() - half.len())
    })
}

fn escaped(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut characters = 0;
    for letter in text.trim_end().chars() {
        let written: String = match letter {
            '\t' => " ".to_owned(),
            letter if letter.is_control() && letter != '\n' => letter.escape_default().collect(),
            letter => letter.to_string(),
        };
        characters += written.chars().count();
        if characters >= MOST_CHARACTERS {
            out.push('…');
            break;
        }
        out.push_str(&written);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::RawAnswer;

    fn of(text: &str, secrets: &[&str]) -> RawAnswer {
        let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
        RawAnswer::of(text.as_bytes(), &secrets)
    }

    #[test]
    fn bytes_are_counted_and_can_be_recognised() {
        let raw = of("abc", &[]);
        assert_eq!(raw.bytes, 3);
        // `printf abc | sha256sum`
        assert_eq!(
            raw.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(raw.excerpt, "abc");
        let broken = RawAnswer::of(b"a\xff\xfeb", &[]);
        assert_eq!(
            (broken.bytes, broken.excerpt.as_str()),
            (4, "a\u{fffd}\u{fffd}b")
        );
    }

    #[test]
    fn an_excerpt_is_short_and_obeys_nobody() {
        let long = of(&"é".repeat(1_000), &[]);
        assert_eq!(long.bytes, 2_000);
        assert_eq!(long.excerpt.chars().count(), 400);
        assert!(long.excerpt.ends_with('…'));
        let hostile = of("a\u{1b}[31m\tb\r\nc\0", &[]);
        assert_eq!(hostile.excerpt, "a\\u{1b}[31m b\\r\nc\\u{0}");
        assert_eq!(of(&"\u{1}".repeat(300), &[]).excerpt.chars().count(), 396);
    }

    #[test]
    fn a_secret_is_in_no_part_of_the_record() {
        let raw = of("token=hunter2;", &["hunter2"]);
        assert_eq!(raw.excerpt, "token=[secret];");
        assert_eq!(raw.sha256, of("token=[secret];", &[]).sha256);
        // At the border of the excerpt, in JSON, within another one, and cut by the node.
        let border = format!("{}hunter2", "x".repeat(395));
        assert!(!of(&border, &["hunter2"]).excerpt.contains("hu"));
        assert_eq!(
            of(r#"{"a": "x\"y"}"#, &["x\"y"]).excerpt,
            r#"{"a": "[secret]"}"#
        );
        assert_eq!(of("hunter22", &["hunter2", "hunter22"]).excerpt, "[secret]");
        assert_eq!(of("token=hunte", &["hunter2"]).excerpt, "token=[secret]");
        assert_eq!(of("a hun", &["hunter2"]).excerpt, "a hun");
    }

    #[test]
    fn of_a_document_only_what_was_taken_is_shown() {
        let document = br#"{"data": {"password": "abc", "limit": "5"}}"#;
        let raw = RawAnswer::showing(document, "limit 5", &[]);
        assert_eq!(raw.excerpt, "limit 5");
        assert_eq!(raw.bytes, 43);
        assert_eq!(raw.sha256, RawAnswer::of(document, &[]).sha256);
    }
}
