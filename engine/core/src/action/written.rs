//! What a value that a change sets is as JSON: as it is written, or as what stands in `{{ }}` is.

use serde_json::{Value as Json, json};

use crate::syntax::Tree;
use crate::value::{Bytes, DurationSpan, Value};

/// `jq` and JavaScript read numbers as floating point: beyond this not every whole number is one.
const MOST: u64 = 1 << 53;

/// What a value without `{{ }}` is: `1024` is a number, `"1024"` is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Text,
    Number,
    Boolean,
}

impl Written {
    pub(super) fn of(tree: &Tree) -> Self {
        match tree {
            Tree::Number(_) => Written::Number,
            Tree::Bool(..) => Written::Boolean,
            _ => Written::Text,
        }
    }

    /// The value as JSON.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub(super) fn json(self, value: &Value) -> Result<Json, &'static str> {
        let json = match value {
            Value::Absent | Value::Unseen(_) => return Err("it is not known"),
            Value::Text(text) => match self {
                Written::Text => json!(text),
                Written::Boolean => json!(text == "true"),
                Written::Number => match text.parse::<i64>() {
                    Ok(number) => json!(number),
                    Err(_) => return Err("write a whole number, or text in quotes"),
                },
            },
            Value::Bool(holds) => json!(holds),
            Value::Integer(number) => json!(number),
            Value::Bytes(Bytes(bytes)) => json!(bytes.to_string()),
            Value::Duration(DurationSpan(span)) if span.subsec_nanos() == 0 => {
                json!(format!("{}s", span.as_secs()))
            }
            _ => return Err("write text, a whole number, true or false"),
        };
        match json {
            Json::Number(number) if number.as_i64().is_none_or(|n| n.unsigned_abs() > MOST) => {
                Err("the number is too large")
            }
            other => Ok(other),
        }
    }
}
