//! What can be known of an approval before anybody is asked.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::endpoint::is_sts;
use super::fault::Fault;
use super::presigned::Presigned;
use super::statement::{ApprovalId, HEADER, PlanDigest};
use super::token::Token;
use crate::event::RunId;

/// How long an approval holds at most. STS itself accepts a presigned request for 15 minutes from
/// its date, whatever `X-Amz-Expires` says (aws-iam-authenticator, `pkg/token`).
pub const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How far the clocks of two machines may differ in silence.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What is to be approved, as whoever applies it knows it.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The plan as it is now.
    pub plan: &'a PlanDigest,
    /// The run that has made it.
    pub run: RunId,
    /// When it was made, by this machine's clock.
    pub planned: Timestamp,
    /// The AWS Region that it is about.
    pub region: &'a str,
    /// STS by this machine's own configuration: `https://sts.eu-west-1.amazonaws.com`.
    pub endpoint: &'a str,
}

/// Which approvals were used.
pub trait Ledger {
    /// Whether this one was.
    fn is_used(&self, id: ApprovalId) -> bool;
}

impl Ledger for BTreeSet<ApprovalId> {
    fn is_used(&self, id: ApprovalId) -> bool {
        self.contains(&id)
    }
}

/// What STS is to be asked: a GET of this URL with this header. Only its answer says who approves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which approval it is about.
    pub id: ApprovalId,
    /// The presigned URL.
    pub url: String,
    /// The name of the header that was signed along with it.
    pub header: &'static str,
    /// Its value: the plan and the run that are expected, not what the token says of them.
    pub value: String,
    /// When the approval ends.
    pub expires: Timestamp,
}

impl Token {
    /// Whether it is an approval of what is expected, as far as that can be known here.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check(
        &self,
        expected: &Expected<'_>,
        used: &dyn Ledger,
        now: Timestamp,
    ) -> Result<Question, Fault> {
        let statement = &self.statement;
        if statement.run != expected.run {
            return Err(Fault::OtherRun {
                approved: statement.run.short(),
                wanted: expected.run.short(),
            });
        }
        if statement.plan != *expected.plan {
            return Err(Fault::OtherPlan {
                approved: statement.plan.short(),
                wanted: expected.plan.short(),
            });
        }
        let request = Presigned::read(&self.url)?;
        if !is_sts(request.endpoint, expected.endpoint, expected.region) {
            return Err(Fault::NotSts {
                endpoint: request.endpoint.to_owned(),
            });
        }
        let expires = in_time(&request, expected.planned, now)?;
        if used.is_used(statement.id) {
            return Err(Fault::Used);
        }
        Ok(Question {
            id: statement.id,
            url: self.url.clone(),
            header: HEADER,
            value: statement.header_value(),
            expires,
        })
    }
}

/// When the request ends. Nobody approves a plan before it is made, or tomorrow: then one of the
/// clocks is wrong, and 15 minutes would mean nothing.
fn in_time(
    request: &Presigned<'_>,
    planned: Timestamp,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let ahead = request.signed.duration_since(now);
    if ahead > SKEW {
        return Err(Fault::ClockAhead {
            seconds: ahead.unsigned_abs().as_secs(),
        });
    }
    let behind = planned.duration_since(request.signed);
    if behind > SKEW {
        return Err(Fault::ClockBehind {
            seconds: behind.unsigned_abs().as_secs(),
        });
    }
    let life = SignedDuration::from_secs(request.seconds.into());
    if life > LIFE {
        return Err(Fault::LongLived {
            seconds: request.seconds.into(),
        });
    }
    let at = request.signed.checked_add(life).unwrap_or(Timestamp::MIN);
    if at <= now {
        return Err(Fault::Expired { at });
    }
    Ok(at)
}
