//! Counters of the network driver, such as those of EC2's own connection tracking: read twice with
//! `ethtool -S` on the host, and summed over the interfaces, as an allowance belongs to the
//! instance.

use std::time::Duration;

use super::answer::{Words, text};
use super::growth::{self, Window};
use super::{Action, HOST_ROOT, Look, Rung, Source, Target, parameters};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Spelling, Tree};
use crate::value::{Kind, Value, Why};

/// Beyond the time between the readings.
const MARGIN: Duration = Duration::from_secs(6);

const COUNTER: Spelling = Spelling::Letters("_");
const KEYS: &[Key] = &[
    Key::required(
        "counters",
        Shape::List {
            of: &Shape::Spelt(COUNTER),
            least: 1,
        },
        "The counters, as `ethtool -S` names them",
    ),
    parameters::OVER,
];

#[derive(Debug)]
pub(super) struct Ethtool;

impl Action for Ethtool {
    fn name(&self) -> &'static str {
        "ethtool"
    }

    fn summary(&self) -> &'static str {
        "Counters of the network driver, summed over the interfaces that have them"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let over = fields.duration("over", faults);
        let counters = fields
            .require("counters", "an `ethtool` look", faults)?
            .expect_list("`counters`", faults)?;
        let names: Vec<Option<String>> = counters
            .iter()
            .map(|counter| {
                let name = counter.expect_text("a counter's name", faults)?;
                COUNTER
                    .read("counter of a network driver", name, faults)
                    .map(str::to_owned)
            })
            .collect();
        let counters: Vec<String> = names.into_iter().collect::<Option<_>>()?;
        if counters.is_empty() {
            faults
                .error("missing-key", fields.span(), "`counters` is empty")
                .help("name at least one counter");
            return None;
        }
        Some(Box::new(EthtoolLook {
            counters,
            over: over?,
        }))
    }
}

#[derive(Debug)]
struct EthtoolLook {
    counters: Vec<String>,
    over: Duration,
}

impl Look for EthtoolLook {
    fn kind(&self) -> Kind {
        let counters = self.counters.iter().map(|name| {
            (
                name.as_str(),
                growth::counter_kind(),
                "the driver's counter, over all interfaces that have it",
            )
        });
        Kind::record(counters.chain([(
            "over",
            Kind::Duration,
            "the time between the two readings, as the node measured it",
        )]))
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        let script = SCRIPT
            .replace("ROOT", HOST_ROOT)
            .replace("SECONDS", &self.over.as_secs_f64().to_string())
            .replace("NAMES", &self.counters.join(" "));
        Ok(Source::Node(vec![Rung {
            place: Place::Host,
            only_where: None,
            needs: "ethtool on the host",
            script,
            limit: self.over + MARGIN,
            most_bytes: 1024,
        }]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let mut words = Words::of(text(reply)?);
        let window = Window::read(&mut words)?;
        let mut fields = vec![("over", window.value())];
        for name in &self.counters {
            fields.push((name, window.next_counter(&mut words)?));
        }
        words.end()?;
        Ok(Value::record(fields))
    }

    fn least(&self) -> Duration {
        self.over
    }

    fn between(&self, first: &Value, last: &Value, elapsed: Duration) -> Option<Value> {
        Some(growth::between("ethtool", first, last, elapsed))
    }
}

/// The times, then each counter before and after. Interfaces of pods are left out: a node can have
/// hundreds, and none of them is a network card.
const SCRIPT: &str = r#"awk '
function sample(k,  i, command, text, pair, code) {
  getline text < "/proc/uptime"
  close("/proc/uptime")
  split(text, pair, " ")
  at[k] = pair[1]
  for (i = 1; i <= cards; i++) {
    command = "chroot ROOT ethtool -S " card[i] " 2>/dev/null; echo exit $?"
    while ((command | getline text) > 0) {
      gsub(/ /, "", text)
      if (text == "exit127") exit 69
      split(text, pair, ":")
      if (pair[1] in wanted && pair[2] ~ /^[0-9]+$/) { total[k, pair[1]] += pair[2]; seen[pair[1]] = k }
    }
    close(command)
  }
}
BEGIN {
  n = split("NAMES", name, " ")
  for (i = 1; i <= n; i++) wanted[name[i]]
  while ((getline line < "/proc/net/dev") > 0) {
    if (split(line, part, ":") < 2) continue
    gsub(/ /, "", part[1])
    if (part[1] !~ /^(lo$|eni|veth|cali|lxc|cilium|dummy|ifb)/ && part[1] ~ /^[A-Za-z0-9_.-]+$/) card[++cards] = part[1]
  }
  sample(1)
  system("sleep SECONDS")
  sample(2)
  printf "%s %s", at[1], at[2]
  for (i = 1; i <= n; i++)
    if (seen[name[i]] == 2) printf " %.0f %.0f", total[1, name[i]], total[2, name[i]]
    else printf " - -"
  print ""
}'
"#;
