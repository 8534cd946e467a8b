//! From bytes to text: what is no UTF-8 is named for what it probably is.

use super::fault::{Diagnostic, Faults};
use super::source::{Source, Span};

/// Reads a file's bytes as UTF-8.
///
/// # Errors
/// Bytes of another encoding: a text that shows the place as well as can be, and what is wrong.
pub fn decode(name: String, bytes: Vec<u8>) -> Result<Source, (Source, Vec<Diagnostic>)> {
    if let Some(text) = utf16(&bytes) {
        let source = Source { name, text };
        let mut faults = Faults::of(&source);
        faults
            .error("text-utf16", Span::default(), "the file is UTF-16")
            .help("save it as UTF-8");
        return Err((source, faults.into_vec()));
    }
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Source { name, text }),
        Err(error) => error,
    };
    let start = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(start).copied().unwrap_or_default();
    let source = Source {
        name,
        text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    let sign = char::REPLACEMENT_CHARACTER.len_utf8();
    let mut faults = Faults::of(&source);
    faults
        .error(
            "text-not-utf8",
            Span::new(start, start + sign),
            format!("byte {} of the file is not UTF-8", start + 1),
        )
        .here(format!("0x{byte:02x}: {} in Latin-1", char::from(byte)))
        .help("save the file as UTF-8");
    Err((source, faults.into_vec()))
}

/// The text, if it is UTF-16: by its mark, or because every second byte at its start is zero, as
/// that of plain English is.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (big, text) = match bytes {
        [0xff, 0xfe, text @ ..] => (false, text),
        [0xfe, 0xff, text @ ..] => (true, text),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => (true, bytes),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (false, bytes),
        _ => return None,
    };
    let units = text.chunks_exact(2).filter_map(|pair| {
        let pair: [u8; 2] = pair.try_into().ok()?;
        Some(if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    });
    let letters = char::decode_utf16(units);
    Some(
        letters
            .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Option<&'static str> {
        let (source, faults) = decode("t".into(), bytes.to_vec()).err()?;
        let fault = faults.first().expect("it says why");
        assert!(source.text.get(fault.span().range()).is_some());
        Some(fault.code)
    }

    #[test]
    fn other_encodings_are_named() {
        let utf16 = |order: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            let text = format!("{mark}heeler: 1\n");
            text.encode_utf16().flat_map(order).collect()
        };
        for mark in ["", "\u{feff}"] {
            assert_eq!(code(&utf16(u16::to_le_bytes, mark)), Some("text-utf16"));
            assert_eq!(code(&utf16(u16::to_be_bytes, mark)), Some("text-utf16"));
        }
        assert_eq!(code(b"summary: caf\xe9\n"), Some("text-not-utf8"));
        assert_eq!(code(b"\xff\xff"), Some("text-not-utf8"));
    }

    #[test]
    fn utf8_is_taken_as_it_is() {
        for text in ["", "a", "a\0", "é: ü\n", "\u{feff}heeler: 1\n"] {
            assert_eq!(code(text.as_bytes()), None, "{text:?}");
        }
    }
}
