//! Bodies in Protocol Buffers, in which kubectl's typed clients send the few objects that the lab
//! reads in this form. Numbers are those of Kubernetes' `generated.proto` files.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use crate::kube::status::{Answer, Refusal};

/// The media type.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";
/// How every message begins, before its envelope.
const MAGIC: &[u8] = b"k8s\0";

enum Kind {
    Text,
    Texts,
    Number,
    Bytes,
    Message(&'static [Field]),
    /// Texts by their names, an entry a field.
    Map,
}

struct Field(u64, &'static str, Kind);

const ENVELOPE: &[Field] = &[
    Field(
        1,
        "type",
        Kind::Message(&[
            Field(1, "apiVersion", Kind::Text),
            Field(2, "kind", Kind::Text),
        ]),
    ),
    Field(2, "raw", Kind::Bytes),
];

const METADATA: Kind = Kind::Message(&[
    Field(1, "name", Kind::Text),
    Field(3, "namespace", Kind::Text),
]);

const NAMESPACE: &[Field] = &[Field(1, "metadata", METADATA)];

const CONFIG_MAP: &[Field] = &[Field(1, "metadata", METADATA), Field(2, "data", Kind::Map)];

const ENTRY: &[Field] = &[Field(1, "key", Kind::Text), Field(2, "value", Kind::Text)];

const DELETE_OPTIONS: &[Field] = &[
    Field(1, "gracePeriodSeconds", Kind::Number),
    Field(
        2,
        "preconditions",
        Kind::Message(&[
            Field(1, "uid", Kind::Text),
            Field(2, "resourceVersion", Kind::Text),
        ]),
    ),
    Field(4, "propagationPolicy", Kind::Text),
    Field(5, "dryRun", Kind::Texts),
];

const EVICTION: &[Field] = &[
    Field(1, "metadata", METADATA),
    Field(2, "deleteOptions", Kind::Message(DELETE_OPTIONS)),
];

const ACCESS_REVIEW: &[Field] = &[
    Field(1, "metadata", METADATA),
    Field(
        2,
        "spec",
        Kind::Message(&[
            Field(
                1,
                "resourceAttributes",
                Kind::Message(&[
                    Field(1, "namespace", Kind::Text),
                    Field(2, "verb", Kind::Text),
                    Field(3, "group", Kind::Text),
                    Field(4, "version", Kind::Text),
                    Field(5, "resource", Kind::Text),
                    Field(6, "subresource", Kind::Text),
                    Field(7, "name", Kind::Text),
                ]),
            ),
            Field(
                2,
                "nonResourceAttributes",
                Kind::Message(&[Field(1, "path", Kind::Text), Field(2, "verb", Kind::Text)]),
            ),
        ]),
    ),
];

/// A body as JSON: as it is, or translated when it is of this media type.
pub(crate) fn as_json(content_type: &str, body: Bytes) -> Answer<Bytes> {
    if content_type.split(';').next() != Some(MEDIA_TYPE) || body.is_empty() {
        return Ok(body);
    }
    let object = translated(&body).ok_or_else(|| {
        Refusal::bad_request("the body of the request is no message that the lab can read")
    })?;
    Ok(Bytes::from(object.to_string()))
}

fn translated(body: &[u8]) -> Option<Value> {
    let (envelope, raw) = message(body.strip_prefix(MAGIC)?, ENVELOPE)?;
    let fields = match envelope["type"]["kind"].as_str()? {
        "Eviction" => EVICTION,
        "DeleteOptions" => DELETE_OPTIONS,
        "SelfSubjectAccessReview" => ACCESS_REVIEW,
        "Namespace" => NAMESPACE,
        "ConfigMap" => CONFIG_MAP,
        _ => return None,
    };
    let (mut object, _) = message(raw, fields)?;
    for name in ["apiVersion", "kind"] {
        object[name] = envelope["type"][name].clone();
    }
    Some(object)
}

/// The known fields of a message, and the last field of plain bytes.
fn message<'a>(mut rest: &'a [u8], fields: &[Field]) -> Option<(Value, &'a [u8])> {
    let mut found = Map::new();
    let mut raw: &[u8] = &[];
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let field = fields.iter().find(|Field(number, ..)| *number == tag >> 3);
        if tag & 7 == 0 {
            let number = varint(&mut rest)?;
            if let Some(Field(_, name, Kind::Number)) = field {
                // Negative numbers are sent as their two's complement.
                found.insert((*name).to_owned(), json!(number.cast_signed()));
            }
            continue;
        }
        let length = (tag & 7 == 2).then(|| varint(&mut rest))??;
        let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        rest = after;
        let Some(Field(_, name, kind)) = field else {
            continue;
        };
        let text = || Some(json!(std::str::from_utf8(bytes).ok()?));
        let value = match kind {
            Kind::Text => text()?,
            Kind::Texts => {
                let mut all = found.remove(*name).unwrap_or_else(|| json!([]));
                all.as_array_mut()?.push(text()?);
                all
            }
            Kind::Message(fields) => message(bytes, fields)?.0,
            Kind::Map => {
                let (entry, _) = message(bytes, ENTRY)?;
                let mut all = found.remove(*name).unwrap_or_else(|| json!({}));
                let key = entry["key"].as_str()?;
                all[key] = json!(entry["value"].as_str().unwrap_or_default());
                all
            }
            Kind::Bytes => {
                raw = bytes;
                continue;
            }
            Kind::Number => return None,
        };
        // An empty text is a text that was not given.
        if value != "" {
            found.insert((*name).to_owned(), value);
        }
    }
    Some((Value::Object(found), raw))
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("a short field");
        [&[number << 3 | 2, length], content].concat()
    }

    #[test]
    fn what_kubectl_sends_is_read() {
        let options = [vec![1 << 3, 30], field(5, b"All")].concat();
        let eviction = [
            field(
                1,
                &[field(1, b"web-1"), field(9, b"?"), field(3, b"")].concat(),
            ),
            field(2, &options),
        ]
        .concat();
        let kind = [field(1, b"policy/v1"), field(2, b"Eviction")].concat();
        let body = [MAGIC.to_vec(), field(1, &kind), field(2, &eviction)].concat();
        let read = as_json(MEDIA_TYPE, Bytes::from(body.clone())).expect("an eviction");
        let wanted = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web-1"},
            "deleteOptions": {"gracePeriodSeconds": 30, "dryRun": ["All"]}});
        assert_eq!(
            serde_json::from_slice::<Value>(&read).expect("JSON"),
            wanted
        );
        let entries = [("a", "1"), ("b", "")].map(|(key, value)| {
            field(
                2,
                &[field(1, key.as_bytes()), field(2, value.as_bytes())].concat(),
            )
        });
        let map = [field(1, &field(1, b"made")), entries.concat()].concat();
        let kind = [field(1, b"v1"), field(2, b"ConfigMap")].concat();
        let map = [MAGIC.to_vec(), field(1, &kind), field(2, &map)].concat();
        let read = translated(&map).expect("a config map");
        assert_eq!(read["data"], json!({"a": "1", "b": ""}));
        let cut = Bytes::copy_from_slice(&body[..body.len() - 1]);
        assert!(as_json(MEDIA_TYPE, cut.clone()).is_err());
        assert!(as_json("application/json", cut).is_ok());
    }
}
