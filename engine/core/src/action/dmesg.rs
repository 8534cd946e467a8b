//! Lines of the kernel's log that match a pattern. The log is rate-limited over the whole machine,
//! so a line proves something, and its absence nothing: this never counts events.

use std::time::Duration;

use super::answer::{Words, garbled, text};
use super::{Action, Look, Rung, Source, Target, parameters, shell_quote};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Spelling, Tree};
use crate::value::{DurationSpan, Kind, Value, Why};

/// Most bytes of the last line.
const MOST_TEXT: usize = 200;

const KEYS: &[Key] = &[Key::required(
    "pattern",
    Shape::Spelt(Spelling::Line),
    "An extended regular expression, as for `grep -E`; a line counts where any part of it matches",
)];

#[derive(Debug)]
pub(super) struct Dmesg;

impl Action for Dmesg {
    fn name(&self) -> &'static str {
        "dmesg"
    }

    fn summary(&self) -> &'static str {
        "Lines of the kernel's log that match an extended regular expression"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let pattern = fields
            .require("pattern", "a `dmesg` look", faults)?
            .expect_text("`pattern`", faults)?;
        parameters::pattern(pattern, faults)?;
        Some(Box::new(DmesgLook {
            pattern: pattern.value.clone(),
        }))
    }
}

#[derive(Debug)]
struct DmesgLook {
    pattern: String,
}

impl Look for DmesgLook {
    fn kind(&self) -> Kind {
        Kind::record([
            (
                "lines",
                Kind::Integer,
                "matching lines that the log still holds; no count of events",
            ),
            (
                "first_age",
                Kind::Duration,
                "how long ago the first of them was written",
            ),
            (
                "last_age",
                Kind::Duration,
                "how long ago the last of them was written",
            ),
            ("last", Kind::Text, "the last of them, without its time"),
        ])
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        Ok(Source::Node(vec![Rung {
            place: Place::Admin,
            only_where: None,
            needs: "dmesg",
            script: SCRIPT
                .replace("MOST", &MOST_TEXT.to_string())
                .replace("PATTERN", &shell_quote(&self.pattern)),
            limit: Duration::from_secs(5),
            most_bytes: 512,
        }]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let (numbers, last) = text(reply)?
            .split_once('\n')
            .ok_or_else(|| garbled("it ends too early"))?;
        let mut words = Words::of(numbers);
        let lines: i64 = words.number()?;
        let uptime: f64 = words.number()?;
        let ages = [words.number_if_any()?, words.number_if_any()?];
        words.end()?;
        let [first_age, last_age] =
            ages.map(|stamp| stamp.map_or(Value::Absent, |stamp: f64| age(uptime - stamp)));
        let last = if lines == 0 {
            Value::Absent
        } else {
            Value::text(last.trim_end())
        };
        Ok(Value::record([
            ("lines", Value::Integer(lines)),
            ("first_age", first_age),
            ("last_age", last_age),
            ("last", last),
        ]))
    }
}

/// Both clocks start with the kernel; they may differ by the fraction that the reading takes.
fn age(seconds: f64) -> Value {
    let whole = Duration::try_from_secs_f64(seconds.round()).unwrap_or_default();
    Value::Duration(DurationSpan(whole))
}

/// Lines, uptime, first and last stamp; then the last line's text. The older admin image's `dmesg`
/// may know no `--since`, so ages come from the stamps.
const SCRIPT: &str = r#"log=$(dmesg) || exit 1
read -r up _ </proc/uptime
found=$(printf '%s\n' "$log" | grep -E -e PATTERN)
[ $? -le 1 ] || exit 1
printf '%s\n' "$found" | awk -v up="$up" '
$0 == "" { next }
{
  lines++
  stamp = "-"
  if (match($0, /^\[ *[0-9]+\.[0-9]+\] /)) {
    stamp = substr($0, 2, RLENGTH - 3)
    gsub(/ /, "", stamp)
    $0 = substr($0, RLENGTH + 1)
  }
  if (lines == 1) first = stamp
  last = stamp
  text = $0
}
END {
  if (!lines) first = last = "-"
  print lines + 0, up, first, last
  print substr(text, 1, MOST)
}'
"#;
