//! A guarded fix: proposed → planned → approved → locked, armed and applied → verified → kept,
//! reverted or stuck.
//!
//! What comes next is decided in `heeler_core::guard`, from nothing but what was written down; each
//! step is in the journal before it is taken, and what became of it after.

mod apply;
mod cluster;
mod keep;
mod one_way;
mod plan;
mod proof;
mod ramp;
mod reboot;
mod residents;
mod sign;
mod switch;
mod undo;
mod verify;

use heeler_core::event::{Event, Exit, FixPlan, NodeTarget, Record};
use heeler_core::guard::approval::Fault;
use heeler_core::guard::policy::Policy;
use heeler_core::guard::{self, Caller, End, Next, Sight, Stage, Terms};
use heeler_core::runbook::{FixRule, Runbook};
use heeler_core::value::Value;

use std::collections::BTreeMap;

pub use cluster::carries as is_in_cluster;
pub use one_way::no_way_back;
pub use ramp::{Consent, ramp};
pub use sign::Earlier;
pub use undo::{IN_DOUBT, Undo, in_doubt, in_doubt_in_cluster, undo, undo_in_cluster};

use self::plan::Planned;
use self::sign::Asked;
use self::verify::Verification;
use super::govern::{Denied, Matter};
use super::session::Session;
use super::shared::{self, Barred, Change, Turn};
use crate::failure::Failure;

/// A fix that somebody asked for.
#[derive(Clone)]
pub struct Order<'a> {
    /// The runbook.
    pub runbook: &'a Runbook,
    /// The inputs of the run that offered the fix.
    pub inputs: &'a BTreeMap<String, Value>,
    /// The fix.
    pub rule: &'a FixRule,
    /// The node.
    pub target: NodeTarget,
    /// Only show the plan.
    pub plan_only: bool,
    /// Scripts of the runbook's own may be asked.
    pub unconfined: bool,
    /// The policy.
    pub policy: &'a Policy,
    /// The plan that is to be applied, where it was made before.
    pub earlier: Option<&'a Earlier>,
    /// What was agreed to for this node and others.
    pub consent: Option<&'a Consent>,
    /// How far it has come on the others.
    pub beside: Beside,
}

/// The other nodes of the same fix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beside {
    /// Those that are being changed.
    pub changing: u32,
    /// Those on which it was verified.
    pub verified: u32,
}

impl Order<'_> {
    /// What the policy is asked about.
    fn matter<'a>(&'a self, session: &'a Session) -> Matter<'a> {
        Matter {
            policy: self.policy,
            place: &session.place,
            targets: std::slice::from_ref(&self.target),
            runbook: &self.runbook.name,
            fix: Some(&self.rule.name),
            impact: self.rule.impact(),
            is_counted: !shared::is_unknown(session),
        }
    }

    /// What others have to let begin.
    fn change(&self) -> Change<'_> {
        Change {
            ramp: self.consent.map(|consent| consent.run),
            instance: &self.target.instance,
            undo_after: self.rule.undo_after,
            limits: self.policy.limits(),
            own_changing: self.beside.changing,
            own_verified: self.beside.verified,
        }
    }
}

/// Who says yes.
pub trait Approver: Send {
    /// Shows what is known so far, the plan at its end, and asks.
    fn approve(&mut self, records: &[Record], plan: &FixPlan) -> Approval;
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// Yes, and how: `prompt` or `digest`.
    Given(&'static str),
    /// No, and why.
    Withheld(String),
}

/// Why a fix may not start; nothing has been changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: String,
    /// What can be done instead.
    pub ways: Vec<String>,
    /// Stable and kebab-case, where there is one.
    pub code: Option<&'static str>,
}

impl Refusal {
    fn because(reason: impl Into<String>) -> Self {
        Refusal {
            reason: reason.into(),
            ways: Vec::new(),
            code: None,
        }
    }

    /// A refusal that has a code, and something to do about it.
    fn coded(code: &'static str, reason: impl Into<String>, help: &str) -> Self {
        Refusal {
            reason: reason.into(),
            ways: vec![format!("# {help}")],
            code: Some(code),
        }
    }
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Self {
        let help = denied.help();
        Stop::Refused(Refusal::coded(denied.code(), denied.to_string(), &help))
    }
}

impl From<Barred> for Stop {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::Failed(failure) => Stop::Failed(failure),
            Barred::Used => sign::faulty(&Fault::Used),
            Barred::Hindered(hindrance) => {
                let (code, help) = (hindrance.code(), hindrance.help());
                Stop::Refused(Refusal::coded(code, hindrance.to_string(), help))
            }
        }
    }
}

/// Why a state could not be reached.
enum Stop {
    /// The fix is refused; nothing was changed.
    Refused(Refusal),
    /// The run can't go on.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

/// Carries a fix through its states.
///
/// # Errors
/// Failures that leave nothing changed, or a change in doubt; the failure says which.
pub async fn fix(
    session: &mut Session,
    order: &Order<'_>,
    approver: &mut dyn Approver,
) -> Result<Exit, Failure> {
    let ended = advance(session, order, approver).await;
    told(session, ended).await
}

/// Records a refusal.
async fn told(session: &mut Session, ended: Result<Exit, Stop>) -> Result<Exit, Failure> {
    match ended {
        Ok(exit) => Ok(exit),
        Err(Stop::Failed(failure)) => Err(failure),
        Err(Stop::Refused(Refusal { reason, ways, code })) => {
            let code = code.map(str::to_owned);
            session
                .recorder
                .record(Event::FixRefused { reason, ways, code })
                .await?;
            Ok(Exit::Refused)
        }
    }
}

async fn advance(
    session: &mut Session,
    order: &Order<'_>,
    approver: &mut dyn Approver,
) -> Result<Exit, Stop> {
    // Before anything is sent to a node; and again with what the node says, when the plan is made.
    order.matter(session).decide()?;
    sign::same_policy(order)?;
    shared::look(session, order.policy.limits(), order.plan_only).await?;
    let planned = plan::plan(session, order).await?;
    session
        .recorder
        .record(Event::FixPlanned(planned.plan.clone()))
        .await?;
    if order.plan_only {
        return Ok(Exit::Clear);
    }
    session.recorder.pause();
    let asked = Asked {
        matter: order.matter(session),
        earlier: order.earlier,
        plan: &planned.plan,
        needed: planned.approval,
    };
    let agreement = match order.consent {
        Some(consent) => sign::agreed(&asked, consent)?,
        None => sign::approve(session, &asked, approver).await?,
    };
    // Whoever was asked may have taken their time: a freeze may have begun since.
    order.matter(session).decide()?;
    agreement.record(session, &planned.plan).await?;
    let turn = shared::take(session, &order.change()).await?;
    let ended = carry_out(session, order, (&planned, &turn)).await;
    match &ended {
        // What may stand on the node is somebody's turn until the node has taken it back.
        Err(Stop::Failed(failure)) if failure.code == IN_DOUBT => drop(turn),
        Ok(Exit::Stuck) => drop(turn),
        _ => turn.end().await,
    }
    ended
}

/// Takes one step after the other, until it has ended or nothing more can be done from here.
async fn carry_out(
    session: &mut Session,
    order: &Order<'_>,
    (planned, turn): (&Planned, &Turn),
) -> Result<Exit, Stop> {
    let verify = &order.rule.verify;
    let terms = Terms {
        hold: verify.hold,
        within: verify.within.min(order.rule.undo_after),
        one_way: planned.plan.one_way,
    };
    let mut verification = Verification::new(order, planned);
    let mut trouble = None;
    loop {
        let sight = Sight {
            interrupted: session.cancel.is_cancelled(),
            unwritten: session
                .recorder
                .broken()
                .map(|failure| failure.what.clone()),
            trouble: trouble.take(),
        };
        let stage = Stage::of(
            session
                .recorder
                .records()
                .iter()
                .map(|record| &record.event),
        );
        match guard::next(&stage, &terms, &sight) {
            Next::Refuse(reason) => return Err(Stop::Refused(Refusal::because(reason))),
            Next::Apply => {
                trouble = apply::apply(session, order, planned).await?;
                turn.changed();
                verification.begin(reboot::boot(session));
            }
            Next::Sample(pause) => trouble = verification.sample(session, pause).await,
            Next::Keep => {
                trouble = keep::keep(session, order, planned, verification.elapsed()).await;
            }
            Next::TakeBack(reason) => {
                let undo = Undo::of_plan(session, order, planned, Caller::Fix);
                trouble = undo::undo(session, &undo, &reason).await.err();
            }
            Next::GiveUp(reason) => {
                let applied = matches!(stage, Stage::Applied { .. });
                one_way::give_up(session, (order, planned), applied, &reason).await;
            }
            Next::Leave(why) => {
                return Err(Stop::Failed(in_doubt(
                    session.recorder.run(),
                    order.rule,
                    &why,
                )));
            }
            Next::End(end) => return Ok(exit(end)),
        }
    }
}

fn exit(end: End) -> Exit {
    match end {
        End::Refused => Exit::Refused,
        End::Kept => Exit::Clear,
        End::Reverted => Exit::Reverted,
        End::Stuck => Exit::Stuck,
    }
}
