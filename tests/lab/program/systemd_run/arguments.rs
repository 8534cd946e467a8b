//! The command line of `systemd-run`, in the words of systemd 252.

use std::time::Duration;

use crate::node::systemd::UnitName;
use crate::node::systemd::call::{Delay, TimerBase};
use crate::node::systemd::span;

/// What the lab has of the real one's options.
const KNOWN: &str = "--unit=NAME -u NAME, --on-active=SPAN, --on-boot=SPAN, --timer-property=AccuracySec=SPAN, \
    --property=NAME=VALUE -p NAME=VALUE, --description=TEXT, --collect -G, --quiet -q, --";
/// systemd.timer(5), `AccuracySec=`.
const DEFAULT_ACCURACY: Duration = Duration::from_secs(60);

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    /// The unit's name without its suffix.
    pub(super) stem: Option<String>,
    pub(super) timer: Option<Delay>,
    /// Of the service, as they were given.
    pub(super) properties: Vec<String>,
    pub(super) collect: bool,
    pub(super) quiet: bool,
    pub(super) program: String,
    pub(super) rest: Vec<String>,
}

/// Parses the line up to the program; what follows that is its own. An error is a complaint.
pub(super) fn parse(line: &[String]) -> Result<Arguments, String> {
    let mut options = Options::default();
    let mut words = line.iter();
    let mut command = Vec::new();
    while let Some(word) = words.next() {
        if word == "--" {
            command.extend(words.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            options.take_long(long, &mut words)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            options.take_short(letters, &mut words)?;
        } else {
            command.push(word.clone());
            command.extend(words.by_ref().cloned());
        }
    }
    let mut command = command.into_iter();
    let program = command.next().ok_or("Command line to execute required.")?;
    Ok(Arguments {
        stem: options.unit.as_deref().map(stem_of).transpose()?,
        timer: delay(options.starts, &options.timer_properties)?,
        properties: options.properties,
        collect: options.collect,
        quiet: options.quiet,
        program,
        rest: command.collect(),
    })
}

#[derive(Default)]
struct Options {
    unit: Option<String>,
    starts: Option<(TimerBase, String)>,
    timer_properties: Vec<String>,
    properties: Vec<String>,
    collect: bool,
    quiet: bool,
}

impl Options {
    fn take_long<'l>(
        &mut self,
        option: &str,
        words: &mut impl Iterator<Item = &'l String>,
    ) -> Result<(), String> {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (option, None),
        };
        match name {
            "collect" | "quiet" if value.is_some() => {
                return Err(format!(
                    "systemd-run: option '--{name}' doesn't allow an argument"
                ));
            }
            "collect" => self.collect = true,
            "quiet" => self.quiet = true,
            "unit" | "on-active" | "on-boot" | "timer-property" | "property" | "description" => {
                let value = value.or_else(|| words.next().cloned());
                let value = value.ok_or_else(|| {
                    format!("systemd-run: option '--{name}' requires an argument")
                })?;
                self.take_value(name, value)?;
            }
            _ => {
                return Err(format!(
                    "systemd-run: unrecognized option '--{name}'\nlab: known here: {KNOWN}"
                ));
            }
        }
        Ok(())
    }

    fn take_value(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "unit" => self.unit = Some(value),
            "on-active" | "on-boot" if self.starts.is_some() => {
                return Err("lab: a timer has one --on-active= or --on-boot= here".to_owned());
            }
            "on-active" => self.starts = Some((TimerBase::Active, value)),
            "on-boot" => self.starts = Some((TimerBase::Boot, value)),
            "timer-property" => self.timer_properties.push(value),
            "property" => self.properties.push(value),
            // A description is for `systemctl status`, which the lab does not have.
            _ => {}
        }
        Ok(())
    }

    fn take_short<'l>(
        &mut self,
        letters: &str,
        words: &mut impl Iterator<Item = &'l String>,
    ) -> Result<(), String> {
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            match letter {
                'G' => self.collect = true,
                'q' => self.quiet = true,
                'u' | 'p' => {
                    let value = Some(rest.as_str().to_owned()).filter(|value| !value.is_empty());
                    let value = value.or_else(|| words.next().cloned()).ok_or_else(|| {
                        format!("systemd-run: option requires an argument -- '{letter}'")
                    })?;
                    let name = if letter == 'u' { "unit" } else { "property" };
                    return self.take_value(name, value);
                }
                other => {
                    return Err(format!(
                        "systemd-run: invalid option -- '{other}'\nlab: known here: {KNOWN}"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The real one replaces what no name may hold, and warns; here nobody should lean on that.
fn stem_of(unit: &str) -> Result<String, String> {
    UnitName::meant_by(unit)
        .map(|name| name.stem)
        .ok_or_else(|| format!("lab: no unit should be called {unit:?}"))
}

fn delay(
    starts: Option<(TimerBase, String)>,
    properties: &[String],
) -> Result<Option<Delay>, String> {
    let Some((base, span)) = starts else {
        return match properties {
            [] => Ok(None),
            _ => Err("--timer-property= has no effect without any other timer options.".to_owned()),
        };
    };
    let parsed = |name: &str, value: &str| {
        span::parse(value)
            .ok_or_else(|| format!("Failed to parse {name}={value}: Invalid argument"))
    };
    let mut accuracy = DEFAULT_ACCURACY;
    for property in properties {
        match property.split_once('=') {
            Some((name @ "AccuracySec", value)) => accuracy = parsed(name, value)?,
            Some(_) => return Err(format!("Unknown assignment: {property}")),
            None => return Err(format!("Not an assignment: {property}")),
        }
    }
    let name = match base {
        TimerBase::Active => "OnActiveSec",
        TimerBase::Boot => "OnBootSec",
    };
    let after = parsed(name, &span)?;
    Ok(Some(Delay {
        base,
        after,
        accuracy,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn a_timer_has_its_accuracy_and_its_program_its_own_flags() {
        let line = "--unit=undo.timer --on-active=30s --timer-property=AccuracySec=1s --collect \
                    --quiet -- /usr/bin/find /local -quit";
        let timer = Delay {
            base: TimerBase::Active,
            after: Duration::from_secs(30),
            accuracy: Duration::from_secs(1),
        };
        assert_eq!(
            parsed(line),
            Ok(Arguments {
                stem: Some("undo".to_owned()),
                timer: Some(timer),
                properties: Vec::new(),
                collect: true,
                quiet: true,
                program: "/usr/bin/find".to_owned(),
                rest: vec!["/local".to_owned(), "-quit".to_owned()],
            })
        );
        let forgotten = parsed("-Gqu undo --on-active 2min true -x").unwrap();
        assert_eq!(forgotten.timer.unwrap().accuracy, DEFAULT_ACCURACY);
        assert_eq!(forgotten.rest, ["-x"]);
        let boot = parsed("--on-boot=123s -p Type=oneshot -pA=B --property=C=D true").unwrap();
        assert_eq!(boot.timer.unwrap().base, TimerBase::Boot);
        assert_eq!(boot.properties, ["Type=oneshot", "A=B", "C=D"]);
    }

    #[test]
    fn what_is_wrong_is_refused_in_systemds_words() {
        let refused = |line: &str| parsed(line).unwrap_err();
        assert_eq!(refused("--collect"), "Command line to execute required.");
        assert!(refused("--wait true").starts_with("systemd-run: unrecognized option '--wait'"));
        assert!(refused("--wait true").contains("--on-active"));
        assert!(refused("-t true").starts_with("systemd-run: invalid option -- 't'"));
        assert_eq!(
            refused("--on-active=soon true"),
            "Failed to parse OnActiveSec=soon: Invalid argument"
        );
        assert!(refused("--on-active=1 --on-boot=1 true").contains("one --on-active="));
        assert_eq!(
            refused("--timer-property=AccuracySec=1s true"),
            "--timer-property= has no effect without any other timer options."
        );
        assert_eq!(
            refused("--on-active=1 --timer-property=Accuracy=1s true"),
            "Unknown assignment: Accuracy=1s"
        );
        assert_eq!(
            refused("--unit"),
            "systemd-run: option '--unit' requires an argument"
        );
        assert!(refused("--unit=a/b true").contains("a/b"));
    }
}
