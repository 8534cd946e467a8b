//! Reading settings: only the parts that the runbook takes leave the node.

use std::time::Duration;

use serde_json::Value as Json;

use crate::action::answer::{garbled, text};
use crate::action::document::{self, Extract, extracts, kind_of};
use crate::action::{Look, Rung, Source, Target, parameters, shell_quote};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Spelling, Tree};
use crate::value::{Kind, Value, Why};

const LETTERS: Spelling = Spelling::Letters(".-_");
const PREFIX: Spelling = Spelling::Own {
    example: "settings.kernel",
    pattern: r"^(?!.*\.\.)settings(\.[A-Za-z0-9._-]*)?$",
    fits: |text| LETTERS.fits(text) && is_below(text),
};
pub(super) const KEYS: &[Key] = &[
    Key::required(
        "prefix",
        Shape::Spelt(PREFIX),
        "What is asked for: `settings`, or a name below it such as `settings.kernel`",
    ),
    document::EXTRACT,
];

/// Reads the parameters of a look.
pub(super) fn read(parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
    let what = "a `settings` look";
    let fields = parameters::fields("settings", parameters, KEYS, faults)?;
    let extracts = extracts(&fields, what, false, faults);
    let text = fields
        .require("prefix", what, faults)?
        .expect_text("`prefix`", faults)?;
    let prefix = LETTERS.read("prefix of settings", text, faults)?;
    if !is_below(prefix) {
        faults
            .error(
                "not-a-prefix",
                text.span,
                format!("`{prefix}` is not below `settings`"),
            )
            .help(format!("write `settings.{prefix}`"));
        return None;
    }
    Some(Box::new(SettingsLook {
        prefix: prefix.to_owned(),
        extracts: extracts?,
    }))
}

fn is_below(prefix: &str) -> bool {
    prefix == "settings" || prefix.starts_with("settings.")
}

#[derive(Debug)]
struct SettingsLook {
    prefix: String,
    extracts: Vec<Extract>,
}

impl Look for SettingsLook {
    fn kind(&self) -> Kind {
        kind_of(&self.extracts)
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        let paths: Json = self
            .extracts
            .iter()
            .map(|extract| extract.path.json())
            .collect();
        // No match is `{}` with exit code 0, so a missing key is an answer.
        let script = format!(
            "found=$(apiclient get {}) || exit 1\nprintf '%s\\n' \"$found\" |\n  \
             jq -c --argjson paths {} '[$paths[] as $path | .settings | try getpath($path) catch null]'\n",
            shell_quote(&self.prefix),
            shell_quote(&paths.to_string()),
        );
        Ok(Source::Node(vec![Rung {
            place: Place::Control,
            only_where: None,
            needs: "apiclient",
            script,
            limit: Duration::from_secs(8),
            most_bytes: 4096,
        }]))
    }

    fn listed(&self) -> Vec<&str> {
        let paths = self.extracts.iter().map(|extract| &extract.path);
        paths
            .map(|path| path.name().unwrap_or("settings"))
            .collect()
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let found: Vec<Json> = serde_json::from_str(text(reply)?)
            .map_err(|error| garbled(format!("it is not the JSON asked for: {error}")))?;
        if found.len() != self.extracts.len() {
            return Err(garbled(format!(
                "{} values for {} paths",
                found.len(),
                self.extracts.len()
            )));
        }
        let values = self
            .extracts
            .iter()
            .zip(&found)
            .map(|(extract, found)| Ok((extract.name.as_str(), extract.read(found)?)));
        Ok(Value::record(values.collect::<Result<Vec<_>, Why>>()?))
    }
}
