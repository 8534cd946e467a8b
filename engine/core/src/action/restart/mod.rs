//! Restarting a service of the host. Nothing takes that back: it ends with the service running anew,
//! or with a service that does not come, which a person has to see to.

mod service;

use std::time::Duration;

use super::{Action, Carried, Change, Look, NodeChange, parameters, shell_quote};
use crate::frame::{Place, without_comments};
use crate::syntax::{Faults, Shape, Span, Spelling, Tree};
use crate::value::Value;
use service::Service;

/// What the change sets, for people: the value read back names the new start.
const RESTARTED: &str = "restarted";
/// How long the service may take to run anew. systemd waits longer for most, and goes on alone.
const PATIENCE: Duration = Duration::from_secs(60);
/// Reading, and seeing that it stays.
const MARGIN: Duration = Duration::from_secs(20);

/// The name of a service, whole: nothing that a command could take for an option, and no pattern.
const SPELLING: Spelling = Spelling::Own {
    example: "kubelet.service",
    pattern: r"^[a-z0-9][a-z0-9@._-]{0,91}\.service$",
    fits: is_service,
};

fn is_service(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "@._-".contains(c);
    text.strip_suffix(".service").is_some_and(|stem| {
        let first = stem.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        first && stem.len() <= 92 && stem.chars().all(inner)
    })
}

#[derive(Debug)]
pub(super) struct Restart;

impl Action for Restart {
    fn name(&self) -> &'static str {
        "restart"
    }

    fn summary(&self) -> &'static str {
        "Restarts a service of the host"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Spelt(SPELLING))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let help = "read what a service says with a `journal` look";
        parameters::only_changes(self.name(), help, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let text = parameters.expect_text("the name of a service", faults)?;
        let unit = SPELLING.read("name of a service", text, faults)?;
        let service = Service::of(unit);
        if let Some(why) = service.is_the_way_in() {
            let title = format!("a restart of {unit} ends the command that restarts it");
            faults
                .error("cuts-off-control", text.span, title)
                .help(format!("{why}: nobody would learn of its end"));
            return None;
        }
        Some(Box::new(RestartChange {
            unit: unit.to_owned(),
            service,
            span: text.span,
        }))
    }
}

#[derive(Debug)]
struct RestartChange {
    unit: String,
    service: Service,
    span: Span,
}

impl RestartChange {
    /// The functions of both scripts.
    fn functions(&self) -> String {
        let functions = without_comments(include_str!("restart.sh"));
        format!("unit={}\n{functions}", shell_quote(&self.unit))
    }
}

impl Change for RestartChange {
    fn subject(&self) -> String {
        self.unit.clone()
    }

    fn span(&self) -> Span {
        self.span
    }

    fn has_way_back(&self) -> bool {
        false
    }

    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        Ok(RESTARTED.to_owned())
    }

    fn display(&self, value: &str) -> String {
        // The id says nothing to people.
        value.split(' ').next().unwrap_or(value).to_owned()
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for RestartChange {
    fn place(&self) -> Place {
        Place::Admin
    }

    fn limit(&self) -> Duration {
        PATIENCE + MARGIN
    }

    fn restarts(&self) -> Option<&'static str> {
        self.service.setting().map(|_| "the kubelet")
    }

    fn present(&self) -> String {
        self.functions() + "stands\n"
    }

    fn services(&self) -> Option<String> {
        let name = self.service.setting()?;
        Some(format!("echo {name}\n"))
    }

    fn effects(&self, _: &[String]) -> Vec<String> {
        vec![self.service.effect(&self.unit)]
    }

    fn apply(&self, from: &str, _: &str) -> String {
        let mut script = self.functions();
        script.push_str(&format!(
            "restart {} {}\n",
            shell_quote(from),
            PATIENCE.as_secs()
        ));
        script
    }

    fn by_hand(&self, _: &str) -> String {
        format!("sheltie systemctl status --no-pager {}", self.unit)
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        vec![
            "in the control container: apiclient set host-containers.admin.enabled=true, then this \
             fix again; not through user data, which replaces the node"
                .to_owned(),
        ]
    }
}
