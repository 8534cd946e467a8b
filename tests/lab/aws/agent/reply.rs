//! The agent's reply on the wire: Go's JSON, which writes many bytes as six, and the limit of
//! 120,000 bytes beyond which a reply is dropped without a word. (SSM: amazon-ssm-agent
//! `mgsinteractor/utils/utils.go`, Go `encoding/json`.)

use jiff::Timestamp;
use serde_json::json;

use super::outcome::{PluginResult, PluginStatus};

const REPLY_LIMIT: usize = 120_000;

/// A reply that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The plugin's status.
    pub status: PluginStatus,
    /// The plugin's exit code.
    pub code: i32,
    /// Both streams, merged.
    pub output: String,
    /// Standard output, capped.
    pub stdout: String,
    /// Standard error, capped.
    pub stderr: String,
    /// When the script started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
}

/// The reply as the service reads it, or nothing when the agent drops it for its size.
pub(super) fn encode(result: PluginResult, started: Timestamp) -> Option<Reply> {
    let ended = Timestamp::now();
    let texts = [&result.output, &result.stdout, &result.stderr];
    let escaped: usize = texts.into_iter().map(|text| escaped_length(text)).sum();
    if envelope_length(&result, started, ended) + escaped > REPLY_LIMIT {
        return None;
    }
    Some(Reply {
        status: result.status,
        code: result.code,
        output: decode(&result.output),
        stdout: decode(&result.stdout),
        stderr: decode(&result.stderr),
        started,
        ended,
    })
}

/// Bytes as they come out of Go's JSON: U+FFFD for each byte that is not UTF-8.
fn decode(bytes: &[u8]) -> String {
    bytes.utf8_chunks().fold(String::new(), |mut text, chunk| {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
        text
    })
}

/// The length of a text within the quotes of Go's JSON with HTML escaping.
fn escaped_length(bytes: &[u8]) -> usize {
    const UNICODE_ESCAPE: usize = 6;
    let length = |character: char| match character {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        '<' | '>' | '&' | '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => UNICODE_ESCAPE,
        other => other.len_utf8(),
    };
    bytes
        .utf8_chunks()
        .map(|chunk| {
            let valid: usize = chunk.valid().chars().map(length).sum();
            valid + chunk.invalid().len() * UNICODE_ESCAPE
        })
        .sum()
}

/// The length of everything in a reply but its three texts.
fn envelope_length(result: &PluginResult, started: Timestamp, ended: Timestamp) -> usize {
    let status = format!("{:?}", result.status);
    let envelope = json!({
        "additionalInfo": {
            "agent": { "lang": "en-US", "name": "amazon-ssm-agent", "os": "", "osver": "1",
                       "ver": "3.3.131.0" },
            "dateTime": ended.to_string(),
            "runId": "",
            "runtimeStatusCounts": { &status: 1 },
        },
        "documentStatus": status,
        "documentTraceOutput": "",
        "runtimeStatus": { "aws:runShellScript": {
            "status": status, "code": result.code, "name": "aws:runShellScript", "output": "",
            "startDateTime": started.to_string(), "endDateTime": ended.to_string(),
            "outputS3BucketName": "", "outputS3KeyPrefix": "", "stepName": "",
            "standardOutput": "", "standardError": "",
        } },
    });
    envelope.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::super::outcome::conclude;
    use super::super::script::{Exit, Printed};
    use super::*;

    fn reply_to(stdout: Vec<u8>) -> Option<Reply> {
        let printed = Printed {
            stdout,
            stderr: Vec::new(),
            exit: Exit::Code(0),
        };
        encode(conclude(printed)?, Timestamp::now())
    }

    #[test]
    fn many_angle_brackets_lose_the_whole_reply() {
        assert!(reply_to(vec![b'<'; 20_000]).is_none());
        assert!(reply_to(vec![b'<'; 19_000]).is_none());
        assert!(reply_to(vec![b'<'; 17_000]).is_some());
        assert!(reply_to(vec![0xff; 20_000]).is_none());
    }

    #[test]
    fn plain_text_of_any_length_arrives() {
        assert_eq!(reply_to(vec![b'a'; 23_999]).unwrap().stdout.len(), 23_999);
        assert!(reply_to(vec![b'a'; 1_000_000]).is_some());
    }

    #[test]
    fn each_byte_that_is_not_utf_8_becomes_one_replacement_character() {
        // A sequence of three bytes without its last one, and a lone byte.
        let reply = reply_to(b"a\xe2\x82b\xff".to_vec()).unwrap();
        assert_eq!(reply.stdout, "a\u{fffd}\u{fffd}b\u{fffd}");
    }

    #[test]
    fn lengths_are_those_of_gos_json() {
        assert_eq!(escaped_length(b"ab\"\n"), 6);
        assert_eq!(escaped_length("<&\u{1}\u{2028}".as_bytes()), 24);
        assert_eq!(escaped_length(b"\xe2\x82"), 12);
        assert_eq!(escaped_length("ü".as_bytes()), 2);
    }
}
