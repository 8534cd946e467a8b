//! Codes of policies.

use super::{Code, error};

/// A policy with these lines behind the rule that allows something.
macro_rules! policy {
    ($rest:literal) => {
        concat!(
            "heeler-policy: 1\nallow:\n  - { who: ops/*, runbooks: conntrack-*, fixes: \"*\", where: { clusters: prod-* } }\n",
            $rest
        )
    };
}

pub(super) const CODES: &[Code] = &[
    error("empty-policy", "a policy is empty")
        .why("An empty file could mean that nothing is allowed, or everything.")
        .remedy("Start with `heeler-policy: 1` and `allow:`; without any file heeler's own rules hold.")
        .policy("# nothing yet\n", policy!("")),
    error("unknown-policy-format", "a policy is of another format")
        .why("What it says may mean something else to another heeler.")
        .remedy("Update heeler, or write `heeler-policy: 1`.")
        .policy(
            "heeler-policy: 2\nallow:\n  - { who: ops/*, runbooks: conntrack-*, fixes: \"*\", where: { clusters: prod-* } }\n",
            policy!(""),
        ),
    error("empty-selector", "a list of names is empty")
        .why("It could mean none of them, or all.")
        .remedy("Write `[\"*\"]` for all of them, or leave the key out.")
        .policy(
            "heeler-policy: 1\nallow:\n  - { who: [], runbooks: conntrack-*, where: {} }\n",
            "heeler-policy: 1\nallow:\n  - { who: [\"*\"], runbooks: conntrack-*, where: {} }\n",
        ),
    error("never-a-caller", "no caller has an ARN such as this")
        .why("The rule would never hold: what it allows is refused, and what it forbids is not.")
        .remedy("Write the ARN of a user, of a role, or of a role's sessions.")
        .policy(
            "heeler-policy: 1\nallow:\n  - { who: \"arn:aws:iam::111122223333:group/ops\", runbooks: conntrack-*, where: {} }\n",
            "heeler-policy: 1\nallow:\n  - { who: \"arn:aws:iam::111122223333:role/ops\", runbooks: conntrack-*, where: {} }\n",
        ),
    error("allow-forbidden", "a rule allows what another one forbids")
        .why("What forbids goes first, so nothing is left of the other rule. One of them is not meant so.")
        .remedy("Remove one of them, or make the one that forbids narrower.")
        .policy(
            policy!("forbid:\n  - { who: ops/*, because: the team has moved on }\n"),
            policy!("forbid:\n  - { who: ops/bob, because: he has moved on }\n"),
        ),
    error("unknown-approval", "there is no such approval")
        .why("Nobody could give it.")
        .remedy("Write `nobody`, `operator`, `another` or `two`.")
        .policy(
            policy!("approval: { disruptive: anyone }\n"),
            policy!("approval: { disruptive: another }\n"),
        ),
    error("approval-order", "a worse change needs less approval than a lesser one")
        .why("Whoever wants to get round the one would take the other.")
        .remedy("Give the worse one at least what the lesser one needs.")
        .policy(
            policy!("approval: { reversible: another, disruptive: operator }\n"),
            policy!("approval: { reversible: operator, disruptive: another }\n"),
        ),
    error("too-few-approvers", "more people have to approve than there are")
        .why("Nothing that needs two could ever be done.")
        .remedy("Name another approver, or a role such as `leads/*`.")
        .policy(
            policy!("approval: { disruptive: two }\napprovers: [leads/carol]\n"),
            policy!("approval: { disruptive: two }\napprovers: [leads/carol, leads/dave]\n"),
        ),
    error("limit-of-nothing", "a limit leaves room for nothing")
        .why("A limit says how much, not whether: people would look for a fault.")
        .remedy("Write 1 or more; to forbid changes, write a rule below `forbid` or a freeze.")
        .policy(
            policy!("limits: { nodes-at-once: 0 }\n"),
            policy!("limits: { nodes-at-once: 1 }\n"),
        ),
    error("unknown-time-zone", "there is no such time zone")
        .why("Windows and freezes would be at other times than meant.")
        .remedy("Write a name of the IANA database, such as `Europe/Berlin`, or `UTC`.")
        .policy(
            policy!("time-zone: Europe/Munich\n"),
            policy!("time-zone: Europe/Berlin\n"),
        ),
    error("unknown-day", "there is no such day")
        .why("The window would be open on other days than meant.")
        .remedy("Write `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`.")
        .policy(
            policy!("windows:\n  - { days: [monday], from: \"09:00\", to: \"17:00\" }\n"),
            policy!("windows:\n  - { days: [mon], from: \"09:00\", to: \"17:00\" }\n"),
        ),
    error("empty-window", "a window ends when it begins")
        .why("It could be always open, or never.")
        .remedy("Leave the window out, or give it a length.")
        .policy(
            policy!("windows:\n  - { days: [mon], from: \"09:00\", to: \"09:00\" }\n"),
            policy!("windows:\n  - { days: [mon], from: \"09:00\", to: \"17:00\" }\n"),
        ),
    error("freeze-order", "a freeze ends before it has begun")
        .why("Nothing would ever be frozen.")
        .remedy("Write the earlier moment as `from`.")
        .policy(
            policy!("freezes:\n  - { from: \"2027-01-04 08:00\", until: \"2026-12-20 18:00\", because: Christmas }\n"),
            policy!("freezes:\n  - { from: \"2026-12-20 18:00\", until: \"2027-01-04 08:00\", because: Christmas }\n"),
        ),
];
