//! Starting and stopping a host container of Bottlerocket: the admin container is borrowed, and
//! given back by the way back.

use std::time::Duration;

use super::{Action, Carried, Change, Look, NodeChange, parameters, shell_quote};
use crate::frame::{Place, without_comments};
use crate::hazard::{PULL, Touched, stops_control};
use crate::syntax::{Entries, Faults, Shape, Span, Spelling, Tree};
use crate::value::Value;

/// How containers are named. Source: `settings.host-containers` of Bottlerocket.
const NAME: Spelling = Spelling::Letters("-");
/// One container, and whether it runs.
const CHANGE: Entries = Entries {
    least: 1,
    most: Some(1),
    ..Entries::of(NAME, &Shape::Boolean)
};
/// It gets 20 s to end by itself. Source: `host-containers@.service` of the core kit.
const STOP: Duration = Duration::from_secs(45);
/// Reading and setting, and the last question.
const MARGIN: Duration = Duration::from_secs(25);

#[derive(Debug)]
pub(super) struct HostContainer;

impl Action for HostContainer {
    fn name(&self) -> &'static str {
        "host-container"
    }

    fn summary(&self) -> &'static str {
        "Starts or stops a host container, such as the admin container"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Entries(&CHANGE))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let help = "read it with a `settings` look below `settings.host-containers`";
        parameters::only_changes(self.name(), help, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let entries = parameters.expect_map("a `host-container` change", faults)?;
        let [entry] = entries else {
            faults
                .error(
                    "not-one-key",
                    parameters.span(),
                    "a `host-container` change is about exactly one container",
                )
                .help("write one entry of `change` for each container");
            return None;
        };
        let name = NAME.read("host container", &entry.key, faults);
        let enabled = entry.value.expect_bool("whether it runs", faults);
        let (name, enabled) = (name?, enabled?);
        if stops_control(&["host-containers".to_owned(), name.to_owned()]) {
            faults
                .error(
                    "cuts-off-control",
                    entry.key.span,
                    "a change of the control container stops it",
                )
                .help(
                    "the command comes through that container: nobody would learn of its end, and \
                     nothing could take it back",
                );
            return None;
        }
        Some(Box::new(HostContainerChange {
            name: name.to_owned(),
            enabled,
            span: entry.key.span,
        }))
    }
}

fn functions() -> String {
    without_comments(include_str!("refused.sh"))
        + &without_comments(include_str!("host_container.sh"))
}

/// How long the container may take until it is as the setting says.
fn patience(enabled: &str) -> Duration {
    if enabled == "true" { PULL } else { STOP }
}

#[derive(Debug)]
struct HostContainerChange {
    name: String,
    enabled: bool,
    span: Span,
}

impl HostContainerChange {
    /// Makes `enabled` the function that prints `true` or `false`, or `absent` where the node has no
    /// such container: then it has no image either.
    fn define_enabled(&self) -> String {
        format!(
            "enabled() {{\n  found=$(apiclient get {}) || return 1\n  printf '%s\\n' \"$found\" |\n    \
             jq -r --arg name {} '.settings.\"host-containers\"[$name] | \
             if .source then .enabled // false else \"absent\" end'\n}}\n",
            shell_quote(&format!("settings.host-containers.{}", self.name)),
            shell_quote(&self.name),
        )
    }
}

impl Change for HostContainerChange {
    fn subject(&self) -> String {
        format!("the host container {}", self.name)
    }

    fn span(&self) -> Span {
        self.span
    }

    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        Ok(self.enabled.to_string())
    }

    fn back(&self, from: &str, _: &[Value]) -> Result<String, String> {
        match from {
            "true" | "false" => Ok(from.to_owned()),
            _ => Err(format!("the node has no host container `{}`", self.name)),
        }
    }

    fn display(&self, value: &str) -> String {
        match value {
            "true" => "on",
            "false" => "off",
            other => other,
        }
        .to_owned()
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for HostContainerChange {
    fn place(&self) -> Place {
        Place::Control
    }

    fn limit(&self) -> Duration {
        PULL.max(STOP) + MARGIN
    }

    fn present(&self) -> String {
        self.define_enabled() + "enabled\n"
    }

    fn effects(&self, _: &[String]) -> Vec<String> {
        vec!["stays after a restart of the node".to_owned()]
    }

    fn touches(&self, _: &str, _: &str) -> Vec<Touched> {
        vec![Touched::HostContainer {
            name: self.name.clone(),
            starts: self.enabled,
        }]
    }

    fn apply(&self, from: &str, to: &str) -> String {
        format!(
            "{}{}switch {} {} {} {}\n",
            self.define_enabled(),
            functions(),
            shell_quote(&self.name),
            shell_quote(from),
            shell_quote(to),
            patience(to).as_secs(),
        )
    }

    fn holds(&self, to: &str) -> Option<String> {
        Some(format!(
            "{}follow {} {} {}\n",
            functions(),
            shell_quote(&self.name),
            shell_quote(to),
            patience(to).as_secs(),
        ))
    }

    fn by_hand(&self, to: &str) -> String {
        let pair = format!("host-containers.{}.enabled={to}", self.name);
        format!("apiclient set {}", shell_quote(&pair))
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}
