//! Reading what a look's script printed.

use std::borrow::Cow;
use std::str::FromStr;

use crate::frame::Reply;
use crate::value::Why;

/// The whole output of a script that did what it should; anything less is unseen.
pub(super) fn text(reply: &Reply) -> Result<&str, Why> {
    std::str::from_utf8(whole(reply)?).map_err(|_| garbled("it is no text"))
}

/// The same where it holds what other programs wrote, in whatever encoding: bytes that are no text
/// are replaced.
pub(super) fn lines(reply: &Reply) -> Result<Cow<'_, str>, Why> {
    whole(reply).map(String::from_utf8_lossy)
}

fn whole(reply: &Reply) -> Result<&[u8], Why> {
    if reply.exit != 0 {
        return Err(Why::Failed(last_words(reply)));
    }
    if reply.cut {
        return Err(Why::Truncated);
    }
    Ok(&reply.stdout)
}

fn last_words(reply: &Reply) -> String {
    let words = String::from_utf8_lossy(&reply.stderr);
    match words.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => format!("{line} (exit code {})", reply.exit),
        None => format!("exit code {}", reply.exit),
    }
}

/// An answer that makes no sense.
pub(super) fn garbled(what: impl Into<String>) -> Why {
    Why::Garbled(what.into())
}

/// The words of an answer, in order. Numbers travel without labels: a healthy answer has to fit
/// the 2,500 characters of ListCommandInvocations.
pub(super) struct Words<'a>(std::str::SplitWhitespace<'a>);

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Words(text.split_whitespace())
    }

    pub(super) fn word(&mut self) -> Result<&'a str, Why> {
        self.0.next().ok_or_else(|| garbled("it ends too early"))
    }

    pub(super) fn number<T: FromStr>(&mut self) -> Result<T, Why> {
        parse(self.word()?)
    }

    /// A number, or `-` for one that the node does not have.
    pub(super) fn number_if_any<T: FromStr>(&mut self) -> Result<Option<T>, Why> {
        match self.word()? {
            "-" => Ok(None),
            word => parse(word).map(Some),
        }
    }

    /// Nothing may be left over: then the words were not those that were asked for.
    pub(super) fn end(mut self) -> Result<(), Why> {
        match self.0.next() {
            None => Ok(()),
            Some(word) => Err(garbled(format!("`{word}` is one word too many"))),
        }
    }
}

fn parse<T: FromStr>(word: &str) -> Result<T, Why> {
    word.parse()
        .map_err(|_| garbled(format!("`{word}` is no number")))
}
