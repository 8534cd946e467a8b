//! Actions that ask nothing: a gauge on the node, an object of Kubernetes, a change.

use std::time::Duration;

use crate::action::{Action, Carried, Change, KubeGet, Look, NodeChange, Source, Target};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Fields, Key, Shape, Span, Spanned, Tree};
use crate::value::{Kind, Value, Why};

pub(super) static ALL: [&dyn Action; 3] = [&Gauge, &Object, &Set];

const OVER: &[Key] = &[Key::optional("over", Shape::Duration(None), "")];
const NAME: &[Key] = &[Key::optional("name", Shape::Text, "")];
const WAIT: &[Key] = &[Key::required("wait", Shape::Template, "")];

/// Everything that a look of a node can answer, kind by kind.
pub(super) fn gauge_kind() -> Kind {
    Kind::record([
        ("count", Kind::Integer, ""),
        ("max", Kind::Integer, ""),
        ("rate", Kind::Number, ""),
        ("share", Kind::Share, ""),
        ("age", Kind::Duration, ""),
        ("memory", Kind::Bytes, ""),
        ("version", Kind::Version, ""),
        ("name", Kind::Text, ""),
        ("on", Kind::Bool, ""),
        ("names", Kind::List(Box::new(Kind::Text)), ""),
        ("a.b/c", Kind::Integer, ""),
        ("top", Kind::record([("port", Kind::Integer, "")]), ""),
        ("tops", Kind::List(Box::new(top_kind())), ""),
    ])
}

fn top_kind() -> Kind {
    Kind::record([("port", Kind::Integer, ""), ("name", Kind::Text, "")])
}

struct Gauge;

impl Action for Gauge {
    fn name(&self) -> &'static str {
        "gauge"
    }

    fn summary(&self) -> &'static str {
        "A gauge."
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(OVER))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        Fields::read(parameters, "a gauge", OVER, faults)?;
        Some(Box::new(GaugeLook))
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        faults.error("not-a-change", parameters.span(), "`gauge` changes nothing");
        None
    }
}

#[derive(Debug)]
struct GaugeLook;

impl Look for GaugeLook {
    fn kind(&self) -> Kind {
        gauge_kind()
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        Ok(Source::Node(Vec::new()))
    }

    fn read(&self, _: &Reply, _: &Target) -> Result<Value, Why> {
        Err(Why::Truncated)
    }
}

struct Object;

impl Action for Object {
    fn name(&self) -> &'static str {
        "object"
    }

    fn summary(&self) -> &'static str {
        "An object of Kubernetes."
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(NAME))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = Fields::read(parameters, "an object", NAME, faults)?;
        let name = fields.text("name", faults).map(|name| name.value.clone());
        Some(Box::new(ObjectLook { name }))
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        faults.error(
            "not-a-change",
            parameters.span(),
            "`object` changes nothing",
        );
        None
    }
}

#[derive(Debug)]
struct ObjectLook {
    name: Option<String>,
}

impl Look for ObjectLook {
    fn kind(&self) -> Kind {
        Kind::record([("limit", Kind::Integer, ""), ("version", Kind::Version, "")])
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        Ok(Source::Kube(KubeGet {
            api: "api/v1".into(),
            resource: "nodes".into(),
            namespace: None,
            name: self.name.clone(),
        }))
    }

    fn read(&self, _: &Reply, _: &Target) -> Result<Value, Why> {
        Err(Why::Truncated)
    }
}

struct Set;

impl Action for Set {
    fn name(&self) -> &'static str {
        "set"
    }

    fn summary(&self) -> &'static str {
        "Sets a value."
    }

    fn look_shape(&self) -> Option<Shape> {
        None
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(WAIT))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        faults.error("no-action", parameters.span(), "`set` can't look");
        None
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let fields = Fields::read(parameters, "a change", WAIT, faults)?;
        let wanted = fields
            .require("wait", "a change", faults)?
            .expect_text("`wait`", faults)?;
        Some(Box::new(SetChange(wanted.clone())))
    }
}

#[derive(Debug)]
struct SetChange(Spanned<String>);

impl Change for SetChange {
    fn subject(&self) -> String {
        "wait".into()
    }

    fn span(&self) -> Span {
        self.0.span
    }

    fn texts(&self) -> Vec<&Spanned<String>> {
        vec![&self.0]
    }

    fn wanted(&self, values: &[Value]) -> Result<String, String> {
        Ok(values.iter().map(ToString::to_string).collect())
    }

    fn display(&self, value: &str) -> String {
        value.into()
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for SetChange {
    fn place(&self) -> Place {
        Place::Admin
    }

    fn present(&self) -> String {
        String::new()
    }

    fn apply(&self, _: &str, _: &str) -> String {
        String::new()
    }

    fn by_hand(&self, to: &str) -> String {
        to.into()
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Where the test's durations come from.
pub(super) const MINUTE: Duration = Duration::from_secs(60);
