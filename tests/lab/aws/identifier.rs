//! Random identifiers of commands and requests.

use uuid::Builder;

/// A random UUID in its 36 characters.
pub(super) fn random_uuid() -> String {
    Builder::from_random_bytes(rand::random())
        .into_uuid()
        .to_string()
}
