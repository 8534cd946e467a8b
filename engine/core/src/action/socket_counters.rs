//! Accept queues that overflow. The kernel counts that for each network namespace: the control
//! container sees the node's own numbers, and a pod's are read in the admin container through one
//! of the pod's processes.

use std::time::Duration;

use super::answer::{Words, garbled, text};
use super::growth::{self, Window};
use super::{Action, HOST_ROOT, Look, PodFacts, Rung, Source, Target, parameters, shell_quote};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Tree};
use crate::value::{Kind, Unseen, Value, Why};

/// The counters of `TcpExt` and what they count, in the order in which they travel.
const COUNTERS: [(&str, &str, &str); 2] = [
    (
        "listen_overflows",
        "ListenOverflows",
        "connections that found the accept queue full",
    ),
    (
        "listen_drops",
        "ListenDrops",
        "connections dropped while listening, for this or another reason",
    ),
];
/// A pod's part of a control group's path, with either control group driver; static pods have a
/// hash instead of a uid.
const ANY_POD: &str = "pod[0-9a-f_-]{32,36}";
/// Beyond the time between the readings: a node can have hundreds of pods.
const MARGIN: Duration = Duration::from_secs(8);

const KEYS: &[Key] = &[parameters::OVER];

#[derive(Debug)]
pub(super) struct SocketCounters;

impl Action for SocketCounters {
    fn name(&self) -> &'static str {
        "socket-counters"
    }

    fn summary(&self) -> &'static str {
        "Overflows of accept queues, of the node's own network and of the pod's"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let over = fields.duration("over", faults)?;
        Some(Box::new(SocketsLook { over }))
    }
}

#[derive(Debug)]
struct SocketsLook {
    over: Duration,
}

impl SocketsLook {
    fn rung(&self, place: Place, needs: &'static str, script: &str) -> Rung {
        let names: Vec<&str> = COUNTERS.iter().map(|(_, name, _)| *name).collect();
        let script = format!("{}{}", script.trim_start(), COUNT.trim_start())
            .replace("SECONDS", &self.over.as_secs_f64().to_string())
            .replace("NAMES", &names.join(" "));
        Rung {
            place,
            only_where: None,
            needs,
            script,
            limit: self.over + MARGIN,
            most_bytes: 768,
        }
    }
}

impl Look for SocketsLook {
    fn kind(&self) -> Kind {
        let record = || {
            let counters = COUNTERS
                .iter()
                .map(|(name, _, help)| (*name, growth::counter_kind(), *help));
            Kind::record(counters.chain([("name", Kind::Text, "namespace and name, or `node`")]))
        };
        Kind::record([
            ("host", record(), "the node's own network namespace"),
            (
                "pod",
                record(),
                "the target's pod, or else the pod whose queues overflow most",
            ),
            (
                "over",
                Kind::Duration,
                "the time between the two readings, as the node measured it",
            ),
        ])
    }

    fn source(&self, target: &Target) -> Result<Source, Why> {
        let host = self.rung(Place::Control, "/proc/net/netstat", HOST_ONLY);
        let pattern = match &target.pod {
            Some(pod) if pod.host_network => return Ok(Source::Node(vec![host])),
            Some(pod) => uid_pattern(pod)?,
            None => ANY_POD.to_owned(),
        };
        let pods = PODS
            .replace("PATTERN", &shell_quote(&pattern))
            .replace("ROOT", HOST_ROOT);
        Ok(Source::Node(vec![
            self.rung(Place::Admin, "the pods' processes", &pods),
            host,
        ]))
    }

    fn read(&self, reply: &Reply, target: &Target) -> Result<Value, Why> {
        let mut words = Words::of(text(reply)?);
        let window = Window::read(&mut words)?;
        let host = record("node".to_owned(), window, &mut words)?;
        let unseen = |why| {
            Value::Unseen(vec![Unseen {
                look: reply.look.clone(),
                why,
            }])
        };
        let pod = match (words.word()?, &target.pod) {
            ("-", Some(pod)) if pod.host_network => renamed(&host, pod_name(pod)),
            ("-", _) if reply.place == Place::Control => {
                unseen(reply.before.clone().unwrap_or(Why::AdminOff))
            }
            ("-", Some(pod)) => unseen(Why::NotThere(format!("process of {}", pod_name(pod)))),
            ("-", None) => Value::Absent,
            (_, Some(pod)) => record(pod_name(pod), window, &mut words)?,
            (found, None) => record(found_name(found), window, &mut words)?,
        };
        words.end()?;
        Ok(Value::record([
            ("host", host),
            ("pod", pod),
            ("over", window.value()),
        ]))
    }

    fn least(&self) -> Duration {
        self.over
    }

    fn between(&self, first: &Value, last: &Value, elapsed: Duration) -> Option<Value> {
        Some(growth::between("socket-counters", first, last, elapsed))
    }
}

fn record(name: String, window: Window, words: &mut Words<'_>) -> Result<Value, Why> {
    let mut fields = vec![("name", Value::Text(name))];
    for (name, _, _) in COUNTERS {
        fields.push((name, window.next_counter(words)?));
    }
    Ok(Value::record(fields))
}

fn renamed(value: &Value, name: String) -> Value {
    let mut value = value.clone();
    if let Value::Record(fields) = &mut value {
        fields.insert("name".to_owned(), Value::Text(name));
    }
    value
}

fn pod_name(pod: &PodFacts) -> String {
    format!("{}/{}", pod.namespace, pod.name)
}

/// The kubelet's folder of a pod's logs is `NAMESPACE_NAME_UID`; without one only the uid is known.
fn found_name(found: &str) -> String {
    match found.split('_').collect::<Vec<_>>()[..] {
        [namespace, name, _] => format!("{namespace}/{name}"),
        _ => format!("pod {}", found.trim_start_matches("pod")),
    }
}

/// The systemd control group driver writes a uid with `_`, the other one with `-`.
fn uid_pattern(pod: &PodFacts) -> Result<String, Why> {
    let fits = !pod.uid.is_empty() && pod.uid.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if !fits {
        return Err(garbled(format!("`{}` is no pod's uid", pod.uid)));
    }
    Ok(format!("pod{}", pod.uid.replace('-', "[-_]")))
}

const HOST_ONLY: &str = "
set -- /proc/net/netstat
";

/// One process for each pod with a network of its own: `PID/POD` words.
const PODS: &str = r#"
own=$(stat -L -c %i /proc/self/ns/net) || exit 69
pods=$(grep -s -o -E -H PATTERN /proc/[0-9]*/cgroup | awk -F '[/:]' '{ print $3 "/" $NF }')
set -- /proc/net/netstat
found=' '
for pod in $pods; do
  case $found in *" ${pod#*/} "*) continue ;; esac
  # A process that has ended and waits for its parent has no namespace any more.
  net=$(stat -L -c %i "/proc/${pod%%/*}/ns/net" 2>/dev/null) || continue
  found="$found${pod#*/} "
  [ "$net" != "$own" ] || continue
  uid=$(printf %s "${pod#*/pod}" | tr _ -)
  for name in ROOT/var/log/pods/*_"$uid"; do
    [ -d "$name" ] || name=pod$uid
    set -- "$@" "/proc/${pod%%/*}/net/netstat" "${name##*/}"
    break
  done
done
"#;

/// The times, then the counters of the first file, then the name and counters of the file whose
/// overflows grew most (with the same growth: that has most), or `-`.
const COUNT: &str = r#"
awk '
function sample(k,  i, text, name, field, n, j) {
  getline text < "/proc/uptime"
  close("/proc/uptime")
  split(text, field, " ")
  at[k] = field[1]
  for (i = 1; i < ARGC; i += (i == 1 ? 1 : 2)) {
    while ((getline text < ARGV[i]) > 0) {
      if (text !~ /^TcpExt:/) continue
      split(text, name, " ")
      if ((getline text < ARGV[i]) <= 0) break
      n = split(text, field, " ")
      for (j = 2; j <= n; j++) value[k, i, name[j]] = field[j]
    }
    close(ARGV[i])
  }
}
function show(i,  j) {
  for (j = 1; j <= names; j++)
    if (((1, i, wanted[j]) in value) && ((2, i, wanted[j]) in value)) printf " %s %s", value[1, i, wanted[j]], value[2, i, wanted[j]]
    else printf " - -"
}
BEGIN {
  names = split("NAMES", wanted, " ")
  sample(1)
  system("sleep SECONDS")
  sample(2)
  printf "%s %s", at[1], at[2]
  show(1)
  for (i = 2; i < ARGC; i += 2) {
    if (!((1, i, wanted[1]) in value) || !((2, i, wanted[1]) in value)) continue
    growth = value[2, i, wanted[1]] - value[1, i, wanted[1]]
    if (!top || growth > most || growth == most && value[2, i, wanted[1]] > value[2, top, wanted[1]]) { top = i; most = growth }
  }
  printf " %s", top ? ARGV[top + 1] : "-"
  if (top) show(top)
  print ""
}' "$@"
"#;
