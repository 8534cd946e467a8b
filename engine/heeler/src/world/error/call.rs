//! A call to AWS or Kubernetes that failed.

use std::fmt;

use heeler_core::event::InstanceId;
use jiff::SignedDuration;

/// Who was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Any AWS service.
    Aws,
    /// The Kubernetes API.
    Kubernetes,
}

/// What was called, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who.
    pub service: Service,
    /// The IAM action (`ssm:SendCommand`), or verb and resource (`get pods shop/web`).
    pub operation: String,
    /// The AWS region, or the kubeconfig context.
    pub place: String,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The call; boxed, as it is carried through every result.
    pub call: Box<Call>,
    /// Why.
    pub cause: Cause,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// There are no credentials, or none that could be loaded.
    NoCredentials(String),
    /// The credentials have expired.
    ExpiredCredentials(String),
    /// The other side does not know these credentials.
    ForeignCredentials(String),
    /// This machine's clock is too far from the other side's.
    ClockOff {
        /// How far this machine is ahead, behind when negative; `None`: it could not be told, or the
        /// clocks agree by now.
        ahead: Option<SignedDuration>,
        /// The service's message.
        detail: String,
    },
    /// The caller may not do this.
    Forbidden(String),
    /// There is no such thing.
    NotFound(String),
    /// No connection could be made; nothing was sent.
    Unreachable(String),
    /// TLS failed.
    Tls(String),
    /// No answer in time, or the connection broke.
    TimedOut(String),
    /// Refused for the time being: too many calls.
    Throttled(String),
    /// The other side failed (a 5xx).
    Unavailable(String),
    /// SendCommand may have been executed, and no command with its comment has shown up.
    Ambiguous {
        /// By which the command can be found.
        comment: String,
        /// What happened.
        detail: String,
    },
    /// SSM refused the whole command because of these instances; nothing was started.
    InvalidInstances(Vec<InstanceId>),
    /// The object has moved on since it was read, or is another one; nothing was changed.
    Conflict(String),
    /// Refused for another reason.
    Refused {
        /// The service's code.
        code: String,
        /// The service's message.
        detail: String,
    },
    /// The answer made no sense.
    Unreadable(String),
    /// The node's admin container is off, and nothing can be asked of it.
    AdminOff(String),
}

impl Cause {
    /// The same, in other words, where it is said in words.
    #[must_use]
    pub fn reworded(self, words: impl FnOnce(String) -> String) -> Self {
        match self {
            Cause::NoCredentials(said) => Cause::NoCredentials(words(said)),
            Cause::ExpiredCredentials(said) => Cause::ExpiredCredentials(words(said)),
            Cause::ForeignCredentials(said) => Cause::ForeignCredentials(words(said)),
            Cause::Forbidden(said) => Cause::Forbidden(words(said)),
            Cause::NotFound(said) => Cause::NotFound(words(said)),
            Cause::Unreachable(said) => Cause::Unreachable(words(said)),
            Cause::Tls(said) => Cause::Tls(words(said)),
            Cause::TimedOut(said) => Cause::TimedOut(words(said)),
            Cause::Throttled(said) => Cause::Throttled(words(said)),
            Cause::Unavailable(said) => Cause::Unavailable(words(said)),
            Cause::Conflict(said) => Cause::Conflict(words(said)),
            Cause::Refused { code, detail } => Cause::Refused {
                code,
                detail: words(detail),
            },
            Cause::Unreadable(said) => Cause::Unreadable(words(said)),
            Cause::AdminOff(said) => Cause::AdminOff(words(said)),
            same @ (Cause::ClockOff { .. }
            | Cause::Ambiguous { .. }
            | Cause::InvalidInstances(_)) => same,
        }
    }
}

impl CallError {
    /// A failed call.
    pub fn new(
        service: Service,
        operation: impl Into<String>,
        place: impl Into<String>,
        cause: Cause,
    ) -> Self {
        let (operation, place) = (operation.into(), place.into());
        CallError {
            call: Box::new(Call {
                service,
                operation,
                place,
            }),
            cause,
        }
    }

    /// Another cause, the same call.
    pub fn because(&self, cause: Cause) -> Self {
        CallError {
            call: self.call.clone(),
            cause,
        }
    }

    /// Nobody answered: what the other side would have said is not known.
    pub fn is_silence(&self) -> bool {
        matches!(
            self.cause,
            Cause::Unreachable(_) | Cause::TimedOut(_) | Cause::Unavailable(_)
        )
    }

    /// Repeating a read may help.
    pub fn is_passing(&self) -> bool {
        self.is_silence() || matches!(self.cause, Cause::Throttled(_))
    }

    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self.cause {
            Cause::NoCredentials(_) => "no-credentials",
            Cause::ExpiredCredentials(_) => "expired-credentials",
            Cause::ForeignCredentials(_) => "foreign-credentials",
            Cause::ClockOff { .. } => "clock-off",
            Cause::Forbidden(_) => "forbidden",
            Cause::NotFound(_) => "not-found",
            Cause::Unreachable(_) => "unreachable",
            Cause::Tls(_) => "tls",
            Cause::TimedOut(_) => "timed-out",
            Cause::Throttled(_) => "throttled",
            Cause::Unavailable(_) => "unavailable",
            Cause::Ambiguous { .. } => "in-doubt",
            Cause::InvalidInstances(_) => "invalid-instances",
            Cause::Conflict(_) => "conflict",
            Cause::Refused { .. } => "refused-by-service",
            Cause::Unreadable(_) => "unreadable-answer",
            Cause::AdminOff(_) => "admin-off",
        }
    }

    /// What went wrong.
    pub fn what(&self) -> String {
        let who = self.call.service;
        let call = &self.call.operation;
        match &self.cause {
            Cause::NoCredentials(detail) => format!("no {who} credentials: {detail}"),
            Cause::ExpiredCredentials(detail) => {
                format!("the {who} credentials have expired: {detail}")
            }
            Cause::ForeignCredentials(detail) => {
                format!("{who} does not know these credentials: {detail}")
            }
            Cause::ClockOff { ahead, detail } => match ahead {
                Some(ahead) => {
                    let off = distance(*ahead);
                    format!("{who} refuses {call}: this machine's clock is {off} {who}'s")
                }
                None => format!("{who} refuses {call} for its time: {detail}"),
            },
            Cause::Forbidden(detail) => format!("not allowed: {call}: {detail}"),
            Cause::NotFound(detail) | Cause::AdminOff(detail) => detail.clone(),
            Cause::Unreachable(detail) => format!("{who} can't be reached for {call}: {detail}"),
            Cause::Tls(detail) => format!("no trusted connection to {who} for {call}: {detail}"),
            Cause::TimedOut(detail) => format!("{who} did not answer {call}: {detail}"),
            Cause::Throttled(detail) => format!("{who} throttles {call}: {detail}"),
            Cause::Unavailable(detail) => format!("{who} failed at {call}: {detail}"),
            Cause::Ambiguous { comment, detail } => {
                format!("in doubt whether the command `{comment}` was started: {detail}")
            }
            Cause::InvalidInstances(ids) => {
                let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
                format!("SSM can't run commands on {}", ids.join(", "))
            }
            Cause::Conflict(detail) => {
                format!("somebody has changed the object of {call} meanwhile: {detail}")
            }
            Cause::Refused { code, detail } => format!("{who} refused {call}: {code}: {detail}"),
            Cause::Unreadable(detail) => {
                format!("the answer of {who} to {call} makes no sense: {detail}")
            }
        }
    }

    /// Where.
    pub fn place(&self) -> String {
        match self.call.service {
            Service::Aws => format!("{} in {}", self.call.operation, self.call.place),
            Service::Kubernetes => {
                format!("{} in context {}", self.call.operation, self.call.place)
            }
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        let call = &self.call.operation;
        match (&self.cause, self.call.service) {
            (
                Cause::NoCredentials(_)
                | Cause::ExpiredCredentials(_)
                | Cause::ForeignCredentials(_),
                Service::Aws,
            ) => "log in (aws sso login, or your own way) or name a profile with --profile; \
                  `aws sts get-caller-identity` must work first"
                .into(),
            (
                Cause::NoCredentials(_)
                | Cause::ExpiredCredentials(_)
                | Cause::ForeignCredentials(_),
                Service::Kubernetes,
            ) => format!(
                "log in again; `kubectl --context {} get nodes` must work first",
                self.call.place
            ),
            (Cause::ClockOff { ahead: None, .. }, _) => {
                "compare this machine's clock (timedatectl), set it where it is off, and try again; this \
                 request did nothing"
                    .into()
            }
            (Cause::ClockOff { .. }, _) => {
                "set this machine's clock (sudo timedatectl set-ntp true, or sudo chronyc makestep) \
                 and try again; this request did nothing"
                    .into()
            }
            (Cause::Forbidden(_), Service::Aws) => {
                format!("ask for the IAM action {call} on this resource")
            }
            (Cause::Forbidden(_), Service::Kubernetes) => {
                format!("ask for an RBAC role that may {call}")
            }
            (Cause::NotFound(_), _) => "check the name and where it is looked for".into(),
            (Cause::Unreachable(_) | Cause::TimedOut(_), Service::Kubernetes) => {
                "check network and VPN; without the API server, name the node itself: \
                 --instance i-…, or --node NAME with --cluster and --region"
                    .into()
            }
            (Cause::Unreachable(_) | Cause::TimedOut(_), Service::Aws) => {
                "check network, VPN, proxy and the region's endpoint".into()
            }
            (Cause::Tls(_), _) => {
                "check the certificate authority and whether a proxy intercepts the connection"
                    .into()
            }
            (Cause::Throttled(_) | Cause::Unavailable(_), _) => "try again in a minute".into(),
            (Cause::Ambiguous { comment, .. }, _) => format!(
                "look for it before anything is sent again: aws ssm list-commands --region {} \
                 --query \"Commands[?Comment=='{comment}']\"",
                self.call.place
            ),
            (Cause::InvalidInstances(_), _) => {
                "check that they run, and that their SSM agent is registered in this region: \
                 aws ssm describe-instance-information"
                    .into()
            }
            (Cause::Conflict(_), _) => "make a new plan".into(),
            (Cause::AdminOff(_), _) => {
                "`apiclient set host-containers.admin.enabled=true` in the control container switches it on, and \
                 keeps the node and its logs; user data that does so takes effect on a new node, without them"
                    .into()
            }
            (Cause::Refused { .. } | Cause::Unreadable(_), _) => {
                "repeat the same call by hand (--commands prints it) to see more".into()
            }
        }
    }
}

/// `10 min behind`.
fn distance(ahead: SignedDuration) -> String {
    let minutes = ahead.abs().as_secs().saturating_add(30) / 60;
    let side = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    match minutes {
        0..120 => format!("{minutes} min {side}"),
        _ => format!("{} h {} min {side}", minutes / 60, minutes % 60),
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Service::Aws => "AWS",
            Service::Kubernetes => "Kubernetes",
        })
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what(), self.place())
    }
}

impl std::error::Error for CallError {}
