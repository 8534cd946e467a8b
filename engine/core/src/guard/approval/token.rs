//! The text that travels from who approves to who applies.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::statement::{ApprovalId, PlanDigest, Statement};
use crate::event::RunId;

/// What every token of any version begins with; then its version and a dot.
const NAME: &str = "heeler-approval";
const VERSION: &str = "1";
/// The longest token, in bytes. An STS session token takes some 1,500 of them, twice encoded.
pub const MOST_BYTES: usize = 8_192;

/// An approval as it travels: one line of letters, digits and `-_.`, by any channel. It proves
/// nothing until it has been checked and STS has said who signed it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub(super) statement: Statement,
    pub(super) url: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    plan: PlanDigest,
    run: RunId,
    id: ApprovalId,
    url: String,
}

impl Token {
    /// A statement, and the presigned request to STS whose signature covers it.
    pub fn new(statement: Statement, url: String) -> Token {
        Token { statement, url }
    }

    /// Which approval it is.
    pub fn id(&self) -> ApprovalId {
        self.statement.id
    }

    /// The token as text.
    pub fn encode(&self) -> String {
        let Statement { plan, run, id } = self.statement.clone();
        let wire = Wire {
            plan,
            run,
            id,
            url: self.url.clone(),
        };
        // Four texts are always JSON.
        let json = serde_json::to_vec(&wire).unwrap_or_default();
        format!("{NAME}{VERSION}.{}", URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads a token; blanks around it are left from copying.
    ///
    /// # Errors
    /// When it is not exactly what [`Token::encode`] writes.
    pub fn decode(text: &str) -> Result<Token, Fault> {
        let text = text.trim();
        if text.len() > MOST_BYTES {
            return Err(Fault::TooLong { bytes: text.len() });
        }
        let rest = text.strip_prefix(NAME).ok_or(Fault::NoToken)?;
        let (version, body) = rest.split_once('.').ok_or(Fault::NoToken)?;
        if version != VERSION {
            let is_number = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
            return Err(match is_number {
                true => Fault::OtherVersion {
                    version: version.to_owned(),
                },
                false => Fault::NoToken,
            });
        }
        let json = URL_SAFE_NO_PAD.decode(body).map_err(|_| Fault::Damaged)?;
        let wire: Wire = serde_json::from_slice(&json).map_err(|_| Fault::Damaged)?;
        let statement = Statement {
            plan: wire.plan,
            run: wire.run,
            id: wire.id,
        };
        let token = Token::new(statement, wire.url);
        // One approval has one spelling.
        if token.encode() != text {
            return Err(Fault::Damaged);
        }
        Ok(token)
    }
}

impl fmt::Debug for Token {
    /// Without the request, which carries the signer's session token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("statement", &self.statement)
            .finish_non_exhaustive()
    }
}
