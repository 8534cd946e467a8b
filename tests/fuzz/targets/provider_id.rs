//! Any text as the provider id of a node.

use heeler_core::event::{ProviderId, is_region};

/// An instance is believed only as the end of the text, and a region only where it looks like one.
pub fn check(text: &str) {
    if let ProviderId::Instance { id, region } = ProviderId::read(text) {
        let whole = text == id.as_str() || text.ends_with(&format!("/{id}"));
        let bare = text.strip_prefix("aws:") == Some(id.as_str());
        assert!(whole || bare, "{text:?} is not {id}");
        assert!(region.is_none_or(|region| is_region(&region)), "{text:?}");
    }
}
