//! What is given with `-i`. A secret comes out of a file: on the command line everybody on the
//! machine could read it, and the shell would keep it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};

use heeler_core::guard::approval::Token;
use heeler_core::runbook::{Input, Runbook};
use heeler_core::syntax;
use heeler_core::value::Value;
use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::Failure;

/// Most bytes of a secret.
const MOST_SECRET: u64 = 64 << 10;
/// Stands for standard input.
const INPUT: &str = "-";

/// The inputs that were given for a runbook; the others are as the runbook says.
pub(super) struct Given {
    typed: Vec<(String, String)>,
    secret: Vec<(String, SecretString)>,
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
        let mut typed = Vec::new();
        let mut files: Vec<(&str, &str)> = Vec::new();
        for (name, text) in kept.chain(now.iter().copied()) {
            let is_known = |(other, _): &(&str, &str)| *other == name;
            if typed.iter().chain(&files).any(is_known) {
                let what = format!("`{name}` is given twice");
                return Err(wrong(runbook, what, "give it once"));
            }
            if find(runbook, name)?.secret {
                files.push((name, file(name, text)?));
            } else {
                typed.push((name, text));
            }
        }
        let mut from_input = files.iter().filter(|(_, path)| *path == INPUT);
        if let (Some(_), Some((name, _))) = (from_input.next(), from_input.next()) {
            let what = format!("`{name}` is the second one that standard input is to give");
            return Err(wrong(runbook, what, "put one of them into a file"));
        }
        // When all else is known to be right: whoever has to type a secret does so once.
        let read = |(name, path)| Ok((String::from(name), secret(name, path)?));
        Ok(Given {
            typed: owned(typed),
            secret: files.into_iter().map(read).collect::<Result<_, _>>()?,
        })
    }

    /// Names and texts, without secrets.
    pub(super) fn typed(&self) -> Vec<(String, String)> {
        self.typed.clone()
    }

    /// The texts that must not be stored or shown.
    pub(super) fn secrets(&self) -> Vec<String> {
        let texts = self.secret.iter().map(|(_, text)| text.expose_secret());
        texts.map(str::to_owned).collect()
    }

    /// The value of each input of the runbook.
    ///
    /// # Errors
    /// Values that are not acceptable, and missing ones.
    pub(super) fn values(&self, runbook: &Runbook) -> Result<BTreeMap<String, Value>, Failure> {
        let value = |input: &Input| {
            let typed = self.typed.iter().map(|(name, text)| (name, text.as_str()));
            let secret = self.secret.iter();
            let secret = secret.map(|(name, text)| (name, text.expose_secret()));
            let given = typed.chain(secret).find(|(name, _)| **name == input.name);
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

fn owned(pairs: Vec<(&str, &str)>) -> Vec<(String, String)> {
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    pairs.into_iter().map(owned).collect()
}

/// The file that is named instead of a secret.
fn file<'t>(name: &str, text: &'t str) -> Result<&'t str, Failure> {
    text.strip_prefix('@').ok_or_else(|| {
        Failure::usage(
            "typed-secret",
            format!("the secret input `{name}` is typed on the command line, where others can read it"),
            "the command line",
            format!(
                "put it into a file that only you can read, and give -i {name}=@FILE; -i {name}=@- reads standard input"
            ),
        )
    })
}

/// What a secret's file holds, without the end of its line.
fn secret(name: &str, path: &str) -> Result<SecretString, Failure> {
    one_line(path, "what is typed there would be on the screen").map_err(|why| {
        Failure::failed(
            "unreadable-secret",
            format!("the secret input `{name}` can't be read: {why}"),
            where_is(path),
            "name a file that holds the secret and nothing else",
        )
    })
}

/// The approvals that were given: themselves, as `@FILE`, or `@-` for standard input.
///
/// # Errors
/// `unreadable-approval`, and every way in which a text is no approval.
pub(super) fn approvals(given: &[String]) -> Result<Vec<Token>, Failure> {
    let read = |text: &String| {
        let token = match text.strip_prefix('@') {
            None => Token::decode(text),
            Some(path) => {
                let line = one_line(path, "a terminal may cut so long a line").map_err(|why| {
                    Failure::failed(
                        "unreadable-approval",
                        format!("an approval can't be read: {why}"),
                        where_is(path),
                        "name a file that holds the line which `heeler approve` has printed",
                    )
                })?;
                Token::decode(line.expose_secret())
            }
        };
        token.map_err(|fault| {
            Failure::refused(fault.code(), fault.to_string(), "--approval", fault.help())
        })
    };
    given.iter().map(read).collect()
}

fn where_is(path: &str) -> &str {
    if path == INPUT {
        "standard input"
    } else {
        path
    }
}

/// One line of plain text, out of a file or standard input; a terminal is none, and why.
fn one_line(path: &str, no_terminal: &str) -> Result<SecretString, String> {
    let mut bytes = Vec::new();
    let read = if path != INPUT {
        File::open(path).and_then(|file| file.take(MOST_SECRET + 1).read_to_end(&mut bytes))
    } else if io::stdin().is_terminal() {
        return Err(no_terminal.to_owned());
    } else {
        let input = io::stdin().lock();
        input.take(MOST_SECRET + 1).read_to_end(&mut bytes)
    };
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MOST_SECRET {
        return Err("it is longer than 64 KiB".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err("there is nothing in it".to_owned());
    }
    // A node that prints one of several lines would not be found out; nor would one whose answer
    // lacks what an editor has put in front.
    if text.contains(char::is_control) || text.starts_with('\u{feff}') {
        return Err("it is not one line of plain text".to_owned());
    }
    Ok(text.into())
}
