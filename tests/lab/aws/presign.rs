//! Requests that somebody has signed and somebody else sends, as the holder of a key could make
//! them at any time: also when their clock is wrong, or with what no client of AWS would sign.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use super::AwsLab;
use super::authentication::STAMP;
use super::claim::{ALGORITHM, Claim, Scope};
use super::keys::Keys;
use super::signature::{Received, Texts, canonical_query, hex};

/// Who signs what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// Whose key it is.
    pub access_key: &'a str,
    /// A header that is signed along with the host: its name and value.
    pub header: (&'a str, &'a str),
    /// The signer's time.
    pub at: Timestamp,
    /// `X-Amz-Expires`.
    pub seconds: u32,
}

impl AwsLab {
    /// The URL of a presigned `GetCallerIdentity`.
    pub fn presign(&self, signing: &Signing<'_>) -> String {
        let keys = Keys::of(signing.access_key);
        let stamp = signing.at.strftime(STAMP).to_string();
        let scope = Scope {
            access_key: keys.access_key.clone(),
            date: stamp.chars().take(8).collect(),
            region: self.cloud.region.clone(),
            service: "sts".to_owned(),
            end: "aws4_request".to_owned(),
        };
        let (name, value) = signing.header;
        let host = self.endpoint_url.trim_start_matches("http://");
        let mut query = vec![
            ("Action", "GetCallerIdentity".to_owned()),
            ("Version", "2011-06-15".to_owned()),
            ("X-Amz-Algorithm", ALGORITHM.to_owned()),
            (
                "X-Amz-Credential",
                format!("{}/{}", keys.access_key, scope.path()),
            ),
            ("X-Amz-Date", stamp.clone()),
            ("X-Amz-Expires", signing.seconds.to_string()),
            ("X-Amz-SignedHeaders", format!("host;{name}")),
        ];
        query.extend(keys.token.map(|token| ("X-Amz-Security-Token", token)));
        let query: Vec<(String, String)> = query
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let mut headers = HeaderMap::new();
        for (name, value) in [("host", host), (name, value)] {
            let pair = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            );
            if let (Ok(name), Ok(value)) = pair {
                headers.insert(name, value);
            }
        }
        let request = Received {
            method: "GET",
            path: "/",
            query: &query,
            headers: &headers,
            body: "",
        };
        let claim = Claim {
            scope,
            signed_headers: vec!["host".to_owned(), name.to_owned()],
            signature: String::new(),
            stamp,
            token: None,
            expires: None,
        };
        let signature = hex(&Texts::of(&request, &claim).signature(&keys.secret, &claim));
        format!(
            "{}/?{}&X-Amz-Signature={signature}",
            self.endpoint_url,
            canonical_query(&query)
        )
    }
}
