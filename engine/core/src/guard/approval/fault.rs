//! Why an approval does not count.

use std::fmt;

use jiff::Timestamp;

/// Why an approval does not count, each in words of its own. Whether its signer may approve at all
/// is policy's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is longer than any token.
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It is something else.
    NoToken,
    /// It is of another version.
    OtherVersion {
        /// The version.
        version: String,
    },
    /// Some of it is missing or has been changed.
    Damaged,
    /// It is about another plan.
    OtherPlan {
        /// The plan that was approved, shortened.
        approved: String,
        /// The plan that is to be applied, shortened.
        wanted: String,
    },
    /// It is about another run.
    OtherRun {
        /// The run that it is about.
        approved: String,
        /// The run that is to be carried on.
        wanted: String,
    },
    /// The request in it goes to somebody who is not STS.
    NotSts {
        /// Where it goes.
        endpoint: String,
    },
    /// The request in it is not the one that is to be signed.
    OtherRequest {
        /// What is wrong with it.
        what: &'static str,
    },
    /// It was signed in the future.
    ClockAhead {
        /// How far, in seconds.
        seconds: u64,
    },
    /// It was signed before its plan was made.
    ClockBehind {
        /// How long before, in seconds.
        seconds: u64,
    },
    /// It holds longer than an approval may.
    LongLived {
        /// How long, in seconds.
        seconds: u64,
    },
    /// It is too old.
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// It was used before.
    Used,
    /// The credentials of whoever has signed it have ended since, so that STS does not say who it was.
    SessionEnded {
        /// What STS said.
        said: String,
    },
    /// STS does not acknowledge the signature.
    Forged {
        /// What STS said.
        said: String,
    },
}

impl Fault {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::TooLong { .. } => "approval-too-long",
            Fault::NoToken => "approval-no-token",
            Fault::OtherVersion { .. } => "approval-version",
            Fault::Damaged => "approval-damaged",
            Fault::OtherPlan { .. } => "approval-other-plan",
            Fault::OtherRun { .. } => "approval-other-run",
            Fault::NotSts { .. } => "approval-not-sts",
            Fault::OtherRequest { .. } => "approval-other-request",
            Fault::ClockAhead { .. } => "approval-clock-ahead",
            Fault::ClockBehind { .. } => "approval-clock-behind",
            Fault::LongLived { .. } => "approval-long-lived",
            Fault::Expired { .. } => "approval-expired",
            Fault::Used => "approval-used",
            Fault::SessionEnded { .. } => "approval-session-ended",
            Fault::Forged { .. } => "approval-forged",
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            Fault::TooLong { .. } | Fault::NoToken | Fault::Damaged => {
                "copy the whole line that `heeler approve` printed, and nothing else"
            }
            Fault::OtherVersion { .. } => "use the same heeler on both machines",
            Fault::OtherPlan { .. } => {
                "something has moved since: have the plan as it is now approved"
            }
            Fault::OtherRun { .. } => "have this run's plan approved",
            Fault::NotSts { .. } | Fault::OtherRequest { .. } | Fault::Forged { .. } => {
                "don't use it, ask where it came from, and have the plan approved again"
            }
            Fault::ClockAhead { .. } | Fault::ClockBehind { .. } => {
                "set both machines' clocks (NTP), and approve again"
            }
            Fault::LongLived { .. } | Fault::Expired { .. } | Fault::Used => {
                "have the plan approved again"
            }
            Fault::SessionEnded { .. } => {
                "whoever has approved it logs in anew, and approves the plan again"
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::TooLong { bytes } => {
                write!(
                    f,
                    "this is no approval: it has {bytes} bytes, which is too long"
                )
            }
            Fault::NoToken => f.write_str("this is no approval: one begins with `heeler-approval`"),
            Fault::OtherVersion { version } => {
                write!(
                    f,
                    "the approval is of version {version}, which this heeler does not read"
                )
            }
            Fault::Damaged => f.write_str("the approval is damaged"),
            Fault::OtherPlan { approved, wanted } => {
                write!(
                    f,
                    "the approval is for the plan {approved}, and this one is {wanted}"
                )
            }
            Fault::OtherRun { approved, wanted } => {
                write!(
                    f,
                    "the approval is for the run {approved}, and this one is {wanted}"
                )
            }
            Fault::NotSts { endpoint } => {
                write!(
                    f,
                    "the approval would be verified by {}, which is not STS",
                    endpoint.escape_debug()
                )
            }
            Fault::OtherRequest { what } => {
                write!(
                    f,
                    "the approval's request to STS is not what `heeler approve` signs: {what}"
                )
            }
            Fault::ClockAhead { seconds } => write!(
                f,
                "the approval was signed {} in the future: the clocks of the two machines differ",
                span(*seconds)
            ),
            Fault::ClockBehind { seconds } => write!(
                f,
                "the approval was signed {} before its plan was made: the clocks of the two machines differ",
                span(*seconds)
            ),
            Fault::LongLived { seconds } => write!(
                f,
                "the approval would hold for {}, and 15 minutes is the most",
                span(*seconds)
            ),
            Fault::Expired { at } => write!(f, "the approval has expired at {at}"),
            Fault::Used => f.write_str("the approval was used before"),
            Fault::SessionEnded { said } => write!(
                f,
                "the session of whoever has approved it has ended, so AWS does not say who it was: {said}"
            ),
            Fault::Forged { said } => write!(
                f,
                "the approval is forged: AWS does not acknowledge its signature: {said}"
            ),
        }
    }
}

/// `10 min 5 s`.
fn span(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
