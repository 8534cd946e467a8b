//! A script of the runbook's own that changes something, with a script that says what is there, and
//! one that takes it back; or with the word that nothing can.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{check_length, place};
use crate::action::{Carried, Change, Impact, NodeChange, shell_quote};
use crate::frame::{Place, without_comments};
use crate::syntax::{Faults, Fields, Key, Shape, Span, Spanned, Spelling, Tree, Word};
use crate::value::Value;

/// What such a change is in messages.
const WHAT: &str = "a `run` change";
/// The script itself, and three times what is there.
const LIMIT: Duration = Duration::from_secs(100);

pub(super) const KEYS: &[Key] = &[
    Key::required("at", Shape::Word(places), "Where it runs"),
    Key::required(
        "present",
        Shape::Text,
        "Prints what is there, on one line: read before and after, and changes nothing",
    ),
    Key::required(
        "to",
        Shape::Spelt(Spelling::Line),
        "What `present` prints once the change is made; a fix that finds it there has nothing to do",
    ),
    Key::required("script", Shape::Text, "What runs, as POSIX sh"),
    Key::optional(
        "revert",
        Shape::Text,
        "What takes it back: `present` prints then what it printed before",
    ),
    Key::optional(
        "irreversible",
        Shape::Boolean,
        "`true`, instead of `revert`: nothing can take it back",
    ),
];

fn places() -> Vec<Word> {
    super::places()
        .into_iter()
        .filter(|(name, _)| *name != "host")
        .collect()
}

/// Reads the parameters of a change.
pub(super) fn read(parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
    let fields = Fields::read(parameters, WHAT, KEYS, faults)?;
    let at = fields
        .require("at", WHAT, faults)?
        .expect_text("`at`", faults)?;
    let place = place(at, faults)?;
    if place == Place::Host {
        faults
            .error(
                "no-shell",
                at.span,
                "the host has no shell that could run a script",
            )
            .help("write `at: admin`, or `restart` for one of its services");
        return None;
    }
    let present = script(&fields, "present", faults);
    let script_text = script(&fields, "script", faults);
    let to = fields
        .require("to", WHAT, faults)
        .and_then(|tree| tree.expect_text("`to`", faults));
    let to = to.and_then(|text| Spelling::Line.read("value on one line", text, faults));
    let back = way_back(&fields, (place, at.span), faults);
    Some(Box::new(RunChange {
        place,
        present: present?,
        to: to?.trim_end().to_owned(),
        script: script_text?,
        back: back?,
        span: parameters.span(),
    }))
}

/// One of its scripts, as it stands there: what a fix may be approved for is seen in the runbook.
fn script(fields: &Fields<'_>, key: &str, faults: &mut Faults) -> Option<String> {
    fields.require(key, WHAT, faults)?;
    let text = fields.text(key, faults)?;
    check_length(text, faults)?;
    plain(text, faults)?;
    Some(text.value.clone())
}

fn plain(text: &Spanned<String>, faults: &mut Faults) -> Option<()> {
    if !Spelling::holds_values(&text.value) {
        return Some(());
    }
    faults
        .error(
            "changing-script",
            text.span,
            "a script of a change takes no values",
        )
        .help("write a fix for each value; what takes one is a `sysctl` or `settings` change");
    None
}

/// The script of the way back; `None` where there is none, and nothing where that is a fault.
#[expect(
    clippy::option_option,
    reason = "a fault is not the same as no way back"
)]
fn way_back(
    fields: &Fields<'_>,
    (place, at): (Place, Span),
    faults: &mut Faults,
) -> Option<Option<String>> {
    let irreversible = match fields.get("irreversible") {
        Some(tree) => tree.expect_bool("`irreversible`", faults)?,
        None => false,
    };
    match (fields.get("revert"), irreversible) {
        (Some(tree), true) => {
            faults
                .error(
                    "two-ways-back",
                    tree.span(),
                    "what has a way back is not irreversible",
                )
                .help("leave one of them out: `revert`, or `irreversible: true`");
            None
        }
        (None, true) => Some(None),
        (None, false) => {
            faults
                .error(
                    "no-revert",
                    fields.span(),
                    "nothing says how it is taken back",
                )
                .help(
                    "add `revert:`, a script after which `present` prints what it printed before; or \
                     say `irreversible: true`, which two other people have to approve",
                );
            None
        }
        (Some(_), false) if place != Place::Control => {
            faults
                .error(
                    "no-switch",
                    at,
                    "in the admin container nothing could take it back by itself",
                )
                .help(
                    "write `at: control`, where a job takes it back unless it is kept; or say \
                     `irreversible: true` instead of `revert`",
                );
            None
        }
        (Some(_), false) => script(fields, "revert", faults).map(Some),
    }
}

#[derive(Debug)]
struct RunChange {
    place: Place,
    present: String,
    to: String,
    script: String,
    back: Option<String>,
    span: Span,
}

impl RunChange {
    fn functions(&self) -> String {
        let functions = without_comments(include_str!("change.sh"));
        format!("own_present={}\n{functions}", shell_quote(&self.present))
    }

    /// The beginning of the digest of its script.
    fn digest(&self) -> String {
        let digest = Sha256::digest(self.script.as_bytes());
        let bytes = digest.iter().take(4);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    /// The script that leads to this value.
    fn leading_to(&self, to: &str) -> &str {
        match &self.back {
            Some(back) if to != self.to => back,
            _ => &self.script,
        }
    }
}

impl Change for RunChange {
    fn subject(&self) -> String {
        let first = self.script.lines().find(|line| !line.trim().is_empty());
        let first = first.unwrap_or_default().trim();
        let shown: String = first.chars().take(60).collect();
        // Scripts may begin alike, and no two changes of a fix have the same subject.
        format!("the script `{shown}` ({})", self.digest())
    }

    fn span(&self) -> Span {
        self.span
    }

    fn impact(&self) -> Impact {
        match self.back {
            Some(_) => Impact::Reversible,
            None => Impact::Irreversible,
        }
    }

    fn has_way_back(&self) -> bool {
        self.back.is_some()
    }

    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        Ok(self.to.clone())
    }

    fn display(&self, value: &str) -> String {
        value.to_owned()
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for RunChange {
    fn place(&self) -> Place {
        self.place
    }

    fn limit(&self) -> Duration {
        LIMIT
    }

    fn present(&self) -> String {
        self.functions() + "now\nprintf '%s\\n' \"$v\"\n"
    }

    fn effects(&self, _: &[String]) -> Vec<String> {
        let line = match self.back {
            Some(_) => "what else the runbook's own script does, and takes back, only it knows",
            None => "what else the runbook's own script does, only it knows",
        };
        let scripts = [
            ("present", Some(&self.present)),
            ("script", Some(&self.script)),
            ("revert", self.back.as_ref()),
        ];
        // Who approves it has to see all of it.
        let shown = scripts.into_iter().flat_map(|(name, script)| {
            let lines = script.into_iter().flat_map(|script| script.lines());
            lines.map(move |line| format!("{name}: {line}"))
        });
        shown.chain([line.to_owned()]).collect()
    }

    fn apply(&self, from: &str, to: &str) -> String {
        let mut script = self.functions();
        script.push_str(&format!(
            "carry {} {} {}\n",
            shell_quote(from),
            shell_quote(to),
            shell_quote(self.leading_to(to))
        ));
        script
    }

    fn mark(&self) -> Option<String> {
        Some(self.digest())
    }

    fn by_hand(&self, to: &str) -> String {
        let script = match self.back {
            Some(_) => self.leading_to(to),
            None => &self.present,
        };
        format!("sh -c {}", shell_quote(script))
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}
