//! Several nodes and one fix: in whatever order they end, and however, none is begun too many, none
//! too few, and each that was begun is waited for.

use heeler_core::event::{FixPlan, InstanceId};
use heeler_core::guard::policy::{self, Limits};
use heeler_core::guard::{Reason, Tally, Turn, plan_digest, turn, whole};
use heeler_core::syntax::Source;

use crate::approvals::{place, plan};
use crate::chance::Chance;
use crate::seeds::Seeds;

/// Herds of an ordinary run.
const HERDS: u64 = 5_000;

/// What the policy allows.
struct Pace {
    at_once: u32,
    canary: bool,
    errors: u32,
}

impl Pace {
    fn of(chance: &mut Chance) -> Pace {
        let number =
            |all: u64, chance: &mut Chance| u32::try_from(chance.below(all)).expect("small");
        Pace {
            at_once: 1 + number(5, chance),
            canary: chance.percent(70),
            errors: number(4, chance),
        }
    }

    fn limits(&self) -> Limits {
        let Pace {
            at_once,
            canary,
            errors,
        } = self;
        let text = format!(
            "heeler-policy: 1\nallow:\n  - {{ who: \"*\", runbooks: \"*\", fixes: \"*\", where: {{}} }}\n\
             limits: {{ nodes-at-once: {at_once}, canary-first: {canary}, max-errors: {errors} }}\n"
        );
        let source = Source {
            name: "heeler.yaml".to_owned(),
            text,
        };
        policy::read(source).expect("a policy").limits().clone()
    }

    /// So many may be under way.
    fn width(&self, kept: u32) -> u32 {
        match (self.canary, kept) {
            (false, _) => self.at_once,
            (true, 0) => 1,
            (true, kept) => self.at_once.min(2 * kept),
        }
    }
}

/// Why no other node may be begun, with nodes waiting.
fn against(tally: &Tally, pace: &Pace, halted: bool) -> Option<Reason> {
    match () {
        () if tally.lost > 0 => Some(Reason::Lost),
        () if tally.failed > pace.errors => Some(Reason::Errors { most: pace.errors }),
        () if halted => Some(Reason::Halted),
        () => None,
    }
}

fn go(seed: u64) -> Reason {
    let mut chance = Chance::new(seed);
    let pace = Pace::of(&mut chance);
    let limits = pace.limits();
    let nodes = 1 + u32::try_from(chance.below(12)).expect("small");
    let mut tally = Tally {
        waiting: nodes,
        ..Tally::default()
    };
    let mut halted = false;
    loop {
        halted |= chance.percent(2);
        let against = match tally.waiting {
            0 => Some(Reason::Done),
            _ => against(&tally, &pace, halted),
        };
        let room = tally.under_way < pace.width(tally.kept);
        let wanted = match (against, tally.under_way) {
            (Some(reason), 0) => Turn::End(reason),
            (None, _) if room => Turn::Begin,
            _ => Turn::Wait,
        };
        let taken = turn(&tally, &limits, halted);
        assert_eq!(taken, wanted, "{tally:?}, HEELER_SEED={seed}");
        match taken {
            Turn::Begin => {
                tally.waiting -= 1;
                tally.under_way += 1;
            }
            Turn::Wait => {
                tally.under_way -= 1;
                match chance.below(20) {
                    0 => tally.lost += 1,
                    1..5 => tally.failed += 1,
                    _ => tally.kept += 1,
                }
            }
            Turn::End(reason) => {
                let ended = tally.kept + tally.failed + tally.lost;
                assert_eq!(ended + tally.waiting, nodes);
                assert_eq!(reason.says().is_some(), tally.waiting > 0);
                check_says(reason);
                return reason;
            }
        }
    }
}

/// Whoever reads why it ends reads the limit that was broken.
fn check_says(reason: Reason) {
    let Reason::Errors { most } = reason else {
        return;
    };
    let says = reason.says().expect("words");
    let limit = match most {
        0 => "on a node".to_owned(),
        1 => "more than 1 node".to_owned(),
        most => format!("more than {most} nodes"),
    };
    assert!(says.ends_with(&limit), "{says}");
}

#[test]
fn a_herd_is_never_driven_too_fast_nor_left_behind() {
    let (seeds, mut reasons) = (Seeds::of(HERDS), [0; 4]);
    seeds.each(|seed| {
        reasons[match go(seed) {
            Reason::Done => 0,
            Reason::Lost => 1,
            Reason::Errors { .. } => 2,
            Reason::Halted => 3,
        }] += 1;
        Ok::<(), String>(())
    });
    for (times, what) in reasons
        .into_iter()
        .zip(["done", "lost", "errors", "halted"])
    {
        seeds.expect(times, what, 100);
    }
}

type Edit = fn(&mut FixPlan);

fn of_node(number: u8) -> FixPlan {
    let id: InstanceId = format!("i-0abc1234def5678{number:02}")
        .parse()
        .expect("an id");
    let mut plan = plan();
    plan.pins.iter_mut().for_each(|(pin, _)| *pin = id.clone());
    for change in &mut plan.changes {
        change.instance = id.clone();
    }
    plan
}

#[test]
fn what_is_approved_for_all_is_what_is_planned_for_each() {
    let digest = |plan: &FixPlan| plan_digest(&place(), "b00c", plan);
    let one = of_node(1);
    let alone = whole(std::slice::from_ref(&one)).expect("one");
    assert_eq!((digest(&alone), &alone.proof), (digest(&one), &one.proof));
    let plans = [of_node(1), of_node(2), of_node(3)];
    let all = whole(&plans).expect("three");
    assert_eq!(all.proof, "full: on each of 3 nodes");
    for plan in &plans {
        for pin in &plan.pins {
            assert_eq!(all.pins.iter().filter(|one| *one == pin).count(), 1);
        }
        for change in &plan.changes {
            assert_eq!(all.changes.iter().filter(|one| *one == change).count(), 1);
        }
    }
    let other = whole(&[of_node(1), of_node(2)]).expect("two");
    assert_ne!(digest(&all), digest(&other));
    let edits: &[(Edit, &str)] = &[
        (|plan| plan.fix.push('x'), "the fix"),
        (|plan| plan.undo.push('x'), "the undo"),
        (|plan| plan.switch = None, "the undo"),
        (|plan| plan.verify.push('x'), "the verification"),
        (|plan| plan.hold_s += 1, "the verification"),
        (|plan| plan.within_s += 1, "the verification"),
        (|plan| plan.inputs.clear(), "the inputs"),
    ];
    for (edit, what) in edits {
        let mut second = of_node(2);
        edit(&mut second);
        assert_eq!(whole(&[of_node(1), second]).err(), Some(*what));
    }
    assert!(whole(&[]).is_err());
    // Who approves it reads what each of them costs, or that the others differ.
    let [mut one, mut second] = [of_node(1), of_node(2)];
    one.effect = Some("64 MiB".to_owned());
    second.effect.clone_from(&one.effect);
    let alike = whole(&[one.clone(), second.clone()]).expect("two");
    assert_eq!(alike.effect, one.effect);
    second.effect = Some("128 MiB".to_owned());
    let apart = whole(&[one.clone(), second.clone()]).expect("two");
    let told = format!(
        "64 MiB (on {}; the others have numbers of their own)",
        one.pins[0].0
    );
    assert_eq!(apart.effect, Some(told));
    one.effect = None;
    assert_eq!(whole(&[one, second]).expect("two").effect, None);
    // Two findings that the same fix cures are both named.
    let mut second = of_node(2);
    second.proof = "early: 90 % are used".to_owned();
    let both = whole(&[of_node(1), second]).expect("two");
    assert_eq!(both.proof, "early, full: on each of 2 nodes");
}
