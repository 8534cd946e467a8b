//! Whether something may be done, and what it takes.

use std::fmt;

use jiff::Timestamp;

use super::approvals::Approval;
use super::calendar::Window;
use super::checked::Policy;
use super::load::{Full, Load};
use super::names::Fact;
use super::rules::{Allow, Deed, Forbid};
use super::site::Site;
use crate::action::Impact;
use crate::guard::Identity;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who, as STS says it.
    pub caller: &'a Identity,
    /// The runbook's name.
    pub runbook: &'a str,
    /// The fix; `None`: only look.
    pub fix: Option<&'a str>,
    /// The worst of what is to be done.
    pub impact: Impact,
    /// The nodes; a fix may be applied to each of them.
    pub sites: &'a [Site<'a>],
    /// Now.
    pub at: Timestamp,
    /// What is under way.
    pub load: Load<'a>,
}

/// What it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who has to approve.
    pub approval: Approval,
    /// The limits that nobody can keep, because what is under way can't be told.
    pub unkept: Vec<&'static str>,
}

/// A line of the policy's file: `heeler.yaml:12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePlace {
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
}

impl fmt::Display for RulePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Why something may not be done, at least not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no node.
    NoSite,
    /// No rule allows it.
    NotAllowed {
        /// What no rule allows.
        deed: String,
        /// A rule that might, if more was known, and of what.
        unsure: Option<(RulePlace, &'static str)>,
    },
    /// A rule forbids it.
    Forbidden {
        /// What it forbids.
        deed: String,
        /// The rule.
        rule: RulePlace,
        /// Its reason.
        because: String,
    },
    /// Nothing is changed for some time.
    Frozen {
        /// The freeze.
        rule: RulePlace,
        /// Its reason.
        because: String,
        /// Its end, as it is written.
        until: String,
    },
    /// Changes are made at other times.
    Closed {
        /// The first of the windows.
        rule: RulePlace,
        /// All of them.
        windows: Vec<String>,
    },
    /// A limit is reached.
    Full(Full),
}

impl Refusal {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSite => "policy-no-node",
            Refusal::NotAllowed { .. } => "policy-not-allowed",
            Refusal::Forbidden { .. } => "policy-forbidden",
            Refusal::Frozen { .. } => "policy-frozen",
            Refusal::Closed { .. } => "policy-closed",
            Refusal::Full(_) => "policy-limit",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoSite => f.write_str("there is no node to ask the policy about"),
            Refusal::NotAllowed { deed, unsure: None } => write!(f, "no rule allows {deed}"),
            Refusal::NotAllowed {
                deed,
                unsure: Some((rule, what)),
            } => write!(
                f,
                "no rule allows {deed}; the one at {rule} might, but {what} can't be told"
            ),
            Refusal::Forbidden {
                deed,
                rule,
                because,
            } => write!(f, "{rule} forbids {deed}: {because}"),
            Refusal::Frozen {
                rule,
                because,
                until,
            } => write!(f, "{rule}: nothing is changed until {until}: {because}"),
            Refusal::Closed { rule, windows } => {
                write!(f, "{rule}: changes are made {} only", windows.join(", "))
            }
            Refusal::Full(full) => full.fmt(f),
        }
    }
}

impl Policy {
    /// Whether something may be done now, and what it takes.
    ///
    /// # Errors
    /// The first reason why not: a rule, then the time, then a limit.
    pub fn decide(&self, request: &Request<'_>) -> Result<Decision, Refusal> {
        if request.sites.is_empty() {
            return Err(Refusal::NoSite);
        }
        for site in request.sites {
            self.permits(&request.deed(), site)?;
        }
        let mut unkept = Vec::new();
        if request.impact > Impact::Read {
            for site in request.sites {
                self.is_time(request.at, site)?;
            }
            self.limits()
                .one_more(&request.load, request.at)
                .map_err(Refusal::Full)?;
            unkept = self.limits().unkept(&request.load);
        }
        Ok(Decision {
            approval: self.approvals.of(request.impact),
            unkept,
        })
    }

    /// Whether somebody may take a fix back: who may apply it, at any time and without an approval. What
    /// is forbidden to everybody can be taken back all the same: such a rule is written because of
    /// what a fix does, and must not be what keeps it there. `who` is `None` where nobody knows who
    /// it is: then a rule for everybody has to let them.
    ///
    /// # Errors
    /// The first rule why not.
    pub fn lets_revert(
        &self,
        who: Option<&Identity>,
        (runbook, fix): (&str, &str),
        site: &Site<'_>,
    ) -> Result<(), Refusal> {
        let deed = Deed {
            who,
            runbook,
            fix: Some(fix),
            bundle: false,
        };
        let mut personal = self.forbid.iter().filter(|rule| rule.is_personal());
        self.unless(personal.find(|rule| rule.holds(&deed, site)), &deed, site)
    }

    /// Whether somebody may make the bundle of a node that a runbook wants: whoever may run it, unless
    /// a rule forbids it. Times and limits are for changes; this is none.
    ///
    /// # Errors
    /// The first rule why not.
    pub fn lets_bundle(
        &self,
        who: &Identity,
        runbook: &str,
        site: &Site<'_>,
    ) -> Result<(), Refusal> {
        let deed = Deed {
            who: Some(who),
            runbook,
            fix: None,
            bundle: true,
        };
        self.permits(&deed, site)
    }

    /// Whether the rules let somebody do this there.
    pub(super) fn permits(&self, deed: &Deed<'_>, site: &Site<'_>) -> Result<(), Refusal> {
        let forbidden = self.forbid.iter().find(|rule| rule.holds(deed, site));
        self.unless(forbidden, deed, site)
    }

    /// Whether a rule allows it, unless this one forbids it.
    fn unless(
        &self,
        forbidden: Option<&Forbid>,
        deed: &Deed<'_>,
        site: &Site<'_>,
    ) -> Result<(), Refusal> {
        if let Some(rule) = forbidden {
            return Err(Refusal::Forbidden {
                deed: told(deed, site),
                rule: self.place(rule.span),
                because: rule.because.clone(),
            });
        }
        let Some(rules) = &self.allow else {
            return Ok(());
        };
        let held = |wanted| move |rule: &&Allow| rule.holds(deed, site) == wanted;
        if rules.iter().any(|rule| held(Some(true))(&rule)) {
            return Ok(());
        }
        let unsure = rules.iter().find(held(None));
        let what = match deed.who {
            Some(_) => "where that is",
            None => "who asks, or where that is,",
        };
        Err(Refusal::NotAllowed {
            deed: told(deed, site),
            unsure: unsure.map(|rule| (self.place(rule.span), what)),
        })
    }

    /// Whether changes are made there at that time.
    fn is_time(&self, at: Timestamp, site: &Site<'_>) -> Result<(), Refusal> {
        if let Some(freeze) = self.freezes.iter().find(|freeze| freeze.holds(at, site)) {
            return Err(Refusal::Frozen {
                rule: self.place(freeze.span),
                because: freeze.because.clone(),
                until: format!("{} {}", freeze.end, self.zone_name()),
            });
        }
        // A window that might be about the place binds, but only one that is opens it.
        let binding = |window: &&Window| window.is_about(site) != Some(false);
        let binding: Vec<&Window> = self.windows.iter().filter(binding).collect();
        let mut open = binding
            .iter()
            .filter(|window| window.is_open(at, &self.zone));
        match binding.first() {
            Some(first) if !open.any(|window| window.is_about(site) == Some(true)) => {
                let text = |window: &&Window| format!("{} {}", window.text(), self.zone_name());
                Err(Refusal::Closed {
                    rule: self.place(first.span),
                    windows: binding.iter().map(text).collect(),
                })
            }
            _ => Ok(()),
        }
    }
}

impl<'a> Request<'a> {
    pub(super) fn deed(&self) -> Deed<'a> {
        Deed {
            who: Some(self.caller),
            runbook: self.runbook,
            fix: self.fix,
            bundle: false,
        }
    }
}

/// As a continuation of "allows" or "forbids".
fn told(deed: &Deed<'_>, site: &Site<'_>) -> String {
    let (who, runbook) = (deed.who.map_or("somebody", Identity::name), deed.runbook);
    let what = match deed.fix {
        Some(fix) => format!("apply {fix} of {runbook}"),
        None if deed.bundle => format!("make the bundles of {runbook}"),
        None => format!("run {runbook}"),
    };
    let place = match site.cluster {
        Fact::Is(cluster) => cluster,
        Fact::Absent | Fact::NotSeen => site.account,
    };
    format!("{who} to {what} in {place}")
}
