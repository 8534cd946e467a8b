//! Whole lines, or the part of a long one, from anchor to anchor.

use memchr::memchr;

use super::anchor;
use super::carry::{Carry, PrivateKey, end_of_rest};
use super::kind::Kind;
use super::mark::RedactionKey;
use super::tally::Tally;
use super::text::{Ends, Found, Look, Text};
use super::{keyed, pem, prefixed};

/// So far back from its anchor may a secret begin.
pub(super) const BEHIND: usize = 512;

/// Bytes that are to be gone through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region<'a> {
    pub(super) bytes: &'a [u8],
    /// What is before this was gone through already, and is there to be looked at only.
    pub(super) from: usize,
    /// How far anchors count.
    pub(super) to: usize,
    /// Whether the last line goes on behind it.
    pub(super) open: bool,
}

impl Region<'_> {
    /// Whether its beginning is within a line.
    fn is_begun(&self) -> bool {
        let before = self.from.checked_sub(1).and_then(|at| self.bytes.get(at));
        before.is_some_and(|byte| *byte != b'\n')
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.bytes.len(), |long| at + long)
    }
}

/// What goes through bytes.
#[derive(Debug)]
pub(super) struct Scanner {
    key: RedactionKey,
    /// What the lines so far say about the next.
    carry: Carry,
    /// What ends a secret that is longer than what is kept, and whether a backslash came last.
    within: Option<(Ends, bool)>,
    pub(super) tally: Tally,
}

impl Scanner {
    pub(super) fn new(key: RedactionKey) -> Self {
        Scanner {
            key,
            carry: Carry::None,
            within: None,
            tally: Tally::default(),
        }
    }

    /// Goes through a region that ends with a line, or is part of a long one. How far it came.
    pub(super) fn lines(&mut self, region: Region<'_>, out: &mut Vec<u8>) -> usize {
        let until = if region.open {
            region.to.saturating_sub(BEHIND)
        } else {
            region.to
        };
        let mut at = region.from;
        while at < until {
            let here = Region { from: at, ..region };
            at = if self.within.is_some() {
                self.skip(here)
            } else if self.carry.is_none() || here.is_begun() {
                self.plain(here, out)
            } else {
                self.carried(here, out)
            };
        }
        at
    }

    /// Goes on until the region's end, or the end of a line that something is known of the next.
    fn plain(&mut self, region: Region<'_>, out: &mut Vec<u8>) -> usize {
        let Region {
            bytes,
            from,
            mut to,
            open,
        } = region;
        let (mut at, mut copied, mut line_end) = (from, from, from);
        let mut is_last = !self.carry.is_none();
        if is_last {
            line_end = region.line_end(from);
            to = to.min(line_end + 1);
        }
        // Not further than needed: a line is often all that is to be searched.
        let searched = bytes
            .get(..to.saturating_add(anchor::LONGEST))
            .unwrap_or(bytes);
        while let Some(hit) = anchor::next(searched, at).filter(|hit| hit.start < to) {
            if hit.start >= line_end {
                line_end = region.line_end(hit.start);
            }
            at = hit.end;
            let text = Text {
                bytes: bytes.get(..line_end).unwrap_or_default(),
                open: open && line_end == bytes.len(),
            };
            let mut look = hit.look(text);
            while let Look::Secret(found) = look {
                look = Look::Nothing;
                if found.range.start >= copied && !found.range.is_empty() {
                    out.extend_from_slice(text.slice(copied..found.range.start));
                    copied = found.range.end;
                    at = at.max(copied);
                    self.redact(text, &found, out);
                    if found.kind == Kind::AwsKey {
                        look = prefixed::behind_access_key(text, copied);
                    }
                }
            }
            self.expect(look);
            if !self.carry.is_none() && !is_last {
                is_last = true;
                to = to.min(line_end + 1);
            }
        }
        // In a part of a line the next look may find what begins before its anchor.
        let end = if open {
            to.saturating_sub(BEHIND).max(from)
        } else {
            to
        };
        let end = end.min(bytes.len()).max(copied);
        out.extend_from_slice(bytes.get(copied..end).unwrap_or_default());
        end
    }

    /// The rest of a secret whose token is written.
    fn skip(&mut self, region: Region<'_>) -> usize {
        let rest = region.bytes.get(region.from..).unwrap_or_default();
        let Some((ends, mut escaped)) = self.within.take() else {
            return region.from;
        };
        let end = end_of_rest(rest, ends, &mut escaped);
        if end.is_none() {
            self.within = Some((ends, escaped));
        }
        let long = end.unwrap_or(rest.len());
        self.tally.touch(long);
        region.from + long
    }

    fn redact(&mut self, text: Text<'_>, found: &Found, out: &mut Vec<u8>) {
        let mut digest = self.key.begin();
        digest.update(text.slice(found.range.clone()), found.form);
        digest.write(found.kind, out);
        self.tally.count(found.kind);
        self.tally.touch(found.range.len());
        if text.open && found.range.end == text.bytes.len() {
            self.within = Some((found.ends, false));
        }
    }

    fn expect(&mut self, look: Look) {
        if matches!(self.carry, Carry::PrivateKey(_)) {
            return;
        }
        self.carry = match look {
            Look::KeyBegins { fields } => {
                Carry::PrivateKey(PrivateKey::new(self.key.begin(), fields))
            }
            Look::ValueNext(kind) => Carry::Value(kind),
            Look::ItemNext(kind) => Carry::Item(kind),
            Look::BlockNext { kind, indent } => Carry::Block { kind, indent },
            Look::Nothing | Look::Secret(_) => return,
        };
    }

    /// Goes through one line that the one before says something about.
    fn carried(&mut self, region: Region<'_>, out: &mut Vec<u8>) -> usize {
        let rest = region.bytes.get(region.from..).unwrap_or_default();
        let long = memchr(b'\n', rest).map_or(rest.len(), |long| long + 1);
        let line = rest.get(..long).unwrap_or_default();
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let whole = long < rest.len() || line.len() > body.len();
        let text = Text {
            bytes: body,
            open: region.open && !whole,
        };
        let end = region.from + long;
        match std::mem::take(&mut self.carry) {
            Carry::None => {}
            Carry::PrivateKey(mut key) => {
                if pem::ends(body) {
                    self.finish_key(key, out);
                } else if let Some(start) =
                    pem::body_of_line(body, key.fields).filter(|_| !text.open)
                {
                    key.take(line, start);
                    self.tally.touch(line.len() - start);
                    self.carry = Carry::PrivateKey(key);
                    return end;
                } else if key.pass() {
                    // Something else has written in between.
                    self.carry = Carry::PrivateKey(key);
                } else {
                    self.finish_key(key, out);
                }
            }
            Carry::Value(kind) => {
                return self.value(region, text, keyed::next_line(text, kind, false), out);
            }
            Carry::Item(kind) => {
                return self.value(region, text, keyed::next_line(text, kind, true), out);
            }
            Carry::Block { kind, indent } => {
                let own = text.run(0, 4096, |byte| byte == b' ');
                let trimmed = body.trim_ascii_end().len();
                let is_key = memchr::memmem::find(body, b"-----BEGIN").is_some();
                if trimmed > own && (own <= indent || is_key) {
                    return self.one_line(region, end, out);
                }
                self.carry = Carry::Block { kind, indent };
                if trimmed > own {
                    out.extend_from_slice(text.slice(0..own));
                    let range = own..if text.open { body.len() } else { trimmed };
                    let Look::Secret(found) = Text::found(range, kind) else {
                        return end;
                    };
                    self.redact(
                        text,
                        &Found {
                            kind: prefixed::known(text.slice(found.range.clone())).unwrap_or(kind),
                            ends: Ends::Line,
                            ..found
                        },
                        out,
                    );
                    out.extend_from_slice(line.get(trimmed..).unwrap_or_default());
                } else {
                    out.extend_from_slice(line);
                }
                return end;
            }
        }
        self.one_line(region, end, out)
    }

    /// A line that begins with a value, or doesn't.
    fn value(
        &mut self,
        region: Region<'_>,
        text: Text<'_>,
        look: Look,
        out: &mut Vec<u8>,
    ) -> usize {
        let end = region.from + text.bytes.len();
        let Look::Secret(found) = look else {
            return self.one_line(region, (end + 1).min(region.bytes.len()), out);
        };
        out.extend_from_slice(text.slice(0..found.range.start));
        self.redact(text, &found, out);
        region.from + found.range.end
    }

    fn one_line(&mut self, region: Region<'_>, end: usize, out: &mut Vec<u8>) -> usize {
        self.plain(
            Region {
                to: region.to.min(end),
                ..region
            },
            out,
        )
    }

    /// The end of everything.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        self.within = None;
        if let Carry::PrivateKey(key) = std::mem::take(&mut self.carry) {
            self.finish_key(key, out);
        }
    }

    fn finish_key(&mut self, key: PrivateKey, out: &mut Vec<u8>) {
        if key.write(out) {
            self.tally.count(Kind::PrivateKey);
        }
    }
}
