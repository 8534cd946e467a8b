//! What belongs to an access key. Who knows the key alone can sign nothing.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How the access keys of sessions begin; those of users begin with `AKIA` and have no token.
const OF_A_SESSION: &str = "ASIA";
/// The length of secret access keys.
const SECRET_LENGTH: usize = 40;

/// An access key with its secret, and with its token when it is of a session. They follow from the
/// access key's name, so that a test can have those of any key, also of one that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys {
    pub access_key: String,
    pub secret: String,
    pub token: Option<String>,
}

impl Keys {
    /// What belongs to this access key.
    pub(super) fn of(access_key: &str) -> Self {
        let part = |what: &str| {
            STANDARD.encode(digest(&SHA256, format!("{what} {access_key}").as_bytes()))
        };
        let of_session = access_key.starts_with(OF_A_SESSION);
        Self {
            access_key: access_key.to_owned(),
            secret: part("secret").chars().take(SECRET_LENGTH).collect(),
            token: of_session.then(|| format!("IQoJ{}", part("session"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_sessions_have_tokens_and_no_two_keys_share_a_secret() {
        let (alice, bob) = (Keys::of("ASIAALICE"), Keys::of("ASIABOB"));
        assert_eq!(alice, Keys::of("ASIAALICE"));
        assert_eq!(alice.secret.len(), SECRET_LENGTH);
        assert_ne!(alice.secret, bob.secret);
        assert_ne!(alice.token, bob.token);
        assert_eq!(Keys::of("AKIAALICE").token, None);
    }
}
