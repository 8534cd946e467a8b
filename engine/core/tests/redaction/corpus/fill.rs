//! Templates, filled by chance: `{hex:40}` is 40 hexadecimal digits, `{S}` the secret; what is between `{<}`
//! and `{>}` goes with a secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::RngExt as _;
use rand::rngs::StdRng;

use super::text::Part;

const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const BECH32: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Of a password that has to be typed somewhere: neither quotes nor what a URL is divided by.
const PASSWORD: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!*_.-+~";
const WORDS: [&str; 12] = [
    "orders",
    "checkout",
    "payment",
    "inventory",
    "search",
    "session",
    "cart",
    "email",
    "billing",
    "gateway",
    "worker",
    "metrics",
];

/// Fills a template.
pub(super) fn fill(
    template: &str,
    secret: Option<(&'static str, &[Part])>,
    random: &mut StdRng,
) -> Vec<Part> {
    let (mut parts, mut text, mut is_beside) = (Vec::new(), String::new(), false);
    let mut rest = template;
    let flush = |text: &mut String, is_beside: bool| {
        let text = std::mem::take(text);
        match (text.is_empty(), is_beside) {
            (true, _) => None,
            (false, true) => Some(Part::Beside(text)),
            (false, false) => Some(Part::Harmless(text)),
        }
    };
    while let Some((before, behind)) = rest.split_once('{') {
        text += before;
        let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
        rest = behind;
        match (name, secret) {
            ("S", Some((kind, form))) => {
                parts.extend(flush(&mut text, is_beside));
                parts.push(Part::Secret(kind, plain(form)));
            }
            ("<" | ">", _) => {
                parts.extend(flush(&mut text, is_beside));
                is_beside = name == "<";
            }
            ("", _) => text.push('{'),
            _ => text += &drawn(name, random),
        }
    }
    text += rest;
    parts.extend(flush(&mut text, is_beside));
    parts
}

/// The text of parts.
fn plain(parts: &[Part]) -> String {
    let text = |part: &Part| match part {
        Part::Harmless(text) | Part::Beside(text) | Part::Secret(_, text) => text.clone(),
    };
    parts.iter().map(text).collect()
}

fn drawn(name: &str, random: &mut StdRng) -> String {
    let (name, count) = name.split_once(':').unwrap_or((name, "8"));
    let count = count.parse().unwrap_or(8);
    let mut of = |alphabet: &str, count: usize| string(alphabet, count, random);
    match name {
        "hex" => of(HEX, count),
        "dig" => of(DIGITS, count),
        "up" => of(UPPER, count),
        "low" => of(LOWER, count),
        "bech" => of(BECH32, count),
        "alnum" => of(ALNUM, count),
        "b64" => of(BASE64, count),
        "url" => of(URL, count),
        // A letter first and last, as generators of passwords are told to.
        "pw" => of(ALNUM, 1) + &of(PASSWORD, count) + &of(ALNUM, 1),
        "pct" => utf8_percent_encode(&of(BASE64, count), NON_ALPHANUMERIC).to_string(),
        "lines" => lines(&of(BASE64, count), "\n"),
        "yaml-lines" => lines(&of(BASE64, count), "\n    "),
        "escaped-lines" => lines(&of(BASE64, count), "\\n"),
        "basic" => STANDARD.encode(format!("svc-{}:{}", of(LOWER, 6), of(PASSWORD, count))),
        "uuid" => [8, 4, 4, 4, 12].map(|digits| of(HEX, digits)).join("-"),
        "jwt" => jwt(&of(HEX, 40), &of(LOWER, 8), &of(URL, 342)),
        "ecr" => {
            let payload = format!(
                r#"{{"payload":"{}","datakey":"{}","version":"2","type":"DATA_KEY"}}"#,
                of(BASE64, 300),
                of(BASE64, 200)
            );
            STANDARD.encode(payload)
        }
        "docker" => STANDARD.encode(format!(
            r#"{{"auths":{{"registry.example.com":{{"auth":"{}"}}}}}}"#,
            STANDARD.encode(format!("ci:{}", of(PASSWORD, 20)))
        )),
        "pem64" => STANDARD.encode(format!(
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA{}\n-----END RSA PRIVATE KEY-----\n",
            lines(&of(BASE64, 1_600), "\n")
        )),
        "cert64" => STANDARD.encode(format!(
            "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIB{}\n-----END CERTIFICATE-----\n",
            lines(&of(BASE64, 1_000), "\n")
        )),
        "word" => WORDS[random.random_range(0..WORDS.len())].to_owned(),
        // A person's password: a word and some digits.
        "human" => {
            let word = WORDS[random.random_range(0..WORDS.len())];
            let (first, rest) = word.split_at(1);
            let (year, sign) = (random.random_range(1_970..2_027), ["!", "#", ""][count % 3]);
            format!("{}{rest}{year}{sign}", first.to_uppercase())
        }
        "n" => random
            .random_range(1..10_u64.pow(u32::try_from(count).unwrap_or(8).min(18)))
            .to_string(),
        other => panic!("no such placeholder: {other}"),
    }
}

/// A token as a cluster signs it for a service account.
fn jwt(kid: &str, name: &str, signature: &str) -> String {
    let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
    let claims = format!(
        r#"{{"aud":["https://kubernetes.default.svc"],"exp":1795172400,"iat":1795168800,"iss":"https://oidc.eks.eu-west-1.amazonaws.com/id/{}","kubernetes.io":{{"namespace":"shop","serviceaccount":{{"name":"{name}"}}}},"sub":"system:serviceaccount:shop:{name}"}}"#,
        kid.to_uppercase()
    );
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.{signature}")
}

fn lines(text: &str, between: &str) -> String {
    let lines: Vec<String> = text
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    lines.join(between)
}

fn string(alphabet: &str, count: usize, random: &mut StdRng) -> String {
    let alphabet = alphabet.as_bytes();
    (0..count)
        .map(|_| char::from(alphabet[random.random_range(0..alphabet.len())]))
        .collect()
}
