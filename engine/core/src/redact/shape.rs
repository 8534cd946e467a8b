//! What values look like: by chance, like names, like words, or like nothing at all.

use memchr::memmem::find;

/// Words that stand where a value could stand, and are none.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "absent", "added", "an", "and", "any", "are", "array", "at", "auth", "authentication",
    "authorization", "bad", "bearer", "bool", "boolean", "but", "bytes", "can", "cannot", "can't", "changed",
    "check", "could", "created", "credentials", "default", "deleted", "denied", "deprecated", "did",
    "disabled", "does", "empty", "enabled", "eof", "err", "error", "exists", "expired", "failed", "failure",
    "false", "field", "file", "files", "for", "forbidden", "format", "found", "from", "get", "has", "have",
    "if", "in", "incorrect", "int", "integer", "invalid", "is", "length", "malformed", "manager", "may",
    "mismatch", "missing", "must", "n/a", "need", "nil", "no", "none", "not", "null", "number", "object",
    "of", "off", "ok", "on", "optional", "or", "password", "permission", "post", "present", "provided", "put",
    "received", "refresh", "refreshed", "rejected", "request", "required", "revoked", "rotated", "secret",
    "set", "should", "skipped", "specified", "str", "string", "success", "successful", "successfully", "text",
    "the", "this", "to", "token", "true", "try", "type", "unable", "unauthorized", "undefined", "unexpected",
    "unknown", "unset", "updated", "updating", "use", "used", "using", "valid", "value", "was", "were",
    "when", "while", "will", "with", "wrong", "yes", "you", "your",
];

/// What stands for a value that somebody has taken out already, or that is put in later.
#[rustfmt::skip]
const STAND_INS: &[&str] = &[
    "redacted", "masked", "hidden", "omitted", "removed", "filtered", "scrubbed", "sanitized", "sensitive",
    "none", "null", "nil", "undefined", "true", "false", "yes", "no", "on", "off", "n/a", "unset", "empty",
    "void", "(null)", "(empty)", "(unset)", "(none)", "(hidden)", "(redacted)", "(sensitive)",
    "(sensitive value)", "nan", "~",
];

/// Whether a value stands for another: `***`, `<nil>`, `${PASSWORD}`, `%s`, `[REDACTED]`.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let starts = |what: &[u8]| value.starts_with(what);
    let inner = value
        .strip_prefix(b"[")
        .map_or(value, |rest| rest.strip_suffix(b"]").unwrap_or(rest));
    let trimmed = inner.trim_ascii();
    let stand_in = STAND_INS
        .iter()
        .any(|word| trimmed.eq_ignore_ascii_case(word.as_bytes()));
    let first = trimmed.first().copied().unwrap_or(b'*');
    let one_letter = b"*xX.-_#?=".contains(&first) && trimmed.iter().all(|byte| *byte == first);
    let bullet = "•".as_bytes();
    let bullets = !trimmed.is_empty() && trimmed.chunks(bullet.len()).all(|one| one == bullet);
    let variable = value.strip_prefix(b"$").is_some_and(|name| {
        !name.is_empty()
            && name
                .iter()
                .all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
    });
    let verb =
        value.len() <= 3 && starts(b"%") && value.last().is_some_and(u8::is_ascii_alphabetic);
    stand_in
        || is_yours(trimmed)
        || one_letter
        || bullets
        || variable
        || verb
        || starts(b"[redacted")
        || starts(b"[REDACTED")
        || starts(b"(redacted")
        || is_bracketed(value)
        || starts(b"{{")
        || starts(b"{") && value.ends_with(b"}")
}

/// Whether documentation puts it where one's own belongs: `YOUR_API_KEY`, `your-token-here`.
fn is_yours(value: &[u8]) -> bool {
    let ends = [
        &b"key"[..],
        b"token",
        b"secret",
        b"password",
        b"credentials",
        b"here",
    ];
    let mut words = value.split(|byte| b"_- ".contains(byte));
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or_default();
    first.eq_ignore_ascii_case(b"your")
        && words.all(|word| word.iter().all(u8::is_ascii_alphabetic))
        && ends.iter().any(|end| last.eq_ignore_ascii_case(end))
}

/// Whether it begins with what is put in later: `<nil>`, `$(PASSWORD)`, `${PASSWORD}`.
pub(super) fn is_bracketed(value: &[u8]) -> bool {
    let brackets = [
        (&b"<"[..], &b">"[..]),
        (b"\\u003c", b"\\u003e"),
        (b"${", b"}"),
        (b"$(", b")"),
        (b"%(", b")"),
        (b"%{", b"}"),
        (b"(sensitive", b")"),
    ];
    brackets
        .iter()
        .any(|(open, close)| value.starts_with(open) && find(value, close).is_some())
}

/// Whether a word is one of those that prose consists of.
pub(super) fn is_word(word: &[u8]) -> bool {
    let word = word.trim_ascii();
    let end = word.iter().rposition(|byte| byte.is_ascii_alphanumeric());
    let word = word.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
    WORDS
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether something points elsewhere: a path, an ARN, a digest, a time.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let begins = [
        &b"arn:"[..],
        b"sha256:",
        b"sha512:",
        b"sha1:",
        b"md5:",
        b"file://",
        b"vault:",
        b"op://",
        b"ref+",
        b"ssm://",
        b"system:",
        b"!Ref",
        b"!Sub",
        b"!GetAtt",
        b"!vault",
        b"http://",
        b"https://",
    ];
    begins.iter().any(|begin| value.starts_with(begin)) || is_path(value) || is_time(value)
}

/// Roots below which files lie, and where no secret begins by chance.
#[rustfmt::skip]
const ROOTS: &[&[u8]] = &[
    b"etc/", b"var/", b"run/", b"usr/", b"opt/", b"home/", b"root", b"tmp/", b"mnt/", b"proc/", b"dev/",
    b"srv/", b"secrets/", b"data/", b"local/", b"config/", b"app/", b"x86_64", b"aarch64", b".bottlerocket",
    b"sys/", b"certs/", b"bin/", b"lib/", b"workspace", b"github/",
];

fn is_path(value: &[u8]) -> bool {
    let rest = value
        .strip_prefix(b"~/")
        .or(value.strip_prefix(b"./"))
        .or(value.strip_prefix(b"../"));
    let local = rest.is_some();
    let Some(rest) = rest.or(value.strip_prefix(b"/")) else {
        return false;
    };
    let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:@~".contains(byte);
    let last = rest.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let extension = last
        .iter()
        .rposition(|byte| *byte == b'.')
        .map(|dot| last.len() - dot - 1);
    rest.iter().all(letters)
        && (local
            || rest.is_empty()
            || ROOTS.iter().any(|root| rest.starts_with(root))
            || extension.is_some_and(|long| (2..=5).contains(&long)))
}

/// `2026-11-20…`.
fn is_time(value: &[u8]) -> bool {
    let digits = |from: usize, to: usize| {
        let part = value.get(from..to);
        part.is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0, 4)
        && digits(5, 7)
        && digits(8, 10)
        && value.get(4) == Some(&b'-')
        && value.get(7) == Some(&b'-')
}

/// Whether it is a number, perhaps with a unit.
pub(super) fn is_number(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b"-").unwrap_or(value);
    let digits = rest
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || b".,_".contains(byte))
        .count();
    digits > 0 && rest.len() <= digits + 3 && rest.iter().skip(digits).all(u8::is_ascii_alphabetic)
}

/// Whether it looks like chance: a part of it, so long at least, mixes letters and digits, or capitals
/// and small letters more often than words do; or there are marks in it that names have not.
pub(super) fn is_random(value: &[u8], least: usize) -> bool {
    let marks = value.iter().any(|byte| b"!@#$%^&*+=~?".contains(byte));
    let parts = value.split(|byte| b"-._/:,".contains(byte));
    let mixed = |part: &[u8]| {
        let digit = part.iter().any(u8::is_ascii_digit);
        let letter = part.iter().any(u8::is_ascii_alphabetic);
        let turns = part
            .windows(2)
            .filter(
                |pair| matches!(pair, [a, b] if a.is_ascii_lowercase() != b.is_ascii_lowercase()),
            )
            .count();
        part.len() >= least && letter && (digit || turns * 3 >= part.len())
    };
    value.len() >= least
        && (marks || parts.into_iter().any(mixed) || is_long_and_mixed(value, least))
}

/// Letters and digits of all three sorts, however they are divided.
fn is_long_and_mixed(value: &[u8], least: usize) -> bool {
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let (lower, upper, digit) = (
        count(u8::is_ascii_lowercase),
        count(u8::is_ascii_uppercase),
        count(u8::is_ascii_digit),
    );
    value.len() >= least.max(12) && lower >= 2 && upper >= 1 && digit >= 2
}

/// Whether it has the form of the tokens that nodes join a cluster with: `abcdef.0123456789abcdef`.
pub(super) fn is_bootstrap_token(value: &[u8]) -> bool {
    let letters = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &[u8], long| part.len() == long && part.iter().all(letters);
    value.iter().any(u8::is_ascii_digit)
        && matches!(
            value.split_at_checked(6),
            Some((id, [b'.', secret @ ..])) if is_part(id, 6) && is_part(secret, 16)
        )
}

/// Whether it may be the name of a Kubernetes object, perhaps with its namespace.
pub(super) fn is_name(value: &[u8]) -> bool {
    let letters =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./_:".contains(byte);
    value.iter().all(letters) && !is_random(value, 10)
}
