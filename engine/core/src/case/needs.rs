//! What a runbook reads of its looks. The rest need not stand in a case: no verdict depends on it.

use std::collections::BTreeMap;

use crate::runbook::Runbook;

/// How much of a value is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Need {
    /// The value itself: all of it, whatever it holds.
    whole: bool,
    /// Fields of it that are read.
    fields: BTreeMap<String, Need>,
}

impl Need {
    /// Everything that the value holds.
    pub(super) fn all() -> Need {
        Need {
            whole: true,
            fields: BTreeMap::new(),
        }
    }

    /// Every look that the runbook reads, with how much of it.
    pub(super) fn of(runbook: &Runbook) -> BTreeMap<String, Need> {
        let mut root = Need::default();
        for path in paths(runbook) {
            root.add(&path);
        }
        root.fields
            .into_iter()
            .filter(|(name, _)| runbook.looks.iter().any(|step| step.name == *name))
            .collect()
    }

    fn add(&mut self, path: &[String]) {
        match path {
            [] => self.whole = true,
            [field, rest @ ..] => self.fields.entry(field.clone()).or_default().add(rest),
        }
    }

    /// How much is read of a field; `None`: nothing.
    ///
    /// Where one plain field of a record is read, the plain ones beside it count as read too: what
    /// grows between two samples is told from a counter's total, not from its growth alone.
    pub(super) fn field(&self, name: &str, has_parts: bool) -> Option<Need> {
        if self.whole {
            return Some(Need::all());
        }
        let read = self.fields.get(name);
        let beside = || self.fields.values().any(|need| need.fields.is_empty());
        match read {
            Some(need) => Some(need.clone()),
            None if !has_parts && beside() => Some(Need::all()),
            None => None,
        }
    }

    /// How much is read of each item of a list.
    pub(super) fn item(&self) -> Need {
        Need::all()
    }
}

/// Everything that any expression or text of the runbook reads.
pub(super) fn paths(runbook: &Runbook) -> Vec<Vec<String>> {
    let looks = runbook.looks.iter().flat_map(|step| &step.only_if);
    let findings = runbook.findings.iter();
    let conditions = findings.flat_map(|rule| rule.for_each.iter().chain([&rule.when]));
    let verified = runbook.fixes.iter().map(|fix| &fix.verify.that);
    let required = runbook.fixes.iter().flat_map(|fix| &fix.require);
    let expressions = looks.chain(conditions).chain(verified).chain(required);
    let found = runbook.findings.iter().flat_map(|rule| {
        let more = rule.details.iter().chain(&rule.because);
        more.chain(&rule.lasting).chain([&rule.says])
    });
    let fixed = runbook
        .fixes
        .iter()
        .flat_map(|fix| fix.wanted.iter().chain(&fix.effect));
    expressions
        .flat_map(|expression| expression.paths())
        .chain(found.chain(fixed).flat_map(|text| text.paths()))
        .collect()
}
