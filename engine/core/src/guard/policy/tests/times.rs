//! Windows and freezes, at their borders.

use super::super::{Fact, Request, Site};
use super::{PROD, at, caller, fix, look, open, refused};

/// Whether a fix may be applied at a moment.
fn open_at(rest: &str, moment: &str) -> bool {
    let alice = caller("ops/alice");
    let request = Request {
        at: at(moment),
        ..fix(&alice)
    };
    open(rest).decide(&request).is_ok()
}

const OFFICE: &str = "time-zone: Europe/Berlin\nwindows:\n  - { days: [mon, tue, wed, thu], from: \"09:00\", to: \"17:00\" }\n";

#[test]
fn a_window_begins_at_its_minute_and_ends_before_one() {
    // 18 November 2026 is a Wednesday; Berlin is an hour ahead.
    for (moment, open) in [
        ("2026-11-18T07:59:59.999Z", false),
        ("2026-11-18T08:00:00Z", true),
        ("2026-11-18T15:59:59.999Z", true),
        ("2026-11-18T16:00:00Z", false),
        ("2026-11-20T12:00:00Z", false),
        // In summer it is two hours ahead.
        ("2026-07-01T06:59:59Z", false),
        ("2026-07-01T07:00:00Z", true),
        ("2026-07-01T15:00:00Z", false),
    ] {
        assert_eq!(open_at(OFFICE, moment), open, "{moment}");
    }
}

#[test]
fn a_window_over_midnight_is_of_the_day_on_which_it_begins() {
    let night = "windows:\n  - { days: sun, from: \"22:00\", to: \"04:00\" }\n";
    // 22 November 2026 is a Sunday.
    for (moment, open) in [
        ("2026-11-22T03:59:00Z", false),
        ("2026-11-22T21:59:59Z", false),
        ("2026-11-22T22:00:00Z", true),
        ("2026-11-23T00:00:00Z", true),
        ("2026-11-23T03:59:59Z", true),
        ("2026-11-23T04:00:00Z", false),
        ("2026-11-23T22:00:00Z", false),
    ] {
        assert_eq!(open_at(night, moment), open, "{moment}");
    }
}

#[test]
fn a_window_without_days_is_of_every_day() {
    let lunch = "windows:\n  - { from: \"12:00\", to: \"13:00\" }\n";
    assert!((16..23).all(|day| open_at(lunch, &format!("2026-11-{day}T12:30:00Z"))));
}

const CHRISTMAS: &str = "time-zone: Europe/Berlin\nfreezes:\n  - { from: \"2026-12-20 18:00\", until: \"2027-01-04 08:00\", because: the shops are full }\n";

#[test]
fn a_freeze_begins_at_its_moment_and_has_ended_at_its_end() {
    for (moment, open) in [
        ("2026-12-20T16:59:59.999Z", true),
        ("2026-12-20T17:00:00Z", false),
        ("2027-01-04T06:59:59.999Z", false),
        ("2027-01-04T07:00:00Z", true),
    ] {
        assert_eq!(open_at(CHRISTMAS, moment), open, "{moment}");
    }
    let endless =
        "freezes:\n  - { from: \"2026-12-20 18:00\", until: \"9999-12-31 23:59\", because: x }\n";
    assert!(!open_at(endless, "2027-01-04T07:00:00Z"));
}

#[test]
fn a_freeze_and_a_window_say_where_they_stand() {
    let alice = caller("ops/alice");
    let request = Request {
        at: at("2026-12-24T12:00:00Z"),
        ..fix(&alice)
    };
    let frozen = refused(&open(CHRISTMAS), &request);
    let wanted = "heeler.yaml:6: nothing is changed until 2027-01-04 08:00 Europe/Berlin: the shops are full";
    assert_eq!(frozen, ("policy-frozen", wanted.to_owned()));
    let request = Request {
        at: at("2026-11-21T12:00:00Z"),
        ..fix(&alice)
    };
    let closed = refused(&open(OFFICE), &request);
    let wanted = "heeler.yaml:6: changes are made mon tue wed thu 09:00–17:00 Europe/Berlin only";
    assert_eq!(closed, ("policy-closed", wanted.to_owned()));
}

#[test]
fn looking_is_never_frozen() {
    let alice = caller("ops/alice");
    let request = Request {
        at: at("2026-12-24T12:00:00Z"),
        ..look(&alice)
    };
    assert!(open(CHRISTMAS).decide(&request).is_ok());
}

#[test]
fn times_hold_where_they_say_and_where_that_can_not_be_told() {
    let office = format!(
        "{}    \n",
        OFFICE.replace(" }\n", ", where: { clusters: prod-* } }\n")
    );
    let freeze = CHRISTMAS.replace(" }\n", ", where: { clusters: prod-* } }\n");
    let alice = caller("ops/alice");
    let open_in = |policy: &str, cluster, moment: &str| {
        let request = Request {
            at: at(moment),
            sites: &[Site { cluster, ..PROD }],
            ..fix(&alice)
        };
        open(policy).decide(&request).is_ok()
    };
    let (frozen, in_hours, out_of_hours) = (
        "2026-12-24T12:00:00Z",
        "2026-11-18T12:00:00Z",
        "2026-11-21T12:00:00Z",
    );
    for (cluster, freezes, opens, closes) in [
        (Fact::Is("prod-eu"), true, true, true),
        (Fact::Is("test"), false, true, false),
        // It may be production, of which a window is then not known to be open.
        (Fact::NotSeen, true, false, true),
    ] {
        assert_eq!(!open_in(&freeze, cluster, frozen), freezes, "{cluster:?}");
        assert_eq!(open_in(&office, cluster, in_hours), opens, "{cluster:?}");
        assert_eq!(
            !open_in(&office, cluster, out_of_hours),
            closes,
            "{cluster:?}"
        );
    }
}
