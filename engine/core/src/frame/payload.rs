//! The payload of a frame: records, each with the lengths of what follows it, so that no look's
//! data can pass for a record.
//!
//! ```text
//! @BOOT-ID CPUS UPTIME OS-VERSION CLUSTER            who answers; `-` where it can't be told
//! %STATE ID SWITCH BOOT UNTIL BY                     a change that is under way on the node
//! =LOOK PLACE RUNG EXIT LIMIT OUT ERR CUT            an answer, then OUT and ERR bytes
//! ?LOOK PLACE WHAT IS NEEDED                         a rung that can't answer on this node
//! !LOOK PLACE off|late|full|failed BYTES             a place that gave nothing, then BYTES bytes
//! ```

use super::answer::{Answer, Ident, LookTrace};
use super::fault::{FrameFault, NO_ROOM};
use super::held::Held;
use super::reply::{Place, Reply};
use crate::value::Why;

/// What `timeout` exits with when it had to end a script.
const TIMED_OUT: i32 = 124;
/// 128 + SIGKILL: the memory limit, or a script that ignored the end of its time.
const KILLED: i32 = 137;

pub(super) fn read(payload: &[u8]) -> Result<Answer, FrameFault> {
    let mut rest = Rest(payload);
    let ident = ident(rest.line()?).ok_or_else(|| malformed("the node does not say who it is"))?;
    let mut answer = Answer {
        ident,
        held: None,
        replies: Default::default(),
        traces: Default::default(),
    };
    while !rest.0.is_empty() {
        let line = rest.line()?;
        if let Some(held) = line.strip_prefix('%') {
            // What an older or a damaged record says can't be told, but that there is one can.
            answer.held = Held::read(held);
            continue;
        }
        let record = Record::parse(line, &mut rest)
            .ok_or_else(|| malformed(&format!("a record reads `{line}`")))?;
        answer.add(record);
    }
    Ok(answer)
}

fn malformed(what: &str) -> FrameFault {
    FrameFault::Malformed(what.to_owned())
}

fn ident(line: &str) -> Option<Ident> {
    let fields: Vec<&str> = line.strip_prefix('@')?.split(' ').collect();
    let [boot_id, cpus, uptime, os_version, cluster] = fields[..] else {
        return None;
    };
    let told = |text: &str| (text != "-").then(|| text.to_owned());
    Some(Ident {
        boot_id: told(boot_id)?,
        cluster: told(cluster),
        os_version: told(os_version).unwrap_or_default(),
        cpus: cpus.parse().ok()?,
        uptime_s: uptime.parse().ok()?,
    })
}

/// What is left of the payload.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn line(&mut self) -> Result<&'a str, FrameFault> {
        let end = self.0.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or_else(|| malformed("a record has no end"))?;
        let line = self.take(end).unwrap_or_default();
        self.take(1);
        std::str::from_utf8(line).map_err(|_| malformed("a record is no text"))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self, length: &str) -> Option<String> {
        let bytes = self.take(length.parse().ok()?)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// One record: what became of one rung of a look.
struct Record {
    look: String,
    place: Place,
    outcome: Result<Reply, Why>,
}

impl Record {
    fn parse(line: &str, rest: &mut Rest<'_>) -> Option<Record> {
        let sign = line.get(..1)?;
        let (look, fields) = line.get(1..)?.split_once(' ')?;
        let (place, fields) = fields.split_once(' ')?;
        let place = Place::from_letter(place)?;
        let outcome = match sign {
            "=" => answered(look, place, fields, rest)?,
            "?" => Err(Why::NotThere(fields.to_owned())),
            "!" => Err(gave_nothing(fields, rest)?),
            _ => return None,
        };
        Some(Record {
            look: look.to_owned(),
            place,
            outcome,
        })
    }
}

fn answered(
    look: &str,
    place: Place,
    fields: &str,
    rest: &mut Rest<'_>,
) -> Option<Result<Reply, Why>> {
    let fields: Vec<&str> = fields.split(' ').collect();
    let [rung, exit, limit, out, err, cut] = fields[..] else {
        return None;
    };
    let reply = Reply {
        look: look.to_owned(),
        rung: rung.parse().ok()?,
        place,
        before: None,
        exit: exit.parse().ok()?,
        stdout: rest.take(out.parse().ok()?)?.to_vec(),
        stderr: rest.take(err.parse().ok()?)?.to_vec(),
        cut: cut == "1",
    };
    Some(match reply.exit {
        TIMED_OUT => Err(Why::TimedOut(limit.parse().ok()?)),
        KILLED => Err(Why::Failed(
            "it was killed on the node: out of its time or memory limit".into(),
        )),
        _ => Ok(reply),
    })
}

fn gave_nothing(fields: &str, rest: &mut Rest<'_>) -> Option<Why> {
    let (kind, length) = fields.split_once(' ')?;
    let text = rest.text(length)?;
    match kind {
        "off" => Some(Why::AdminOff),
        "late" => Some(Why::TimedOut(text.parse().ok()?)),
        "full" => Some(Why::Failed(NO_ROOM.to_owned())),
        "failed" => Some(Why::Failed(text)),
        _ => None,
    }
}

impl Answer {
    /// Records of one look come in the order in which its rungs were tried: the last one stands,
    /// and knows why those before it gave nothing.
    fn add(&mut self, record: Record) {
        let why_not = record.outcome.as_ref().err().map(ToString::to_string);
        let trace = self.traces.entry(record.look.clone()).or_default();
        trace.push(LookTrace {
            place: Some(record.place),
            why_not,
        });
        let before = self.replies.remove(&record.look);
        let outcome = match (before, record.outcome) {
            (Some(Err(why)), Ok(reply)) => Ok(Reply {
                before: Some(why),
                ..reply
            }),
            (_, outcome) => outcome,
        };
        self.replies.insert(record.look, outcome);
    }
}
