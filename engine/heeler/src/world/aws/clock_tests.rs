//! Which refusals are the clock's, in the words of each service.

use super::*;

const DATE: &str = "Sun, 22 Nov 2026 10:54:55 GMT";
const EXPIRED: &str = "Signature expired: 20261122T104455Z is now earlier than 20261122T104955Z (20261122T105455Z - 5 min.)";
const EARLY: &str = "Signature not yet current: 20261122T110455Z is still later than 20261122T105955Z (20261122T105455Z + 5 min.)";
const EC2: &str = "AWS was not able to validate the provided access credentials";

/// This machine's time, so many seconds after the reply's.
fn ahead(seconds: i64) -> Timestamp {
    read(DATE).unwrap() + SignedDuration::from_secs(seconds)
}

/// By how many seconds the clock is off: `None`: it is not what is wrong.
fn seconds(code: &str, message: &str, now: Timestamp) -> Option<Option<i64>> {
    match off(code, message, Some(DATE), now)? {
        Cause::ClockOff { ahead, detail } => {
            assert_eq!(detail, message);
            Some(ahead.map(|ahead| ahead.as_secs()))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_service_says_it_in_its_own_way() {
    for (code, message, by) in [
        ("InvalidSignatureException", EXPIRED, -600),
        ("SignatureDoesNotMatch", EXPIRED, -600),
        ("InvalidSignatureException", EARLY, 600),
        ("SignatureDoesNotMatch", EARLY, 600),
        ("AuthFailure", EC2, -600),
        ("AuthFailure", EC2, 300),
        ("RequestExpired", "Request has expired.", 901),
        ("RequestTimeTooSkewed", "too large", -901),
        ("RequestInTheFuture", "in the future", 901),
    ] {
        assert_eq!(seconds(code, message, ahead(by)), Some(Some(by)), "{code}");
    }
}

#[test]
fn a_refusal_that_is_not_the_clocks_is_none_of_it() {
    let mismatch = "The request signature we calculated does not match";
    for (code, message, by) in [
        // The session has expired, or the key is another's: the clocks agree.
        ("RequestExpired", "Request has expired.", 0),
        ("AuthFailure", EC2, 240),
        ("AuthFailure", EC2, -240),
        // Whatever the clock is, the secret is wrong, or the session at its end.
        ("InvalidSignatureException", mismatch, 600),
        ("ExpiredTokenException", "expired", 600),
        ("UnauthorizedOperation", "no", 600),
    ] {
        assert_eq!(seconds(code, message, ahead(by)), None, "{code} {by}");
    }
}

#[test]
fn without_a_date_only_what_is_said_counts() {
    for date in [None, Some(""), Some("yesterday")] {
        let now = ahead(600);
        let said = off("SignatureDoesNotMatch", EARLY, date, now);
        let detail = EARLY.to_owned();
        let unmeasured = Cause::ClockOff {
            ahead: None,
            detail,
        };
        assert_eq!(said, Some(unmeasured));
        assert_eq!(off("AuthFailure", EC2, date, now), None);
    }
    // Something was too old, and this machine's clock has no part in it.
    assert_eq!(
        seconds("SignatureDoesNotMatch", EXPIRED, ahead(59)),
        Some(None)
    );
}
