//! Codes of numbers and units in expressions and texts.

use super::{Code, error, warning};

pub(super) const CODES: &[Code] = &[
    error("number-form", "a number is written as it is elsewhere")
        .why("`262,144` would be two values, and `50 %` the rest of a division.")
        .remedy("Write plain digits, and a share as a part of 1.")
        .part(when!("table.count > 262,144"), when!("table.count > 262144")),
    error("unquoted-unit", "a value with a unit stands without quotes")
        .why("Expressions know numbers and names; `2m` is neither.")
        .remedy("Write it in quotes: it takes its kind from the other side.")
        .part(
            time!("table.time_wait > 2m"),
            time!("table.time_wait > \"2m\""),
        ),
    warning("share-above-one", "a share is compared with a number above 1")
        .why("A share is a part of a whole, 0 to 1; people read it in percent, expressions don't.")
        .remedy("Write 0.5 for 50 %.")
        .part(share!("entries.time_wait.share >= 50"), share!("entries.time_wait.share >= 0.5")),
    warning("impossible-comparison", "a comparison can only go one way")
        .why("Durations and sizes are never below 0, shares never below 0 or above 1.")
        .remedy("Compare with another value.")
        .part(
            time!("table.time_wait < \"0s\" or table.time_wait > \"5m\""),
            time!("table.time_wait > \"5m\""),
        ),
    warning("exact-number", "a measured number is compared for being exactly another one")
        .why("A number with a fraction is hardly ever exactly another one.")
        .remedy("Compare with <= or >=.")
        .part(share!("entries.time_wait.share == 0.5"), share!("entries.time_wait.share >= 0.5")),
    warning("division-by-zero", "something is divided by 0")
        .why("It has no result, and what needs it is never seen.")
        .remedy("Divide by something else.")
        .part(when!("table.count / 0 > table.max"), when!("table.count / 10 > table.max")),
    warning("double-unit", "a unit is printed twice")
        .why("Shares and durations bring their unit along: it reads as \"81 % %\".")
        .remedy("Remove the unit behind the value.")
        .part(
            "look:\n  entries:\n    conntrack-entries: {}\nfind:\n  waiting:\n    when: entries.time_wait.share > 0.5\n    severity: note\n    says: \"{{ entries.time_wait.share }} % TIME_WAIT\"\n",
            "look:\n  entries:\n    conntrack-entries: {}\nfind:\n  waiting:\n    when: entries.time_wait.share > 0.5\n    severity: note\n    says: \"{{ entries.time_wait.share }} TIME_WAIT\"\n",
        ),
];
