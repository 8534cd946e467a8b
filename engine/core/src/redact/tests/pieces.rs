//! What the pieces are makes no difference, and bytes that are no secret pass.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample;

use super::super::{Redactor, anchor};
use super::samples::{chance, jwt, pem, prefixed};
use super::{key, redact};

/// Texts that are interesting next to one another.
fn fragments() -> Vec<Vec<u8>> {
    let mut fragments: Vec<Vec<u8>> = prefixed()
        .into_iter()
        .map(|(_, secret)| secret.into_bytes())
        .collect();
    let texts = [
        "password=",
        "\"token\":\"",
        "\\\"secret\\\":\\\"",
        "Authorization: Bearer ",
        "postgres://u:p@h",
        "--password ",
        "- name: DB_PASSWORD\n  value: ",
        "password: |\n  ",
        "\n",
        "\n",
        "\r\n",
        " ",
        "\"",
        "\\",
        "'",
        ":",
        "=",
        "hunter2",
        "eyJ",
        "AKIA",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "ls0tls1crudjti",
        "@tcp(",
        "://",
        "Cookie: a=b",
    ];
    fragments.extend(texts.iter().map(|text| text.as_bytes().to_vec()));
    fragments.push(pem("RSA PRIVATE KEY").join("\n").into_bytes());
    fragments.push(jwt().into_bytes());
    fragments.push(vec![0xff, 0xfe, 0, 0x80]);
    fragments.push(vec![b'x'; 70_000]);
    fragments.push(chance(300_000).into_bytes());
    fragments
}

/// Anchors, parts of them, and what is none.
fn words() -> Vec<String> {
    let mut words: Vec<String> = anchor::words().map(str::to_owned).collect();
    words.extend(anchor::words().map(|word| word.to_uppercase().chars().take(2).collect()));
    words.extend(anchor::words().map(|word| word.chars().skip(1).collect()));
    words.extend(["x", " ", "ab", "é"].map(str::to_owned));
    words
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    vec(sample::select(fragments()), 0..24).prop_map(|parts| parts.concat())
}

fn in_pieces(text: &[u8], sizes: &[usize]) -> Vec<u8> {
    let mut redactor = Redactor::new(key());
    let mut out = Vec::new();
    let mut rest = text;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at((*size).min(rest.len()));
        redactor.push(piece, &mut out);
        assert!(redactor.kept() <= super::super::LONGEST_KEPT);
        rest = behind;
    }
    redactor.finish(&mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn pieces_make_no_difference(text in text(), sizes in vec(1..40_000_usize, 1..12)) {
        let whole = redact(&text).0;
        prop_assert!(in_pieces(&text, &sizes) == whole);
    }

    #[test]
    fn neither_do_very_small_ones(mut text in text(), sizes in vec(1..9_usize, 1..12)) {
        text.truncate(20_000);
        let whole = redact(&text).0;
        prop_assert!(in_pieces(&text, &sizes) == whole);
    }

    #[test]
    fn the_quick_search_finds_what_a_plain_one_finds(parts in vec(sample::select(words()), 0..12)) {
        let text = parts.concat();
        let bytes = text.as_bytes();
        for from in 0..bytes.len() {
            prop_assert_eq!(anchor::next(bytes, from), anchor::next_slowly(bytes, from));
        }
    }

    #[test]
    fn bytes_without_anchors_pass(bytes in vec(128..=255_u8, 0..4_000)) {
        prop_assert_eq!(&redact(&bytes).0, &bytes);
    }
}

#[test]
fn the_automaton_finds_what_a_plain_search_finds() {
    let text = fragments()
        .concat()
        .into_iter()
        .take(30_000)
        .collect::<Vec<u8>>();
    let mut at = 0;
    while let Some(hit) = anchor::next_slowly(&text, at) {
        assert_eq!(anchor::next(&text, at), Some(hit));
        at = hit.end;
    }
    assert_eq!(anchor::next(&text, at), None);
    assert!(anchor::words().all(|word| (3..=anchor::LONGEST).contains(&word.len())));
}
