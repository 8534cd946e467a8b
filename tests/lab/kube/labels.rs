//! Label selectors: equality, sets, existence, comparison.

use serde_json::Value;

use crate::kube::status::{Answer, Refusal};

/// A parsed `labelSelector`; the empty one matches everything.
#[derive(Debug, Default)]
pub(crate) struct LabelSelector(Vec<Requirement>);

#[derive(Debug)]
enum Requirement {
    Exists(String),
    Absent(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Greater(String, i64),
    Less(String, i64),
}

impl LabelSelector {
    /// Parses the query parameter's value; a syntax error is a 400.
    pub(crate) fn parse(text: &str) -> Answer<Self> {
        let requirements: Option<Vec<_>> = terms(text).into_iter().map(requirement).collect();
        requirements.map(Self).ok_or_else(|| {
            Refusal::bad_request(format!(
                "unable to parse requirement: found '{text}', expected: identifier, '!', 'in', 'notin', '=', '==', '!=', '<', or '>'"
            ))
        })
    }

    /// A selector as objects hold it, in `matchLabels` and `matchExpressions`; `None` when it is
    /// missing or says something else.
    pub(crate) fn of_object(selector: &Value) -> Option<Self> {
        let selector = selector.as_object()?;
        let labels = selector.get("matchLabels").and_then(Value::as_object);
        let mut requirements: Vec<Requirement> = labels
            .into_iter()
            .flatten()
            .map(|(key, value)| Some(Requirement::In(key.clone(), vec![value.as_str()?.into()])))
            .collect::<Option<_>>()?;
        let expressions = selector.get("matchExpressions").and_then(Value::as_array);
        for expression in expressions.into_iter().flatten() {
            let key = expression["key"].as_str()?.to_owned();
            let values = expression["values"].as_array().into_iter().flatten();
            let values = values
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            requirements.push(match expression["operator"].as_str()? {
                "In" => Requirement::In(key, values),
                "NotIn" => Requirement::NotIn(key, values),
                "Exists" => Requirement::Exists(key),
                "DoesNotExist" => Requirement::Absent(key),
                _ => return None,
            });
        }
        Some(Self(requirements))
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the object's labels satisfy every requirement.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        self.0.iter().all(|requirement| requirement.holds(labels))
    }
}

impl Requirement {
    fn holds(&self, labels: &Value) -> bool {
        let value = |key: &str| labels[key].as_str();
        let number = |key: &str| value(key).and_then(|v| v.parse::<i64>().ok());
        match self {
            Self::Exists(key) => value(key).is_some(),
            Self::Absent(key) => value(key).is_none(),
            Self::In(key, any) => value(key).is_some_and(|v| any.iter().any(|a| a == v)),
            Self::NotIn(key, none) => value(key).is_none_or(|v| none.iter().all(|n| n != v)),
            Self::Greater(key, limit) => number(key).is_some_and(|n| n > *limit),
            Self::Less(key, limit) => number(key).is_some_and(|n| n < *limit),
        }
    }
}

/// Splits at the commas that are outside parentheses.
fn terms(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|term| !term.is_empty())
    .collect()
}

fn requirement(term: &str) -> Option<Requirement> {
    if let Some(key) = term.strip_prefix('!') {
        return Some(Requirement::Absent(identifier(key)?));
    }
    if let Some((key, values)) = term.split_once(" notin ") {
        return Some(Requirement::NotIn(identifier(key)?, set(values)?));
    }
    if let Some((key, values)) = term.split_once(" in ") {
        return Some(Requirement::In(identifier(key)?, set(values)?));
    }
    if let Some((key, value)) = term.split_once("!=") {
        return Some(Requirement::NotIn(
            identifier(key)?,
            vec![label_value(value)?],
        ));
    }
    if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return Some(Requirement::In(identifier(key)?, vec![label_value(value)?]));
    }
    if let Some((key, value)) = term.split_once('>') {
        return Some(Requirement::Greater(
            identifier(key)?,
            value.trim().parse().ok()?,
        ));
    }
    if let Some((key, value)) = term.split_once('<') {
        return Some(Requirement::Less(
            identifier(key)?,
            value.trim().parse().ok()?,
        ));
    }
    identifier(term).map(Requirement::Exists)
}

fn set(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    inner.split(',').map(label_value).collect()
}

fn identifier(text: &str) -> Option<String> {
    let key = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    (!key.is_empty() && key.chars().all(fits)).then(|| key.to_owned())
}

fn label_value(text: &str) -> Option<String> {
    let value = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (value.len() <= 63 && value.chars().all(fits)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(selector: &str) -> bool {
        let pod = json!({"metadata": {"labels": {"app": "web", "tier": "front", "rank": "7"}}});
        LabelSelector::parse(selector)
            .expect("a selector")
            .matches(&pod)
    }

    #[test]
    fn equality_sets_and_existence() {
        for holds in [
            "",
            "app=web",
            "app==web,tier=front",
            "app!=db",
            "app in (db, web)",
            "tier",
            "app notin (db,cache),tier",
            "!absent",
            "absent!=x",
            "absent notin (x)",
            "rank>6",
            "rank<8",
        ] {
            assert!(matches(holds), "{holds}");
        }
        for fails in [
            "app=db",
            "app=web,tier=back",
            "app in (db)",
            "!app",
            "absent",
            "app!=web",
            "rank>7",
        ] {
            assert!(!matches(fails), "{fails}");
        }
    }

    #[test]
    fn syntax_errors_are_refused() {
        for broken in ["app in web", "a b", "=x", "app=a b", "rank>x", "x; reboot"] {
            assert!(LabelSelector::parse(broken).is_err(), "{broken}");
        }
    }
}
