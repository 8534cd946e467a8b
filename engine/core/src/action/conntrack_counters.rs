//! The counters of the kernel's connection tracking, read twice and summed over the CPUs: from
//! `/proc/net/stat/nf_conntrack` where the kernel has that file, else with `conntrack -S` on the
//! host.

use std::time::Duration;

use super::answer::{Words, text};
use super::growth::{self, Window};
use super::{Action, HOST_ROOT, Look, Rung, Source, Target, parameters};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Tree};
use crate::value::{Kind, Value, Why};

/// The counters and what they count, in the order in which they travel.
const COUNTERS: [(&str, &str); 6] = [
    (
        "drop",
        "packets dropped: the table was full, or (counted here too) an insert failed",
    ),
    (
        "insert_failed",
        "entries that could not be inserted, as the same connection was there already",
    ),
    (
        "early_drop",
        "entries evicted before their time to make room",
    ),
    ("invalid", "packets that fit no connection"),
    ("found", "searches that found an entry"),
    ("insert", "entries inserted"),
];
const STATISTICS: &str = "/proc/net/stat/nf_conntrack";
/// Beyond the time between the readings.
const MARGIN: Duration = Duration::from_secs(5);

const KEYS: &[Key] = &[parameters::OVER];

#[derive(Debug)]
pub(super) struct ConntrackCounters;

impl Action for ConntrackCounters {
    fn name(&self) -> &'static str {
        "conntrack-counters"
    }

    fn summary(&self) -> &'static str {
        "What connection tracking has dropped, refused and inserted, and how fast the table grows"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let over = fields.duration("over", faults)?;
        Some(Box::new(CountersLook { over }))
    }
}

#[derive(Debug)]
struct CountersLook {
    over: Duration,
}

impl CountersLook {
    fn rung(&self, place: Place, needs: &'static str, sum: &str) -> Rung {
        let names: Vec<&str> = COUNTERS.iter().map(|(name, _)| *name).collect();
        Rung {
            place,
            only_where: None,
            needs,
            script: SCRIPT
                .replace("SECONDS", &self.over.as_secs_f64().to_string())
                .replace("NAMES", &names.join(" "))
                .replace("SUM", sum.trim()),
            limit: self.over + MARGIN,
            most_bytes: 512,
        }
    }
}

impl Look for CountersLook {
    fn kind(&self) -> Kind {
        let counters = COUNTERS
            .iter()
            .map(|(name, help)| (*name, growth::counter_kind(), *help));
        Kind::record(counters.chain([
            ("entries", growth::gauge_kind(), "entries in the table"),
            (
                "cpus",
                Kind::Integer,
                "CPUs over which the counters are summed",
            ),
            (
                "over",
                Kind::Duration,
                "the time between the two readings, as the node measured it",
            ),
        ]))
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        let control = Rung {
            only_where: Some(format!("[ -r {STATISTICS} ]")),
            ..self.rung(Place::Control, STATISTICS, SUM_OF_STATISTICS)
        };
        let program = SUM_OF_PROGRAM.replace("ROOT", HOST_ROOT);
        Ok(Source::Node(vec![
            control,
            self.rung(Place::Host, "conntrack on the host", &program),
        ]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let mut words = Words::of(text(reply)?);
        let window = Window::read(&mut words)?;
        let cpus = words.number()?;
        let entries = window.gauge(words.number()?, words.number()?);
        let mut fields = vec![
            ("over", window.value()),
            ("cpus", Value::Integer(cpus)),
            ("entries", entries),
        ];
        for (name, _) in COUNTERS {
            fields.push((name, window.next_counter(&mut words)?));
        }
        words.end()?;
        Ok(Value::record(fields))
    }

    fn least(&self) -> Duration {
        self.over
    }

    fn between(&self, first: &Value, last: &Value, elapsed: Duration) -> Option<Value> {
        Some(growth::between("conntrack-counters", first, last, elapsed))
    }
}

/// Both rungs: the times, the CPUs, the entries and then each counter, before and after.
const SCRIPT: &str = r#"awk '
function line(file,  text) { getline text < file; close(file); return text }
SUM
function sample(k) {
  split(line("/proc/uptime"), clock, " ")
  at[k] = clock[1]
  count[k] = line("/proc/sys/net/netfilter/nf_conntrack_count")
  cpus = sum(k)
  if (cpus == 0) exit 69
}
BEGIN {
  sample(1)
  system("sleep SECONDS")
  sample(2)
  printf "%s %s %d %s %s", at[1], at[2], cpus, count[1], count[2]
  n = split("NAMES", names, " ")
  for (i = 1; i <= n; i++)
    if ((2, names[i]) in total) printf " %.0f %.0f", total[1, names[i]], total[2, names[i]]
    else printf " - -"
  print ""
}'
"#;

/// One line of names, then one line of hexadecimal numbers for each CPU.
const SUM_OF_STATISTICS: &str = r#"
function hex(text,  i, n) {
  for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
  return n + 0
}
function sum(k,  file, text, name, field, n, i, cpus) {
  file = "/proc/net/stat/nf_conntrack"
  getline text < file
  split(text, name, " ")
  while ((getline text < file) > 0) {
    n = split(text, field, " ")
    for (i = 1; i <= n; i++) total[k, name[i]] += hex(field[i])
    cpus++
  }
  close(file)
  return cpus + 0
}
"#;

/// One line of `name=number` for each CPU. The command's own exit code comes last, so that a
/// program that is not there is told from one that says nothing.
const SUM_OF_PROGRAM: &str = r#"
function sum(k,  command, text, field, pair, n, i, cpus) {
  command = "chroot ROOT conntrack -S 2>/dev/null; echo exit $?"
  while ((command | getline text) > 0) {
    n = split(text, field, " ")
    if (field[1] == "exit") code = field[2]
    if (field[1] !~ /^cpu=/) continue
    for (i = 2; i <= n; i++) { split(field[i], pair, "="); total[k, pair[1]] += pair[2] }
    cpus++
  }
  close(command)
  if (code != 0) exit code == 127 ? 69 : 1
  return cpus + 0
}
"#;
