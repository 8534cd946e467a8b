//! What fills the connection tracking table: shares by state, and the heaviest flow by address.
//! A sample from the table's start is a fair one, as the table is ordered by a hash.

use std::net::IpAddr;
use std::time::Duration;

use super::answer::{Words, text};
use super::{Action, HOST_ROOT, Look, Rung, Source, Target, parameters};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Tree};
use crate::value::{Kind, Share, Value, Why};

/// The states that are told apart, in the order in which they travel.
const STATES: [(&str, &str); 10] = [
    (
        "time_wait",
        "closed TCP connections that are kept for a while",
    ),
    ("established", "open TCP connections"),
    ("syn_sent", "TCP connections without an answer yet"),
    ("syn_recv", "TCP connections that are half open"),
    ("fin_wait", "TCP connections that one side has closed"),
    (
        "close_wait",
        "TCP connections that the other side has closed",
    ),
    (
        "last_ack",
        "TCP connections that wait for the last acknowledgement",
    ),
    ("close", "TCP connections that were reset"),
    ("udp", "UDP flows"),
    ("other", "everything else"),
];
const TABLE: &str = "/proc/net/nf_conntrack";
const KEYS: &[Key] = &[Key::or(
    "sample",
    Shape::Integer {
        least: 100,
        most: 65_536,
    },
    "5000",
    "How many entries are read, from the table's start on",
)];

#[derive(Debug)]
pub(super) struct ConntrackEntries;

impl Action for ConntrackEntries {
    fn name(&self) -> &'static str {
        "conntrack-entries"
    }

    fn summary(&self) -> &'static str {
        "Shares of the connection tracking table by state, and the flow that takes most of it"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let sample = fields.integer("sample", faults)?;
        Some(Box::new(EntriesLook { sample }))
    }
}

#[derive(Debug)]
struct EntriesLook {
    sample: i64,
}

impl EntriesLook {
    fn rung(&self, place: Place, needs: &'static str, script: String) -> Rung {
        Rung {
            place,
            only_where: None,
            needs,
            script,
            limit: Duration::from_secs(8),
            most_bytes: 512,
        }
    }
}

impl Look for EntriesLook {
    fn kind(&self) -> Kind {
        let state = Kind::record([
            ("count", Kind::Integer, "entries of the sample"),
            ("share", Kind::Share, "their part of the sample"),
        ]);
        let top = Kind::record([
            ("count", Kind::Integer, "entries of the sample"),
            ("share", Kind::Share, "their part of the sample"),
            (
                "source",
                Kind::Text,
                "the address that opened the connections",
            ),
            (
                "destination",
                Kind::Text,
                "the address that they were opened to",
            ),
            ("port", Kind::Text, "the port that they were opened to"),
            (
                "source_name",
                Kind::Text,
                "the source's pod or service, else its address",
            ),
            (
                "destination_name",
                Kind::Text,
                "the destination's pod or service, else its address",
            ),
            (
                "workload",
                Kind::Text,
                "whose connections these are, else the source's address",
            ),
        ]);
        let states = STATES
            .iter()
            .map(|(name, help)| (*name, state.clone(), *help));
        Kind::record(states.chain([
            ("sampled", Kind::Integer, "how many entries were read"),
            (
                "top",
                top,
                "the source, destination and port that most entries have",
            ),
        ]))
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        let (set_up, count) = (format!("-v most={} -v code=", self.sample), COUNT.trim());
        let control = Rung {
            only_where: Some(format!("[ -r {TABLE} ]")),
            ..self.rung(
                Place::Control,
                TABLE,
                format!("awk {set_up}0 '{count}' {TABLE}\n"),
            )
        };
        // The program's own exit code comes last: without it the table was not read to its end.
        let list = format!(
            "{{ chroot {HOST_ROOT} conntrack -L -o extended 2>/dev/null; echo \"exit $?\"; }} |\n  awk {set_up}1 '{count}'\n"
        );
        Ok(Source::Node(vec![
            control,
            self.rung(Place::Host, "conntrack on the host", list),
        ]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let mut words = Words::of(text(reply)?);
        let sampled: u32 = words.number()?;
        let mut fields = vec![("sampled", Value::Integer(sampled.into()))];
        for (name, _) in STATES {
            let count = words.number()?;
            fields.push((
                name,
                Value::record([
                    ("count", Value::Integer(i64::from(count))),
                    ("share", share(count, sampled)),
                ]),
            ));
        }
        let count = words.number()?;
        let top = if count == 0 {
            Value::Absent
        } else {
            top(count, sampled, &mut words)?
        };
        words.end()?;
        fields.push(("top", top));
        Ok(Value::record(fields))
    }

    fn addresses(&self, value: &Value) -> Vec<IpAddr> {
        let top = value.get("top");
        ["source", "destination"]
            .iter()
            .filter_map(|field| address(top?.get(field)?))
            .collect()
    }

    fn name_addresses(&self, value: Value, names: &[(IpAddr, String)]) -> Value {
        let Value::Record(mut fields) = value else {
            return value;
        };
        if let Some(Value::Record(top)) = fields.get_mut("top") {
            for (field, of) in [
                ("source_name", "source"),
                ("destination_name", "destination"),
                ("workload", "source"),
            ] {
                let known = top.get(of).and_then(address);
                let name = names.iter().find(|(address, _)| Some(*address) == known);
                if let Some((_, name)) = name {
                    top.insert(field.to_owned(), Value::text(name));
                }
            }
        }
        Value::Record(fields)
    }
}

/// A part of a sample; of an empty one there are no parts.
fn share(count: u32, sampled: u32) -> Value {
    if sampled == 0 {
        Value::Absent
    } else {
        Value::Share(Share(f64::from(count) / f64::from(sampled)))
    }
}

fn top(count: u32, sampled: u32, words: &mut Words<'_>) -> Result<Value, Why> {
    let (source, destination) = (words.number::<IpAddr>()?, words.number::<IpAddr>()?);
    let port: Option<u16> = words.number_if_any()?;
    let [source, destination] =
        [source, destination].map(|address| Value::text(address.to_string()));
    Ok(Value::record([
        ("count", Value::Integer(count.into())),
        ("share", share(count, sampled)),
        (
            "port",
            port.map_or(Value::Absent, |port| Value::text(port.to_string())),
        ),
        ("source_name", source.clone()),
        ("destination_name", destination.clone()),
        ("workload", source.clone()),
        ("source", source),
        ("destination", destination),
    ]))
}

fn address(value: &Value) -> Option<IpAddr> {
    match value {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Counts lines such as
/// `ipv4 2 tcp 6 117 TIME_WAIT src=10.0.1.7 dst=10.0.9.4 sport=40002 dport=5432 src=…`
/// by state and by the connection's original addresses, which come first.
const COUNT: &str = r#"
BEGIN { kinds = split("TIME_WAIT ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT CLOSE_WAIT LAST_ACK CLOSE udp other", kind, " ") }
$1 == "exit" { code = $2; next }
NR > most { code = 0; exit }
{
  sampled++
  state = $3 == "tcp" ? $6 : $3
  known = 0
  for (i = 1; i <= kinds; i++) if (kind[i] == state) known = 1
  count[known ? state : "other"]++
  source = destination = ""
  port = "-"
  for (i = 4; i <= NF; i++) {
    split($i, pair, "=")
    if (pair[1] == "src") { if (source != "") break; source = pair[2] }
    if (pair[1] == "dst") destination = pair[2]
    if (pair[1] == "dport") port = pair[2]
  }
  flow = source " " destination " " port
  n = ++flows[flow]
  if (n > most_flows || n == most_flows && flow < top) { most_flows = n; top = flow }
}
END {
  if (code != 0) exit code == 127 ? 69 : 1
  printf "%d", sampled
  for (i = 1; i <= kinds; i++) printf " %d", count[kind[i]]
  print " " most_flows + 0 " " top
}"#;
