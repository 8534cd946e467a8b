//! One line of the CRI's log format: `2026-11-20T12:12:12.472962276Z stdout F text`. Source: the
//! kubelet's `kuberuntime/logs`; containerd writes a `P` for each part of a line over 16 KiB.

use std::fmt;

use jiff::Timestamp;

/// Nanoseconds since 1970, as a line of a log says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl fmt::Display for Moment {
    /// RFC 3339 in UTC with nine digits, as the files have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(at) => write!(f, "{at:.9}"),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

/// Where a program has written a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// Its name in the files.
    pub fn word(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

/// A line taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// When the container runtime got it.
    pub at: Moment,
    /// Where the program has written it.
    pub stream: Stream,
    /// Whether this is the end of what the program has written as one line.
    pub ends: bool,
    /// What it says, without the end of the line.
    pub text: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes a line apart; `None` where it is not in the format.
    pub fn read(line: &'a [u8]) -> Option<Self> {
        let (at, rest) = moment(line)?;
        let rest = rest.strip_prefix(b" ")?;
        let (stream, rest) = match rest {
            [b's', b't', b'd', b'o', b'u', b't', b' ', rest @ ..] => (Stream::Stdout, rest),
            [b's', b't', b'd', b'e', b'r', b'r', b' ', rest @ ..] => (Stream::Stderr, rest),
            _ => return None,
        };
        // Other tags may follow the first one after a colon.
        let (ends, rest) = match rest {
            [b'F', rest @ ..] => (true, rest),
            [b'P', rest @ ..] => (false, rest),
            _ => return None,
        };
        let text = match rest {
            [b' ', text @ ..] => text,
            [] => rest,
            [b':', ..] => {
                let space = rest.iter().position(|byte| *byte == b' ')?;
                rest.get(space + 1..)?
            }
            _ => return None,
        };
        Some(Line {
            at,
            stream,
            ends,
            text,
        })
    }
}

/// `2026-11-20T12:12:12`, before the fraction and the zone.
const SECONDS: usize = 19;
const NANOS: i64 = 1_000_000_000;

/// An RFC 3339 time at the beginning of a line, and what follows it.
pub(super) fn moment(line: &[u8]) -> Option<(Moment, &[u8])> {
    let (head, mut rest) = line.split_at_checked(SECONDS)?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
    ] = *head
    else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(mo1, mo2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(mi1, mi2)?, two(s1, s2)?);
    // Second 60 of a leap second counts as the next minute's first.
    let is_time = hour < 24 && minute < 60 && second <= 60;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !is_time {
        return None;
    }
    let mut nanos = 0;
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        let (digits, behind) = fraction.split_at_checked(digits)?;
        nanos = digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        nanos *= i64::pow(10, u32::try_from(9 - digits.len()).ok()?);
        rest = behind;
    }
    let (east, rest) = zone(rest)?;
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - east;
    let whole = seconds.checked_mul(NANOS)?.checked_add(nanos)?;
    Some((Moment(whole), rest))
}

/// Seconds east of Greenwich.
fn zone(text: &[u8]) -> Option<(i64, &[u8])> {
    match text {
        [b'Z', rest @ ..] => Some((0, rest)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, rest @ ..] => {
            let east = two(*h1, *h2)? * 3_600 + two(*m1, *m2)? * 60;
            Some((if *sign == b'-' { -east } else { east }, rest))
        }
        _ => None,
    }
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Days since 1970 of a date of the Gregorian calendar. Years begin in March here, so that the day
/// which some have more is their last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let since_march = (month + 9) % 12;
    let before_month = (153 * since_march + 2) / 5;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leaps + before_month + day - 1 - TO_1970
}

/// From 1 March of the year 0 to 1 January 1970.
const TO_1970: i64 = 719_468;
