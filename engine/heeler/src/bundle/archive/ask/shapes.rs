//! Lines by their shape: what a log says, without when, who and how often.
//!
//! Two journals have hardly a line in common: each has its time, and most have a number or an id. So a word
//! with a digit in it stands for all such words, and the time and the host's name before a line of the
//! journal are left out. What is left is what the line says; that only one of two logs says it is news.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Read;
use std::ops::ControlFlow;

use serde::Serialize;

use super::super::label::{clean, shortened};
use super::super::lines::{Cut, pieces};
use super::super::pour::PIECE;

/// Bytes of a line that are looked at.
const LOOKED_AT: usize = 300;
/// No more of a line is held.
const LINE: Cut = Cut {
    most: PIECE,
    overlap: 0,
};
/// Letters of an example.
const EXAMPLE: usize = 300;

/// What lines say that only one of two members has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shape {
    /// How many lines say it.
    pub lines: u64,
    /// The first one of them.
    pub example: String,
}

#[derive(Debug, Default)]
struct Counted {
    a: u64,
    b: u64,
    example: String,
}

/// The shapes of two members.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    counted: HashMap<Vec<u8>, Counted>,
    /// Lines of either one.
    pub(super) lines: (u64, u64),
    /// Lines whose shape was one too many.
    pub(super) uncounted: u64,
}

impl Shapes {
    /// Takes a line of the second member, or of the first one. `room`: shapes that there is room for.
    fn take(&mut self, line: &[u8], is_second: bool, room: &mut usize) {
        let lines = match is_second {
            true => &mut self.lines.1,
            false => &mut self.lines.0,
        };
        *lines += 1;
        let line = line.get(..LOOKED_AT).unwrap_or(line);
        let shape = shape(line);
        let counted = match self.counted.get_mut(&shape) {
            Some(counted) => counted,
            None if *room == 0 => {
                self.uncounted += 1;
                return;
            }
            None => {
                *room -= 1;
                let example = shortened(&clean(line), EXAMPLE);
                let counted = self.counted.entry(shape).or_default();
                counted.example = example;
                counted
            }
        };
        match is_second {
            true => counted.b += 1,
            false => counted.a += 1,
        }
    }

    /// Takes all lines of the second member, or of the first one, as far as they can be read.
    pub(super) fn take_all(&mut self, from: &mut dyn Read, is_second: bool, room: &mut usize) {
        let Ok(_) = pieces(from, LINE, |piece| {
            if piece.begins {
                self.take(piece.bytes, is_second, room);
            }
            Ok::<_, Infallible>(ControlFlow::Continue(()))
        });
    }

    /// What only the first one says, and what only the second one says, the most frequent first; of each
    /// `most` at most, and how many there are.
    pub(super) fn only(self, most: usize) -> [(Vec<Shape>, u64); 2] {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for counted in self.counted.into_values() {
            let only = match (counted.a, counted.b) {
                (_, 0) => &mut a,
                (0, _) => &mut b,
                _ => continue,
            };
            only.push(Shape {
                lines: counted.a + counted.b,
                example: counted.example,
            });
        }
        [a, b].map(|mut only| {
            only.sort_by(|one, other| {
                (other.lines, &one.example).cmp(&(one.lines, &other.example))
            });
            let count = only.len() as u64;
            only.truncate(most);
            (only, count)
        })
    }
}

/// What a line says.
fn shape(line: &[u8]) -> Vec<u8> {
    let line = without_stamp(line);
    let mut shape = Vec::with_capacity(line.len());
    for word in line.chunk_by(|a, b| class(*a) == class(*b)) {
        match class(word.first().copied().unwrap_or(b' ')) {
            Class::Word if word.iter().any(u8::is_ascii_digit) => shape.push(b'#'),
            // Columns are as wide as their numbers.
            Class::Space => shape.push(b' '),
            Class::Word | Class::Other => shape.extend_from_slice(word),
        }
    }
    shape
}

#[derive(PartialEq, Eq)]
enum Class {
    Word,
    Space,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b' ' | b'\t' | b'\r' => Class::Space,
        byte if byte.is_ascii_alphanumeric() => Class::Word,
        _ => Class::Other,
    }
}

/// `Nov 20 10:00:00.123456 ip-10-0-1-23 kernel: …` without what stands before the program.
fn without_stamp(line: &[u8]) -> &[u8] {
    let [
        _,
        _,
        _,
        b' ',
        day,
        _,
        b' ',
        _,
        _,
        b':',
        _,
        _,
        b':',
        _,
        _,
        rest @ ..,
    ] = line
    else {
        return line;
    };
    if !matches!(day, b' ' | b'0'..=b'9') {
        return line;
    }
    // The fraction of the second, and the host.
    rest.splitn(3, |byte| *byte == b' ').nth(2).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_what_a_line_says() {
        let said = |line: &str| String::from_utf8(shape(line.as_bytes())).expect("ASCII");
        let one = "Nov 20 10:00:00 ip-10-0-1-23.eu-west-1.compute.internal kernel: [ 12.5] nf_conntrack: table full, dropping packet";
        let other = "Dec  1 23:59:59.123 ip-10-9-9-9.eu-west-1.compute.internal kernel: [1234567.25] nf_conntrack: table full, dropping packet";
        assert_eq!(said(one).replace("[ #", "[#"), said(other));
        assert_eq!(
            said(other),
            "kernel: [#.#] nf_conntrack: table full, dropping packet"
        );
        assert_ne!(said("kernel: table full"), said("kernel: table empty"));
        assert_eq!(said("no stamp, x2vqz of 3   pods"), "no stamp, # of # pods");
    }

    #[test]
    fn shapes_beyond_the_room_are_counted_and_not_made_up() {
        let (mut shapes, mut room) = (Shapes::default(), 2);
        for line in ["one", "two", "three"] {
            shapes.take(line.as_bytes(), false, &mut room);
        }
        for line in ["three", "four", "one"] {
            shapes.take(line.as_bytes(), true, &mut room);
        }
        assert_eq!((shapes.lines, shapes.uncounted), ((3, 3), 3));
        let [(a, _), (b, count)] = shapes.only(10);
        assert_eq!(a.iter().map(|a| &*a.example).collect::<Vec<_>>(), ["two"]);
        // `three` is in both: that it is in the first one is not known any more.
        assert!(b.is_empty() && count == 0, "{b:?}");
    }
}
