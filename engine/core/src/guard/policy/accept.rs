//! Whether somebody may approve what another one wants to do.

use std::fmt;

use super::checked::Policy;
use super::decide::{Refusal, Request};
use super::rules::Deed;
use crate::guard::Identity;

/// Why somebody's approval does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It is whoever wants it.
    Requester {
        /// The approver.
        approver: String,
        /// The requester: the same person in another role, perhaps.
        requester: String,
    },
    /// They have approved it already.
    Twice {
        /// The approver.
        approver: String,
    },
    /// They are of another account, and no rule names them by their ARN.
    OtherAccount {
        /// The approver.
        approver: String,
        /// Theirs.
        account: String,
        /// That of the run.
        wanted: String,
    },
    /// They are not among the approvers.
    NotApprover {
        /// The approver.
        approver: String,
    },
    /// They may not do it themselves.
    NotAllowed(Box<Refusal>),
}

impl Unfit {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Unfit::Requester { .. } => "approval-own",
            Unfit::Twice { .. } => "approval-twice",
            Unfit::OtherAccount { .. } => "approval-other-account",
            Unfit::NotApprover { .. } => "approval-not-approver",
            Unfit::NotAllowed(_) => "approval-not-allowed",
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Requester {
                approver,
                requester,
            } if approver == requester => {
                write!(
                    f,
                    "{approver} asked for it, and another person has to approve"
                )
            }
            Unfit::Requester {
                approver,
                requester,
            } => write!(
                f,
                "{approver} is the same person as {requester}, who asked for it, and another one has to approve"
            ),
            Unfit::Twice { approver } => {
                write!(
                    f,
                    "{approver} has approved it already, and another person has to"
                )
            }
            Unfit::OtherAccount {
                approver,
                account,
                wanted,
            } => write!(
                f,
                "{approver} is of the account {account}, and the plan is about {wanted}"
            ),
            Unfit::NotApprover { approver } => write!(f, "{approver} is not among the approvers"),
            Unfit::NotAllowed(refusal) => {
                write!(
                    f,
                    "who approves has to be allowed to do the same: {refusal}"
                )
            }
        }
    }
}

impl Policy {
    /// Whether `approver` may approve the request as another person, beside those who have done so.
    ///
    /// # Errors
    /// Why not.
    pub fn accept(
        &self,
        request: &Request<'_>,
        approver: &Identity,
        before: &[Identity],
    ) -> Result<(), Unfit> {
        let name = || approver.name().to_owned();
        if approver.is_same_person(request.caller) {
            return Err(Unfit::Requester {
                approver: name(),
                requester: request.caller.name().to_owned(),
            });
        }
        if before.iter().any(|other| approver.is_same_person(other)) {
            return Err(Unfit::Twice { approver: name() });
        }
        for site in request.sites {
            let fit = match &self.approvals.approvers {
                Some(approvers) if approvers.hold(Some(approver), site.account) == Some(true) => {
                    Ok(())
                }
                Some(_) => Err(Unfit::NotApprover { approver: name() }),
                None => {
                    let deed = Deed {
                        who: Some(approver),
                        ..request.deed()
                    };
                    let permitted = self.permits(&deed, site);
                    permitted.map_err(|refusal| Unfit::NotAllowed(Box::new(refusal)))
                }
            };
            // Without a rule that names them in their own account nobody else counts.
            let is_named =
                fit.is_ok() && (self.allow.is_some() || self.approvals.approvers.is_some());
            if approver.account() != site.account && !is_named {
                return Err(Unfit::OtherAccount {
                    approver: name(),
                    account: approver.account().to_owned(),
                    wanted: site.account.to_owned(),
                });
            }
            fit?;
        }
        Ok(())
    }
}
