//! The unit of the host's systemd that takes a kernel parameter back.
//!
//! The host has no shell, and a unit may run nothing from the data volume, so its commands are the
//! host's own, in the order of the unit: `grep` leaves all of it where a table would not fit; `mv` claims the change, and `test` sees that somebody has;
//! `grep` writes down which of the links beside the lock's record lead to a value that is still the
//! fix's; `xargs` hands their names, each KEY=OLD, to `sysctl`; `grep` again sees that none of them
//! stands; `mv` ends the lock.
//!
//! Nothing in it holds `;`, `$` or `%`: before systemd 254 a daemon-reload changes the first two,
//! and enabling a host container is a daemon-reload. Sources: systemd 252 `src/core/dbus-execute.c`,
//! `service.c` (what a condition may ignore), PR 27113; bottlerocket-core-kit `packages/selinux-policy` (os_t, system_t, secret_t).

use std::fmt::Write as _;
use std::time::Duration;

use crate::action::{Fits, shell_quote};

use super::fault::PlanFault;
use super::fix::Step;
use super::lock::Home;
/// The functions of a script that has to do with these steps: `furnish`; `print_fits`, which prints
/// what says why the unit would leave them; and `take_back_on_host` and `rehearse_on_host`, which add
/// the unit's properties and its command to theirs.
pub(super) fn functions(home: &Home, back: &[Step<'_>]) -> Result<String, PlanFault> {
    let mut functions = format!(
        "on_host={} lists={}\nfurnish() {{\n",
        shell_quote(&home.on_host),
        shell_quote(&home.lists)
    );
    for step in back {
        let (file, link) = (shell_quote(&path(step)?), assignment(step)?);
        let _ = writeln!(functions, "ln -s {file} \"$1/{link}\" || return");
    }
    functions += "}\n";
    let fits = back.iter().filter_map(Step::fits);
    let waits: String = fits
        .map(|fits| fits.script(Duration::ZERO, "exit 1"))
        .collect();
    let _ = writeln!(
        functions,
        "print_fits() {{ printf %s {}; }}",
        shell_quote(&waits)
    );
    let units = [
        ("take_back_on_host", undo(back)?),
        ("rehearse_on_host", rehearsal(back)?),
    ];
    for (name, unit) in units {
        let _ = writeln!(functions, "{name}() {{\n\"$@\"{}\n}}", unit.0);
    }
    Ok(functions)
}

/// The unit that takes back what stands.
fn undo(back: &[Step<'_>]) -> Result<Unit, PlanFault> {
    let mut unit = Unit::only_where(back, Fits::pattern);
    unit.claim("armed", "undoing");
    for step in back {
        unit.note_standing(step.from, &assignment(step)?);
    }
    for step in back {
        let (value, link) = (exactly(step.from), assignment(step)?);
        unit.property(&format!(
            "ExecStartPost=/usr/bin/grep -qvxE {value} \"{link}\""
        ));
    }
    unit.property("ExecStartPost=/usr/bin/mv -T undoing.$id undone.$id");
    unit.property("ExecStartPost=/usr/bin/mv -T $on_host/lock $on_host/ended/$id");
    unit.setting();
    Ok(unit)
}

/// The unit that does the same with the values that are there, so that nothing changes.
fn rehearsal(back: &[Step<'_>]) -> Result<Unit, PlanFault> {
    let mut unit = Unit::only_where(back, |_| "[0-9]+".to_owned());
    unit.claim("rehearsal", "rehearsing");
    for step in back {
        unit.note_standing(step.to, &assignment(step)?);
    }
    unit.property("ExecStartPost=/usr/bin/mv -T rehearsing.$id rehearsed.$id");
    unit.setting();
    Ok(unit)
}

/// A transient service, as words of a shell.
struct Unit(String);

impl Unit {
    /// A unit that leaves all of it where what a step needs is counted otherwise than as the pattern says.
    fn only_where(back: &[Step<'_>], pattern: fn(&Fits) -> String) -> Self {
        let mut unit = Unit(String::new());
        unit.property("Type=oneshot");
        unit.property("WorkingDirectory=-$on_host/lock");
        // Not on the data volume, which may be full.
        unit.property("StandardOutput=append:$lists/heeler-$id");
        for fits in back.iter().filter_map(Step::fits) {
            let (pattern, file) = (pattern(&fits), &fits.counted);
            unit.property(&format!(
                "ExecCondition=/usr/bin/grep -qxE \"{pattern}\" \"{file}\""
            ));
        }
        unit
    }

    fn claim(&mut self, from: &str, to: &str) {
        // Whoever has claimed it before may have been killed at it: all of this can be done twice.
        self.property(&format!(
            "ExecCondition=-/usr/bin/mv -T {from}.$id {to}.$id"
        ));
        self.property(&format!("ExecCondition=/usr/bin/test -e {to}.$id"));
        // What an earlier attempt has left there, and what programs have complained of.
        self.property("ExecStartPre=/usr/bin/truncate -s 0 $lists/heeler-$id");
    }

    /// Writes the link's name down, if its file holds the value.
    fn note_standing(&mut self, value: &str, link: &str) {
        let value = exactly(value);
        self.property(&format!(
            "ExecStartPre=-/usr/bin/grep -slZxE {value} \"{link}\""
        ));
    }

    /// Sets what was written down.
    fn setting(&mut self) {
        self.0 += " -- /usr/bin/xargs -0 -r -a \"$lists/heeler-$id\" /usr/sbin/sysctl -q -w";
    }

    fn property(&mut self, assignment: &str) {
        let _ = write!(self.0, " -p \"{}\"", assignment.replace('"', "\\\""));
    }
}

/// Whether the values of all steps can be words of the unit's commands.
pub(super) fn check(steps: &[Step<'_>]) -> Result<(), PlanFault> {
    for step in steps {
        path(step)?;
        assignment(step)?;
    }
    Ok(())
}

/// The parameter's file.
pub(super) fn path(step: &Step<'_>) -> Result<String, PlanFault> {
    let parameter = step.change.kernel_parameter();
    let parameter = parameter.ok_or_else(|| PlanFault::NoSwitch(step.change.subject()))?;
    Ok(parameter.file)
}

/// The parameter and the value that it had before: the argument of `sysctl -w`, and the name of the
/// link that leads to the parameter's file.
pub(super) fn assignment(step: &Step<'_>) -> Result<String, PlanFault> {
    let unfit = || PlanFault::NoSwitch(step.change.subject());
    let parameter = step.change.kernel_parameter().ok_or_else(unfit)?;
    let fits = |text: &str| !text.is_empty() && text.len() <= 100 && text.chars().all(is_plain);
    if !fits(&parameter.name) || !fits(step.to) || !fits(step.from) {
        return Err(unfit());
    }
    Ok(format!("{}={}", parameter.name, step.to))
}

/// Characters that mean nothing to systemd's quoting, nor in a file's name.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._,:+- ".contains(c)
}

/// A pattern for a line that is this text; the kernel writes tabs for some of its spaces.
fn exactly(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' => "[[:space:]]".to_owned(),
            c if c.is_ascii_alphanumeric() => c.to_string(),
            c => format!("[{c}]"),
        })
        .collect()
}
