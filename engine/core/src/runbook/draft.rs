//! One entry of `look:`, read in two steps: what it is and what it waits for, and, when all entries
//! are known, whether what it names exists.

use super::facts::{Facts, Roots};
use super::looks::{names_of, one_action};
use super::model::Scope;
use super::shelf::Others;
use super::step::{ForEach, LookStep, Used};
use super::{bounds, naming, texts, uses};
use crate::action::{Place, Source, Target};
use crate::expr::{Expr, Template};
use crate::syntax::{
    Entries, Entry, Faults, Fields, Key, Rule, Shape, Span, Spelling, Where, nearest,
};

/// The keys of a look, besides its action.
pub(super) const KEYS: &[Key] = &[
    LABEL,
    ONLY_IF,
    AFTER,
    Key::optional(
        "within",
        bounds::OF_LOOK,
        "How long it may take, where that is less than its action allows",
    )
    .ruled(OF_ACTIONS),
    Key::or(
        "retry",
        Shape::Integer { least: 0, most: 3 },
        "0",
        "How often it is asked again where no answer came",
    )
    .ruled(OF_ACTIONS),
    Key::optional(
        "for-each",
        Shape::ListExpression,
        "The list that it is asked for, item by item; its parameters name an item as `each`",
    )
    .ruled(OF_ACTIONS),
    USE,
    WITH,
];
/// The keys of an entry that uses another runbook.
pub(super) const USE_KEYS: &[Key] = &[USE, WITH, ONLY_IF, AFTER];

/// What belongs to an action, and not to another runbook.
const OF_ACTIONS: &[Rule] = &[Rule::Only(Where::Without("use"))];
const LABEL: Key = Key::optional(
    "label",
    Shape::Text,
    "What people call it; its name with spaces otherwise",
)
.ruled(OF_ACTIONS);
const ONLY_IF: Key = Key::optional(
    "only-if",
    Shape::Condition,
    "Whether it is asked at all; the looks that this names are asked before",
);
const AFTER: Key = Key::optional(
    "after",
    Shape::OneOrMore(&Shape::Spelt(Spelling::Snake)),
    "Looks that have to be asked before",
);
const USE: Key = Key::optional(
    "use",
    Shape::Spelt(Spelling::Kebab),
    "Another runbook, in the place of an action: its looks are asked too, and its findings are true, false or not seen",
);
const WITH: Key = Key::optional(
    "with",
    Shape::Entries(&Entries::of(Spelling::Snake, &Shape::Template)),
    "What the inputs of the used runbook are given",
)
.ruled(&[Rule::Only(Where::Beside("use"))]);

/// An entry while the entries around it are not known yet.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) span: Span,
    /// The entries that come before it.
    pub(super) after: Vec<String>,
    /// It is asked only where this is true.
    pub(super) only_if: Option<Expr>,
    /// The list that it goes over.
    list: Option<Expr>,
    pub(super) what: What,
}

/// What an entry is.
pub(super) enum What {
    /// A look.
    Look(Box<LookStep>),
    /// The use of another runbook, with the looks of that.
    Use(Box<Used>, Vec<LookStep>),
}

/// Reads an entry; `entries` are all that there are.
pub(super) fn read(
    entry: &Entry,
    entries: &[Entry],
    others: &Others<'_>,
    faults: &mut Faults,
) -> Option<Draft> {
    let what = format!("the look `{}`", entry.key.value);
    let named = naming::operand(&entry.key, "a look", faults);
    let fields = Fields::open(&entry.value, &what, KEYS, faults)?;
    let what = if fields.get("use").is_some() {
        let (used, steps) = uses::read(entry, others, faults)?;
        What::Use(Box::new(used), steps)
    } else {
        What::Look(Box::new(look(entry, &fields, others, faults)?))
    };
    let mut parsed = |key: &str| {
        let text = fields.get(key)?.expect_text(&format!("`{key}`"), faults)?;
        Expr::parse(text, faults)
    };
    let (only_if, list) = (parsed("only-if"), parsed("for-each"));
    let mut roots: Roots = only_if.iter().chain(&list).flat_map(Expr::roots).collect();
    roots.extend(match &what {
        What::Look(step) => roots_of(&step.texts),
        What::Use(used, _) => roots_of(used.texts()),
    });
    let is_entry = |name: &str| entries.iter().any(|entry| entry.key.value == name);
    let named_there = roots.into_iter().map(|(name, _)| name);
    let mut after: Vec<String> = named_there.filter(|name| is_entry(name)).collect();
    after.extend(behind(&fields, entries, faults));
    after.sort();
    after.dedup();
    named.then_some(Draft {
        name: entry.key.value.clone(),
        span: entry.key.span,
        after,
        only_if,
        list,
        what,
    })
}

fn roots_of<'t>(texts: impl IntoIterator<Item = &'t Template>) -> Roots {
    texts.into_iter().flat_map(Template::roots).collect()
}

/// The names of `after`.
fn behind(fields: &Fields<'_>, entries: &[Entry], faults: &mut Faults) -> Vec<String> {
    let mut names = Vec::new();
    for name in names_of(fields.get("after"), "`after`", faults) {
        let mut known = entries.iter().map(|entry| entry.key.value.as_str());
        if known.clone().any(|known| known == name.value) {
            names.push(name.value.clone());
            continue;
        }
        let near = nearest(&name.value, known.by_ref());
        faults
            .error(
                "unknown-look",
                name.span,
                format!("there is no look `{}`", name.value),
            )
            .did_you_mean(near);
    }
    names
}

fn look(
    entry: &Entry,
    fields: &Fields<'_>,
    others: &Others<'_>,
    faults: &mut Faults,
) -> Option<LookStep> {
    let (action, parameters) = one_action(fields, &entry.key, others.actions, faults)?;
    if let Some(with) = fields.get("with") {
        let title = "`with` gives inputs to another runbook, and none is used here";
        faults
            .error("with-without-use", with.span(), title)
            .help("add `use: RUNBOOK`, or leave `with` out");
    }
    let look = action.look(parameters, faults)?;
    let limits = bounds::of_look(fields, look.as_ref(), faults);
    let mut parsed = Vec::new();
    for text in look.texts() {
        parsed.push(texts::parameter(text, faults));
    }
    let label = fields.text("label", faults);
    let (within, retry) = limits?;
    let source = look.source(&Target::default()).ok();
    Some(LookStep {
        name: entry.key.value.clone(),
        label: label.map_or_else(
            || naming::spoken(&entry.key.value),
            |label| label.value.clone(),
        ),
        action: action.name(),
        scope: scope(source.as_ref()),
        source,
        look,
        texts: parsed.into_iter().collect::<Option<_>>()?,
        only_if: None,
        for_each: None,
        after: Vec::new(),
        within,
        retry,
        hop: Place::Host,
        home: Vec::new(),
        span: entry.key.span,
    })
}

/// A look of the node, or of an object that is keyed by it, is asked once a node.
fn scope(source: Option<&Source>) -> Scope {
    match source {
        Some(Source::Kube(get)) if get.name.is_some() => Scope::Run,
        // Without a target it can't even be said where the answer is: it belongs to one.
        _ => Scope::Node,
    }
}

impl Draft {
    /// Tells the other entries what kind of value it has, as far as that is known already.
    pub(super) fn announce(&self, facts: &mut Facts) {
        match &self.what {
            What::Look(_) if self.list.is_some() => facts.add_faulty_look(&self.name),
            What::Look(step) => facts.add_look(step),
            What::Use(used, _) => facts.add_used(used),
        }
    }

    /// Checks all that it names, when what it waits for is known.
    pub(super) fn check(&mut self, facts: &mut Facts, faults: &mut Faults) {
        let conditions = self.only_if.iter().chain(&self.list);
        facts.reads(conditions.flat_map(Expr::roots).collect());
        facts.reads(match &self.what {
            What::Look(step) => roots_of(&step.texts),
            What::Use(used, _) => roots_of(used.texts()),
        });
        let name = &self.name;
        match &mut self.what {
            What::Look(step) => {
                if go_over(step, self.list.take(), facts, faults).is_some() {
                    facts.add_look(step);
                }
                if let Some(only_if) = &mut self.only_if {
                    only_if.check_condition(&facts.names, faults);
                    refuse_run_scope(name, step.scope, only_if, facts, faults);
                }
            }
            What::Use(used, steps) => {
                used.check(facts, faults);
                let given: Roots = used.texts().flat_map(Template::roots).collect();
                if facts.scope(&given) == Scope::Node {
                    // An answer about one node must not stand for all of them.
                    used.per_node = true;
                    for step in steps.iter_mut() {
                        step.scope = Scope::Node;
                    }
                    facts.add_used(used);
                }
                let scope = steps.iter().map(|step| step.scope).min();
                if let Some(only_if) = &mut self.only_if {
                    only_if.check_condition(&facts.names, faults);
                    let scope = scope.unwrap_or(Scope::Node);
                    refuse_run_scope(name, scope, only_if, facts, faults);
                }
            }
        }
    }
}

/// Checks the list and the texts, which may name its items. What they name decides whether the look
/// differs from node to node. `None`: the kind of its value can't be told.
fn go_over(
    step: &mut LookStep,
    list: Option<Expr>,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<()> {
    let mut roots = Roots::new();
    let (mut own, mut sound) = (None, Some(()));
    if let Some(mut list) = list {
        let item = list.check_list(&facts.names, faults);
        texts::refuse_secret(&list.roots(), list.scalar(), facts, faults);
        if !step.texts.iter().any(Template::names_each) {
            let title = format!("`{}` asks the same for each item", step.name);
            faults
                .error("unused-each", list.span(), title)
                .help("name `each` in one of its parameters: `{{ each }}`");
        }
        own = Some(facts.with_each(item.clone()));
        roots.extend(list.roots());
        sound = item.map(|item| step.for_each = Some(ForEach { list, item }));
    }
    for text in &mut step.texts {
        texts::check_parameter(text, own.as_ref().unwrap_or(facts), faults);
        roots.extend(text.roots());
    }
    step.scope = step.scope.max(facts.scope(&roots));
    sound
}

fn refuse_run_scope(name: &str, scope: Scope, only_if: &Expr, facts: &Facts, faults: &mut Faults) {
    if scope == Scope::Run && facts.scope(&only_if.roots()) == Scope::Node {
        faults
            .error(
                "run-scope",
                only_if.span(),
                format!("`{name}` is asked once a run, this differs by node"),
            )
            .help("name only looks that are asked once a run");
    }
}
