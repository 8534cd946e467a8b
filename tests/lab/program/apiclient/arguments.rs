//! The command line of `apiclient`, with its habit of taking its own flags from anywhere on the
//! line (core kit `sources/api/apiclient/src/main.rs`).

use std::path::PathBuf;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) socket: PathBuf,
    pub(super) verbose: bool,
    pub(super) subcommand: Subcommand,
}

/// One of the subcommands that the lab has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Subcommand {
    Raw {
        uri: String,
        method: String,
        data: String,
    },
    Get {
        prefixes: Vec<String>,
    },
    SetPairs {
        pairs: Vec<String>,
    },
    SetJson {
        json: String,
    },
    Exec {
        target: String,
        command: Vec<String>,
        tty: Option<bool>,
    },
    Reboot,
}

/// The complaint above the usage text.
pub(super) type Complaint = String;

/// Parses the line. `has_separator` says whether this version knows `--` (OS 1.48 and later).
pub(super) fn parse(
    line: &[String],
    socket: &str,
    has_separator: bool,
) -> Result<Arguments, Complaint> {
    let mut parsed = Globals {
        socket: PathBuf::from(socket),
        verbose: false,
    };
    let mut name = None;
    let mut rest = Vec::new();
    let mut words = line.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-h" | "--help" => return Err(String::new()),
            "-v" | "--verbose" => parsed.verbose = true,
            "--log-level" => drop(value_of(word, words.next())?),
            "-s" | "--socket-path" => parsed.socket = PathBuf::from(value_of(word, words.next())?),
            "--" if has_separator => {
                rest.extend(words.by_ref().cloned());
            }
            other if name.is_none() && !other.starts_with('-') => name = Some(other.to_owned()),
            other => rest.push(other.to_owned()),
        }
    }
    let subcommand = match name.as_deref() {
        None | Some("raw") => raw(&rest)?,
        Some("get") => get(rest)?,
        Some("set") => set(rest)?,
        Some("exec") => exec(rest)?,
        Some("reboot") if rest.is_empty() => Subcommand::Reboot,
        Some("reboot") => return Err(format!("Unknown arguments: {}", rest.join(", "))),
        Some(other) => return Err(format!("Unknown subcommand '{other}'")),
    };
    Ok(Arguments {
        socket: parsed.socket,
        verbose: parsed.verbose,
        subcommand,
    })
}

struct Globals {
    socket: PathBuf,
    verbose: bool,
}

fn value_of(flag: &str, value: Option<&String>) -> Result<String, Complaint> {
    value
        .cloned()
        .ok_or_else(|| format!("Did not give argument to {flag}"))
}

fn raw(words: &[String]) -> Result<Subcommand, Complaint> {
    let (mut uri, mut method, mut data) = (None, "GET".to_owned(), String::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-u" | "--uri" => uri = Some(value_of(word, words.next())?),
            "-m" | "-X" | "--method" => method = value_of(word, words.next())?,
            "-d" | "--data" => data = value_of(word, words.next())?,
            other => return Err(format!("Unknown argument '{other}'")),
        }
    }
    let uri = uri.ok_or("Missing required argument '--uri'")?;
    Ok(Subcommand::Raw { uri, method, data })
}

fn get(words: Vec<String>) -> Result<Subcommand, Complaint> {
    match words.iter().find(|word| word.starts_with('-')) {
        Some(unknown) => Err(format!("Unknown argument '{unknown}'")),
        None => Ok(Subcommand::Get { prefixes: words }),
    }
}

fn set(words: Vec<String>) -> Result<Subcommand, Complaint> {
    let mut pairs = Vec::new();
    let mut json = None;
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-j" | "--json" if json.is_some() => {
                return Err("Can't specify --json multiple times".to_owned());
            }
            "-j" | "--json" => json = Some(value_of(&word, words.next().as_ref())?),
            _ if word.starts_with('-') => return Err(format!("Unknown argument '{word}'")),
            _ if word.contains('=') => pairs.push(word),
            _ => return Err(format!("Input '{word}' is not in key=value form")),
        }
    }
    match json {
        Some(_) if !pairs.is_empty() => {
            Err("Can't specify settings with both key=value and --json".to_owned())
        }
        Some(json) => match serde_json::from_str::<serde_json::Value>(&json) {
            Ok(_) => Ok(Subcommand::SetJson { json }),
            Err(error) => Err(format!("Couldn't parse given JSON input: {error}")),
        },
        None if pairs.is_empty() => Err("Did not give any settings to set".to_owned()),
        None => Ok(Subcommand::SetPairs { pairs }),
    }
}

fn exec(words: Vec<String>) -> Result<Subcommand, Complaint> {
    let (mut target, mut tty, mut command) = (None, None, Vec::new());
    for word in words {
        match word.as_str() {
            _ if target.is_some() => command.push(word),
            "-t" | "--tty" => tty = Some(true),
            "-T" | "--no-tty" => tty = Some(false),
            flag if flag.starts_with('-') => return Err(format!("Unknown argument '{flag}'")),
            _ => target = Some(word),
        }
    }
    let target = target.ok_or("Missing required argument 'target'")?;
    if command.is_empty() {
        return Err("Missing required argument 'command'".to_owned());
    }
    Ok(Subcommand::Exec {
        target,
        command,
        tty,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str, has_separator: bool) -> Result<Arguments, Complaint> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&words, "/run/api.sock", has_separator)
    }

    fn command(line: &str) -> Vec<String> {
        match parsed(line, true).unwrap().subcommand {
            Subcommand::Exec { command, .. } => command,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn own_flags_are_taken_from_the_remote_command() {
        assert!(
            parsed("exec admin uname -s", false)
                .unwrap_err()
                .contains("-s")
        );
        assert_eq!(command("exec admin grep -v x f"), ["grep", "x", "f"]);
        assert!(parsed("exec admin grep -v x f", false).unwrap().verbose);
        assert_eq!(parsed("exec admin ls -h", false), Err(String::new()));
        assert_eq!(command("exec -T admin ls -l"), ["ls", "-l"]);
    }

    #[test]
    fn the_separator_helps_from_1_48_on_only() {
        assert_eq!(
            parsed("exec -- admin uname -s", false).unwrap_err(),
            "Did not give argument to -s"
        );
        assert_eq!(
            parsed("exec -- admin true", false).unwrap_err(),
            "Unknown argument '--'"
        );
        assert_eq!(command("exec -- admin uname -s"), ["uname", "-s"]);
        assert_eq!(command("exec admin -- uname -s"), ["uname", "-s"]);
    }

    #[test]
    fn malformed_json_is_a_usage_error() {
        assert!(
            parsed("set --json {", true)
                .unwrap_err()
                .starts_with("Couldn't parse given JSON input: ")
        );
    }
}
