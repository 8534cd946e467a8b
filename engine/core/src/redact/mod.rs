//! Takes secrets out of logs while they pass, and puts stable tokens in their place.
//!
//! A secret is known by what it looks like (an access key of AWS, a JSON web token), or by what stands
//! before it (`password=`, `Authorization:`). It becomes a token such as `[redacted:aws-key:1f3a9c2e]`:
//! its kind, and the first digits of its HMAC-SHA-256 under the caller's key. The same secret under the
//! same key always gives the same digits, so bundles can be compared; nobody without the key can try
//! guesses.
//!
//! What is left alone matters as much: digests, ids, names, certificates, and the word "token" in prose.
//! Where a name alone would make a secret (`token: …`), its value must look like one.
//!
//! Bytes come in pieces of any size, and what the pieces are makes no difference. Memory is bounded by
//! [`LONGEST_KEPT`], however long a line is. Text is searched once, for anchors; everything else happens
//! around those only.

mod anchor;
mod carry;
mod header;
mod jwt;
mod keyed;
mod kind;
mod mark;
mod pem;
mod prefixed;
mod scan;
mod shape;
mod stream;
mod tally;
mod telegram;
#[cfg(test)]
mod tests;
mod text;
mod url;

pub use kind::{KINDS, Kind, KindRow};
pub use mark::RedactionKey;
pub use stream::{LONGEST_KEPT, Redactor};
pub use tally::Tally;
