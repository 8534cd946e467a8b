//! A presigned request to STS, taken apart. Only what `heeler approve` itself writes is read, in
//! the one spelling in which it does: whatever else STS would understand is refused.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::fault::Fault;
use super::statement::is_digest;

/// The parameters that are the same in each request. `;` is written as it is in a URL.
const FIXED: [(&str, &str); 4] = [
    ("Action", "GetCallerIdentity"),
    ("Version", "2011-06-15"),
    ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
    ("X-Amz-SignedHeaders", "host%3Bx-heeler-approval"),
];
/// The others; the last one only with temporary credentials.
const OTHERS: [&str; 5] = [
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Signature",
    TOKEN,
];
const TOKEN: &str = "X-Amz-Security-Token";

/// A request that asks STS who has signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Presigned<'t> {
    /// `https://sts.eu-west-1.amazonaws.com`.
    pub(super) endpoint: &'t str,
    /// When it was signed, by the signer's clock.
    pub(super) signed: Timestamp,
    /// How long it holds, in seconds.
    pub(super) seconds: u32,
}

impl<'t> Presigned<'t> {
    pub(super) fn read(url: &'t str) -> Result<Self, Fault> {
        let other = |what| Fault::OtherRequest { what };
        let (endpoint, query) = url.split_once("/?").ok_or(other("it has another path"))?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~%=&".contains(&b);
        if !query.bytes().all(plain) {
            return Err(other("it holds letters that are never there"));
        }
        let query = Query::read(query)?;
        for (name, wanted) in FIXED {
            if query.get(name)? != wanted {
                return Err(other(match name {
                    "Action" => "it asks for something else",
                    "X-Amz-SignedHeaders" => "the plan is not what was signed",
                    _ => "it is of another version",
                }));
            }
        }
        let date = query.get("X-Amz-Date")?;
        let signed = moment(date).ok_or(other("its date is no date"))?;
        if !is_scope(query.get("X-Amz-Credential")?, date) {
            return Err(other("its credential is not for STS on that day"));
        }
        if !is_digest(query.get("X-Amz-Signature")?) {
            return Err(other("its signature is none"));
        }
        let seconds = query.get("X-Amz-Expires")?;
        let is_number = !seconds.starts_with('0') && seconds.bytes().all(|b| b.is_ascii_digit());
        let seconds = seconds.parse().ok().filter(|_| is_number);
        Ok(Presigned {
            endpoint,
            signed,
            seconds: seconds.ok_or(other("how long it holds is no number"))?,
        })
    }
}

struct Query<'t>(Vec<(&'t str, &'t str)>);

impl<'t> Query<'t> {
    /// Takes the parameters apart: each at most once, and none that does not belong there.
    fn read(query: &'t str) -> Result<Self, Fault> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let is_known = OTHERS.contains(&name) || FIXED.iter().any(|(fixed, _)| *fixed == name);
            if !is_known || value.is_empty() || value.contains('=') {
                let what = "it has a parameter that is never there";
                return Err(Fault::OtherRequest { what });
            }
            if found.iter().any(|(other, _)| *other == name) {
                let what = "it has a parameter twice";
                return Err(Fault::OtherRequest { what });
            }
            found.push((name, value));
        }
        Ok(Query(found))
    }

    fn get(&self, wanted: &str) -> Result<&'t str, Fault> {
        let found = self.0.iter().find(|(name, _)| *name == wanted);
        let what = "a parameter is missing";
        found
            .map(|(_, value)| *value)
            .ok_or(Fault::OtherRequest { what })
    }
}

/// `KEY/20261118/eu-west-1/sts/aws4_request`, of the day of that date.
fn is_scope(credential: &str, date: &str) -> bool {
    let parts: Vec<&str> = credential.split("%2F").collect();
    let [key, day, region, "sts", "aws4_request"] = parts.as_slice() else {
        return false;
    };
    let is_word = |text: &str| !text.is_empty() && !text.contains('%');
    is_word(key) && is_word(region) && date.starts_with(day) && day.len() == 8
}

/// `20261118T120000Z`.
fn moment(text: &str) -> Option<Timestamp> {
    let is_written_so = text.len() == "20261118T120000Z".len();
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let moment = TimeZone::UTC.to_timestamp(civil).ok()?;
    is_written_so.then_some(moment)
}
