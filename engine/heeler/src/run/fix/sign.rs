//! Who has agreed to a plan: nobody has to, the operator at the prompt or by its digest, or other
//! people by their signatures. What has agreed is written down, and with it used up, before anything
//! is sent.

use heeler_core::event::{ChangePlan, Event, FixPlan, RunId, Signed};
use heeler_core::guard::Identity;
use heeler_core::guard::approval::{ApprovalId, Expected, Fault, PlanDigest, Token};
use heeler_core::guard::policy::Approval as Needed;
use heeler_core::report::Report;
use jiff::Timestamp;

use super::{Approval, Approver, Consent, Order, Refusal, Stop};
use crate::run::ask::world_failure;
use crate::run::govern::{self, Matter};
use crate::run::recorder::journal_failure;
use crate::run::session::Session;
use crate::run::shared;
use crate::world::port::Signer;

/// A plan that was made before.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// The run that has made it.
    pub run: RunId,
    /// When, by this machine's clock.
    pub planned_at: Timestamp,
    /// The plan.
    pub plan: FixPlan,
    /// The approvals of other people.
    pub tokens: Vec<Token>,
}

/// Why a plan is not applied, though it could be.
enum Unsigned {
    PolicyChanged { then: String, now: String },
    PlanMoved { run: RunId, what: Vec<String> },
    TooFew { needed: usize, given: usize },
    Needed { needed: Needed, impact: String },
}

impl Unsigned {
    /// Stable, kebab-case.
    fn code(&self) -> &'static str {
        match self {
            Unsigned::PolicyChanged { .. } => "policy-changed",
            Unsigned::PlanMoved { .. } => "plan-moved",
            Unsigned::TooFew { .. } => "approval-too-few",
            Unsigned::Needed { .. } => "approval-needed",
        }
    }

    fn what(&self) -> String {
        match self {
            Unsigned::PolicyChanged { then, now } => format!(
                "the policy has changed since the plan was made: it was {}, and is {}",
                short(then),
                short(now)
            ),
            Unsigned::PlanMoved { run, what } => format!(
                "something has moved since the plan of run {run}: {}",
                what.join("; ")
            ),
            Unsigned::TooFew { needed, given } => {
                format!("{needed} other people have to approve it, and {given} did")
            }
            Unsigned::Needed { needed, impact } => format!(
                "it is {impact}, and needs {needed}: neither the prompt nor --yes gives that"
            ),
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Unsigned::PolicyChanged { .. } | Unsigned::PlanMoved { .. } => {
                "make a new plan, and have it approved"
            }
            Unsigned::TooFew { .. } => "have it approved by more people: --approval is repeatable",
            Unsigned::Needed { .. } => "the last command prints the one that applies it",
        }
    }

    fn stop(&self, ways: Vec<String>) -> Stop {
        let mut refusal = Refusal::coded(self.code(), self.what(), self.help());
        refusal.ways.splice(0..0, ways);
        Stop::Refused(refusal)
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// The plan that is to be applied has to be one of this very policy.
pub(super) fn same_policy(order: &Order<'_>) -> Result<(), Stop> {
    let then = order
        .earlier
        .and_then(|earlier| earlier.plan.ruling.as_ref());
    let now = order.policy.digest();
    match then {
        Some(then) if then.policy != now => Err(Unsigned::PolicyChanged {
            then: then.policy.clone(),
            now,
        }
        .stop(Vec::new())),
        _ => Ok(()),
    }
}

/// What is to be approved.
pub(super) struct Asked<'a> {
    /// What the policy was asked about.
    pub(super) matter: Matter<'a>,
    /// The plan that is to be applied, where it was made before.
    pub(super) earlier: Option<&'a Earlier>,
    /// The plan as it is now.
    pub(super) plan: &'a FixPlan,
    /// Who has to approve it.
    pub(super) needed: Needed,
}

/// What was approved for several nodes holds for each, as long as its own plan is what it was.
pub(super) fn agreed(asked: &Asked<'_>, consent: &Consent) -> Result<Agreement, Stop> {
    not_moved(asked)?;
    Ok(Agreement {
        by: consent.by.clone(),
        how: "ramp",
        signed: Vec::new(),
    })
}

/// Who has agreed to a plan, and how.
pub(super) struct Agreement {
    /// Short names.
    pub(super) by: String,
    how: &'static str,
    signed: Vec<Signed>,
}

impl Agreement {
    /// Uses the signatures up, and writes the agreement down.
    pub(super) async fn record(self, session: &mut Session, plan: &FixPlan) -> Result<(), Stop> {
        let ids: Vec<ApprovalId> = self
            .signed
            .iter()
            .map(|signed| ApprovalId::new(signed.id))
            .collect();
        if !ids.is_empty() {
            shared::use_up(session, &ids).await?;
        }
        let approved = Event::FixApproved {
            digest: plan.digest.clone(),
            by: self.by,
            how: self.how.to_owned(),
            signed: self.signed,
        };
        Ok(session.recorder.record(approved).await?)
    }
}

fn not_moved(asked: &Asked<'_>) -> Result<(), Stop> {
    match asked.earlier {
        Some(earlier) if earlier.plan.digest != asked.plan.digest => {
            let what = moved(&earlier.plan, asked.plan);
            let run = earlier.run;
            Err(Unsigned::PlanMoved { run, what }.stop(Vec::new()))
        }
        _ => Ok(()),
    }
}

/// Asks for the approval that the plan needs.
pub(super) async fn approve(
    session: &Session,
    asked: &Asked<'_>,
    approver: &mut dyn Approver,
) -> Result<Agreement, Stop> {
    let plan = asked.plan;
    not_moved(asked)?;
    let agreed = |by, how, signed| Agreement { by, how, signed };
    if let Some(earlier) = asked.earlier.filter(|earlier| !earlier.tokens.is_empty()) {
        let signers = signers(session, asked, earlier).await?;
        let names: Vec<&str> = signers.iter().map(|(_, signer)| signer.name()).collect();
        let by = names.join(", ");
        let signed = signers.iter().map(|(token, signer)| Signed {
            id: token.id().uuid(),
            by: signer.arn().to_owned(),
        });
        return Ok(agreed(by, "token", signed.collect()));
    }
    let caller = || session.place.caller.clone();
    match asked.needed {
        Needed::Nobody => Ok(agreed(caller(), "policy", Vec::new())),
        Needed::Operator => match approver.approve(session.recorder.records(), plan) {
            Approval::Given(how) => Ok(agreed(caller(), how, Vec::new())),
            Approval::Withheld(reason) => Err(Stop::Refused(Refusal::because(reason))),
        },
        needed @ (Needed::Another | Needed::Two) => {
            let report = Report::fold(session.recorder.records());
            let plan_again = report.plan_command().into_iter();
            let ways = plan_again
                .map(|command| format!("{command} --output json > plan.json"))
                .chain(["heeler approve plan.json".to_owned()])
                .collect();
            let impact = asked.matter.impact.to_string();
            Err(Unsigned::Needed { needed, impact }.stop(ways))
        }
    }
}

/// Who has signed, each of whom has to be somebody else and may approve.
async fn signers<'t>(
    session: &Session,
    asked: &Asked<'_>,
    earlier: &'t Earlier,
) -> Result<Vec<(&'t Token, Identity)>, Stop> {
    let sts = &session.aws.sts;
    let failed = |error| Stop::Failed(world_failure(&error));
    let endpoint = sts.endpoint().await.map_err(|error| failed(error.into()))?;
    let used = session.recorder.journal().used_approvals().await;
    let used = used.map_err(|fault| Stop::Failed(journal_failure(&fault)))?;
    let digest: PlanDigest = asked
        .plan
        .digest
        .parse()
        .map_err(|_| faulty(&Fault::Damaged))?;
    let expected = Expected {
        plan: &digest,
        run: earlier.run,
        planned: earlier.planned_at,
        region: &session.aws.region,
        endpoint: &endpoint,
    };
    let mut signers: Vec<(&Token, Identity)> = Vec::new();
    for token in &earlier.tokens {
        let question = token
            .check(&expected, &used, Timestamp::now())
            .map_err(|fault| faulty(&fault))?;
        let signer = sts.signer(&question).await;
        let signer = match signer.map_err(|error| failed(error.into()))? {
            Signer::Is(caller) => govern::identity(&caller.arn)?,
            Signer::Nobody(said) => return Err(faulty(&Fault::Forged { said })),
            Signer::SessionEnded(said) => return Err(faulty(&Fault::SessionEnded { said })),
            // STS's clock was there a moment before this machine's.
            Signer::TooLate => {
                let at = question.expires;
                return Err(faulty(&Fault::Expired { at }));
            }
        };
        let before: Vec<Identity> = signers.iter().map(|(_, other)| other.clone()).collect();
        asked.matter.accept(&signer, &before)?;
        signers.push((token, signer));
    }
    let (needed, given) = (asked.needed.others(), signers.len());
    if given < needed {
        return Err(Unsigned::TooFew { needed, given }.stop(Vec::new()));
    }
    Ok(signers)
}

pub(super) fn faulty(fault: &Fault) -> Stop {
    let refusal = Refusal::coded(fault.code(), fault.to_string(), fault.help());
    Stop::Refused(refusal)
}

/// What is otherwise of one change.
fn moved_of(then: &ChangePlan, now: &ChangePlan) -> Option<String> {
    let what = if then.diff != now.diff {
        format!("{}, and then it was {}", now.diff, then.diff)
    } else if then.effects != now.effects {
        "what it does besides is otherwise".to_owned()
    } else if (&then.from, &then.to, &then.back, &then.object)
        != (&now.from, &now.to, &now.back, &now.object)
    {
        "it is about another object of that name, or another value".to_owned()
    } else if then.commands != now.commands {
        "other commands would be sent for it: this heeler is not the one that has made the plan"
            .to_owned()
    } else {
        return None;
    };
    Some(format!("{}: {what}", then.subject))
}

/// What is otherwise now, for people.
fn moved(then: &FixPlan, now: &FixPlan) -> Vec<String> {
    let mut what = Vec::new();
    if then.pins != now.pins {
        what.push("the node was restarted, or is another".to_owned());
    }
    for change in &then.changes {
        let same = now
            .changes
            .iter()
            .find(|other| (&other.instance, &other.subject) == (&change.instance, &change.subject));
        match same {
            None => what.push(format!("{} needs no change any more", change.subject)),
            Some(other) => what.extend(moved_of(change, other)),
        }
    }
    let come = now.changes.iter().filter(|change| {
        let is_it = |other: &&ChangePlan| {
            (&other.instance, &other.subject) == (&change.instance, &change.subject)
        };
        !then.changes.iter().any(|other| is_it(&other))
    });
    what.extend(come.map(|change| format!("{} has come since", change.subject)));
    let unkept = |plan: &FixPlan| plan.ruling.as_ref().map(|ruling| ruling.unkept.clone());
    if unkept(then) != unkept(now) {
        what.push("other limits can be kept, by what the cluster says of others".to_owned());
    }
    if what.is_empty() {
        what.push("who asks, the inputs, or what it does besides is otherwise".to_owned());
    }
    what
}
