//! What a request says of its signature, in its Authorization header or in its query.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, DATE};

/// The only algorithm that there is.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Why a request's signature cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Nothing is said at all.
    Missing,
    /// Something is, not all of it or not in the right form.
    Incomplete(String),
}

/// Key, day, Region and service that a signature is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub access_key: String,
    pub date: String,
    pub region: String,
    pub service: String,
    pub end: String,
}

impl Scope {
    fn parse(credential: &str) -> Result<Self, Flaw> {
        let mut parts = credential.split('/').map(str::to_owned);
        let mut next = || parts.next();
        let scope = (next(), next(), next(), next(), next(), next());
        let (Some(access_key), Some(date), Some(region), Some(service), Some(end), None) = scope
        else {
            return Err(Flaw::Incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            )));
        };
        Ok(Self {
            access_key,
            date,
            region,
            service,
            end,
        })
    }

    /// As the text to sign has it, without the key.
    pub(super) fn path(&self) -> String {
        let Self {
            date,
            region,
            service,
            end,
            ..
        } = self;
        format!("{date}/{region}/{service}/{end}")
    }
}

/// All that a request says of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub scope: Scope,
    /// In lower case, in the order in which they were signed.
    pub signed_headers: Vec<String>,
    pub signature: String,
    /// When it was signed, as it was sent.
    pub stamp: String,
    pub token: Option<String>,
    /// `X-Amz-Expires` of a presigned request, as it was sent.
    pub expires: Option<String>,
}

impl Claim {
    /// What a request says: in its query when there is an `X-Amz-Algorithm`, else in its headers.
    pub(super) fn read(headers: &HeaderMap, query: &[(String, String)]) -> Result<Self, Flaw> {
        let header = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        if query.iter().any(|(name, _)| name == "X-Amz-Algorithm") {
            return Self::of_query(query);
        }
        let authorization = header(AUTHORIZATION.as_str())
            .filter(|value| value.starts_with("AWS4-"))
            .ok_or(Flaw::Missing)?;
        let stamp = header("x-amz-date").or_else(|| header(DATE.as_str()));
        Self::of_header(
            &authorization,
            stamp.unwrap_or_default(),
            header("x-amz-security-token"),
        )
    }

    /// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request,
    /// SignedHeaders=a;b, Signature=…`.
    pub(super) fn of_header(
        authorization: &str,
        stamp: String,
        token: Option<String>,
    ) -> Result<Self, Flaw> {
        let (algorithm, fields) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let field = |name: &str| {
            let fields = fields.split(',').filter_map(|field| field.split_once('='));
            let mut values = fields.filter(|(key, _)| key.trim() == name);
            values.next().map_or("", |(_, value)| value.trim())
        };
        let mut lacking: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
            .into_iter()
            .filter(|name| field(name).is_empty())
            .map(|name| format!("Authorization header requires '{name}' parameter."))
            .collect();
        if stamp.is_empty() {
            let date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
            lacking.push(date.to_owned());
        }
        if !lacking.is_empty() {
            lacking.push(format!("Authorization={algorithm}"));
            return Err(Flaw::Incomplete(lacking.join(" ")));
        }
        known(algorithm)?;
        Ok(Self {
            scope: Scope::parse(field("Credential"))?,
            signed_headers: names(field("SignedHeaders")),
            signature: field("Signature").to_owned(),
            stamp,
            token,
            expires: None,
        })
    }

    fn of_query(query: &[(String, String)]) -> Result<Self, Flaw> {
        let get = |name: &str| {
            let found = query.iter().find(|(key, _)| key == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let mut lacking: Vec<String> = [
            "X-Amz-Credential",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
        ]
        .into_iter()
        .filter(|name| get(name).is_empty())
        .map(|name| format!("AWS query-string parameters must include '{name}'."))
        .collect();
        if !lacking.is_empty() {
            lacking.push("Re-examine the query-string parameters.".to_owned());
            return Err(Flaw::Incomplete(lacking.join(" ")));
        }
        known(get("X-Amz-Algorithm"))?;
        let token = Some(get("X-Amz-Security-Token").to_owned());
        Ok(Self {
            scope: Scope::parse(get("X-Amz-Credential"))?,
            signed_headers: names(get("X-Amz-SignedHeaders")),
            signature: get("X-Amz-Signature").to_owned(),
            stamp: get("X-Amz-Date").to_owned(),
            token: token.filter(|token| !token.is_empty()),
            expires: Some(get("X-Amz-Expires").to_owned()),
        })
    }
}

fn known(algorithm: &str) -> Result<(), Flaw> {
    if algorithm == ALGORITHM {
        return Ok(());
    }
    Err(Flaw::Incomplete(format!(
        "Unsupported AWS 'algorithm': '{algorithm}' (only {ALGORITHM} for now). "
    )))
}

fn names(list: &str) -> Vec<String> {
    list.split(';').map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/eu-west-1/ssm/aws4_request, \
                        SignedHeaders=host;X-Amz-Date, Signature=00";

    #[test]
    fn a_header_is_taken_apart() {
        let claim = Claim::of_header(GOOD, "20260101T000000Z".to_owned(), None).unwrap();
        assert_eq!(claim.scope.access_key, "AKIAX");
        assert_eq!(claim.scope.path(), "20260101/eu-west-1/ssm/aws4_request");
        assert_eq!(claim.signed_headers, ["host", "x-amz-date"]);
    }

    #[test]
    fn whatever_is_lacking_is_named() {
        let flaw =
            |header: &str, stamp: &str| match Claim::of_header(header, stamp.to_owned(), None)
                .unwrap_err()
            {
                Flaw::Incomplete(why) => why,
                Flaw::Missing => panic!("something is there"),
            };
        assert_eq!(
            flaw("AWS4-HMAC-SHA256 Signature=0,SignedHeaders=host", "x"),
            "Authorization header requires 'Credential' parameter. Authorization=AWS4-HMAC-SHA256"
        );
        assert!(flaw(GOOD, "").contains("either a 'X-Amz-Date' or a 'Date' header"));
        assert!(flaw(&GOOD.replace("SHA256 ", "SHA1 "), "x").contains("'AWS4-HMAC-SHA1'"));
        assert!(flaw(&GOOD.replace("/ssm", ""), "x").contains("exactly 5"));
        let query = [("X-Amz-Algorithm".to_owned(), ALGORITHM.to_owned())];
        assert!(Claim::read(&HeaderMap::new(), &query).is_err());
        assert_eq!(Claim::read(&HeaderMap::new(), &[]), Err(Flaw::Missing));
    }
}
