//! How many lines are missing, where an application numbers its lines: only then can anybody tell.

/// Numbers of a line that are looked at.
const MOST: usize = 8;
/// So many lines in a row make a number that goes up by one with each of them the line's own.
const ENOUGH: u32 = 20;
/// So many behind a hole show that it goes on there.
const AGAIN: u32 = 3;
/// A smaller one may be the seconds of a time.
const CLOCK: u64 = 60;

/// The numbers of one program's lines.
#[derive(Debug, Default)]
pub struct Numbering {
    fields: [Field; MOST],
    /// The hole behind which lines come, and each field's last number before it.
    hole: Option<Hole>,
    counted: Vec<(usize, u64)>,
}

/// The number at one place of each line.
#[derive(Debug, Clone, Copy, Default)]
struct Field {
    last: Option<u64>,
    /// How often it went up by one, in a row.
    run: u32,
    /// It went down: it is a part of a time, or counts in circles.
    is_spoilt: bool,
}

#[derive(Debug)]
struct Hole {
    number: usize,
    /// Last numbers before it, of fields that number lines.
    last: [Option<u64>; MOST],
    /// First numbers behind it.
    first: [Option<u64>; MOST],
    lines: u32,
}

impl Numbering {
    /// Takes the next line.
    pub fn see(&mut self, line: &[u8]) {
        let mut numbers = numbers(line);
        for (place, field) in self.fields.iter_mut().enumerate() {
            let number = numbers.next();
            let is_next =
                number.is_some() && number == field.last.and_then(|last| last.checked_add(1));
            field.is_spoilt |= number.is_some() && number < field.last;
            field.run = if is_next && !field.is_spoilt {
                field.run.saturating_add(1)
            } else {
                0
            };
            field.last = number;
            let first = self.hole.as_mut().filter(|hole| hole.lines == 0);
            if let Some(first) = first.and_then(|hole| hole.first.get_mut(place)) {
                *first = number;
            }
        }
        if let Some(hole) = &mut self.hole {
            hole.lines += 1;
            if hole.lines > AGAIN {
                self.count();
            }
        }
    }

    /// What follows may be numbered anew.
    pub fn begin(&mut self) {
        (self.fields, self.hole) = (Default::default(), None);
    }

    /// Lines may be missing here; the hole has this number.
    pub fn hole(&mut self, number: usize) {
        // Of two holes without enough lines in between nobody can tell which lines are missing where.
        let mut last = [None; MOST];
        if self.hole.is_none() {
            for (last, field) in last.iter_mut().zip(&self.fields) {
                *last = field
                    .last
                    .filter(|last| field.run >= ENOUGH && *last >= CLOCK);
            }
        }
        self.hole = Some(Hole {
            number,
            last,
            first: [None; MOST],
            lines: 0,
        });
    }

    /// The holes of which it is known how many lines are missing, and how many.
    pub fn counted(&self) -> &[(usize, u64)] {
        &self.counted
    }

    fn count(&mut self) {
        let Some(hole) = self.hole.take() else { return };
        let fields = hole.last.iter().zip(&hole.first).zip(&self.fields);
        let mut gaps = fields.filter_map(|((last, first), field)| {
            let goes_on = field.run >= AGAIN;
            // Below it the program has begun to number anew.
            let gap = first
                .as_ref()?
                .checked_sub(last.as_ref()?.checked_add(1)?)?;
            goes_on.then_some(gap)
        });
        self.counted
            .extend(gaps.next().map(|gap| (hole.number, gap)));
    }
}

/// The numbers in a line, in their order.
fn numbers(line: &[u8]) -> impl Iterator<Item = u64> {
    let runs = line.split(|byte| !byte.is_ascii_digit());
    runs.filter(|digits| !digits.is_empty()).map(|digits| {
        let add = |sum: u64, digit: &u8| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
        digits.iter().try_fold(0, add).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines `from..to` and their like, with a hole behind each part.
    fn counted(parts: &[std::ops::Range<u64>], line: impl Fn(u64) -> String) -> Vec<(usize, u64)> {
        let mut numbering = Numbering::default();
        for (number, part) in parts.iter().enumerate() {
            part.clone()
                .for_each(|at| numbering.see(line(at).as_bytes()));
            numbering.hole(number);
        }
        numbering.counted().to_vec()
    }

    #[test]
    fn numbered_lines_that_are_missing_are_counted() {
        let line = |at: u64| format!("{{\"seq\":{at},\"took\":{},\"status\":200}}", at % 7);
        assert_eq!(
            counted(&[0..100, 150..200, 200..230], line),
            [(0, 50), (1, 0)]
        );
        // Wherever the number is.
        let line = |at: u64| format!("[9] GET /{} took {} #{at}", at % 3, at % 11);
        assert_eq!(counted(&[7..90, 1_090..1_100], line), [(0, 1_000)]);
    }

    #[test]
    fn what_is_no_numbering_counts_nothing() {
        let jumps = |at: u64| format!("took {} ms", at * 3 % 100);
        assert_eq!(counted(&[0..100, 150..200], jumps), []);
        let clock = |at: u64| format!("10:{:02}:{:02} ok", at / 60 % 60, at % 60);
        assert_eq!(counted(&[0..50, 3_650..3_700], clock), []);
        assert_eq!(counted(&[0..100, 3_700..3_750], clock), []);
        let words = |_| "no number".to_owned();
        assert_eq!(counted(&[0..100, 150..200], words), []);
        // Too few lines before it, or behind it; begun anew.
        let line = |at: u64| format!("line {at}");
        assert_eq!(counted(&[0..10, 150..200], line), []);
        assert_eq!(counted(&[0..100, 150..152], line), []);
        assert_eq!(counted(&[0..100, 0..50], line), []);
        // Two holes, with too little in between.
        assert_eq!(counted(&[0..100, 150..151, 170..200], line), []);
        let large = |at: u64| format!("99999999999999999999999{at}");
        assert_eq!(counted(&[0..100, 150..200], large), []);
    }
}
