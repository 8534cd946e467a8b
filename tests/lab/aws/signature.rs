//! Signature Version 4 as a service checks it: what the request says of its signature, the
//! canonical request made anew from what arrived, and the signature that it should have.
//!
//! After the signing page of the IAM User Guide ("Create a signed AWS API request"). The path is
//! taken as it is: S3 wants it so, and all operations of the others are on `/`.

use std::fmt::Write as _;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use axum::http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::claim::Claim;

/// What stays as it is in a canonical query: RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request as it came off the wire.
#[derive(Debug, Clone)]
pub(super) struct Received<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// Decoded, in the order of arrival.
    pub query: &'a [(String, String)],
    pub headers: &'a HeaderMap,
    pub body: &'a str,
}

/// The two texts that client and service have to agree on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub canonical: String,
    pub to_sign: String,
}

impl Texts {
    /// Those of a request that claims this about its signature.
    pub(super) fn of(request: &Received<'_>, claim: &Claim) -> Self {
        let Received { method, path, .. } = request;
        let query = canonical_query(request.query);
        let headers = canonical_headers(request.headers, &claim.signed_headers);
        let names = claim.signed_headers.join(";");
        let payload = match claim.scope.service.as_str() {
            "s3" => payload(request.headers),
            _ => hex(digest(&SHA256, request.body.as_bytes()).as_ref()),
        };
        let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{payload}");
        let hashed = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
        let to_sign = format!(
            "{}\n{}\n{}\n{hashed}",
            super::claim::ALGORITHM,
            claim.stamp,
            claim.scope.path()
        );
        Self { canonical, to_sign }
    }

    /// Whether a signature is the one that the secret makes of them.
    pub(super) fn are_signed_by(&self, secret: &str, claim: &Claim) -> bool {
        let right = hex(&self.signature(secret, claim));
        constant_time::verify_slices_are_equal(right.as_bytes(), claim.signature.as_bytes()).is_ok()
    }

    pub(super) fn signature(&self, secret: &str, claim: &Claim) -> Vec<u8> {
        let scope = &claim.scope;
        let parts = [&scope.date, &scope.region, &scope.service, &scope.end];
        let key = parts
            .into_iter()
            .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
                hmac(&key, part)
            });
        hmac(&key, &self.to_sign)
    }
}

/// What a client of S3 says of the body that it sends; a presigned request says nothing of it.
fn payload(headers: &HeaderMap) -> String {
    let said = headers.get("x-amz-content-sha256");
    let said = said.and_then(|value| value.to_str().ok());
    said.unwrap_or("UNSIGNED-PAYLOAD").to_owned()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes())
        .as_ref()
        .to_vec()
}

/// Everything but the signature itself, encoded and sorted.
pub(super) fn canonical_query(query: &[(String, String)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let mut pairs: Vec<(String, String)> = query
        .iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// A line for each header that is signed and came along.
fn canonical_headers(headers: &HeaderMap, signed: &[String]) -> String {
    let mut lines = String::new();
    for name in signed {
        let values: Vec<String> = headers
            .get_all(name)
            .iter()
            .map(|value| trimmed(&String::from_utf8_lossy(value.as_bytes())))
            .collect();
        if !values.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{name}:{}", values.join(","));
        }
    }
    lines
}

/// Without spaces around, and with single ones inside.
fn trimmed(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The Authorization header that the holder of a secret makes for a request.
    pub(in crate::aws) fn authorization(
        request: &Received<'_>,
        scope: &str,
        secret: &str,
        signed: &str,
        stamp: &str,
    ) -> String {
        let unsigned =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature=");
        let claim = Claim::of_header(&format!("{unsigned}0"), stamp.to_owned(), None).unwrap();
        let signature = Texts::of(request, &claim).signature(secret, &claim);
        format!("{unsigned}{}", hex(&signature))
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    /// The example that AWS's own documentation signs with its example key, and its test suite's
    /// `get-vanilla`.
    #[test]
    fn published_examples_come_out() {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let stamp = ("x-amz-date", "20150830T123600Z");
        let form = (
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        let users = vec![
            ("Version".to_owned(), "2010-05-08".to_owned()),
            ("Action".to_owned(), "ListUsers".to_owned()),
        ];
        for (service, sent, query, signed, signature) in [
            (
                "iam",
                headers(&[form, ("host", "iam.amazonaws.com"), stamp]),
                users,
                "content-type;host;x-amz-date",
                "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            ),
            (
                "service",
                headers(&[("host", "example.amazonaws.com"), stamp]),
                vec![],
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
        ] {
            let request = Received {
                method: "GET",
                path: "/",
                query: &query,
                headers: &sent,
                body: "",
            };
            let scope = format!("AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request");
            let made = authorization(&request, &scope, secret, signed, stamp.1);
            assert!(made.ends_with(signature), "{made}");
        }
    }

    #[test]
    fn headers_are_folded_and_queries_sorted_by_what_is_sent() {
        let sent = headers(&[("x-two", "  a   b "), ("x-one", "1"), ("x-two", "c")]);
        let signed = ["x-one", "x-two", "x-three"].map(str::to_owned);
        assert_eq!(canonical_headers(&sent, &signed), "x-one:1\nx-two:a b,c\n");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let query = [
            pair("b", "a b/ü"),
            pair("X-Amz-Signature", "0"),
            pair("a", "~2"),
            pair("a", "1"),
        ];
        assert_eq!(canonical_query(&query), "a=1&a=~2&b=a%20b%2F%C3%BC");
    }
}
