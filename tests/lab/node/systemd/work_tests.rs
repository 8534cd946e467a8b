//! How a service goes on, what PID 1 refuses, and what it loses when it reads its files again.

use nix::sys::signal::Signal;

use super::{Command, Ending, Role, ServiceType, Surroundings, Verdict, Work, WorkingDirectory};

fn command(role: Role, line: &str) -> Command {
    Command {
        role,
        argv: line.split(' ').map(str::to_owned).collect(),
        may_fail: false,
    }
}

fn work(kind: ServiceType, line: &str) -> Work {
    Work {
        kind,
        surroundings: Surroundings::default(),
        commands: vec![command(Role::Main, line)],
    }
}

#[test]
fn a_condition_skips_and_everything_else_fails() {
    let oneshot = work(ServiceType::Oneshot, "/usr/bin/true");
    let verdict = |role, ending| oneshot.verdict(&command(role, "/usr/bin/false"), ending);
    for role in [Role::Condition, Role::Before, Role::Main, Role::After] {
        assert_eq!(verdict(role, Ending::Code(0)), Verdict::GoOn, "{role:?}");
        assert_eq!(verdict(role, Ending::Code(255)), Verdict::Fail, "{role:?}");
        let ended = Ending::Signal(Signal::SIGTERM);
        assert_eq!(verdict(role, ended), Verdict::Fail, "{role:?}");
    }
    for code in [1, 209, 254] {
        assert_eq!(verdict(Role::Condition, Ending::Code(code)), Verdict::Skip);
        for role in [Role::Before, Role::Main, Role::After] {
            assert_eq!(verdict(role, Ending::Code(code)), Verdict::Fail);
        }
    }
    let allowed = Command {
        may_fail: true,
        ..command(Role::Before, "/usr/bin/false")
    };
    let killed = Ending::Signal(Signal::SIGKILL);
    assert_eq!(oneshot.verdict(&allowed, killed), Verdict::GoOn);
}

#[test]
fn what_keeps_running_may_be_ended() {
    let simple = work(ServiceType::Simple, "/usr/bin/sleep 600");
    let verdict = |signal| simple.verdict(&simple.commands[0], Ending::Signal(signal));
    assert_eq!(verdict(Signal::SIGTERM), Verdict::GoOn);
    assert_eq!(verdict(Signal::SIGKILL), Verdict::Fail);
}

#[test]
fn refusals_are_pid_1s() {
    let refused = |program: &str, folder: &str, output: &str| {
        let mut work = work(ServiceType::Oneshot, program);
        work.surroundings = Surroundings {
            folder: Some(WorkingDirectory {
                path: folder.to_owned(),
                may_be_missing: true,
            }),
            output: Some(output.to_owned()),
        };
        work.check()
    };
    assert_eq!(
        refused("/usr/bin/mv a b", "/local/h", "/local/h/list"),
        Ok(())
    );
    assert_eq!(refused("mv a b", "/", "/list"), Ok(()));
    assert_eq!(
        refused("bin/mv a b", "/", "/list").unwrap_err(),
        "\"bin/mv\" is neither a valid executable name nor an absolute path"
    );
    assert_eq!(
        refused("mv", "lock", "/list").unwrap_err(),
        "WorkingDirectory= expects an absolute path or '~'"
    );
    assert_eq!(
        refused("mv", "/", "list").unwrap_err(),
        "Path list is not absolute"
    );
    for path in ["/a/../list", "/a/./list"] {
        let words = format!("Path {path} is not normalized");
        assert_eq!(refused("mv", "/", path).unwrap_err(), words);
    }
}

#[test]
fn reading_again_leaves_backslashes() {
    let line = "/usr/bin/find a;b -exec $X ${Y} $$ ; 'q' \\";
    let reread = command(Role::Main, line).reread();
    let wanted = "/usr/bin/find a\\;b -exec \\$X \\${Y} \\$\\$ \\; 'q' \\";
    assert_eq!(reread.argv.join(" "), wanted);
}
