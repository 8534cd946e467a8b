//! This machine's clock against AWS's: a request is signed with its time, and a service refuses
//! what is minutes away from its own.
//!
//! Which code means that, and how far is too far, differs between the services. STS and SSM say it
//! in words. EC2 says no more than of any credentials that it does not take, so that only the time
//! of its reply tells: aws/aws-sdk-java#519.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

use crate::world::error::{Cause, Chain};

/// From this on a refusal without words may be the clock's. The services allow 5 minutes or more;
/// the last answer may be as old as an attempt may last.
const LEAST: SignedDuration = SignedDuration::from_secs(5 * 60 - 15);
/// Below this the clocks agree, whatever was too old.
const SAME: SignedDuration = SignedDuration::from_secs(60);
/// What the services' explanations begin with.
const EXPLAINED: [&str; 2] = ["Signature expired: ", "Signature not yet current: "];

/// The cause of a refusal with this code and message, where it is that this machine's clock is off.
/// `date` is the reply's, as its header has it, and `now` what this machine has.
pub(super) fn off(code: &str, message: &str, date: Option<&str>, now: Timestamp) -> Option<Cause> {
    let ahead = date.and_then(read).map(|theirs| now.duration_since(theirs));
    let by = |least: SignedDuration| ahead.filter(|ahead| ahead.abs() >= least);
    let ahead = match code {
        "RequestTimeTooSkewed" | "RequestInTheFuture" => by(SAME),
        "InvalidSignatureException" | "SignatureDoesNotMatch" if is_explained(message) => by(SAME),
        // An expired session and an unknown key have these codes too.
        "AuthFailure" | "RequestExpired" => Some(by(LEAST)?),
        _ => return None,
    };
    Some(Cause::ClockOff {
        ahead,
        detail: message.to_owned(),
    })
}

/// The same of credentials that could not be had, because the service that gives them refuses to: its
/// words hold both times, and nothing else of its reply is left.
pub(super) fn off_for_credentials(chain: &Chain) -> Option<Cause> {
    let words = EXPLAINED.map(str::to_lowercase);
    let words = words.each_ref().map(String::as_str);
    chain.mentions(&words).then(|| Cause::ClockOff {
        ahead: None,
        detail: chain.root(),
    })
}

fn is_explained(message: &str) -> bool {
    EXPLAINED.iter().any(|words| message.starts_with(words))
}

fn read(date: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(date).ok()
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
