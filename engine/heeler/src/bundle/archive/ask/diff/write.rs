//! What differs between two archives, for people.

use std::io::{self, Write};

use super::super::shapes::Shape;
use super::super::words::{self, line};
use super::{Changed, Diff, DiffSide, How};

/// Members that only one has, and lines of a member: as many are written.
const MEMBERS: usize = 30;
const LINES: usize = 20;
const SHAPES: usize = 10;

pub(super) fn write(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    for (sign, side) in [("-", &diff.a), ("+", &diff.b)] {
        let whole = words::whole(&side.whole);
        let of = side.about.as_ref();
        let of = of.map(|about| format!("  {} at {}", about.node, about.at));
        let of = of.unwrap_or_default();
        line(
            out,
            &format!("{sign}{sign}{sign} {}{of}  {whole}", side.bundle),
        )?;
    }
    let same = words::count(diff.same, "member is the same", "members are the same");
    let changed = words::count(diff.changed.len() as u64, "differs", "differ");
    line(out, &format!("{same}, {changed}"))?;
    only(out, "-", &diff.a)?;
    only(out, "+", &diff.b)?;
    diff.changed
        .iter()
        .try_for_each(|member| changed_member(out, member))
}

fn only(out: &mut dyn Write, sign: &str, side: &DiffSide) -> io::Result<()> {
    for (label, size) in side.only.iter().take(MEMBERS) {
        line(
            out,
            &format!(
                "{sign} {label}  {}, not in the other one",
                words::bytes(*size)
            ),
        )?;
    }
    more(
        out,
        side.only.len() as u64,
        MEMBERS,
        "members that the other one has not",
    )
}

/// Says that there are more than `most`.
fn more(out: &mut dyn Write, count: u64, most: usize, what: &str) -> io::Result<()> {
    match count.saturating_sub(most as u64) {
        0 => Ok(()),
        more => line(out, &format!("  … and {more} more {what}")),
    }
}

fn changed_member(out: &mut dyn Write, member: &Changed) -> io::Result<()> {
    let sizes = format!(
        "{} → {}",
        words::bytes(member.size_a),
        words::bytes(member.size_b)
    );
    let cut = if member.cut {
        "; CUT in one of them"
    } else {
        ""
    };
    let said = match &member.how {
        How::Lines { removed, added, .. } => format!("{removed} lines less, {added} more"),
        How::Shapes {
            grown,
            lines_a,
            lines_b,
            ..
        } => {
            let grown = if *grown { ", grown" } else { "" };
            format!("{lines_a} → {lines_b} lines{grown}, compared by what they say")
        }
        How::Size { why } => format!("not compared: {why}"),
    };
    line(out, &format!("~ {}  {sizes}; {said}{cut}", member.label))?;
    match &member.how {
        How::Lines {
            removed,
            added,
            lines,
        } => {
            for change in lines.iter().take(LINES) {
                let sign = if change.added { '+' } else { '-' };
                let text = words::short(&change.text);
                line(out, &format!("  {sign}{}: {text}", change.line))?;
            }
            more(out, removed + added, LINES, "lines")
        }
        How::Shapes {
            only_a,
            shapes_a,
            only_b,
            shapes_b,
            uncounted,
            ..
        } => {
            shapes(out, '-', only_a, *shapes_a)?;
            shapes(out, '+', only_b, *shapes_b)?;
            match uncounted {
                0 => Ok(()),
                count => line(
                    out,
                    &format!(
                        "  {count} lines were not compared: they say too many different things"
                    ),
                ),
            }
        }
        How::Size { .. } => Ok(()),
    }
}

fn shapes(out: &mut dyn Write, sign: char, shapes: &[Shape], count: u64) -> io::Result<()> {
    for shape in shapes.iter().take(SHAPES) {
        let text = words::short(&shape.example);
        line(out, &format!("  {sign} {}×  {text}", shape.lines))?;
    }
    more(out, count, SHAPES, "things that only this one says")
}
