//! What `-p NAME=VALUE` says of a service (systemd `src/shared/bus-unit-util.c`).

use crate::node::systemd::work::{
    Command, Role, ServiceType, Surroundings, Work, WorkingDirectory,
};

use super::words;

/// The service of these properties, whose program and arguments are `argv`. An error is a
/// complaint.
pub(super) fn work(properties: &[String], argv: Vec<String>) -> Result<Work, String> {
    let main = Command {
        role: Role::Main,
        argv,
        may_fail: false,
    };
    let mut work = Work {
        kind: ServiceType::Simple,
        surroundings: Surroundings::default(),
        commands: vec![main],
    };
    for property in properties {
        let (name, value) = property
            .split_once('=')
            .ok_or_else(|| format!("Not an assignment: {property}"))?;
        match name {
            "Type" => work.kind = kind(value)?,
            "WorkingDirectory" => work.surroundings.folder = Some(folder(value)),
            "StandardOutput" => work.surroundings.output = Some(output(value)?),
            "ExecCondition" => work.commands.push(command(Role::Condition, value)?),
            "ExecStartPre" => work.commands.push(command(Role::Before, value)?),
            "ExecStartPost" => work.commands.push(command(Role::After, value)?),
            _ => return Err(format!("Unknown assignment: {property}")),
        }
    }
    if work.kind == ServiceType::Simple && work.commands.len() > 1 {
        return Err("lab: more than one command needs -p Type=oneshot here".to_owned());
    }
    // Stable: among commands of a role, the order of the line.
    work.commands.sort_by_key(|command| command.role);
    Ok(work)
}

fn kind(value: &str) -> Result<ServiceType, String> {
    match value {
        "oneshot" => Ok(ServiceType::Oneshot),
        "simple" => Ok(ServiceType::Simple),
        _ => Err(format!(
            "lab: Type= is oneshot or simple here, not {value:?}"
        )),
    }
}

fn folder(value: &str) -> WorkingDirectory {
    let optional = value.strip_prefix('-');
    WorkingDirectory {
        path: optional.unwrap_or(value).to_owned(),
        may_be_missing: optional.is_some(),
    }
}

fn output(value: &str) -> Result<String, String> {
    let path = value.strip_prefix("append:").map(str::to_owned);
    path.ok_or_else(|| format!("lab: StandardOutput= is append:PATH here, not {value:?}"))
}

fn command(role: Role, value: &str) -> Result<Command, String> {
    let optional = value.strip_prefix('-');
    let line = optional.unwrap_or(value);
    if let Some(prefix) = line
        .chars()
        .next()
        .filter(|first| "-@:+!|".contains(*first))
    {
        return Err(format!(
            "lab: a command has one prefix \"-\" here, no {prefix:?}: systemd 252 loses others when it reloads"
        ));
    }
    let argv = words::split(line).ok_or("Failed to parse command line: Invalid argument")?;
    if argv.is_empty() {
        return Err(format!("lab: there is no command in {value:?}"));
    }
    Ok(Command {
        role,
        argv,
        may_fail: optional.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(properties: &[&str]) -> Result<Work, String> {
        let properties: Vec<String> = properties.iter().map(|it| (*it).to_owned()).collect();
        work(&properties, vec!["/usr/bin/xargs".to_owned()])
    }

    #[test]
    fn commands_are_sorted_by_what_they_are() {
        let work = parsed(&[
            "ExecStartPost=/usr/bin/mv -T a b",
            "Type=oneshot",
            "ExecStartPre=-/usr/bin/grep \"x y\" z",
            "ExecCondition=/usr/bin/true",
            "ExecStartPost=/usr/bin/rm b",
            "WorkingDirectory=-/local/lock",
            "StandardOutput=append:/local/list",
        ])
        .unwrap();
        let lines: Vec<String> = work.commands.iter().map(|it| it.argv.join("|")).collect();
        assert_eq!(
            lines,
            [
                "/usr/bin/true",
                "/usr/bin/grep|x y|z",
                "/usr/bin/xargs",
                "/usr/bin/mv|-T|a|b",
                "/usr/bin/rm|b"
            ]
        );
        let may_fail: Vec<bool> = work.commands.iter().map(|it| it.may_fail).collect();
        assert_eq!(may_fail, [false, true, false, false, false]);
        let folder = work.surroundings.folder.unwrap();
        assert_eq!(
            (folder.path.as_str(), folder.may_be_missing),
            ("/local/lock", true)
        );
        assert_eq!(work.surroundings.output.as_deref(), Some("/local/list"));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let refused = |property: &str| parsed(&["Type=oneshot", property]).unwrap_err();
        assert_eq!(refused("Restart=no"), "Unknown assignment: Restart=no");
        assert_eq!(refused("Restart"), "Not an assignment: Restart");
        assert_eq!(
            refused("ExecStartPre=/usr/bin/mv \"a"),
            "Failed to parse command line: Invalid argument"
        );
        for prefix in ["@", ":", "+", "!", "--", "-@", "|"] {
            let words = refused(&format!("ExecStartPre={prefix}/usr/bin/mv a b"));
            assert!(words.contains("prefix"), "{prefix}: {words}");
        }
        assert!(refused("ExecStartPost=").contains("no command"));
        assert!(refused("Type=forking").contains("oneshot"));
        assert!(refused("StandardOutput=/list").contains("append:PATH"));
        assert!(
            parsed(&["ExecStartPost=/usr/bin/true"])
                .unwrap_err()
                .contains("Type=oneshot")
        );
    }
}
