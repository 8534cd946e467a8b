//! Values of keys that have limits, defaults or a spelling. All of that stands in the table of
//! keys.

use std::time::Duration;

use super::duration::duration;
use super::fault::Faults;
use super::fields::Fields;
use super::shape::{Key, Need, Shape};
use super::spelling::Spelling;

impl<'t> Fields<'t> {
    /// A whole number within the key's limits, or the key's default.
    pub fn integer(&self, name: &str, faults: &mut Faults) -> Option<i64> {
        let Some(tree) = self.get(name) else {
            return self.key(name)?.default()?.parse().ok();
        };
        let number = tree.expect_integer(&format!("`{name}`"), faults)?;
        match self.key(name)?.shape {
            Shape::Integer { least, most } if !(least..=most).contains(&number) => {
                let title = format!("`{name}` is too small or too large");
                self.refuse(name, title, faults)
            }
            _ => Some(number),
        }
    }

    /// A duration within the key's limits, or the key's default.
    pub fn duration(&self, name: &str, faults: &mut Faults) -> Option<Duration> {
        let Some(tree) = self.get(name) else {
            return duration(self.key(name)?.default()?).ok();
        };
        let span = tree.expect_duration(&format!("`{name}`"), faults)?;
        let Shape::Duration(Some((least, most))) = self.key(name)?.shape else {
            return Some(span);
        };
        let within = duration(least).ok()? <= span && span <= duration(most).ok()?;
        if within {
            return Some(span);
        }
        let title = format!("`{name}` is too short or too long");
        self.refuse(name, title, faults)
    }

    /// The text of a key that may be missing, if it is spelt as the key says. `what` names it in
    /// messages: "namespace". `Err`: it is there, and a fault was reported.
    pub fn spelt(
        &self,
        name: &str,
        what: &str,
        faults: &mut Faults,
    ) -> Result<Option<&'t str>, Refused> {
        let Some(tree) = self.get(name) else {
            return Ok(None);
        };
        let text = tree.expect_text(&format!("`{name}`"), faults);
        let text = text.ok_or(Refused)?;
        match self.key(name).map(|key| key.shape) {
            Some(Shape::Spelt(spelling)) => {
                spelling.read(what, text, faults).map(Some).ok_or(Refused)
            }
            Some(Shape::Filled(spelling)) if !Spelling::holds_values(&text.value) => {
                spelling.read(what, text, faults).map(Some).ok_or(Refused)
            }
            _ => Ok(Some(&text.value)),
        }
    }

    fn refuse<T>(&self, name: &str, title: String, faults: &mut Faults) -> Option<T> {
        let (tree, key) = (self.get(name)?, self.key(name)?);
        faults
            .error("out-of-range", tree.span(), title)
            .help(format!("write {}", key.shape));
        None
    }
}

/// A value was refused, and a fault says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

impl Key {
    /// Whether it has to be there.
    pub fn is_required(&self) -> bool {
        self.need == Need::Required
    }

    /// What stands for the key where it is left out, as it would be written.
    pub fn default(&self) -> Option<&'static str> {
        match self.need {
            Need::Or(default) => Some(default),
            Need::Required | Need::Optional => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Faults, Fields, Source, parse_yaml};
    use super::{Key, Shape};

    const KEYS: &[Key] = &[
        Key::or(
            "sample",
            Shape::Integer { least: 1, most: 9 },
            "5",
            "How many",
        ),
        Key::or(
            "over",
            Shape::Duration(Some(("1s", "1m"))),
            "2s",
            "How long",
        ),
    ];

    fn read(text: &str) -> (Option<i64>, Option<Duration>, Vec<Option<String>>) {
        let source = Source {
            name: "test".into(),
            text: text.into(),
        };
        let mut faults = Faults::of(&source);
        let tree = parse_yaml(&source, &mut faults).expect("well-formed YAML");
        let fields = Fields::read(&tree, "a test", KEYS, &mut faults).expect("a map");
        let (sample, over) = (
            fields.integer("sample", &mut faults),
            fields.duration("over", &mut faults),
        );
        let help = faults.into_vec().into_iter().map(|fault| fault.help);
        (sample, over, help.collect())
    }

    #[test]
    fn limits_and_defaults_stand_in_the_table() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(read("{}"), (Some(5), seconds(2), vec![]));
        assert_eq!(
            read("{ sample: 9, over: 60s }"),
            (Some(9), seconds(60), vec![])
        );
        assert_eq!(
            read("{ sample: 10, over: 999ms }"),
            (
                None,
                None,
                vec![
                    Some("write a whole number from 1 to 9".to_owned()),
                    Some("write a duration from 1s to 1m".to_owned())
                ]
            )
        );
    }
}
