//! All looks of a wave in one script.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::action::{Rung, shell_quote};
use crate::frame::{Envelope, MOST_EXEC_BYTES, Nonce, seconds, without_comments};

use super::fault::PlanFault;
use super::ladder::{Indexed, Ladder};

/// `timeout -k` waits this long between asking a script to end and ending it.
const GRACE: Duration = Duration::from_secs(2);
/// What an exec itself may take beyond what it runs.
const EXEC_MARGIN: Duration = Duration::from_secs(4);
/// Reading who the node is, and starting everything.
const MARGIN: Duration = Duration::from_secs(8);

/// The one POSIX sh script that answers all looks of a wave on one node. It is for the SSM agent:
/// root in the control container, stdin ignored, exit status 0 or 1, one frame on stdout.
///
/// Everything runs at the same time, each rung within its own limits. The rungs behind the admin
/// container share one `apiclient exec`, and a second one only where a rung of the control
/// container found while running that it can't answer (exit code 69).
pub fn fuse(looks: &[(String, Vec<Rung>)], nonce: &Nonce) -> Result<String, PlanFault> {
    let ladders = sort(looks)?;
    let limits = Limits::of(&ladders);
    let body = control_body(&ladders, nonce, &limits)?;
    Ok(Envelope {
        nonce,
        limit: limits.whole,
        pack: true,
        body: &body,
    }
    .script())
}

/// Whether the looks of a wave fit one command.
pub fn fits(looks: &[(String, Vec<Rung>)]) -> Result<(), PlanFault> {
    let ladders = sort(looks)?;
    if ladders.iter().any(asks_admin) {
        inner_script(&ladders, &Nonce::new([0; 8]), &Limits::of(&ladders))?;
    }
    Ok(())
}

/// How long the script of these looks can take at worst, when everything hangs. SSM's own
/// execution time-out should lie beyond it.
pub fn longest(looks: &[(String, Vec<Rung>)]) -> Result<Duration, PlanFault> {
    Ok(Limits::of(&sort(looks)?).whole + GRACE)
}

fn sort(looks: &[(String, Vec<Rung>)]) -> Result<Vec<Ladder<'_>>, PlanFault> {
    let mut ladders: Vec<Ladder<'_>> = Vec::with_capacity(looks.len());
    for (name, rungs) in looks {
        if ladders.iter().any(|ladder| ladder.name == name) {
            return Err(PlanFault::Twice(name.clone()));
        }
        ladders.push(Ladder::sort(name, rungs)?);
    }
    Ok(ladders)
}

/// What both scripts begin with.
static BODY: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("body.sh")));

/// How long each part of the script may take.
struct Limits {
    inner: Duration,
    exec: Duration,
    whole: Duration,
}

impl Limits {
    fn of(ladders: &[Ladder<'_>]) -> Self {
        let inner = longest_climb(ladders, |ladder| &ladder.behind);
        let exec = inner + EXEC_MARGIN;
        let execs = match (
            ladders.iter().any(asks_admin),
            ladders.iter().any(may_ask_late),
        ) {
            (false, _) => Duration::ZERO,
            (true, false) => exec,
            (true, true) => exec * 2,
        };
        let first = longest_climb(ladders, |ladder| &ladder.first);
        let last = longest_climb(ladders, |ladder| &ladder.last);
        Limits {
            inner,
            exec,
            whole: first + execs + last + MARGIN,
        }
    }
}

/// Looks are climbed at the same time, the rungs of one look one after the other.
fn longest_climb<'a>(
    ladders: &'a [Ladder<'a>],
    stage: fn(&'a Ladder<'a>) -> &'a Vec<Indexed<'a>>,
) -> Duration {
    let climbs = ladders.iter().map(|ladder| {
        stage(ladder)
            .iter()
            .map(|(_, rung)| rung.limit + GRACE)
            .sum()
    });
    climbs.max().unwrap_or_default()
}

fn asks_admin(ladder: &Ladder<'_>) -> bool {
    !ladder.behind.is_empty()
}

fn may_ask_late(ladder: &Ladder<'_>) -> bool {
    asks_admin(ladder) && !ladder.first.is_empty()
}

fn control_body(
    ladders: &[Ladder<'_>],
    nonce: &Nonce,
    limits: &Limits,
) -> Result<String, PlanFault> {
    let exec = ladders.iter().any(asks_admin);
    let mut body = String::new();
    if exec {
        let (around, inner) = inner_script(ladders, nonce, limits)?;
        let (around, inner) = (STANDARD.encode(around), STANDARD.encode(inner));
        body += &format!(
            "nonce={nonce} exec_limit={} around={around} inner={inner}\n",
            seconds(limits.exec)
        );
    }
    body += &BODY;
    body += &without_comments(include_str!("control.sh"));
    if exec {
        body += &without_comments(include_str!("exec.sh"));
    }
    body += "ident &\n";
    for ladder in ladders {
        start(&mut body, ladder);
    }
    if exec {
        body += "ask 1 &\nwait\n";
    }
    if ladders.iter().any(may_ask_late) {
        body += "ask 2\n";
    }
    for ladder in ladders.iter().filter(|ladder| !ladder.last.is_empty()) {
        climb(&mut body, "last", ladder.name, "3", &ladder.last, "");
        body += &format!("[ ! -e \"$d/r.{0}.2\" ] || last_{0} &\n", ladder.name);
    }
    body += "wait\n";
    Ok(body)
}

/// Starts a look in the control container. Where no rung can answer there it takes no time, and
/// is known before the admin container is asked.
fn start(body: &mut String, ladder: &Ladder<'_>) {
    let name = ladder.name;
    if ladder.first.is_empty() {
        *body += &format!("look={name}\nleave\n");
        return;
    }
    let otherwise = if asks_admin(ladder) { " || leave" } else { "" };
    climb(body, "climb", name, "1", &ladder.first, otherwise);
    let conditions: Option<Vec<String>> = ladder
        .first
        .iter()
        .map(|(_, rung)| {
            rung.only_where
                .as_ref()
                .map(|condition| format!("{{ {condition}; }}"))
        })
        .collect();
    *body += &match conditions {
        None => format!("climb_{name} &\n"),
        Some(conditions) => format!(
            "if {}; then climb_{name} & else climb_{name}; fi\n",
            conditions.join(" || ")
        ),
    };
}

/// A function that tries the rungs of one stage, one after the other.
fn climb(
    body: &mut String,
    prefix: &str,
    name: &str,
    stage: &str,
    rungs: &[Indexed<'_>],
    otherwise: &str,
) {
    *body += &format!("{prefix}_{name}() {{\nlook={name}\n");
    for (at, (index, rung)) in rungs.iter().enumerate() {
        if at > 0 {
            *body += " ||\n";
        }
        *body += &format!(
            "rung {stage}.{index} {index} {} {} {}",
            rung.place.letter(),
            seconds(rung.limit),
            rung.most_bytes,
        );
        let condition = rung.only_where.as_deref().unwrap_or(":");
        for word in [rung.needs, condition, &rung.script] {
            body.push(' ');
            *body += &shell_quote(word);
        }
    }
    *body += &format!("{otherwise}\n}}\n");
}

/// The script for the admin container, and what it runs: the same envelope, so that the end of its
/// answer can't be lost unseen. Which looks it runs, `want` says at run time.
fn inner_script(
    ladders: &[Ladder<'_>],
    nonce: &Nonce,
    limits: &Limits,
) -> Result<(String, String), PlanFault> {
    let mut body = BODY.clone();
    for ladder in ladders.iter().filter(|ladder| asks_admin(ladder)) {
        climb(&mut body, "climb", ladder.name, "2", &ladder.behind, "");
    }
    body += "for look in ${want:?}; do \"climb_$look\" & done\nwait\n";
    let around = Envelope {
        nonce,
        limit: limits.inner,
        pack: false,
        body: &body,
    }
    .around();
    let size = around.len() + body.len();
    if size > MOST_EXEC_BYTES {
        return Err(PlanFault::TooLong {
            size,
            most: MOST_EXEC_BYTES,
        });
    }
    Ok((around, body))
}
