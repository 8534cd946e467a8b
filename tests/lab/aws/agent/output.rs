//! The agent's caps on output, in bytes. (SSM: amazon-ssm-agent `iohandler.go`,
//! `pluginutil.StringPrefix`, `iomodule/commandoutput.go`.)

use std::time::Duration;

use super::script::Printed;

/// A stream of this length is already truncated.
const STREAM_LIMIT: usize = 24_000;
const STREAM_MARK: &[u8] = b"--output truncated--";
const MERGED_LIMIT: usize = 2_500;
const ERROR_TITLE: &[u8] = b"\n----------ERROR-------\n";
const OUTPUT_MARK: &[u8] = b"\n---Output truncated---";
const ERROR_MARK: &[u8] = b"\n---Error truncated----";
/// Every byte of standard output is written by itself, twice: about a second for each MiB.
const COPIED_BYTES_PER_SECOND: f64 = 1_048_576.0;

/// A stream as the agent sends it: its head and a mark when it is too long.
pub(super) fn cap(mut stream: Vec<u8>) -> Vec<u8> {
    if stream.len() >= STREAM_LIMIT {
        stream.truncate(STREAM_LIMIT - STREAM_MARK.len());
        stream.extend_from_slice(STREAM_MARK);
    }
    stream
}

/// Both streams in one text of 2,500 bytes: half and half when both are large, else the
/// smaller one whole.
pub(super) fn merge(stdout: &[u8], stderr: &[u8]) -> Vec<u8> {
    let title = if stderr.is_empty() { &[] } else { ERROR_TITLE };
    let space = MERGED_LIMIT - title.len();
    let both = stdout.len() + stderr.len();
    if both < space {
        return [stdout, title, stderr].concat();
    }
    if stdout.len() > space / 2 && stderr.len() > space / 2 {
        let half = (space - OUTPUT_MARK.len() - ERROR_MARK.len()) / 2;
        let (stdout, stderr) = (head(stdout, half), head(stderr, half));
        return [stdout, OUTPUT_MARK, title, stderr, ERROR_MARK].concat();
    }
    if stdout.len() < space / 2 {
        let rest = space - ERROR_MARK.len() - stdout.len();
        return [stdout, title, head(stderr, rest), ERROR_MARK].concat();
    }
    let rest = (space - OUTPUT_MARK.len()).saturating_sub(stderr.len());
    [head(stdout, rest), OUTPUT_MARK, title, stderr].concat()
}

/// How long the agent is busy copying what a script printed.
pub(super) fn copying_time(printed: &Printed) -> Duration {
    let bytes = u32::try_from(printed.stdout.len()).unwrap_or(u32::MAX);
    Duration::from_secs_f64(f64::from(bytes) / COPIED_BYTES_PER_SECOND)
}

fn head(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_intact_stream_has_23_999_bytes() {
        assert_eq!(cap(vec![b'x'; 23_999]), vec![b'x'; 23_999]);
        for length in [24_000, 30_000] {
            let capped = cap(vec![b'x'; length]);
            assert_eq!(capped.len(), 24_000);
            assert_eq!(&capped[..23_980], vec![b'x'; 23_980]);
            assert_eq!(&capped[23_980..], STREAM_MARK);
        }
    }

    #[test]
    fn what_fits_is_merged_whole() {
        assert_eq!(merge(b"out", b""), b"out");
        assert_eq!(merge(b"out", b"err"), b"out\n----------ERROR-------\nerr");
        assert_eq!(merge(&[b'o'; 2_499], b"").len(), 2_499);
        assert!(merge(&[b'o'; 2_500], b"").ends_with(OUTPUT_MARK));
    }

    #[test]
    fn large_streams_share_the_space_by_half() {
        let merged = String::from_utf8(merge(&[b'o'; 5_000], &[b'e'; 5_000])).unwrap();
        let count = |letter| merged.chars().filter(|c| *c == letter).count();
        // The marks hold some of these letters themselves.
        let marks = String::from_utf8([OUTPUT_MARK, ERROR_TITLE, ERROR_MARK].concat()).unwrap();
        let in_marks = |letter| marks.chars().filter(|c| *c == letter).count();
        assert_eq!(count('o') - in_marks('o'), 1_215);
        assert_eq!(count('e') - in_marks('e'), 1_215);
        assert!(merged.ends_with("\n---Error truncated----"));
        assert!(merged.len() <= MERGED_LIMIT);
    }

    #[test]
    fn a_small_stream_stays_whole_beside_a_large_one() {
        let merged = merge(b"header", &[b'e'; 5_000]);
        assert!(merged.starts_with(b"header\n----------ERROR-------\neee"));
        assert!(merged.ends_with(ERROR_MARK));
        assert_eq!(merged.len(), MERGED_LIMIT);
        let merged = merge(&[b'o'; 5_000], b"trailer");
        assert!(merged.ends_with(b"\n---Output truncated---\n----------ERROR-------\ntrailer"));
        assert_eq!(merged.len(), MERGED_LIMIT);
    }

    #[test]
    fn a_mebibyte_keeps_the_agent_busy_for_a_second() {
        let printed = Printed {
            stdout: vec![0; 1_048_576],
            stderr: Vec::new(),
            exit: super::super::script::Exit::Code(0),
        };
        assert_eq!(copying_time(&printed), Duration::from_secs(1));
    }
}
