//! An approval stands for one plan: whatever is changed in it, the digest is another.

use heeler_core::event::{
    Armed, BootId, ChangePlan, Event, FixPlan, InstanceId, NodeTarget, PinnedObject, Ruling, RunId,
    Where,
};
use heeler_core::frame::Switch;
use heeler_core::guard::{PlanFile, PlanFileFault, Planning, plan_digest};
use heeler_core::value::Value;
use jiff::Timestamp;
use uuid::Uuid;

use crate::operator::instance;

pub(crate) fn plan() -> FixPlan {
    FixPlan {
        fix: "shorten".to_owned(),
        proof: "full: 412 packets dropped".to_owned(),
        effect: None,
        pins: vec![(instance(), BootId("1".to_owned()))],
        changes: vec![ChangePlan {
            instance: instance(),
            subject: "one".to_owned(),
            from: "120".to_owned(),
            to: "60".to_owned(),
            diff: "120 s → 60 s".to_owned(),
            back: None,
            effects: Vec::new(),
            object: None,
            commands: None,
        }],
        now: Vec::new(),
        undo: "by the node".to_owned(),
        switch: Some(Armed {
            switch: Switch::Host,
            after_s: 360,
        }),
        one_way: false,
        verify: "table.count < 1".to_owned(),
        hold_s: 30,
        within_s: 300,
        inputs: vec![("time_wait".to_owned(), Value::Integer(60))],
        ruling: Some(Ruling {
            impact: "reversible".to_owned(),
            approval: "operator".to_owned(),
            policy: "b01d".to_owned(),
            file: None,
            unkept: Vec::new(),
        }),
        digest: String::new(),
    }
}

/// Somebody approves of a plan.
pub(crate) fn approved() -> Event {
    Event::FixApproved {
        digest: "0123".to_owned(),
        by: "ops/alice".to_owned(),
        how: "digest".to_owned(),
        signed: Vec::new(),
    }
}

/// A plan of these changes, which nothing takes back, and its approval.
pub(crate) fn approved_one_way(changes: &[ChangePlan]) -> Vec<Event> {
    let plan = FixPlan {
        changes: changes.to_vec(),
        one_way: true,
        ..plan()
    };
    vec![Event::FixPlanned(plan), approved()]
}

pub(crate) fn place() -> Where {
    Where {
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        cluster: Some("prod".to_owned()),
        caller_arn: "arn:aws:sts::111122223333:assumed-role/ops/alice".to_owned(),
        ..Where::default()
    }
}

fn object(uid: &str) -> PinnedObject {
    PinnedObject {
        api: "api/v1".to_owned(),
        resource: "services".to_owned(),
        namespace: None,
        name: "web".to_owned(),
        uid: uid.to_owned(),
    }
}

/// The same in a namespace.
fn elsewhere() -> PinnedObject {
    PinnedObject {
        namespace: Some("shop".to_owned()),
        ..object("u1")
    }
}

#[test]
fn another_plan_has_another_digest() {
    let of = |plan: &FixPlan| plan_digest(&place(), "b00c", plan);
    let digest = of(&plan());
    assert_eq!(digest, of(&plan()));
    // What moves by itself is read, and binds nobody.
    let now = vec!["in the way now: a budget".to_owned()];
    assert_eq!(digest, of(&FixPlan { now, ..plan() }));
    let effect = Some("costs 97 MiB".to_owned());
    assert_eq!(digest, of(&FixPlan { effect, ..plan() }));
    let other: InstanceId = "i-0abc1234def567891".parse().expect("an id");
    let edits: &[fn(&mut FixPlan, InstanceId)] = &[
        |plan, _| plan.changes.extend(plan.changes.clone()),
        |plan, _| plan.pins.extend(plan.pins.clone()),
        |plan, _| plan.fix.push('x'),
        |plan, _| plan.verify.push('x'),
        |plan, _| plan.hold_s += 1,
        |plan, _| plan.within_s += 1,
        |plan, _| plan.switch = None,
        |plan, _| {
            plan.switch = None;
            plan.one_way = true;
        },
        |plan, _| {
            plan.switch = plan.switch.map(|armed| Armed {
                after_s: 361,
                ..armed
            })
        },
        |plan, _| {
            plan.switch = plan.switch.map(|armed| Armed {
                switch: Switch::Control,
                ..armed
            })
        },
        |plan, _| plan.pins.iter_mut().for_each(|pin| pin.1.0.push('x')),
        |plan, other| plan.pins.iter_mut().for_each(|pin| pin.0 = other.clone()),
        |plan, _| {
            plan.changes
                .iter_mut()
                .for_each(|change| change.to.push('0'))
        },
        |plan, _| {
            plan.changes
                .iter_mut()
                .for_each(|change| change.from.push('0'))
        },
        |plan, other| {
            plan.changes
                .iter_mut()
                .for_each(|change| change.instance = other.clone())
        },
        |plan, _| each_change(plan, |change| change.subject.push('x')),
        |plan, _| each_change(plan, |change| change.diff.push('x')),
        |plan, _| each_change(plan, |change| change.back = Some("120".to_owned())),
        |plan, _| each_change(plan, |change| change.effects.push("restarts x".to_owned())),
        |plan, _| each_change(plan, |change| change.object = Some(object("u1"))),
        |plan, _| each_change(plan, |change| change.object = Some(object("u2"))),
        |plan, _| each_change(plan, |change| change.object = Some(elsewhere())),
        |plan, _| plan.changes.clear(),
        |plan, _| plan.pins.clear(),
        |plan, _| plan.proof.insert(0, 'x'),
        |plan, _| plan.undo.push('x'),
        |plan, _| plan.inputs.clear(),
        |plan, _| plan.inputs.iter_mut().for_each(|input| input.0.push('x')),
        |plan, _| {
            let inputs = plan.inputs.iter_mut();
            inputs.for_each(|input| input.1 = Value::Text("60".to_owned()));
        },
        |plan, _| plan.ruling = None,
        |plan, _| ruled(plan, |ruling| ruling.impact.push('x')),
        |plan, _| ruled(plan, |ruling| ruling.approval = "nobody".to_owned()),
        |plan, _| ruled(plan, |ruling| ruling.policy.push('0')),
        |plan, _| ruled(plan, |ruling| ruling.unkept.push("x".to_owned())),
    ];
    for (index, edit) in edits.iter().enumerate() {
        let mut edited = plan();
        edit(&mut edited, other.clone());
        assert_ne!(of(&edited), digest, "edit {index}");
    }
    let places: &[fn(&mut Where)] = &[
        |place| place.account.push('1'),
        |place| place.region.push('1'),
        |place| place.cluster = None,
        |place| place.cluster = Some(String::new()),
        |place| place.cluster = Some("production".to_owned()),
        |place| place.caller_arn.push('x'),
    ];
    for (index, edit) in places.iter().enumerate() {
        let mut elsewhere = place();
        edit(&mut elsewhere);
        assert_ne!(
            plan_digest(&elsewhere, "b00c", &plan()),
            digest,
            "place {index}"
        );
    }
    assert_ne!(plan_digest(&place(), "b00d", &plan()), digest);
}

fn each_change(plan: &mut FixPlan, edit: fn(&mut ChangePlan)) {
    plan.changes.iter_mut().for_each(edit);
}

fn ruled(plan: &mut FixPlan, edit: fn(&mut Ruling)) {
    plan.ruling.iter_mut().for_each(edit);
}

#[test]
fn the_same_plan_made_again_has_the_same_digest() {
    let digest = plan_digest(&place(), "b00c", &plan());
    let edits: &[fn(&mut FixPlan)] = &[
        |plan| plan.proof = "full: 97 packets dropped".to_owned(),
        |plan| ruled(plan, |ruling| ruling.file = Some("heeler.yaml".to_owned())),
        |plan| plan.digest.push('0'),
    ];
    for (index, edit) in edits.iter().enumerate() {
        let mut again = plan();
        edit(&mut again);
        assert_eq!(
            plan_digest(&place(), "b00c", &again),
            digest,
            "edit {index}"
        );
    }
    let mut from_elsewhere = place();
    from_elsewhere.context = Some("my own name for it".to_owned());
    assert_eq!(plan_digest(&from_elsewhere, "b00c", &plan()), digest);
}

#[test]
fn enough_of_a_digest_means_its_plan() {
    let plan = FixPlan {
        digest: plan_digest(&place(), "b00c", &plan()).into(),
        ..plan()
    };
    let digits = |count: usize| plan.digest.chars().take(count).collect::<String>();
    assert_eq!(plan.short_digest(), digits(12));
    for (digits, means) in [
        (digits(64), true),
        (digits(12), true),
        (digits(11), false),
        (String::new(), false),
        (format!("{}0", digits(64)), false),
        (plan.digest.chars().rev().collect(), false),
    ] {
        assert_eq!(plan.is_meant_by(&digits), means, "{digits}");
    }
}

fn node(instance: InstanceId) -> NodeTarget {
    NodeTarget {
        node: Some("ip-10-0-1-1".to_owned()),
        cluster_verified: Some(true),
        ..NodeTarget::of(instance)
    }
}

fn file() -> PlanFile {
    let mut plan = plan();
    plan.digest = plan_digest(&place(), "b00c", &plan).into();
    PlanFile::seal(Planning {
        run: RunId::new(Uuid::from_u128(7)),
        planned_at: Timestamp::UNIX_EPOCH,
        about: RunId::new(Uuid::from_u128(8)),
        place: place(),
        runbook: "conntrack-exhaustion".to_owned(),
        runbook_sha256: "b00c".to_owned(),
        nodes: vec![node(instance())],
        plan,
        apply: "heeler fix".to_owned(),
    })
}

#[test]
fn a_plan_comes_back_from_its_file_as_it_went() {
    let text = serde_json::to_string_pretty(&file()).expect("JSON");
    assert_eq!(PlanFile::read(&text), Ok(file()));
}

/// Every text and number of the file, changed one at a time.
#[test]
fn a_plan_that_was_edited_by_hand_is_noticed() {
    let whole = serde_json::to_value(file()).expect("JSON");
    let mut places = Vec::new();
    leaves(&whole, String::new(), &mut places);
    assert!(places.len() > 30, "{places:?}");
    for place in places {
        let mut edited = whole.clone();
        let leaf = edited.pointer_mut(&place).expect("a leaf");
        *leaf = match leaf.clone() {
            serde_json::Value::String(text) => format!("{text}1").into(),
            serde_json::Value::Number(number) => (number.as_u64().unwrap_or_default() + 1).into(),
            serde_json::Value::Bool(truth) => (!truth).into(),
            _ => "new".into(),
        };
        let read = PlanFile::read(&edited.to_string());
        assert!(read.is_err(), "{place}: {read:?}");
    }
}

#[test]
fn a_new_seal_does_not_make_a_plan_of_another_digest() {
    let mut edited = file();
    edited.plan.changes.iter_mut().for_each(|change| {
        change.to = "1".to_owned();
    });
    let resealed = PlanFile::seal(Planning {
        run: edited.run,
        planned_at: edited.planned_at,
        about: edited.about,
        place: edited.place,
        runbook: edited.runbook,
        runbook_sha256: edited.runbook_sha256,
        nodes: edited.nodes,
        plan: edited.plan,
        apply: edited.apply,
    });
    let text = serde_json::to_string(&resealed).expect("JSON");
    assert_eq!(PlanFile::read(&text), Err(PlanFileFault::Edited));
}

/// Whoever reads a plan of other nodes than it has would approve what they don't see.
#[test]
fn a_new_seal_does_not_make_a_plan_of_other_nodes() {
    let sealed = file();
    let other: InstanceId = "i-0123456789abcdef1".parse().expect("an id");
    assert_ne!(other, instance());
    let resealed = PlanFile::seal(Planning {
        run: sealed.run,
        planned_at: sealed.planned_at,
        about: sealed.about,
        place: sealed.place,
        runbook: sealed.runbook,
        runbook_sha256: sealed.runbook_sha256,
        nodes: vec![node(other)],
        plan: sealed.plan,
        apply: sealed.apply,
    });
    let text = serde_json::to_string(&resealed).expect("JSON");
    assert_eq!(PlanFile::read(&text), Err(PlanFileFault::Edited));
}

fn leaves(json: &serde_json::Value, place: String, found: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                leaves(field, format!("{place}/{name}"), found);
            }
        }
        serde_json::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{place}/{index}"), found);
            }
        }
        _ => found.push(place),
    }
}
