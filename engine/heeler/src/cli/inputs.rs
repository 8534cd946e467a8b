//! What is given with `-i`. A secret comes out of a file: on the command line everybody on the
//! machine could read it, and the shell would keep it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};

use heeler_core::runbook::{Input, Runbook};
use heeler_core::syntax;
use heeler_core::value::Value;

use crate::failure::Failure;

/// Most bytes of a secret.
const MOST_SECRET: u64 = 64 << 10;

/// The inputs that were given for a runbook; the others are as the runbook says.
#[derive(Debug)]
pub(super) struct Given {
    typed: Vec<(String, String)>,
    secret: Vec<(String, String)>,
}

impl Given {
    /// Takes apart what was typed, and reads the files of secrets. What is typed now stands in for
    /// what `earlier` runs were given.
    ///
    /// # Errors
    /// `wrong-input`, `typed-secret` and `unreadable-secret`.
    pub(super) fn read(
        runbook: &Runbook,
        earlier: &[(String, String)],
        now: &[String],
    ) -> Result<Given, Failure> {
        let now = now
            .iter()
            .map(|pair| pair.split_once('=').ok_or_else(|| no_sign(runbook)))
            .collect::<Result<Vec<_>, _>>()?;
        let kept = earlier
            .iter()
            .filter(|(name, _)| now.iter().all(|(other, _)| other != name))
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let mut given = Given {
            typed: Vec::new(),
            secret: Vec::new(),
        };
        for (name, text) in kept.chain(now.iter().copied()) {
            let input = find(runbook, name)?;
            let before = given.pairs().any(|(other, _)| other == name);
            if before {
                return Err(wrong(
                    runbook,
                    format!("`{name}` is given twice"),
                    "give it once",
                ));
            }
            let (pairs, text) = if input.secret {
                (&mut given.secret, secret(name, text)?)
            } else {
                (&mut given.typed, text.to_owned())
            };
            pairs.push((name.to_owned(), text));
        }
        Ok(given)
    }

    fn pairs(&self) -> impl Iterator<Item = &(String, String)> {
        self.typed.iter().chain(&self.secret)
    }

    /// Names and texts, without secrets.
    pub(super) fn typed(&self) -> Vec<(String, String)> {
        self.typed.clone()
    }

    /// The texts that must not be stored or shown.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.secret.iter().map(|(_, text)| text.clone()).collect()
    }

    /// The value of each input of the runbook.
    ///
    /// # Errors
    /// Values that are not acceptable, and missing ones.
    pub(super) fn values(&self, runbook: &Runbook) -> Result<BTreeMap<String, Value>, Failure> {
        let value = |input: &Input| {
            let given = self.pairs().find(|(name, _)| *name == input.name);
            let value = match (given, &input.default) {
                (Some((_, text)), _) => input
                    .accept(text)
                    .map_err(|reason| wrong(runbook, reason, &input.help))?,
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    let what = format!("`{}` is missing: {}", input.name, input.help);
                    return Err(wrong(runbook, what, &how(input)));
                }
            };
            Ok((input.name.clone(), value))
        };
        runbook.inputs.iter().map(value).collect()
    }
}

/// How an input is given.
pub(super) fn how(input: &Input) -> String {
    let value = if input.secret { "@FILE" } else { "…" };
    format!("-i {}={value}", input.name)
}

fn find<'r>(runbook: &'r Runbook, name: &str) -> Result<&'r Input, Failure> {
    let inputs = &runbook.inputs;
    if let Some(input) = inputs.iter().find(|input| input.name == name) {
        return Ok(input);
    }
    let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    let help = match syntax::nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "leave it out: the runbook has no inputs".to_owned(),
        None => format!("it has: {}", names.join(", ")),
    };
    let what = format!("there is no input `{}`", name.escape_debug());
    Err(wrong(runbook, what, &help))
}

fn no_sign(runbook: &Runbook) -> Failure {
    wrong(
        runbook,
        "an input has no `=`".to_owned(),
        "write it as -i name=value",
    )
}

fn wrong(runbook: &Runbook, what: String, help: &str) -> Failure {
    let place = format!("the inputs of {}", runbook.name);
    Failure::usage("wrong-input", what, place, help)
}

/// What a secret's file holds, without the end of its last line.
fn secret(name: &str, text: &str) -> Result<String, Failure> {
    let Some(path) = text.strip_prefix('@') else {
        return Err(Failure::usage(
            "typed-secret",
            format!(
                "the secret input `{name}` is typed on the command line, where others can read it"
            ),
            "the command line",
            format!(
                "put it into a file that only you can read, and give -i {name}=@FILE; -i {name}=@- reads standard input"
            ),
        ));
    };
    let unreadable = |why: &str| {
        Failure::failed(
            "unreadable-secret",
            format!("the secret input `{name}` can't be read: {why}"),
            if path == "-" { "standard input" } else { path },
            "name a file that holds the secret and nothing else",
        )
    };
    let mut bytes = Vec::new();
    let read = if path == "-" {
        io::stdin()
            .lock()
            .take(MOST_SECRET + 1)
            .read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MOST_SECRET + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(&error.to_string()))?;
    if bytes.len() as u64 > MOST_SECRET {
        return Err(unreadable("it is longer than 64 KiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8 text"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(unreadable("there is nothing in it"));
    }
    Ok(text.to_owned())
}
