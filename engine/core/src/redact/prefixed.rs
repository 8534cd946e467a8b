//! Secrets that say themselves what they are: by how they begin.

use super::jwt;
use super::kind::Kind;
use super::telegram;
use super::text::{Look, Text, is_base64, is_base64_of_urls};

/// No secret of this family is longer, but where a row allows more.
const USUAL: usize = 512;
/// So long may tokens of AWS get.
const LONG: usize = 16 << 10;

/// What a secret consists of behind its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    UpperAndDigits,
    Alphanumeric,
    LowerHex,
    Base64,
    Base64OfUrls,
    /// Letters of base64 for URLs, dots, and slashes.
    Path,
}

impl Letters {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::UpperAndDigits => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::LowerHex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            Self::Base64 => is_base64(byte) || byte == b'%',
            Self::Base64OfUrls => is_base64_of_urls(byte),
            Self::Path => is_base64_of_urls(byte) || byte == b'.' || byte == b'/',
        }
    }
}

/// How a kind of secret begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) anchor: &'static str,
    kind: Kind,
    letters: Letters,
    /// How long the rest is.
    least: usize,
    most: usize,
}

const fn prefix(
    anchor: &'static str,
    kind: Kind,
    letters: Letters,
    least: usize,
    most: usize,
) -> Prefix {
    Prefix {
        anchor,
        kind,
        letters,
        least,
        most,
    }
}

use Letters::{
    Alphanumeric as Letter, Base64, Base64OfUrls as Url, LowerHex, Path, UpperAndDigits,
};

/// The vendors' prefixes, as they publish them.
#[rustfmt::skip]
pub(super) const PREFIXES: &[Prefix] = &[
    prefix("AKIA", Kind::AwsKey, UpperAndDigits, 16, 16),
    prefix("ASIA", Kind::AwsKey, UpperAndDigits, 16, 16),
    prefix("ABIA", Kind::AwsKey, UpperAndDigits, 16, 16),
    prefix("ACCA", Kind::AwsKey, UpperAndDigits, 16, 16),
    prefix("IQoJb3JpZ2lu", Kind::AwsSessionToken, Base64, 100, LONG),
    prefix("FwoGZXIvYXdz", Kind::AwsSessionToken, Base64, 100, LONG),
    prefix("FQoGZXIvYXdz", Kind::AwsSessionToken, Base64, 100, LONG),
    prefix("k8s-aws-v1.", Kind::EksToken, Url, 16, LONG),
    prefix("eyJwYXlsb2Fk", Kind::EcrToken, Base64, 100, LONG),
    prefix("eyJhdXRocyI6", Kind::DockerConfig, Base64, 16, LONG),
    prefix("ghp_", Kind::GithubToken, Letter, 36, 255),
    prefix("gho_", Kind::GithubToken, Letter, 36, 255),
    prefix("ghu_", Kind::GithubToken, Letter, 36, 255),
    prefix("ghs_", Kind::GithubToken, Letter, 36, 255),
    prefix("ghr_", Kind::GithubToken, Letter, 36, 255),
    prefix("github_pat_", Kind::GithubToken, Url, 22, 255),
    prefix("glpat-", Kind::GitlabToken, Path, 20, 300),
    prefix("glrt-", Kind::GitlabToken, Path, 20, 300),
    prefix("gldt-", Kind::GitlabToken, Url, 20, 300),
    prefix("glptt-", Kind::GitlabToken, Url, 20, 300),
    prefix("glcbt-", Kind::GitlabToken, Url, 20, 300),
    prefix("glsoat-", Kind::GitlabToken, Url, 20, 300),
    prefix("glft-", Kind::GitlabToken, Url, 20, 300),
    prefix("glimt-", Kind::GitlabToken, Url, 20, 300),
    prefix("glagent-", Kind::GitlabToken, Url, 20, 300),
    prefix("gloas-", Kind::GitlabToken, Url, 20, 300),
    prefix("GR1348941", Kind::GitlabToken, Url, 20, 300),
    prefix("xoxb-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxp-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxa-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxr-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxs-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxc-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxd-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxe-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxe.xoxp-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xoxe.xoxb-", Kind::SlackToken, Url, 16, USUAL),
    prefix("xapp-", Kind::SlackToken, Url, 16, USUAL),
    prefix("hooks.slack.com/services/", Kind::SlackToken, Path, 16, 200),
    prefix("hooks.slack.com/workflows/", Kind::SlackToken, Path, 16, 200),
    prefix("hooks.slack.com/triggers/", Kind::SlackToken, Path, 16, 200),
    prefix("sk_live_", Kind::StripeKey, Letter, 10, 255),
    prefix("sk_test_", Kind::StripeKey, Letter, 10, 255),
    prefix("rk_live_", Kind::StripeKey, Letter, 10, 255),
    prefix("rk_test_", Kind::StripeKey, Letter, 10, 255),
    prefix("whsec_", Kind::StripeKey, Base64, 20, 255),
    prefix("npm_", Kind::NpmToken, Letter, 36, 36),
    prefix("AIza", Kind::GoogleKey, Url, 35, 35),
    prefix("ya29.", Kind::GoogleKey, Path, 20, 2048),
    prefix("GOCSPX-", Kind::GoogleKey, Url, 20, 64),
    prefix("SG.", Kind::SendgridKey, Path, 40, 128),
    prefix("SK0", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK1", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK2", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK3", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK4", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK5", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK6", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK7", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK8", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SK9", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SKa", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SKb", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SKc", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SKd", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SKe", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("SKf", Kind::TwilioKey, LowerHex, 31, 31),
    prefix("hvs.", Kind::VaultToken, Url, 20, 512),
    prefix("hvb.", Kind::VaultToken, Url, 20, 512),
    prefix("hvr.", Kind::VaultToken, Url, 20, 512),
    prefix("pypi-AgE", Kind::VendorToken, Url, 16, 1024),
    prefix("dop_v1_", Kind::VendorToken, LowerHex, 64, 64),
    prefix("doo_v1_", Kind::VendorToken, LowerHex, 64, 64),
    prefix("dor_v1_", Kind::VendorToken, LowerHex, 64, 64),
    prefix("shpat_", Kind::VendorToken, Letter, 32, 32),
    prefix("shpss_", Kind::VendorToken, Letter, 32, 32),
    prefix("shpca_", Kind::VendorToken, Letter, 32, 32),
    prefix("shppa_", Kind::VendorToken, Letter, 32, 32),
    prefix("sk-ant-", Kind::VendorToken, Url, 20, 255),
    prefix("sk-proj-", Kind::VendorToken, Url, 20, 255),
    prefix("sk-svcacct-", Kind::VendorToken, Url, 20, 255),
    prefix("sk-or-v1-", Kind::VendorToken, LowerHex, 64, 64),
    prefix("hf_", Kind::VendorToken, Letter, 30, 64),
    prefix("dckr_pat_", Kind::VendorToken, Url, 20, 64),
    prefix("dckr_oat_", Kind::VendorToken, Url, 20, 64),
    prefix("tskey-", Kind::VendorToken, Url, 16, 128),
    prefix("lin_api_", Kind::VendorToken, Letter, 32, 64),
    prefix("ATATT3xFfGF0", Kind::VendorToken, Base64, 40, 300),
    prefix("ATCTT3xFfGF0", Kind::VendorToken, Base64, 40, 300),
    prefix("NRAK-", Kind::VendorToken, UpperAndDigits, 27, 27),
    prefix("glsa_", Kind::VendorToken, Url, 32, 64),
    prefix("glc_", Kind::VendorToken, Base64, 32, 400),
    prefix("AGE-SECRET-KEY-1", Kind::VendorToken, UpperAndDigits, 58, 58),
    prefix("xkeysib-", Kind::VendorToken, Url, 64, 100),
    prefix("sq0csp-", Kind::VendorToken, Url, 43, 43),
    prefix("sq0atp-", Kind::VendorToken, Url, 22, 22),
    prefix("figd_", Kind::VendorToken, Url, 40, 64),
    prefix("dapi", Kind::VendorToken, LowerHex, 32, 34),
    prefix("pul-", Kind::VendorToken, LowerHex, 40, 40),
    prefix("rubygems_", Kind::VendorToken, LowerHex, 48, 48),
    prefix("PMAK-", Kind::VendorToken, Url, 59, 59),
    prefix("HRKU-", Kind::VendorToken, Url, 36, 80),
    prefix("dp.pt.", Kind::VendorToken, Letter, 40, 44),
    prefix("dp.st.", Kind::VendorToken, Path, 40, 80),
    prefix("CCIPAT_", Kind::VendorToken, Url, 40, 100),
    prefix("sntrys_", Kind::VendorToken, Base64, 40, 400),
    prefix("sntryu_", Kind::VendorToken, LowerHex, 64, 64),
    prefix("phc_", Kind::VendorToken, Letter, 40, 50),
    prefix("phx_", Kind::VendorToken, Letter, 40, 50),
];

/// A vendor's secret.
pub(super) fn look(text: Text<'_>, start: usize) -> Look {
    if !text.begins_word(start) {
        return Look::Nothing;
    }
    let Some((prefix, end)) = at(text, start) else {
        // What begins like a registry's configuration may be a web token.
        return jwt::look(text, start);
    };
    if prefix.kind == Kind::SlackToken && prefix.anchor.ends_with('/') {
        return Text::found(start + prefix.anchor.len()..end, prefix.kind);
    }
    Text::found(start..end, prefix.kind)
}

/// The 40 letters of a secret access key right behind its id, as in a table or `id:secret`.
pub(super) fn behind_access_key(text: Text<'_>, from: usize) -> Look {
    let start = text.run(from, 8, |byte| b" ,:;/|\t\"'\\".contains(&byte));
    let end = text.run(start, 41, |byte| is_base64(byte) && byte != b'=');
    let secret = text.slice(start..end);
    let has = |is: fn(&u8) -> bool| secret.iter().any(is);
    let mixed =
        has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    if start == from || secret.len() != 40 || !mixed {
        return Look::Nothing;
    }
    Text::found(start..end, Kind::AwsSecretKey)
}

/// The kind of a value that says itself what it is.
pub(super) fn known(value: &[u8]) -> Option<Kind> {
    let text = Text {
        bytes: value,
        open: false,
    };
    match at(text, 0) {
        Some((prefix, end)) if end == value.len() => Some(prefix.kind),
        _ if telegram::is(value) => Some(Kind::VendorToken),
        _ => jwt::end(text, 0)
            .filter(|end| *end == value.len())
            .map(|_| Kind::Jwt),
    }
}

/// The prefix that stands here, and where its secret ends.
fn at(text: Text<'_>, start: usize) -> Option<(&'static Prefix, usize)> {
    let begins = |prefix: &&Prefix| text.is_at(start, prefix.anchor.as_bytes());
    PREFIXES.iter().filter(begins).find_map(|prefix| {
        let rest = start + prefix.anchor.len();
        let end = text.run(rest, prefix.most + 1, |byte| prefix.letters.has(byte));
        let dots = |byte| byte == b'.' || byte == b'/';
        let end = end - (end - text.run_back(end, end - rest, dots));
        let length = end - rest;
        // One that is cut off, or longer than they are, is none, but for those that have no length.
        let fits =
            (prefix.least..=prefix.most).contains(&length) || prefix.most == LONG && length > LONG;
        let next = text
            .byte(end)
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        (fits && (!next || prefix.most == LONG)).then_some((prefix, end))
    })
}
