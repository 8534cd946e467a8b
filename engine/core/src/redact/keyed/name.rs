//! Which names are followed by secrets.

use super::super::kind::Kind;

/// How much a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Whatever it is, it is a secret.
    All,
    /// A secret, unless it is a name, a word or a number.
    Much,
    /// A secret if it looks like one.
    Little,
    /// A secret if it looks very much like one.
    Hardly,
    /// Base64 of a user and a password.
    Pair,
    /// A header that authorizes.
    Authorization,
    /// A header with cookies.
    Cookie,
    /// Hexadecimal digits or base64.
    Signature,
}

/// How names end, without what separates their words, and what that says. The first that fits counts.
#[rustfmt::skip]
const ENDS: &[(&str, Kind, Says)] = &[
    ("secretaccesskey", Kind::AwsSecretKey, Says::All),
    ("awssecretkey", Kind::AwsSecretKey, Says::All),
    ("awssecret", Kind::AwsSecretKey, Says::Much),
    ("amzsecuritytoken", Kind::AwsSessionToken, Says::All),
    ("awssessiontoken", Kind::AwsSessionToken, Says::All),
    ("awssecuritytoken", Kind::AwsSessionToken, Says::All),
    ("sessiontoken", Kind::AwsSessionToken, Says::Much),
    ("bootstraptoken", Kind::BootstrapToken, Says::Much),
    ("password", Kind::Password, Says::All),
    ("passwd", Kind::Password, Says::All),
    ("passphrase", Kind::Password, Says::All),
    ("requirepass", Kind::Password, Says::Much),
    ("masterauth", Kind::Password, Says::Much),
    ("userpass", Kind::Password, Says::Much),
    ("dbpass", Kind::Password, Says::Much),
    ("pgpass", Kind::Password, Says::Much),
    ("rootpass", Kind::Password, Says::Much),
    ("adminpass", Kind::Password, Says::Much),
    ("proxyauthorization", Kind::Token, Says::Authorization),
    ("authorization", Kind::Token, Says::Authorization),
    ("setcookie", Kind::Cookie, Says::Cookie),
    ("sessioncookie", Kind::Cookie, Says::Much),
    ("amzsignature", Kind::Signature, Says::Signature),
    ("googsignature", Kind::Signature, Says::Signature),
    ("dockerconfigjson", Kind::DockerConfig, Says::Hardly),
    ("dockercfg", Kind::DockerConfig, Says::Hardly),
    ("userdata", Kind::UserData, Says::Little),
    ("clientkeydata", Kind::PrivateKey, Says::Little),
    ("privatekeydata", Kind::PrivateKey, Says::Little),
    ("privatekey", Kind::PrivateKey, Says::Little),
    ("serverkey", Kind::PrivateKey, Says::Little),
    ("tlskey", Kind::PrivateKey, Says::Little),
    ("clientkey", Kind::PrivateKey, Says::Little),
    ("sshkey", Kind::PrivateKey, Says::Little),
    ("deploykey", Kind::PrivateKey, Says::Little),
    ("secretkeybase", Kind::Token, Says::Much),
    ("secretkey", Kind::Token, Says::Much),
    ("accesskeysecret", Kind::Token, Says::Much),
    ("accesskey", Kind::Token, Says::Much),
    ("apikey", Kind::Token, Says::Much),
    ("apisecret", Kind::Token, Says::Much),
    ("appkey", Kind::Token, Says::Much),
    ("applicationkey", Kind::Token, Says::Much),
    ("authkey", Kind::Token, Says::Much),
    ("accountkey", Kind::Token, Says::Much),
    ("sharedkey", Kind::Token, Says::Much),
    ("masterkey", Kind::Token, Says::Much),
    ("signingkey", Kind::Token, Says::Much),
    ("encryptionkey", Kind::Token, Says::Much),
    ("licensekey", Kind::Token, Says::Much),
    ("servicekey", Kind::Token, Says::Little),
    ("storagekey", Kind::Token, Says::Much),
    ("subscriptionkey", Kind::Token, Says::Much),
    ("consumerkey", Kind::Token, Says::Much),
    ("integrationkey", Kind::Token, Says::Much),
    ("routingkey", Kind::Token, Says::Hardly),
    ("ingestionkey", Kind::Token, Says::Much),
    ("instrumentationkey", Kind::Token, Says::Much),
    ("webhookkey", Kind::Token, Says::Much),
    ("writekey", Kind::Token, Says::Much),
    ("hmackey", Kind::Token, Says::Much),
    ("jwtkey", Kind::Token, Says::Much),
    ("fernetkey", Kind::Token, Says::Much),
    ("sessionkey", Kind::Token, Says::Much),
    ("cookiekey", Kind::Token, Says::Much),
    ("presharedkey", Kind::Token, Says::Much),
    ("psk", Kind::Token, Says::Little),
    ("clientsecret", Kind::Token, Says::Much),
    ("appsecret", Kind::Token, Says::Much),
    ("consumersecret", Kind::Token, Says::Much),
    ("sharedsecret", Kind::Token, Says::Much),
    ("jwtsecret", Kind::Token, Says::Much),
    ("webhooksecret", Kind::Token, Says::Much),
    ("signingsecret", Kind::Token, Says::Much),
    ("sessionsecret", Kind::Token, Says::Much),
    ("cookiesecret", Kind::Token, Says::Much),
    ("oauthsecret", Kind::Token, Says::Much),
    ("accesssecret", Kind::Token, Says::Much),
    ("tokensecret", Kind::Token, Says::Much),
    ("hmacsecret", Kind::Token, Says::Much),
    ("authsecret", Kind::Token, Says::Little),
    ("secret", Kind::Token, Says::Little),
    ("accesstoken", Kind::Token, Says::Much),
    ("refreshtoken", Kind::Token, Says::Much),
    ("authtoken", Kind::Token, Says::Much),
    ("bearertoken", Kind::Token, Says::Much),
    ("apitoken", Kind::Token, Says::Much),
    ("idtoken", Kind::Token, Says::Much),
    ("identitytoken", Kind::Token, Says::Much),
    ("registrytoken", Kind::Token, Says::Much),
    ("vaulttoken", Kind::Token, Says::Much),
    ("clienttoken", Kind::Token, Says::Little),
    ("token", Kind::Token, Says::Little),
    ("credentials", Kind::Token, Says::Hardly),
    ("credential", Kind::Token, Says::Hardly),
];

/// The same for whole words: what ends in them is often another.
const WORDS: &[(&str, Kind, Says)] = &[
    ("pwd", Kind::Password, Says::All),
    ("pass", Kind::Password, Says::Little),
    ("auth", Kind::Credentials, Says::Pair),
    ("cookie", Kind::Cookie, Says::Cookie),
    ("signature", Kind::Signature, Says::Signature),
    ("sig", Kind::Signature, Says::Signature),
];

/// Names that end like those of secrets, and are known not to be.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "nexttoken", "pagetoken", "continuetoken", "continuationtoken", "startingtoken", "cancellationtoken", "synctoken",
    "requesttoken", "idempotencytoken", "maxtoken", "stoptoken", "eostoken", "padtoken",
    "unexpectedtoken", "invalidtoken", "usesecret", "createsecret", "mountservicetoken", "automountserviceaccounttoken",
    "tlssecret", "pullsecret", "existingsecret",
];

/// What a name says, should it be one of a secret's.
pub(super) fn says(name: &[u8]) -> Option<(Kind, Says)> {
    let (squeezed, last) = squeeze(name);
    if OTHERS
        .iter()
        .any(|other| squeezed.ends_with(other.as_bytes()))
    {
        return None;
    }
    let word = squeezed.get(last..).unwrap_or_default();
    let whole = WORDS.iter().find(|(known, _, _)| word == known.as_bytes());
    let tail = || {
        ENDS.iter()
            .find(|(end, _, _)| squeezed.ends_with(end.as_bytes()))
    };
    let (found, kind, says) = whole.or_else(tail).copied().or_else(|| variable(name))?;
    let capitals = !name.iter().any(u8::is_ascii_lowercase);
    let says = match says {
        // Variables of an environment hold values; fields that log lines are made of hold names.
        Says::Little if capitals && matches!(found, "secret" | "token" | "pass" | "psk") => {
            Says::Much
        }
        Says::Little if last > 0 && matches!(found, "pass" | "token") => Says::Much,
        other => other,
    };
    Some((kind, says))
}

/// `STRIPE_KEY` and the like.
fn variable(name: &[u8]) -> Option<(&'static str, Kind, Says)> {
    let public = [
        "PUBLIC_KEY",
        "CACHE_KEY",
        "PARTITION_KEY",
        "OBJECT_KEY",
        "SORT_KEY",
        "PRIMARY_KEY",
        "HOST_KEY",
    ];
    let letters = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let fits = name.ends_with(b"_KEY")
        && name.iter().all(letters)
        && !public.iter().any(|end| name.ends_with(end.as_bytes()));
    fits.then_some(("key", Kind::Token, Says::Hardly))
}

/// A name in small letters without what separates its words, and where the last of them begins. Digits
/// at the end count the names.
fn squeeze(name: &[u8]) -> (Vec<u8>, usize) {
    let end = name
        .iter()
        .rposition(|byte| !(byte.is_ascii_digit() || *byte == b'_' || *byte == b'-'));
    let name = name.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
    let mut squeezed = Vec::with_capacity(name.len());
    let mut last = 0;
    let mut before = b'_';
    for (index, &byte) in name.iter().enumerate() {
        let small_next = name.get(index + 1).is_some_and(u8::is_ascii_lowercase);
        let hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit() || small_next);
        if hump || !before.is_ascii_alphanumeric() {
            last = squeezed.len();
        }
        if byte.is_ascii_alphanumeric() {
            squeezed.push(byte.to_ascii_lowercase());
        }
        before = byte;
    }
    (squeezed, last)
}
