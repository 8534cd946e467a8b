//! What the policy says of what somebody wants to do. What others are changing is counted when a
//! change starts; where nobody can tell, the limits that need it are named in the decision, and kept
//! by nobody.

use std::fmt;

use heeler_core::action::Impact;
use heeler_core::event::{NodeGroup, NodeTarget, Where};
use heeler_core::guard::Identity;
use heeler_core::guard::policy::{
    Decision, Fact, Group, GroupKind, Load, Policy, Refusal, Request, Site, Unfit,
};
use heeler_core::runbook::Runbook;
use jiff::Timestamp;

use crate::failure::Failure;

/// Something that the policy is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Where, and who asks.
    pub place: &'a Where,
    /// The nodes.
    pub targets: &'a [NodeTarget],
    /// The runbook's name.
    pub runbook: &'a str,
    /// The fix; `None`: only look.
    pub fix: Option<&'a str>,
    /// The worst that can happen.
    pub impact: Impact,
    /// What others do is counted when it starts. Otherwise the limits that need it are kept by
    /// nobody.
    pub is_counted: bool,
}

/// The groups of a node, where nobody counts what is changed in them.
const UNCOUNTED: [Group<'static>; 3] = [
    uncounted(GroupKind::NodeGroup),
    uncounted(GroupKind::Zone),
    uncounted(GroupKind::Workload),
];

const fn uncounted(kind: GroupKind) -> Group<'static> {
    Group {
        kind,
        name: "",
        nodes: None,
    }
}

/// Why the policy does not let it happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// Nobody has such an ARN, so no rule can be about them.
    NoCaller {
        /// The ARN.
        arn: String,
    },
    /// The policy refuses it.
    Refused(Refusal),
    /// It wants another person's approval for looking, which nobody can give.
    Looks {
        /// The class of the looks.
        impact: Impact,
    },
    /// Whoever approves may not.
    Unfit(Unfit),
}

impl Denied {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Denied::NoCaller { .. } => "policy-no-caller",
            Denied::Looks { .. } => "policy-looks",
            Denied::Refused(refusal) => refusal.code(),
            Denied::Unfit(unfit) => unfit.code(),
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Denied::NoCaller { .. } => "`aws sts get-caller-identity` shows who you are".to_owned(),
            Denied::Looks { .. } => {
                "only fixes are approved by others: ask somebody who may look by themselves"
                    .to_owned()
            }
            Denied::Refused(Refusal::Closed { .. } | Refusal::Frozen { .. } | Refusal::Full(_)) => {
                "wait until then, or have the policy changed".to_owned()
            }
            Denied::Refused(_) => {
                "ask somebody who may, or have the policy changed by whoever keeps it".to_owned()
            }
            Denied::Unfit(_) => "have it approved by somebody who may".to_owned(),
        }
    }

    /// As a failure of a run that has not begun.
    pub fn failure(&self, policy: &Policy) -> Failure {
        let place = policy.file().unwrap_or("the default policy");
        Failure::refused(self.code(), self.to_string(), place, self.help())
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denied::NoCaller { arn } => {
                write!(f, "no caller has the ARN `{}`", arn.escape_debug())
            }
            Denied::Looks { impact } => write!(
                f,
                "the policy wants the approval of another person for looks of the class {impact}"
            ),
            Denied::Refused(refusal) => refusal.fmt(f),
            Denied::Unfit(unfit) => unfit.fmt(f),
        }
    }
}

impl Matter<'_> {
    /// Whether it may be done now, and who has to approve it.
    ///
    /// # Errors
    /// Why not.
    pub fn decide(&self) -> Result<Decision, Denied> {
        let (caller, sites) = (self.caller()?, self.sites());
        let decision = self.policy.decide(&self.request(&caller, &sites));
        decision.map_err(Denied::Refused)
    }

    /// Whether somebody may approve it, beside those who have done so.
    ///
    /// # Errors
    /// Why not.
    pub fn accept(&self, approver: &Identity, before: &[Identity]) -> Result<(), Denied> {
        let (caller, sites) = (self.caller()?, self.sites());
        let request = self.request(&caller, &sites);
        let accepted = self.policy.accept(&request, approver, before);
        accepted.map_err(Denied::Unfit)
    }

    fn caller(&self) -> Result<Identity, Denied> {
        identity(&self.place.caller_arn)
    }

    fn sites(&self) -> Vec<Site<'_>> {
        let site = |target| site(self.place, target);
        self.targets.iter().map(site).collect()
    }

    fn request<'r>(&'r self, caller: &'r Identity, sites: &'r [Site<'r>]) -> Request<'r> {
        Request {
            caller,
            runbook: self.runbook,
            fix: self.fix,
            impact: self.impact,
            sites,
            at: Timestamp::now(),
            load: Load {
                changing: self.is_counted.then_some(0),
                started: self.is_counted.then_some(&[]),
                groups: match self.is_counted {
                    true => &[],
                    false => &UNCOUNTED,
                },
                own_changing: 0,
                own_verified: 0,
            },
        }
    }
}

/// Who somebody is.
///
/// # Errors
/// When nobody has such an ARN.
pub fn identity(arn: &str) -> Result<Identity, Denied> {
    Identity::read(arn).ok_or_else(|| Denied::NoCaller {
        arn: arn.to_owned(),
    })
}

/// Whether the caller may look. Who gives the command has agreed to it; another person can't.
///
/// # Errors
/// Why not.
pub fn look(
    policy: &Policy,
    (place, targets): (&Where, &[NodeTarget]),
    runbook: &Runbook,
    unconfined: bool,
) -> Result<(), Denied> {
    let worst = runbook.impact();
    let matter = Matter {
        policy,
        place,
        targets,
        runbook: &runbook.name,
        fix: None,
        // What nobody has let loose is not asked.
        impact: if unconfined { worst } else { Impact::Read },
        is_counted: false,
    };
    match matter.decide()?.approval.others() {
        0 => Ok(()),
        _ => Err(Denied::Looks {
            impact: matter.impact,
        }),
    }
}

/// Whether the caller may make the bundle of a node that a runbook wants: whoever may run it, unless a
/// rule forbids bundles. It is borrowed, so nobody has to approve it.
///
/// # Errors
/// Why not.
pub fn bundle(
    policy: &Policy,
    (place, target): (&Where, &NodeTarget),
    runbook: &str,
) -> Result<(), Denied> {
    let caller = identity(&place.caller_arn)?;
    let permitted = policy.lets_bundle(&caller, runbook, &site(place, target));
    permitted.map_err(Denied::Refused)
}

/// Whether the caller may take a fix back: whoever may apply it. Times and limits are for changes;
/// this ends one. It is not kept from somebody because nobody says who they are, unless a rule asks.
///
/// # Errors
/// Why not.
pub fn revert(
    policy: &Policy,
    (place, target): (&Where, &NodeTarget),
    runbook: &str,
    fix: &str,
) -> Result<(), Denied> {
    let caller = match place.caller_arn.as_str() {
        "" => None,
        arn => Some(identity(arn)?),
    };
    let permitted = policy.lets_revert(caller.as_ref(), (runbook, fix), &site(place, target));
    permitted.map_err(Denied::Refused)
}

fn site<'a>(place: &'a Where, target: &'a NodeTarget) -> Site<'a> {
    Site {
        account: &place.account,
        cluster: match &place.cluster {
            Some(name) => Fact::Is(name),
            None => Fact::NotSeen,
        },
        node_group: match &target.node_group {
            NodeGroup::Named(name) => Fact::Is(name),
            NodeGroup::None => Fact::Absent,
            NodeGroup::Unseen => Fact::NotSeen,
        },
        namespace: match &target.pod {
            Some(pod) => Fact::Is(&pod.namespace),
            None => Fact::Absent,
        },
    }
}
