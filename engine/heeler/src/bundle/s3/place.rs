//! Where in S3 something may lie for a while, as it is typed: `s3://BUCKET/PREFIX`.

use std::fmt;

use crate::failure::Failure;

/// Characters of a prefix: S3's keys have 1,024 at most, and what comes behind it is short.
const MOST_PREFIX: usize = 500;

/// A bucket, and what keys in it begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Place {
    bucket: String,
    /// Without slashes at its ends.
    prefix: String,
}

impl S3Place {
    /// Reads `s3://BUCKET` or `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            let shown: String = text
                .chars()
                .take(100)
                .flat_map(char::escape_debug)
                .collect();
            Failure::usage(
                "bucket-syntax",
                format!("`{shown}` is no place in S3: {why}"),
                "--through-s3",
                "write s3://BUCKET or s3://BUCKET/PREFIX",
            )
        };
        let rest = text.strip_prefix("s3://");
        let rest = rest.ok_or_else(|| wrong("it does not begin with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket(bucket) {
            let why = "a bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots";
            return Err(wrong(why));
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.=+@".contains(c);
        let is_part = |part: &str| {
            !part.is_empty() && part.chars().all(is_plain) && part != "." && part != ".."
        };
        if !prefix.is_empty() && !prefix.split('/').all(is_part) {
            let why = "a prefix has letters, digits and -_.=+@ between single slashes, and neither `.` nor `..`";
            return Err(wrong(why));
        }
        if prefix.len() > MOST_PREFIX {
            return Err(wrong("its prefix is longer than 500 characters"));
        }
        Ok(S3Place {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    /// The bucket's name.
    pub(in crate::bundle) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key of something below it.
    pub(super) fn key(&self, below: &str) -> String {
        match self.prefix.as_str() {
            "" => below.to_owned(),
            prefix => format!("{prefix}/{below}"),
        }
    }
}

impl fmt::Display for S3Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// After "General purpose bucket naming rules" of the S3 User Guide.
fn is_bucket(name: &str) -> bool {
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_inner = |c: char| is_end(c) || c == '-' || c == '.';
    let is_address = name.split('.').count() == 4 && name.parse::<std::net::Ipv4Addr>().is_ok();
    (3..=63).contains(&name.len())
        && name.chars().all(is_inner)
        && name.starts_with(is_end)
        && name.ends_with(is_end)
        && !name.contains("..")
        && !is_address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_keys_lie_below_them() {
        for (text, key) in [
            ("s3://ops-logs", "a/b"),
            ("s3://ops-logs/", "a/b"),
            ("s3://ops.logs/on-call/2026", "on-call/2026/a/b"),
            ("s3://ops-logs/on-call/", "on-call/a/b"),
        ] {
            assert_eq!(S3Place::read(text).unwrap().key("a/b"), key, "{text}");
        }
    }

    #[test]
    fn what_is_no_place_is_wrong_use() {
        let long = format!("s3://ops-logs/{}", "a".repeat(501));
        for text in [
            "",
            "s3://",
            "ops-logs",
            "https://ops-logs.s3.amazonaws.com/",
            "S3://ops-logs",
            "s3://ab",
            "s3://Ops",
            "s3://-ops",
            "s3://ops..logs",
            "s3://10.0.0.1",
            "s3://ops_logs",
            "s3://ops@logs",
            "s3://ops-logs//a",
            "s3://ops-logs/../a",
            "s3://ops-logs/a/..",
            "s3://ops-logs/./a",
            "s3://ops-logs/a b",
            "s3://ops-logs/a\nb",
            "s3://ops-logs/a?b",
            "s3://ops-logs/ä",
            &long,
        ] {
            let failure = S3Place::read(text).unwrap_err();
            assert_eq!(failure.code(), 2, "{text}");
            // What is wrong, where, and what to do: each on its own line.
            assert_eq!(failure.to_string().lines().count(), 3, "{text}");
        }
    }
}
