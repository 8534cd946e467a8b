//! Secrets that are none: they look like it. They are put together here, so that nobody who searches
//! the tree for leaked ones finds them.

use super::super::Kind;

/// Letters by chance.
pub(super) const CHANCE: &str = "q7Zt1XvB9mKc3RfYw5LpHs8DjNg2Ae4UoTi6VxSbCzMnPrWkQdFhGyJa0EuIlO1p";
/// Hexadecimal digits by chance.
pub(super) const HEX: &str = "3f2a9c417be05d8866f1c2d9a07e4b35918d6c2fe40b7a93d5e1f80c4a26b79d";

/// So many hexadecimal digits by chance.
pub(super) fn hex(length: usize) -> String {
    HEX.chars().take(length).collect()
}

/// As many letters by chance.
pub(super) fn chance(length: usize) -> String {
    CHANCE.chars().cycle().take(length).collect()
}

/// Secrets that say themselves what they are.
pub(super) fn prefixed() -> Vec<(Kind, String)> {
    let upper = chance(16).to_uppercase();
    let of = |kind, prefix: &str, length| (kind, format!("{prefix}{}", chance(length)));
    vec![
        (Kind::AwsKey, format!("AKIA{upper}")),
        (Kind::AwsKey, format!("ASIA{upper}")),
        of(Kind::AwsSessionToken, "IQoJb3JpZ2lu", 400),
        of(Kind::AwsSessionToken, "FwoGZXIvYXdz", 300),
        of(Kind::EksToken, "k8s-aws-v1.", 600),
        of(Kind::EcrToken, "eyJwYXlsb2Fk", 900),
        of(Kind::DockerConfig, "eyJhdXRocyI6", 90),
        of(Kind::GithubToken, "ghp_", 36),
        of(Kind::GithubToken, "ghs_", 36),
        (
            Kind::GithubToken,
            format!("github_pat_{}_{}", chance(22), chance(59)),
        ),
        of(Kind::GitlabToken, "glpat-", 20),
        (
            Kind::SlackToken,
            format!("xoxb-123456789012-1234567890123-{}", chance(24)),
        ),
        of(Kind::SlackToken, "xapp-1-A0B1C2D3E-", 40),
        of(Kind::StripeKey, "sk_live_", 24),
        of(Kind::StripeKey, "rk_test_", 24),
        of(Kind::StripeKey, "whsec_", 32),
        of(Kind::NpmToken, "npm_", 36),
        of(Kind::GoogleKey, "AIza", 35),
        of(Kind::GoogleKey, "ya29.", 80),
        of(Kind::GoogleKey, "GOCSPX-", 28),
        (
            Kind::SendgridKey,
            format!("SG.{}.{}", chance(22), chance(43)),
        ),
        (Kind::TwilioKey, format!("SK{}", hex(32))),
        of(Kind::VaultToken, "hvs.", 90),
        of(Kind::VendorToken, "dckr_pat_", 27),
        of(Kind::VendorToken, "sk-ant-api03-", 80),
        (Kind::Jwt, jwt()),
    ]
}

/// A service account's token.
pub(super) fn jwt() -> String {
    format!(
        "eyJhbGciOiJSUzI1NiIsImtpZCI6Ing{}.eyJhdWQiOlsiaHR0cHM6Ly9rdWJl{}.{}",
        chance(20),
        chance(200),
        chance(342)
    )
}

/// The lines of a private key, without their ends.
pub(super) fn pem(label: &str) -> Vec<String> {
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    lines.extend((0..9).map(|line| chance(64 + line).split_off(line)));
    lines.push(format!("{}==", chance(22)));
    lines.push(format!("-----END {label}-----"));
    lines
}
