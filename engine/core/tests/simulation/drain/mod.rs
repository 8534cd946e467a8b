//! Emptying a node: pods that go slowly, budgets that hold them back, others that come, answers that
//! are lost. Whatever happens, only pods of the plan are evicted, none while the node takes new ones,
//! and what is told at the end is so.

mod server;

use std::collections::BTreeMap;
use std::time::Duration;

use heeler_core::action::Evictions;
use heeler_core::event::{ChangePlan, Direction, Event};
use heeler_core::guard::{self, End, Next, Sent, Sight, Stage, Terms};
use heeler_core::plan::drain::{Course, Eviction, Halt, Turn, tenants};

use self::server::{Pod, Server};
use crate::approvals::approved_one_way;
use crate::chance::Chance;
use crate::operator::instance;
use crate::seeds::Seeds;

/// Schedules of an ordinary run: in each the pods are listed many times.
const SCHEDULES: u64 = 5_000;
const WITHIN: Duration = Duration::from_secs(30);
const EVICTIONS: Evictions = Evictions {
    pods_without_controller: false,
    empty_dir_data: false,
    within: WITHIN,
};

/// What was written down, and what really happened.
struct Run {
    journal: Vec<Event>,
    /// The uids of pods that were evicted.
    evicted: Vec<String>,
    /// It was seen to take other pods.
    open: bool,
    /// Something was asked for that must not be.
    wrong: Option<&'static str>,
}

/// The evictions, as the program carries them out.
fn empty(chance: &mut Chance, server: &mut Server, changes: &[ChangePlan]) -> (Run, Course) {
    let mut run = Run {
        journal: guard::started(changes, Direction::Apply),
        evicted: Vec::new(),
        open: false,
        wrong: None,
    };
    let began = server.now_ms;
    let mut course = Course::new(changes, WITHIN);
    let (mut halted, interrupting) = (false, chance.below(2) * 2);
    for step in 0.. {
        assert!(step < 2_000, "it never ends");
        if chance.percent(interrupting) {
            course.halt(Halt::Interrupted);
            halted = true;
        }
        let at = Duration::from_millis(server.now_ms - began);
        match course.turn(at) {
            Turn::End => break,
            Turn::Look(pause) => {
                let pause = u64::try_from(pause.as_millis()).expect("short");
                server.pass(chance, pause + 20);
                if chance.percent(server.silent) {
                    course.missed("no answer".to_owned());
                    continue;
                }
                let seen = tenants(&server.list(), &EVICTIONS).expect("whole pods");
                let (gone, found) = course.saw(&seen, server.cordoned);
                let mut pods = server.pods.iter();
                run.open |=
                    !server.cordoned || pods.any(|pod| pod.uid == "new" && pod.ends.is_none());
                halted |= run.open;
                let gone = gone
                    .into_iter()
                    .map(|pod| guard::evicted(&changes[pod], found));
                run.journal.extend(gone);
            }
            Turn::Evict(pod) => {
                if halted {
                    run.wrong = Some("it was halted, and goes on");
                }
                if at >= WITHIN {
                    run.wrong = Some("its time is over, and it goes on");
                }
                let uid = changes[pod].object.as_ref().expect("a pod").uid.clone();
                let told = server.evict(chance, &uid);
                let is_there = server.pods.iter().any(|pod| pod.uid == uid && pod.evicted);
                if is_there && !run.evicted.contains(&uid) {
                    run.evicted.push(uid);
                }
                halted |= matches!(told, Eviction::Refused(_));
                course.told(pod, told, at);
                server.pass(chance, 20);
            }
        }
    }
    (run, course)
}

fn planned(chance: &mut Chance) -> (Vec<ChangePlan>, Vec<String>) {
    let uids: Vec<String> = (0..1 + chance.below(5))
        .map(|pod| format!("p{pod}"))
        .collect();
    let pods: Vec<Pod> = uids.iter().map(|uid| Server::pod(uid)).collect();
    let server = Server {
        pods,
        ..Server::quiet(Vec::new())
    };
    let found = tenants(&server.list(), &EVICTIONS).expect("whole pods");
    let each = found.evicted.iter();
    (
        each.map(|tenant| tenant.change(&instance(), WITHIN))
            .collect(),
        uids,
    )
}

/// One schedule, and how it ended.
fn schedule(seed: u64) -> Result<&'static str, String> {
    let mut chance = Chance::new(seed);
    let chance = &mut chance;
    let (changes, uids) = planned(chance);
    let mut often = |most: u64| chance.below(2) * chance.below(most);
    let mut server = Server {
        silent: often(40),
        holding: often(101),
        refusing: often(20),
        meddling: often(10),
        lasting: often(30),
        ..Server::quiet(uids.iter().map(|uid| Server::pod(uid)).collect())
    };
    let (mut run, course) = empty(chance, &mut server, &changes);
    let outcome = guard::after_evictions(&changes, &course);
    run.journal.extend(outcome.events);
    let stage = Stage::of(approved_one_way(&changes).iter().chain(&run.journal));
    let terms = Terms {
        hold: Duration::from_secs(1),
        within: Duration::from_secs(11),
        one_way: true,
    };
    let sight = Sight {
        trouble: outcome.trouble.clone(),
        ..Sight::default()
    };
    let next = guard::next(&stage, &terms, &sight);
    let wrong = |what: &str| {
        Err(format!(
            "{what}: {next:?}, {:?}, {:?}",
            run.evicted, run.journal
        ))
    };
    if let Some(what) = run.wrong {
        return wrong(what);
    }
    if run.evicted.iter().any(|uid| !uids.contains(uid)) {
        return wrong("a pod was evicted that is not of the plan");
    }
    if !run.evicted.is_empty() && !course.has_touched() {
        return wrong("it was not told that pods were evicted");
    }
    let of_plan = |pod: &&Pod| uids.contains(&pod.uid);
    let told_gone = |event: &Event, pod: &Pod| matches!(event, Event::ChangeApplied { subject, .. } if *subject == format!("pods shop/{}", pod.uid));
    let told_standing = |event: &Event, uid: &str| matches!(event, Event::ChangeFailed { subject, .. } if *subject == format!("pods shop/{uid}"));
    let mut left = server.pods.iter().filter(of_plan);
    if left.any(|pod| run.journal.iter().any(|event| told_gone(event, pod))) {
        return wrong("a pod is told to be gone, and is there");
    }
    let mut evicted = run.evicted.iter();
    if evicted.any(|uid| run.journal.iter().any(|event| told_standing(event, uid))) {
        return wrong("a pod is told to stand, and was evicted");
    }
    if let Some(what) = told_later(&changes, &server) {
        return wrong(what);
    }
    match next {
        Next::Sample(_) if run.open => wrong("others may have come"),
        Next::Sample(_) if server.pods.iter().any(|pod| of_plan(&pod)) => wrong("it is not empty"),
        Next::Sample(_) => Ok(if run.evicted.is_empty() {
            "gone already"
        } else {
            "emptied"
        }),
        Next::Refuse(_) if !run.evicted.is_empty() => wrong("something was evicted"),
        Next::Refuse(_) => Ok("refused"),
        Next::GiveUp(_) if !run.open && matches!(stage, Stage::Applied { .. }) => {
            wrong("nothing is in the way")
        }
        Next::GiveUp(_) if !course.has_touched() && !matches!(stage, Stage::Applied { .. }) => {
            wrong("no pod was asked to go, and it is not refused")
        }
        Next::GiveUp(reason) => {
            let applied = matches!(stage, Stage::Applied { .. });
            let no_lock = Sent::Answered(Ok(Vec::new()));
            let end = guard::after_give_up((&changes, applied), &reason, &no_lock, Vec::new);
            match Stage::of(&end.events) {
                Stage::Ended(End::Stuck) => Ok("stuck"),
                _ => Err(format!("it is not told to be stuck: {:?}", end.events)),
            }
        }
        _ => wrong("it has no end"),
    }
}

/// What is wrong in what somebody is told who wants the pods back; `None`: nothing.
fn told_later(changes: &[ChangePlan], server: &Server) -> Option<&'static str> {
    let is_there = |uid: &str| server.pods.iter().any(|pod| pod.uid == uid);
    let uids = changes.iter().filter_map(|change| change.object.as_ref());
    let (stand, gone): (Vec<String>, Vec<String>) = uids
        .map(|object| object.uid.clone())
        .partition(|uid| is_there(uid));
    let told = guard::no_pod_comes_back(changes, Ok(&stand));
    let of_all = format!("{} of {} pods are gone", gone.len(), changes.len());
    let names = |uids: &[String]| uids.iter().filter(|uid| told.contains(*uid)).count();
    match () {
        () if !told.contains("no way back") => Some("it is not told that no pod comes back"),
        () if !told.contains(&of_all) => Some("other pods are told to be gone"),
        () if names(&stand) < stand.len() || names(&gone) > 0 => Some("other pods are named"),
        () if told.contains("still") == stand.is_empty() => Some("it is told of no pod"),
        () => None,
    }
}

#[test]
fn a_node_is_emptied_of_what_the_plan_shows_and_the_rest_is_told() {
    let mut tally: BTreeMap<&str, u64> = BTreeMap::new();
    let seeds = Seeds::of(SCHEDULES);
    seeds.each(|seed| schedule(seed).map(|end| *tally.entry(end).or_default() += 1));
    for end in ["emptied", "refused", "stuck"] {
        let times = tally.get(end).copied().unwrap_or_default();
        seeds.expect(times, end, 50);
    }
}
