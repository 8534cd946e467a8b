//! Lines of the systemd journal of one unit, read by the host's own journalctl.

use std::time::Duration;

use super::answer::{Words, garbled, lines};
use super::text::Slot;
use super::{Action, HOST_ROOT, Look, LookText, Rung, Source, Target, parameters, shell_quote};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Spelling, Tree};
use crate::value::{DurationSpan, Kind, Value, Why};

/// Most bytes of the last line.
const MOST_TEXT: usize = 200;
/// What a unit is in messages.
const UNIT: &str = "name of a unit";
/// Letters, digits and what systemd.unit(5) allows beyond them.
const LETTERS: Spelling = Spelling::Letters(r".-_@:\");
const SPELLING: Spelling = Spelling::Own {
    example: "kubelet.service",
    pattern: r"^(?!-)(?!.*\.\.)[A-Za-z0-9._@:\\-]+$",
    fits: |text| LETTERS.fits(text) && !text.starts_with('-'),
};

const KEYS: &[Key] = &[
    Key::required(
        "unit",
        Shape::Filled(SPELLING),
        "The unit, as systemd names it",
    ),
    // The journal of a busy unit is long: more than a week takes longer than the look may.
    Key::required(
        "window",
        Shape::Duration(Some(("1s", "7d"))),
        "How far the lines go back",
    ),
    Key::optional(
        "pattern",
        Shape::Spelt(Spelling::Line),
        "An extended regular expression, as for `grep -E`; all lines count without it",
    ),
];

#[derive(Debug)]
pub(super) struct Journal;

impl Action for Journal {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn summary(&self) -> &'static str {
        "Lines of a unit's journal within a time, all or those that match an extended regular expression"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let what = "a `journal` look";
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let mut texts = Vec::new();
        fields.require("unit", what, faults);
        fields.require("window", what, faults);
        let unit = parameters::slot(&fields, "unit", UNIT, &mut texts, faults);
        let window = fields.duration("window", faults);
        let pattern = match fields.get("pattern") {
            Some(tree) => {
                let text = tree.expect_text("`pattern`", faults);
                let sound = text.filter(|text| parameters::pattern(text, faults).is_some());
                Some(sound?.value.clone())
            }
            None => None,
        };
        Some(Box::new(JournalLook {
            unit: unit.ok()??,
            texts,
            window: window?,
            pattern,
        }))
    }
}

#[derive(Debug)]
struct JournalLook {
    unit: Slot,
    texts: Vec<LookText>,
    window: Duration,
    pattern: Option<String>,
}

impl Look for JournalLook {
    fn kind(&self) -> Kind {
        Kind::record([
            (
                "lines",
                Kind::Integer,
                "such lines that the journal still holds; absent where it holds nothing at all of the unit",
            ),
            (
                "last_age",
                Kind::Duration,
                "how long ago the last of them was written; absent where there is none",
            ),
            (
                "last",
                Kind::Text,
                "the last of them, without its time; absent where there is none",
            ),
        ])
    }

    fn texts(&self) -> &[LookText] {
        &self.texts
    }

    fn source(&self, target: &Target) -> Result<Source, Why> {
        let unit = self.unit.known(target, UNIT, SPELLING)?;
        let script = format!(
            "unit={} pattern={} window={}\n{}",
            shell_quote(unit),
            shell_quote(self.pattern.as_deref().unwrap_or_default()),
            self.window.as_secs(),
            SCRIPT
                .replace("ROOT", HOST_ROOT)
                .replace("MOST", &MOST_TEXT.to_string()),
        );
        Ok(Source::Node(vec![Rung {
            place: Place::Host,
            only_where: None,
            needs: "journalctl on the host",
            script,
            limit: Duration::from_secs(15),
            most_bytes: 512,
        }]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let answer = lines(reply)?;
        let (numbers, last) = answer
            .split_once('\n')
            .ok_or_else(|| garbled("it ends too early"))?;
        let mut words = Words::of(numbers);
        let lines: Option<i64> = words.number_if_any()?;
        let now: f64 = words.number()?;
        let stamp: Option<f64> = words.number_if_any()?;
        words.end()?;
        // Both come from the node's own clock, whose fractions differ.
        let age = stamp.map_or(Value::Absent, |stamp| {
            let age = Duration::try_from_secs_f64((now - stamp).round()).unwrap_or_default();
            Value::Duration(DurationSpan(age))
        });
        let last = match lines {
            None | Some(0) => Value::Absent,
            Some(_) => Value::text(last.trim_end()),
        };
        Ok(Value::record([
            ("lines", lines.map_or(Value::Absent, Value::Integer)),
            ("last_age", age),
            ("last", last),
        ]))
    }
}

/// Lines, the present time and the last line's stamp; then the last line's text. A misspelt unit has
/// an empty journal too, so that nothing at all of it is another answer than no such line. Messages
/// of several lines are made one.
const SCRIPT: &str = r#"read_journal() { chroot ROOT journalctl --quiet --no-pager --output=short-unix --unit="$unit" "$@"; }
now=$(date +%s) || exit 1
any=$(read_journal --lines=1)
rc=$?
[ "$rc" -lt 125 ] || exit 69
[ "$rc" = 0 ] || exit 1
if [ -z "$any" ]; then
  echo "- $now -"
  exit 0
fi
exec 4>&1
codes=$({
  { read_journal --since="@$((now - window))" 4>&-; echo "$?" >&3; } | awk '
/^[0-9]+\.[0-9]+ / { if (NR > 1) print line; line = $0; next }
{ sub(/^ +/, ""); line = line " " $0 }
END { if (NR) print line }' 3>&- 4>&- | { grep -E -e "$pattern" 4>&-; [ $? -le 1 ] || echo pattern >&3; } | awk -v now="$now" '
/^[0-9]+\.[0-9]+ / { lines++; stamp = $1; text = $0 }
END {
  if (!lines) stamp = "-"
  print lines + 0, now, stamp
  sub(/^[^ ]+ [^ ]+ /, "", text)
  print substr(text, 1, MOST)
}' 3>&- >&4 4>&-
} 3>&1)
[ "$codes" = 0 ]
"#;
