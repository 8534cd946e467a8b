//! Every limit of the language, just below and just above.

use crate::action;
use crate::expr::{Template, World};
use crate::runbook::{Shelf, load_among};
use crate::syntax::limits::{
    ALL_LOOKS, ANCHORS, BRACKETS, DEPTH, DOCUMENT, EXPRESSION, FINDINGS, FIXES, INPUTS, LIMITS,
    LOOKS, Limit, NESTING, NODES, PATTERN, RENDERED_BYTES, SCRIPT, TEXT,
};
use crate::syntax::{Faults, Source, Span, Spanned, render};
use crate::value::{Unseen, Value, Why};

use super::source;

/// A runbook with its places to fill.
struct Page {
    inputs: String,
    pattern: String,
    looks: String,
    when: String,
    says: String,
    findings: String,
    fixes: String,
    end: String,
}

impl Page {
    fn new() -> Page {
        Page {
            inputs: String::new(),
            pattern: "oom".into(),
            looks: String::new(),
            when: "log.lines > 0".into(),
            says: "{{ log.last }}".into(),
            findings: String::new(),
            fixes: String::new(),
            end: String::new(),
        }
    }

    fn text(&self) -> String {
        format!(
            "heeler: 1\nname: page\nsummary: A page\ntarget: node\ninputs:\n  first: {{ type: text, help: One }}\n{}\
             look:\n  log:\n    dmesg: {{ pattern: \"{}\" }}\n{}\
             find:\n  found:\n    when: \"{}\"\n    severity: note\n    says: \"{}\"\n{}\
             fix:\n{}{}",
            self.inputs,
            self.pattern,
            self.looks,
            self.when,
            self.says,
            self.findings,
            self.fixes,
            self.end
        )
    }
}

fn entries(count: usize, of: &str) -> String {
    (0..count)
        .map(|number| of.replace('N', &number.to_string()))
        .collect()
}

const FIX: &str = "  fixN:\n    change: [{ sysctl: { vm.swappiness: \"1\" } }]\n    \
                   verify: { that: log.lines == 0, for: 30s, within: 2m }\n";

/// A runbook that holds exactly `count` of what the limit counts.
fn holding(limit: Limit, count: usize) -> String {
    let mut page = Page::new();
    page.fixes = entries(1, FIX);
    match limit {
        DOCUMENT => {
            let bytes = page.text().len() + 2;
            page.end = format!("# {}", "x".repeat(count - bytes));
        }
        NODES => {
            // What stands there already is counted by the parser that is tried.
            let there = nodes(&page.text());
            page.end = format!("other: [{}]\n", "1,".repeat(count - there - 2));
        }
        DEPTH => {
            page.end = format!(
                "other: {}{}\n",
                "[".repeat(count - 1),
                "]".repeat(count - 1)
            )
        }
        ANCHORS => page.end = entries(count, "other: &aN x\n"),
        INPUTS => page.inputs = entries(count - 1, "  inputN: { type: text, help: One }\n"),
        LOOKS => page.looks = entries(count - 1, "  lookN:\n    memory: {}\n"),
        ALL_LOOKS => {
            let (pairs, single) = ((count - 1) / 2, (count - 1) % 2);
            page.looks = entries(pairs, "  pairN: { use: two }\n")
                + &entries(single, "  singleN: { use: one }\n");
        }
        FINDINGS => {
            let finding = "  findingN: { when: log.lines > 1, severity: note, says: x }\n";
            page.findings = entries(count - 1, finding);
        }
        FIXES => page.fixes = entries(count, FIX),
        EXPRESSION => page.when = format!("{:<count$}", page.when),
        NESTING => page.when = format!("1{} > log.lines", " + 1".repeat(count - 1)),
        BRACKETS => page.when = format!("{}1{} > log.lines", "(".repeat(count), ")".repeat(count)),
        TEXT => page.says = format!("{:x<count$}", page.says),
        PATTERN => page.pattern = "x".repeat(count),
        SCRIPT => {
            let script = "x".repeat(count);
            page.looks = format!("  probe:\n    run: {{ at: admin, script: {script} }}\n");
        }
        other => panic!("nothing tries {other:?}"),
    }
    page.text()
}

/// Two runbooks that can be used, with as many looks as their names say.
struct Two;

impl Shelf for Two {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        let more = if name == "two" {
            "  more: { memory: {} }\n"
        } else {
            ""
        };
        let text = format!(
            "heeler: 1\nname: {name}\nsummary: x\ntarget: node\nlook:\n  mem: {{ memory: {{}} }}\n{more}\
             find:\n  low: {{ when: mem.total < \"1GiB\", severity: note, says: x }}\n"
        );
        Ok(Some(source(&text)))
    }

    fn names(&self) -> Vec<String> {
        vec!["one".into(), "two".into()]
    }
}

/// Scalars, lists and maps, as a reader counts them.
fn nodes(text: &str) -> usize {
    use crate::syntax::{Tree, parse_yaml};
    fn of(tree: &Tree) -> usize {
        let entries = tree.entries().unwrap_or_default().iter();
        let items = tree.items().unwrap_or_default().iter();
        1 + entries.map(|entry| 1 + of(&entry.value)).sum::<usize>() + items.map(of).sum::<usize>()
    }
    of(&parse_yaml(&source(text), &mut Faults::new()).expect("it is YAML"))
}

fn reported(text: &str) -> Vec<&'static str> {
    match load_among(source(text), action::all(), &Two) {
        Ok(_) => Vec::new(),
        Err(faults) => {
            let shown = render(&source(text), &faults, false);
            assert!(shown.len() < 100_000, "{} bytes of complaints", shown.len());
            faults.iter().map(|fault| fault.code).collect()
        }
    }
}

#[test]
fn every_limit_is_kept_to_the_last_one_and_no_further() {
    for limit in LIMITS {
        let below = reported(&holding(limit, limit.most));
        assert!(!below.contains(&limit.code), "{limit:?}: {below:?}");
        let above = reported(&holding(limit, limit.most + 1));
        assert!(above.contains(&limit.code), "{limit:?}: {above:?}");
    }
}

#[test]
fn a_look_beyond_the_limit_is_one_fault_however_often_it_is_named() {
    let mut page = Page::new();
    page.fixes = entries(1, FIX);
    page.looks = entries(LOOKS.most, "  lookN:\n    memory: {}\n");
    page.when = format!("\\\"1GiB\\\" > look{}.total", LOOKS.most - 1);
    assert_eq!(reported(&page.text()), ["too-many-entries"]);
}

#[test]
fn a_rendered_text_ends_where_it_is_cut_and_says_so() {
    let text = "log: {{ log.last }}";
    let template = Template::parse(
        &Spanned::new(text.into(), Span::new(0, text.len())),
        &mut Faults::new(),
    );
    let template = template.expect("it is a template");
    let world = |last: usize| {
        let last = Value::text("ü".repeat(last / 2));
        World::from_iter([("log", Value::record([("last", last)]))])
    };
    let room = RENDERED_BYTES - "log: ".len() - 1;
    let whole = template.render(&world(room));
    assert!(!whole.cut && whole.text.len() <= RENDERED_BYTES);
    assert!(matches!(template.value(&world(room)), Value::Text(_)));
    let cut = template.render(&world(1 << 20));
    assert!(cut.cut && cut.text.ends_with("ü … (cut here: it is too long)"));
    assert!(cut.text.len() < RENDERED_BYTES + 100);
    let unseen = Unseen {
        look: "log".into(),
        why: Why::Truncated,
    };
    assert_eq!(
        template.value(&world(1 << 20)),
        Value::Unseen(vec![unseen]),
        "what is cut is never used as if it were whole"
    );
}
