//! The host's `logdog`: gathers what its requests ask for in a temporary folder, then writes a
//! tarball in place, without a rename (core kit `sources/logdog`). Its words are the real one's.

mod request;
mod tarball;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use crate::node::logdog::{LogdogUpset, REQUESTS};
use crate::node::state::{State, file};

/// Where the tarball goes unless said otherwise.
const OUTPUT: &str = "/var/log/support/bottlerocket-logs.tar.gz";
/// The member that says which requests failed.
const ERRORS: &str = "logdog.errors";
const FAILED: i32 = 1;
const USAGE: i32 = 2;

/// Gathers and packs, and gives the exit code: requests that fail change nothing about it.
pub(crate) fn main(arguments: &[String]) -> i32 {
    let output = match output(arguments) {
        Ok(output) => output,
        Err(complaint) => {
            eprint!("{complaint}");
            return USAGE;
        }
    };
    match run(&output) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            FAILED
        }
    }
}

/// Where the tarball goes, or what is said of a wrong command line.
fn output(arguments: &[String]) -> Result<PathBuf, String> {
    let usage =
        "Usage: logdog\n            [ --output PATH ]       where to write archived logs\n\n";
    let mut output = PathBuf::from(OUTPUT);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word != "--output" {
            return Err(usage.to_owned());
        }
        let path = words.next();
        output = path
            .ok_or_else(|| format!("Did not give argument to --output\n\n{usage}"))?
            .into();
    }
    Ok(output)
}

fn run(output: &Path) -> Result<()> {
    let requests = requests()?;
    let upset: Option<LogdogUpset> = State::of_this_node()?.read_json(file::LOGDOG)?;
    let folder =
        tempfile::TempDir::new().map_err(|error| anyhow!("Error creating tempdir: {error}"))?;
    if upset == Some(LogdogUpset::Hangs) {
        hang();
    }
    collect(&requests, folder.path(), upset.as_ref())?;
    if let Some(LogdogUpset::Fails(words)) = upset {
        bail!("{words}");
    }
    tarball::write(
        folder.path(),
        output,
        upset == Some(LogdogUpset::HangsInTarball),
    )?;
    println!("logs are at: {}", output.display());
    Ok(())
}

/// All requests: those of each file in the order of the files' names.
fn requests() -> Result<Vec<String>> {
    let entries = fs::read_dir(REQUESTS).with_context(|| format!("reading {REQUESTS}"))?;
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut requests = Vec::new();
    for path in files.iter().filter(|path| path.is_file()) {
        eprintln!("Checking: {}", path.display());
        requests.extend(read(&fs::read_to_string(path)?));
    }
    Ok(requests)
}

/// The requests in a file's text.
fn read(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines();
    let said = lines.filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'));
    said.map(str::to_owned)
}

fn collect(requests: &[String], folder: &Path, upset: Option<&LogdogUpset>) -> Result<()> {
    let path = folder.join(ERRORS);
    let mut errors = File::create(&path).map_err(|error| {
        anyhow!(
            "Error creating the error file '{}': {error}",
            path.display()
        )
    })?;
    for request in requests {
        println!("Running: {request}");
        if let Some(LogdogUpset::Slow { milliseconds }) = upset {
            std::thread::sleep(std::time::Duration::from_millis(*milliseconds));
        }
        if let Err(error) = request::carry_out(request, folder) {
            writeln!(errors, "Error running command '{request}': '{error}'").map_err(|error| {
                anyhow!(
                    "Error writing to the error file '{}': {error}",
                    path.display()
                )
            })?;
        }
    }
    Ok(())
}

/// Nothing more happens, until somebody ends this process.
fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_command_line_is_one_output_or_none() {
        assert_eq!(output(&[]).unwrap(), Path::new(OUTPUT));
        assert_eq!(
            output(&words(&["--output", "/a.tar.gz"])).unwrap(),
            Path::new("/a.tar.gz")
        );
        assert!(
            output(&words(&["--bad"]))
                .unwrap_err()
                .starts_with("Usage: ")
        );
        let missing = output(&words(&["--output"])).unwrap_err();
        assert!(missing.starts_with("Did not give argument to --output\n\nUsage: "));
    }

    #[test]
    fn comments_and_empty_lines_are_no_requests() {
        let text = "# why\n\nexec df df -h\n  # more\nsettings settings.json\n";
        let found: Vec<String> = read(text).collect();
        assert_eq!(found, ["exec df df -h", "settings settings.json"]);
    }

    #[test]
    fn what_fails_becomes_a_line_beside_what_was_gathered() {
        let folder = tempfile::TempDir::new().unwrap();
        let requests = words(&[
            "exec good printf %s good",
            "exec bad no-such-program-here --x",
            "exec nonzero ls /no/such/file/here",
            "file gone /no/such/file",
            "odd x",
        ]);
        collect(&requests, folder.path(), None).unwrap();
        let said = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(said("good"), "good");
        assert!(said("nonzero").contains("No such file or directory"));
        let errors = said(ERRORS);
        let lines: Vec<&str> = errors.lines().collect();
        assert_eq!(
            lines[0],
            "Error running command 'exec bad no-such-program-here --x': 'Error starting command \
             'exec bad no-such-program-here --x': No such file or directory (os error 2)'"
        );
        assert!(
            lines[1]
                .starts_with("Error running command 'file gone /no/such/file': 'Unable to copy")
        );
        assert_eq!(
            lines[2],
            "Error running command 'odd x': 'Unknown request type 'odd' in 'odd x''"
        );
        assert_eq!(lines.len(), 3);
    }
}
