//! One node on the screen.

use super::evidence::{self, Proof};
use super::findings::{Findings, Judgement, Severity, UnseenGroup};
use super::model::{ClusterCheck, NodeReport, Report};
use super::screen::{Screen, Tone};
use super::silences;
use crate::event::FindingText;

/// The only node of a run. That nothing was found is said in so many words, and only of a run that
/// came to its end.
pub(super) fn alone(screen: &mut Screen, report: &Report, node: &NodeReport) {
    introduction(screen, report, node);
    let all = [&node.findings, &report.whole];
    let judged = report.ending.is_some() && all.iter().any(|all| !all.judged.is_empty());
    if judged && !all.iter().any(|all| all.ill()) {
        let told = all.iter().all(|all| all.undecided().is_empty());
        if told && node.errors.is_empty() {
            screen.plain(Tone::Good, "nothing found");
        } else {
            screen.plain(Tone::Warning, "nothing found in what could be seen");
        }
    }
    body(screen, report, node);
}

/// One of several nodes, in full.
pub(super) fn in_full(screen: &mut Screen, report: &Report, node: &NodeReport) {
    introduction(screen, report, node);
    body(screen, report, node);
}

/// What belongs to no single node. What was not seen is not said again where a node's own findings
/// wanted it and have said so.
pub(super) fn whole(screen: &mut Screen, report: &Report) {
    let said: Vec<UnseenGroup> = report
        .nodes
        .iter()
        .flat_map(|node| node.findings.unseen())
        .collect();
    holding(screen, &report.whole, |judgement| {
        report.proofs(None, judgement)
    });
    verdicts(screen, &report.whole, &said);
    lasting(screen, &report.whole);
}

/// Notes, and what could not be told: what is left to say about a node that has nothing.
pub(super) fn remainder(screen: &mut Screen, findings: &Findings) {
    holding(screen, findings, |_| Vec::new());
    not_told(screen, findings, &[]);
}

fn introduction(screen: &mut Screen, report: &Report, node: &NodeReport) {
    screen.plain(Tone::Strong, &chain(report, node));
    if node.answer.as_ref().is_some_and(|answer| answer.fetched) {
        screen.inset("the answer was fetched: it did not fit the listing");
    }
    for why in silences::told(report, node) {
        screen.toned_row("no answer", Tone::Alarm, &why);
    }
}

fn body(screen: &mut Screen, report: &Report, node: &NodeReport) {
    holding(screen, &node.findings, |judgement| {
        report.proofs(Some(node), judgement)
    });
    verdicts(screen, &node.findings, &[]);
    offers(screen, report, node);
    lasting(screen, &node.findings);
    if screen.style().evidence {
        answers(screen, &node.findings);
    }
}

/// `shop/checkout → ip-10-0-1-23 → i-0abc…  Bottlerocket 1.50.0, 8 CPUs`
fn chain(report: &Report, node: &NodeReport) -> String {
    let target = &node.target;
    let pod = target
        .pod
        .as_ref()
        .map(|pod| format!("{}/{}", pod.namespace, pod.name));
    let links = [pod, target.node.clone(), Some(target.instance.to_string())];
    let links: Vec<String> = links.into_iter().flatten().collect();
    let answer = node.answer.as_ref();
    let version = answer
        .map(|answer| &answer.os_version)
        .or(target.os_version.as_ref())
        .filter(|version| !version.is_empty());
    let cpus = answer.map(|answer| answer.cpus).or(target.cpus);
    let cluster = match report.cluster_check(node) {
        ClusterCheck::Verified => None,
        ClusterCheck::Unverified => Some("cluster unverified".to_owned()),
        ClusterCheck::Foreign => Some("of another cluster".to_owned()),
    };
    let facts = [
        version.map(|version| format!("Bottlerocket {version}")),
        cpus.map(|cpus| format!("{cpus} CPU{}", if cpus == 1 { "" } else { "s" })),
        cluster,
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    format!("{}  {}", links.join(" → "), facts.join(", "))
}

/// Findings that hold, each with what proves it. Notes stand below the worst one, where there is one
/// to stand below.
fn holding<'r>(
    screen: &mut Screen,
    findings: &Findings,
    proofs: impl Fn(&Judgement) -> Vec<Proof<'r>>,
) {
    let holding = findings.holding();
    let (notes, loud): (Vec<_>, Vec<_>) = holding
        .into_iter()
        .partition(|(judgement, _)| judgement.severity == Severity::Note);
    for (index, (judgement, text)) in loud.iter().enumerate() {
        let tone = match judgement.severity {
            Severity::Critical => Tone::Alarm,
            Severity::Warning | Severity::Note => Tone::Warning,
        };
        let word = judgement.severity.word().to_uppercase();
        screen.headline(
            tone,
            &word,
            &format!("{}   {}", judgement.finding, judgement.said(text)),
        );
        details(screen, text, || proofs(judgement));
        if index == 0 {
            for (judgement, note) in &notes {
                screen.inset(&judgement.said(note));
                details(screen, note, || proofs(judgement));
            }
        }
    }
    if loud.is_empty() {
        for (judgement, note) in &notes {
            screen.row("note", &judgement.said(note));
            details(screen, note, || proofs(judgement));
        }
    }
}

fn details<'r>(screen: &mut Screen, text: &FindingText, proofs: impl Fn() -> Vec<Proof<'r>>) {
    let wanted = screen.style().evidence;
    let because = text.because.iter().filter(|_| wanted);
    for line in text
        .details
        .iter()
        .chain(because)
        .filter(|line| !line.trim().is_empty())
    {
        screen.inset(line);
    }
    if wanted && let Some(line) = evidence::line(&proofs()) {
        screen.inset(&line);
    }
}

fn verdicts(screen: &mut Screen, findings: &Findings, said: &[UnseenGroup]) {
    let ruled_out = findings.ruled_out();
    if !ruled_out.is_empty() {
        screen.row("ruled out", &ruled_out.join(", "));
    }
    if screen.style().evidence {
        let superseded = findings.superseded();
        screen.rows(
            "superseded",
            superseded
                .iter()
                .map(|(label, by)| format!("{label}: {by} stands for it")),
        );
    }
    not_told(screen, findings, said);
}

fn not_told(screen: &mut Screen, findings: &Findings, said: &[UnseenGroup]) {
    let undecided = findings.undecided();
    if !undecided.is_empty() {
        screen.toned_row("undecided", Tone::Warning, &undecided.join(", "));
    }
    let groups = findings.unseen();
    screen.rows(
        "not seen",
        groups
            .iter()
            .filter(|group| !said.iter().any(|other| group.is_part_of(other)))
            .map(|group| format!("{}: {}", group.labels.join(", "), group.reason)),
    );
}

fn lasting(screen: &mut Screen, findings: &Findings) {
    let mut cures: Vec<&str> = Vec::new();
    for (_, text) in findings.holding() {
        if let Some(cure) = text.lasting.as_deref().filter(|cure| !cures.contains(cure)) {
            cures.push(cure);
        }
    }
    screen.rows("lasting", cures);
}

/// Fixes are offered by a run; a fix that is under way offers nothing.
fn offers(screen: &mut Screen, report: &Report, node: &NodeReport) {
    if report
        .order
        .as_ref()
        .is_some_and(|order| order.command != "run")
    {
        return;
    }
    for (index, offer) in node.offers.iter().enumerate() {
        let label = if index == 0 { "fix" } else { "" };
        match (&offer.withheld, report.fix_command(offer)) {
            (None, Some(command)) => screen.command(label, &command, &offer.effect),
            (Some(why), _) => screen.row(label, &format!("{} is withheld: {why}", offer.fix)),
            (None, None) => screen.row(label, &format!("{}   {}", offer.fix, offer.effect)),
        }
    }
}

fn answers(screen: &mut Screen, findings: &Findings) {
    for looked in &findings.looks {
        screen.row(
            "looked at",
            &format!("{} ({}): {}", looked.label, looked.look, looked.value),
        );
        for step in &looked.trace {
            let place = step
                .place
                .map_or("Kubernetes API".to_owned(), |place| place.to_string());
            let outcome = step.why_not.as_deref().unwrap_or("answered");
            screen.row("", &format!("{place}: {outcome}"));
        }
    }
}
