//! Setting one kernel parameter until the next restart of the node.

use std::time::Duration;

use super::key::Key;
use crate::action::{Carried, Change, Fits, KernelParameter, NodeChange, shell_quote};
use crate::frame::Place;
use crate::hazard::{REAPPLIES, Touched};
use crate::syntax::{Span, Spanned};
use crate::value::Value;

#[derive(Debug)]
pub(super) struct SysctlChange {
    pub(super) key: Key,
    pub(super) template: Spanned<String>,
}

impl Change for SysctlChange {
    fn subject(&self) -> String {
        self.key.to_string()
    }

    fn span(&self) -> Span {
        self.template.span
    }

    fn texts(&self) -> Vec<&Spanned<String>> {
        vec![&self.template]
    }

    fn wanted(&self, values: &[Value]) -> Result<String, String> {
        self.key.wanted(values.first().unwrap_or(&Value::Absent))
    }

    fn display(&self, value: &str) -> String {
        self.key.display(value)
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for SysctlChange {
    fn place(&self) -> Place {
        Place::Admin
    }

    fn limit(&self) -> Duration {
        let waits = self.key.counted().map(|_| Fits::PATIENCE);
        Duration::from_secs(10) + waits.unwrap_or_default()
    }

    fn present(&self) -> String {
        self.key.print()
    }

    fn touches(&self, _: &str, _: &str) -> Vec<Touched> {
        vec![self.key.touched()]
    }

    fn apply(&self, from: &str, to: &str) -> String {
        let read = format!(
            "v=$(tr '\\t' ' ' <{}) || exit 1\n",
            shell_quote(&self.key.path())
        );
        format!(
            "{read}[ \"$v\" = {from} ] || {{ printf '%s\\n' \"$v\"; echo 'another value is there' >&2; exit 65; }}\n\
             sysctl -w {assignment} >/dev/null || {{ printf '%s\\n' \"$v\"; exit 1; }}\n\
             {read}printf '%s\\n' \"$v\"\n\
             [ \"$v\" = {to} ] || {{ echo 'the kernel did not take the value' >&2; exit 1; }}\n",
            from = shell_quote(from),
            to = shell_quote(to),
            assignment = shell_quote(&format!("{}={to}", self.key)),
        )
    }

    /// The kernel takes some values as others: `nf_conntrack_buckets` is rounded up to whole pages (Linux,
    /// `nf_ct_alloc_hashtable`). What is neither the old nor the wanted value nobody would take back.
    fn withdraw(&self, from: &str) -> Option<String> {
        let assignment = shell_quote(&format!("{}={from}", self.key));
        let path = shell_quote(&self.key.path());
        Some(format!(
            "sysctl -w {assignment} >/dev/null 2>&1\ntr '\\t' ' ' <{path}\n"
        ))
    }

    fn kernel_parameter(&self) -> Option<KernelParameter> {
        Some(KernelParameter {
            name: self.key.to_string(),
            file: self.key.path(),
        })
    }

    fn fits(&self, from: &str, to: &str) -> Option<Fits> {
        Fits::lowering(self.key.counted()?.path(), from, to)
    }

    fn by_hand(&self, to: &str) -> String {
        let only_where = self.key.counted().map_or_else(String::new, |count| {
            let (file, most) = (shell_quote(&count.path()), shell_quote(to));
            format!("[ \"$(cat {file})\" -le {most} ] && ")
        });
        let assignment = shell_quote(&format!("{}={to}", self.key));
        format!("{only_where}sysctl -w {assignment}")
    }

    fn without_admin(&self, to: &str) -> Vec<String> {
        let key = self.key.file().replace('/', ".");
        let json = serde_json::json!({"kernel": {"sysctl": {key: to}}}).to_string();
        vec![
            format!(
                "in the control container: apiclient set --json {}; it stays after a reboot and can't be unset, \
                 only set to another value; it {REAPPLIES}",
                shell_quote(&json)
            ),
            "in the control container: apiclient set host-containers.admin.enabled=true, then this fix again; \
             not through user data, which replaces the node"
                .to_owned(),
        ]
    }
}
