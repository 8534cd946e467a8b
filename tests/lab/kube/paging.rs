//! Lists in pages: `limit` and `continue`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::kube::status::{Answer, Refusal};
use crate::kube::store::Key;

/// Where a list goes on: after this key, as of this version of the store.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Continuation {
    pub(crate) version: u64,
    after: (String, String),
}

impl Continuation {
    /// Reads the token that an earlier page gave out; anything else is a 400.
    pub(crate) fn decode(token: &str) -> Answer<Option<Self>> {
        if token.is_empty() {
            return Ok(None);
        }
        let decode = || {
            let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
            let token: Value = serde_json::from_slice(&bytes).ok()?;
            let (namespace, name) = token["start"].as_str()?.split_once('/')?;
            Some(Self {
                version: token["rv"].as_u64()?,
                after: (namespace.to_owned(), name.to_owned()),
            })
        };
        decode()
            .map(Some)
            .ok_or_else(|| Refusal::bad_request("continue key is not valid"))
    }

    fn encode(version: u64, last: &Key) -> String {
        let start = format!("{}/{}", last.namespace, last.name);
        URL_SAFE_NO_PAD
            .encode(json!({"v": "meta.k8s.io/v1", "rv": version, "start": start}).to_string())
    }
}

/// One page, with the token and the number of what is left.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) continue_token: String,
    pub(crate) remaining: usize,
}

/// Cuts one page out of all matches, which come in the order of their keys.
pub(crate) fn page<T>(
    matches: Vec<(Key, T)>,
    limit: usize,
    from: Option<&Continuation>,
    version: u64,
) -> Page<T> {
    let mut left: Vec<(Key, T)> = matches
        .into_iter()
        .filter(|(key, _)| {
            from.is_none_or(|from| {
                (key.namespace.as_str(), key.name.as_str())
                    > (from.after.0.as_str(), from.after.1.as_str())
            })
        })
        .collect();
    let size = if limit == 0 {
        left.len()
    } else {
        limit.min(left.len())
    };
    let rest = left.split_off(size);
    let continue_token = match left.last() {
        Some((last, _)) if !rest.is_empty() => Continuation::encode(version, last),
        _ => String::new(),
    };
    Page {
        items: left.into_iter().map(|(_, item)| item).collect(),
        continue_token,
        remaining: rest.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Vec<(Key, usize)> {
        (0..5)
            .map(|i| (Key::new("pods", "shop", &format!("web-{i}")), i))
            .collect()
    }

    #[test]
    fn pages_cover_everything_once() {
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let from = Continuation::decode(&token).expect("a token");
            let page = page(keys(), 2, from.as_ref(), 7);
            seen.extend(page.items);
            assert_eq!(page.remaining, 5 - seen.len());
            token = page.continue_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn without_a_limit_there_is_one_page() {
        let page = page(keys(), 0, None, 7);
        assert_eq!((page.items.len(), page.continue_token.as_str()), (5, ""));
    }

    #[test]
    fn a_forged_token_is_refused() {
        assert!(Continuation::decode("bm9uc2Vuc2U").is_err());
        assert!(Continuation::decode("!").is_err());
    }
}
