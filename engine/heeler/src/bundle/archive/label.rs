//! What a member is called here.

use heeler_core::report;

use super::told::Refused;
use super::{FOLDER, LOGDOG_FOLDER};

/// Makes a label of a name that an archive chose: relative, without what a terminal would act on, below
/// neither logdog's folder nor ours. It is shown and compared, and never used as a path. A label's label is
/// itself.
///
/// # Errors
/// Why there is no label for it, with words.
pub fn label(name: &[u8], most: usize) -> Result<String, (Refused, String)> {
    let too_long = || (Refused::LongName, "its name is too long".to_owned());
    // So long a name is not even looked at.
    if name.len() > most.saturating_mul(4) {
        return Err(too_long());
    }
    let mut label = relative(&clean(name))?;
    // What is taken away may leave something at an end that has to go, too.
    loop {
        let next = relative(&clean(label.as_bytes()))?;
        if next == label {
            break;
        }
        label = next;
    }
    match label.len() > most {
        true => Err(too_long()),
        false => Ok(label),
    }
}

fn relative(name: &str) -> Result<String, (Refused, String)> {
    let refuse = |kind, why: &str| Err((kind, why.to_owned()));
    let is_separator = |c| matches!(c, '/' | '\\');
    let mut letters = name.chars();
    let drive = (letters.next(), letters.next(), letters.next());
    let on_drive = matches!(drive, (Some(letter), Some(':'), Some(c)) if letter.is_ascii_alphabetic() && is_separator(c));
    if name.starts_with(is_separator) || on_drive {
        return refuse(Refused::Absolute, "its name begins at the root");
    }
    // Spaces around dots say the same to some systems.
    if name.split(is_separator).any(|part| part.trim() == "..") {
        return refuse(Refused::Climbing, "its name climbs out of the folder");
    }
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "."));
    let joined = parts.collect::<Vec<_>>().join("/");
    let below = |folder| joined.strip_prefix(folder);
    let label = below(FOLDER).or_else(|| below(LOGDOG_FOLDER));
    match label.unwrap_or(&joined) {
        "" => refuse(Refused::Nameless, "it has no name"),
        label => Ok(label.to_owned()),
    }
}

/// Without what a terminal would act on, and without what is no UTF-8.
pub(super) fn clean(name: &[u8]) -> String {
    let mut text = String::new();
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    report::clean(&text).into_owned()
}

/// As many letters of a clean text as a line has room for.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
