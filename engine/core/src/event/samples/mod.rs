//! One record of every variant, for tests that must not forget one.

mod bundle;
mod drained;
mod looks;
mod objects;
mod one_way;
mod ramp;
mod reboot;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Armed, BootId, ChangePlan, CommandId, Direction, Event, Exit, FixOffer, FixPlan, InstanceId,
    NodeGroup, NodeTarget, PodTarget, Record, Ruling, RunId, Signed, Where,
};
use crate::frame::Switch;
use crate::value::Value;

fn instance() -> InstanceId {
    "i-0abc1234def567890".parse().unwrap()
}

pub(crate) fn run() -> RunId {
    RunId::new(Uuid::from_u128(0x0192_f4b2_1c00_7abc_8123_4567_89ab_cdef))
}

/// Every variant at least once, with every optional part given at least once.
pub(crate) fn events() -> Vec<Event> {
    let mut all = beginning();
    all.extend(looks::events());
    all.extend(fixing());
    all.extend(ending());
    all
}

pub(crate) fn records() -> Vec<Record> {
    let at: Timestamp = "2026-03-01T03:12:00Z".parse().unwrap();
    (1..)
        .zip(events())
        .map(|(seq, event)| Record {
            run: run(),
            seq,
            at,
            event,
        })
        .collect()
}

fn beginning() -> Vec<Event> {
    vec![
        Event::RunStarted {
            command: "fix".into(),
            runbook: "conntrack-exhaustion".into(),
            digest: "9f2c".into(),
            file: None,
            inputs: vec![("time_wait".into(), "60s".into())],
            about: Some(run()),
            unconfined: false,
            version: "0.1.0".into(),
        },
        Event::Located {
            place: Where {
                context: Some("prod-eu".into()),
                account: "111122223333".into(),
                region: "eu-west-1".into(),
                cluster: Some("prod".into()),
                cluster_named: true,
                caller: "ops/alice".into(),
                profile: None,
                caller_arn: "arn:aws:sts::111122223333:assumed-role/ops/alice".into(),
            },
        },
        Event::Resolved {
            targets: vec![NodeTarget {
                node: Some("ip-10-0-1-23".into()),
                instance: instance(),
                pod: Some(PodTarget {
                    namespace: "shop".into(),
                    name: "checkout-7d9f5c-x2vqz".into(),
                    uid: "0f1e".into(),
                    host_network: false,
                }),
                boot: Some(BootId("b00t".into())),
                os_version: Some("1.50.0".into()),
                cpus: Some(8),
                cluster_verified: Some(true),
                node_group: NodeGroup::Unseen,
            }],
        },
        Event::CommandIntended {
            step: 1,
            purpose: "look".into(),
            instances: vec![instance()],
            comment: "heeler 1".into(),
        },
        Event::CommandSent {
            step: 1,
            command: CommandId("c0de".into()),
        },
        Event::CommandRefused {
            step: 1,
            error: "throttled".into(),
        },
    ]
}

fn fixing() -> Vec<Event> {
    let key = || "net.netfilter.nf_conntrack_tcp_timeout_time_wait".to_owned();
    vec![
        Event::FixOffered(FixOffer {
            instance: instance(),
            fix: "shorten-time-wait".into(),
            finding: "table-full".into(),
            effect: "120 s → 60 s".into(),
            withheld: Some("the admin container is off".into()),
        }),
        Event::FixPlanned(FixPlan {
            fix: "shorten-time-wait".into(),
            proof: "table-full".into(),
            effect: None,
            pins: vec![(instance(), BootId("b00t".into()))],
            changes: vec![ChangePlan {
                instance: instance(),
                subject: key(),
                from: "120".into(),
                to: "60".into(),
                diff: "120 s → 60 s".into(),
                back: None,
                effects: Vec::new(),
                object: None,
                commands: None,
            }],
            now: Vec::new(),
            undo: "none on the node".into(),
            switch: None,
            one_way: false,
            verify: "traffic.drop.growth == 0".into(),
            hold_s: 30,
            within_s: 300,
            inputs: Vec::new(),
            ruling: None,
            digest: "4d1f00ba".into(),
        }),
        Event::FixApproved {
            digest: "4d1f00ba".into(),
            by: "ops/alice".into(),
            how: "prompt".into(),
            signed: Vec::new(),
        },
        Event::FixRefused {
            reason: "policy".into(),
            ways: vec!["ask".into()],
            code: None,
        },
        Event::ChangeStarted {
            instance: instance(),
            subject: key(),
            from: "120".into(),
            to: "60".into(),
            direction: Direction::Apply,
        },
        Event::ChangeApplied {
            instance: instance(),
            subject: key(),
            value: "60".into(),
            direction: Direction::Apply,
            found: false,
        },
        Event::ChangeFailed {
            instance: instance(),
            subject: key(),
            error: "read-only".into(),
            direction: Direction::Apply,
        },
        Event::VerifySample {
            after_ms: 4000,
            held_ms: 2000,
            holds: Some(true),
            says: "0 dropped".into(),
        },
        Event::FixKept { after_ms: 41_000 },
        Event::FixReverted {
            reason: "still dropping".into(),
        },
        Event::FixStuck {
            reason: "node gone".into(),
            commands: vec!["sysctl -w a=1".into()],
        },
    ]
}

/// What came with the dead man's switch.
fn guarded() -> Vec<Event> {
    let armed = |switch| Armed {
        switch,
        after_s: 360,
    };
    let mut all = Vec::new();
    for switch in [Switch::Host, Switch::Control] {
        all.push(Event::FixPlanned(FixPlan {
            fix: "shorten-time-wait".into(),
            proof: "table-full".into(),
            effect: None,
            pins: Vec::new(),
            changes: Vec::new(),
            now: Vec::new(),
            undo: "the node itself".into(),
            switch: Some(armed(switch)),
            one_way: false,
            verify: "traffic.drop.growth == 0".into(),
            hold_s: 30,
            within_s: 300,
            inputs: Vec::new(),
            ruling: None,
            digest: "4d1f00ba".into(),
        }));
        all.push(Event::SwitchArming {
            instance: instance(),
            armed: armed(switch),
        });
    }
    all.push(Event::KeepStarted {
        instance: instance(),
    });
    all.push(Event::LockSettled {
        instance: instance(),
        lock: "0123456789ab".into(),
        by: "ops/bob".into(),
        says: "taken back".into(),
    });
    all
}

/// What a policy and other people have to say.
fn governed() -> Vec<Event> {
    vec![
        Event::FixPlanned(FixPlan {
            fix: "shorten-time-wait".into(),
            proof: "table-full".into(),
            effect: None,
            pins: Vec::new(),
            changes: Vec::new(),
            now: Vec::new(),
            undo: "the node itself".into(),
            switch: None,
            one_way: false,
            verify: "traffic.drop.growth == 0".into(),
            hold_s: 30,
            within_s: 300,
            inputs: vec![("sample".into(), Value::Integer(5000))],
            ruling: Some(Ruling {
                impact: "reversible".into(),
                approval: "another".into(),
                policy: "b01d".into(),
                file: Some("heeler.yaml".into()),
                unkept: vec!["nodes-at-once".into()],
            }),
            digest: "4d1f00ba".into(),
        }),
        Event::FixApproved {
            digest: "4d1f00ba".into(),
            by: "ops/bob".into(),
            how: "token".into(),
            signed: vec![Signed {
                id: Uuid::from_u128(9),
                by: "arn:aws:sts::111122223333:assumed-role/ops/bob".into(),
            }],
        },
        Event::FixRefused {
            reason: "the approval was used before".into(),
            ways: Vec::new(),
            code: Some("approval-used".into()),
        },
        Event::Resolved {
            targets: vec![NodeTarget {
                node: Some("ip-10-0-1-23".into()),
                instance: instance(),
                pod: None,
                boot: Some(BootId("b00t".into())),
                os_version: Some("1.50.0".into()),
                cpus: Some(8),
                cluster_verified: Some(true),
                node_group: NodeGroup::Named("web".into()),
            }],
        },
    ]
}

fn ending() -> Vec<Event> {
    let exits = [
        Exit::Clear,
        Exit::NotSeen,
        Exit::Found,
        Exit::Failed,
        Exit::Refused,
        Exit::Reverted,
        Exit::Stuck,
        Exit::Interrupted,
    ];
    let mut all = vec![
        Event::Noted {
            code: "cluster-unverified".into(),
            text: "unverified".into(),
        },
        Event::Failure {
            code: "ssm-offline".into(),
            what: "offline".into(),
            place: "i-1".into(),
            help: "look".into(),
        },
    ];
    all.extend(exits.map(|exit| Event::RunEnded {
        exit,
        elapsed_ms: 3400,
        commands: 1,
        changed: true,
    }));
    // What later versions of the first format have added.
    all.push(Event::ChangeApplied {
        instance: instance(),
        subject: "net.netfilter.nf_conntrack_tcp_timeout_time_wait".into(),
        value: "120".into(),
        direction: Direction::Revert,
        found: true,
    });
    all.extend(looks::later());
    all.extend(guarded());
    all.extend(governed());
    all.extend(ramp::events());
    all.extend(objects::of_objects());
    all.extend(one_way::events());
    all.extend(objects::with_commands());
    all.extend(reboot::events());
    all.extend(drained::events());
    all.extend(drained::with_effect());
    all.extend(bundle::events());
    all
}
