//! The page of a folder, as Go's `net/http` `dirList` writes it.

use std::fs;
use std::io;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What Go's `url.URL.String` leaves as it is in a path.
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// The page of a folder: sorted, folders with a `/`, links to folders without one.
pub(super) fn of(folder: &Path) -> io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let mut name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            name.push('/');
        }
        names.push(name);
    }
    names.sort();
    let rows = names.iter().map(|name| {
        let link = utf8_percent_encode(name, &PLAIN).to_string();
        // A colon in the first part would read as a scheme.
        let is_odd = link
            .split('/')
            .next()
            .is_some_and(|part| part.contains(':'));
        let link = if is_odd { format!("./{link}") } else { link };
        format!("<a href=\"{link}\">{}</a>\n", escape(name))
    });
    Ok(format!(
        "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n{}</pre>\n",
        rows.collect::<String>()
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}
