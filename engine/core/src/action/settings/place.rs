//! Where a setting is, and which settings are maps.
//!
//! Source: `sources/shared-defaults/*.toml` and `sources/settings-*` of Bottlerocket.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::action::sysctl::key::Key as KernelParameter;
use crate::hazard::{Touched, is_below, overlap, restarts_kubelet, stops_control};
use crate::syntax::{Faults, Span, Spanned, Spelling};

/// A name of a setting, from `settings` on.
pub(super) const KEY: Spelling = Spelling::Own {
    example: "settings.kernel.sysctl",
    pattern: r"^settings(\.[A-Za-z0-9_-]+)+$",
    fits: is_key,
};
const PART: Spelling = Spelling::Letters("_-");

const SYSCTL: &[&str] = &["kernel", "sysctl"];
/// Maps with names of the user's own, dots among them, and texts as values.
const MAPS: [&[&str]; 7] = [
    SYSCTL,
    &["kubernetes", "eviction-hard"],
    &["kubernetes", "eviction-soft"],
    &["kubernetes", "eviction-soft-grace-period"],
    &["kubernetes", "kube-reserved"],
    &["kubernetes", "node-labels"],
    &["kubernetes", "system-reserved"],
];

fn is_key(text: &str) -> bool {
    let parts = text.strip_prefix("settings.");
    parts.is_some_and(|parts| parts.split('.').all(|part| PART.fits(part)))
}

/// The place of a setting: its names from `settings` on, without that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place(Vec<String>);

impl Place {
    /// Of a key that is spelt right.
    pub(super) fn of(key: &Spanned<String>, faults: &mut Faults) -> Option<Place> {
        let key = KEY.read("setting", key, faults)?;
        Some(Place(key.split('.').skip(1).map(str::to_owned).collect()))
    }

    /// What is below it.
    pub(super) fn below(&self, names: &[String]) -> Place {
        Place([&self.0, names].concat())
    }

    /// Its names with `settings`, as `jq` takes them for `getpath`.
    pub(super) fn json(&self) -> Json {
        let names = self.0.iter().map(String::as_str);
        ["settings"].into_iter().chain(names).collect()
    }

    /// The prefix that `apiclient get` takes.
    pub(super) fn prefix(&self) -> String {
        format!("settings.{}", self.0.join("."))
    }

    /// Its value alone in a document, as `apiclient set --json` takes it.
    pub(super) fn around(&self, value: Json) -> Json {
        let names = self.0.iter().rev();
        names.fold(value, |inner, name| json!({ name: inner }))
    }

    /// As the API's queries take it: a name with other letters stands in quotes.
    pub(super) fn query(&self) -> String {
        let names = self.0.iter().map(|name| match PART.fits(name) {
            true => name.clone(),
            false => format!("%22{name}%22"),
        });
        format!("settings.{}", names.collect::<Vec<_>>().join("."))
    }

    /// The kernel parameter that the setting is, where it is one.
    pub(super) fn kernel_parameter(&self) -> Option<KernelParameter> {
        match self.0.as_slice() {
            [.., name] if is_below(&self.0, SYSCTL) => Some(KernelParameter::named(name)),
            _ => None,
        }
    }

    /// Whether a change of it restarts the kubelet.
    pub(super) fn restarts_kubelet(&self) -> bool {
        restarts_kubelet(&self.0)
    }

    /// What a change from one value of it to another sets; nothing is there where `from` is `null`.
    pub(super) fn touched(&self, from: &Json, to: &Json) -> Vec<Touched> {
        let mut touched = vec![Touched::Setting {
            names: self.0.clone(),
            is_set: !from.is_null(),
        }];
        touched.extend(self.kernel_parameter().map(|key| key.touched()));
        if let [first, name, last] = self.0.as_slice()
            && first == "host-containers"
            && last == "enabled"
        {
            touched.push(Touched::HostContainer {
                name: name.clone(),
                starts: *to == json!(true),
            });
        }
        touched
    }

    /// Refuses what no change may set; `key` is the key of the change, and `self` a setting below it.
    pub(super) fn check(&self, key: &Place, span: Span, faults: &mut Faults) -> Option<()> {
        if stops_control(&self.0) {
            let title = format!("a change of {self} stops the control container");
            faults.error("cuts-off-control", span, title).help(
                "the command comes through that container: nobody would learn of its end, and \
                 nothing could take it back",
            );
            return None;
        }
        let Some(map) = MAPS.iter().find(|map| overlap(&self.0, map)) else {
            return Some(());
        };
        if self.0.len() == map.len() + 1 && key.0.len() <= map.len() {
            return Some(());
        }
        let map = format!("settings.{}", map.join("."));
        let title = format!("{map} is a map of names, each with a text");
        faults
            .error("not-a-setting", span, title)
            .help(format!("write `{map}: {{ name: value }}`"));
        None
    }
}

impl fmt::Display for Place {
    /// As the paths of a look are written: `settings.kernel.sysctl["vm.max_map_count"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings")?;
        self.0.iter().try_for_each(|name| match PART.fits(name) {
            true => write!(f, ".{name}"),
            false => write!(f, "[\"{name}\"]"),
        })
    }
}

/// Whether the setting takes text only: `5` there is the text `5`.
pub(super) fn is_text(place: &Place) -> bool {
    MAPS.iter().any(|map| is_below(&place.0, map))
}
