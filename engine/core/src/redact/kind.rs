//! The kinds of secrets, as data: the documentation is generated from it.

/// A kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is a row of KINDS, which says what it is")]
pub enum Kind {
    AwsKey,
    AwsSecretKey,
    AwsSessionToken,
    BootstrapToken,
    Cookie,
    Credentials,
    DockerConfig,
    EcrToken,
    EksToken,
    GithubToken,
    GitlabToken,
    GoogleKey,
    Jwt,
    NpmToken,
    Password,
    PrivateKey,
    SendgridKey,
    Signature,
    SlackToken,
    StripeKey,
    Token,
    TwilioKey,
    UserData,
    VaultToken,
    VendorToken,
}

/// What is to be known of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRow {
    /// The kind.
    pub kind: Kind,
    /// Its name, as tokens have it.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// How it is found.
    pub found_by: &'static str,
}

const fn row(
    kind: Kind,
    name: &'static str,
    what: &'static str,
    found_by: &'static str,
) -> KindRow {
    KindRow {
        kind,
        name,
        what,
        found_by,
    }
}

/// All kinds, in the order of [`Kind`].
#[rustfmt::skip]
pub const KINDS: &[KindRow] = &[
    row(Kind::AwsKey, "aws-key", "the id of an AWS access key", "AKIA, ASIA, ABIA or ACCA and 16 more letters and digits"),
    row(Kind::AwsSecretKey, "aws-secret-key", "an AWS secret access key", "its key's name (`aws_secret_access_key`, `SecretAccessKey`), or 40 letters right behind an access key's id"),
    row(Kind::AwsSessionToken, "aws-session-token", "an AWS session token", "its key's name (`X-Amz-Security-Token`, `SessionToken`), or how it begins (`IQoJb3JpZ2lu`, `FwoGZXIvYXdz`)"),
    row(Kind::BootstrapToken, "bootstrap-token", "the token that a node joins its cluster with", "its key's name (`bootstrap-token`); as the value of another `token` it is a token"),
    row(Kind::Cookie, "cookie", "a cookie", "the headers `Cookie` and `Set-Cookie`"),
    row(Kind::Credentials, "credentials", "user and password as base64", "`Authorization: Basic`, or `auth` with base64 of `user:password`"),
    row(Kind::DockerConfig, "docker-config", "a registry configuration as base64", "its key's name (`.dockerconfigjson`, `.dockercfg`), or how it begins"),
    row(Kind::EcrToken, "ecr-token", "a password for ECR", "how it begins (`eyJwYXlsb2Fk`)"),
    row(Kind::EksToken, "eks-token", "a token for the API of an EKS cluster", "how it begins (`k8s-aws-v1.`)"),
    row(Kind::GithubToken, "github-token", "a token of GitHub", "how it begins (`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_`)"),
    row(Kind::GitlabToken, "gitlab-token", "a token of GitLab", "how it begins (`glpat-`, `glrt-`, `gldt-` and others)"),
    row(Kind::GoogleKey, "google-key", "a key or token of Google", "how it begins (`AIza`, `ya29.`, `GOCSPX-`)"),
    row(Kind::Jwt, "jwt", "a JSON web token, such as a service account's", "two or more parts of base64 with dots between, of which the first begins with `eyJ`"),
    row(Kind::NpmToken, "npm-token", "a token of npm", "how it begins (`npm_`)"),
    row(Kind::Password, "password", "a password", "its key's name (`password`, `passwd`, `pwd`, `passphrase`), the flag before it, or its place in a URL"),
    row(Kind::PrivateKey, "private-key", "a private key", "`-----BEGIN … PRIVATE KEY-----`, on many lines or on one, also as base64; or its key's name (`client-key-data`)"),
    row(Kind::SendgridKey, "sendgrid-key", "a key of SendGrid", "how it begins (`SG.`)"),
    row(Kind::Signature, "signature", "the signature of a presigned URL or request", "its key's name (`X-Amz-Signature`, `Signature`, `sig`)"),
    row(Kind::SlackToken, "slack-token", "a token or webhook of Slack", "how it begins (`xoxb-`, `xapp-`, `hooks.slack.com/services/` and others)"),
    row(Kind::StripeKey, "stripe-key", "a key of Stripe", "how it begins (`sk_live_`, `rk_live_`, `whsec_` and others)"),
    row(Kind::Token, "token", "another token, key or secret", "its key's name (`token`, `secret`, `api_key`, `client_secret` and others), `Authorization: Bearer`, or the flag before it"),
    row(Kind::TwilioKey, "twilio-key", "a key of Twilio", "`SK` and 32 hexadecimal digits"),
    row(Kind::UserData, "user-data", "user data, which may hold anything", "its key's name (`user-data`)"),
    row(Kind::VaultToken, "vault-token", "a token of Vault", "how it begins (`hvs.`, `hvb.`, `hvr.`)"),
    row(Kind::VendorToken, "vendor-token", "a token of another vendor", "how it begins; see the table of prefixes; or, of a bot of Telegram, its number with `:AA` and 33 more letters behind it"),
];

impl Kind {
    /// Its name, as tokens have it.
    pub fn name(self) -> &'static str {
        let row = KINDS.iter().find(|row| row.kind == self);
        row.map_or("secret", |row| row.name)
    }
}
