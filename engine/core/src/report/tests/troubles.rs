//! Runs that did not get far, and text that would rather be something else.

use insta::assert_snapshot;

use super::runs::full_table;
use super::stories::{
    answered, beginning, ended, instance, pod_target, report, ruled_out, run, screen, started,
    target,
};
use crate::event::{Event, Exit, Where};
use crate::report::{Style, text};

#[test]
fn a_failure() {
    let events = vec![
        started("run", None),
        Event::Failure {
            code: "pod-unknown".into(),
            what: "there is no pod `chekout` in namespace shop".into(),
            place: "cluster prod (context prod-eu)".into(),
            help: "the nearest name is checkout-7d9f5c-x2vqz".into(),
        },
        Event::RunEnded {
            exit: Exit::Failed,
            elapsed_ms: 310,
            commands: 0,
            changed: false,
        },
    ];
    assert_snapshot!(screen(run(), events), @r"
    error[pod-unknown]: there is no pod `chekout` in namespace shop
      --> cluster prod (context prod-eu)
      help: the nearest name is checkout-7d9f5c-x2vqz
    310 ms, no command, nothing changed
    ");
}

#[test]
fn a_run_that_did_not_end() {
    let events = beginning("run", vec![pod_target()]);
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823
    this run did not end: its last record is of 2026-03-01 03:12:05 UTC
    ");
}

#[test]
fn a_run_killed_while_it_sent_a_command() {
    let mut events = beginning("run", vec![pod_target()]);
    events.pop();
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823
    in doubt   whether command 1 (look) reached i-0abc1234def567823 is not recorded; SSM knows it by its comment
               aws ssm list-commands --region eu-west-1 --query 'Commands[?Comment=='\''heeler 7k3mq/1'\''].[CommandId,Status]'
    this run did not end: its last record is of 2026-03-01 03:12:04 UTC
    ");
}

/// SSM does not answer for minutes, in which heeler asks again and again.
#[test]
fn what_is_asked_again_and_again_is_told_once() {
    let mut events = beginning("run", vec![pod_target()]);
    for (step, purpose) in [(2, "apply"), (3, "end"), (4, "end"), (5, "end")] {
        let comment = format!("heeler 7k3mqabc {step} {purpose}");
        events.push(Event::CommandIntended {
            step,
            purpose: purpose.into(),
            instances: vec![instance(23)],
            comment: comment.clone(),
        });
        events.push(Event::NodeFailed {
            step,
            instance: instance(23),
            error: format!("in doubt whether the command `{comment}` was started"),
        });
    }
    // Another reason is another line.
    events.push(Event::NodeFailed {
        step: 5,
        instance: instance(23),
        error: "the agent was lost".into(),
    });
    events.push(ended(Exit::Stuck, false));
    assert_snapshot!(screen(run(), events), @r#"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823
    no answer  in doubt whether the command `heeler 7k3mqabc 2 apply` was started
    no answer  in doubt whether the command `heeler 7k3mqabc 3 end` was started; nor to 2 more commands (end)
    no answer  the agent was lost
    in doubt   whether command 2 (apply) reached i-0abc1234def567823 is not recorded; SSM knows it by its comment
               aws ssm list-commands --region eu-west-1 --query 'Commands[?Comment=='\''heeler 7k3mqabc 2 apply'\''].[CommandId,Status]'
    in doubt   whether any of 3 commands (end: 3, 4, 5) reached i-0abc1234def567823 is not recorded; SSM knows them by their comments
               aws ssm list-commands --region eu-west-1 --query 'Commands[?contains(`["heeler 7k3mqabc 3 end","heeler 7k3mqabc 4 end","heeler 7k3mqabc 5 end"]`,Comment)].[Comment,CommandId,Status]'
    3.4 s, 1 command, nothing changed
    "#);
}

#[test]
fn a_run_interrupted_before_any_verdict_says_nothing_of_health() {
    let mut events = beginning("run", vec![target(23)]);
    events.push(ended(Exit::Interrupted, false));
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823
    3.4 s, 1 command, nothing changed, interrupted
    ");
}

#[test]
fn a_cluster_that_could_not_be_compared() {
    let mut alone = target(23);
    alone.cluster_verified = None;
    let mut events = beginning("run", vec![alone]);
    events[1] = Event::Located {
        place: Where {
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            caller: "ops/alice".into(),
            ..Where::default()
        },
    };
    events.extend([
        answered(23),
        ruled_out(23, "table-full", "a full table"),
        ended(Exit::Clear, false),
    ]);
    assert_snapshot!(screen(run(), events), @r"
    111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs, cluster unverified
    nothing found
    ruled out  a full table
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn values_from_outside_cannot_steer_the_terminal() {
    let mut events = beginning("run", vec![target(23)]);
    let error = "\u{1b}[2J\u{9b}31mnothing found\nCRITICAL forged \u{202e}txet\tend\n";
    events.push(Event::NodeFailed {
        step: 1,
        instance: instance(23),
        error: error.into(),
    });
    events.push(ended(Exit::Failed, false));
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823
    no answer  \u{1b}[2J\u{9b}31mnothing found\nCRITICAL forged \u{202e}txet end
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let report = report(run(), full_table());
    let coloured = text(
        &report,
        &Style {
            colour: true,
            ..Style::default()
        },
    );
    assert!(
        coloured.contains("\u{1b}[1m\u{1b}[31mCRITICAL"),
        "{coloured:?}"
    );
    let mut bare = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        let rest = if index == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
        bare.push_str(rest);
    }
    assert_eq!(bare, text(&report, &Style::default()));
}
