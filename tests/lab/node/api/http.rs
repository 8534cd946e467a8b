//! As much HTTP/1.1 as crosses `/run/api.sock`: one request a connection, bodies by length.
//!
//! Written out because a connection may turn into an exec stream, and because the server runs in
//! a process that forks, where a runtime's threads would be in the way.

use std::io::{BufRead, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The largest body that is accepted, in bytes.
const BODY_LIMIT: usize = 1 << 20;

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path without the query.
    pub(crate) path: String,
    query: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The first query parameter called `name`.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Reads one request; `None` when the client has gone without one.
    pub(crate) fn read(from: &mut impl BufRead) -> Result<Option<Self>> {
        let Some((line, length)) = read_head(from)? else {
            return Ok(None);
        };
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            bail!("no HTTP request: {line:?}");
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = query
            .map(|(key, value)| (key.to_owned(), decode(value)))
            .collect();
        Ok(Some(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            body: read_body(from, length)?,
        }))
    }
}

/// What the server answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into(),
        }
    }

    pub(crate) fn write(&self, to: &mut impl Write) -> Result<()> {
        write!(
            to,
            "HTTP/1.1 {} -\r\ncontent-length: {}\r\n\r\n{}",
            self.status,
            self.body.len(),
            self.body
        )?;
        to.flush().context("answering")
    }
}

/// Connects to the API server's socket, with the error text that the real client's library has.
pub(crate) fn connect(socket: &Path) -> Result<UnixStream> {
    UnixStream::connect(socket).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Sends one request and waits for the answer.
pub(crate) fn call(
    stream: &UnixStream,
    method: &str,
    target: &str,
    body: &[u8],
) -> Result<Response> {
    send(stream, method, target, body)?;
    // Not a byte more than the answer may be taken from a stream that goes on as exec's.
    let mut reader = std::io::BufReader::with_capacity(1, stream);
    let (line, length) = read_head(&mut reader)?.context("the server closed the connection")?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .context("no HTTP answer")?;
    let body = String::from_utf8_lossy(&read_body(&mut reader, length)?).into_owned();
    Ok(Response { status, body })
}

/// Sends one request.
pub(crate) fn send(mut stream: &UnixStream, method: &str, target: &str, body: &[u8]) -> Result<()> {
    write!(
        stream,
        "{method} {} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
        encode(target),
        body.len()
    )?;
    stream.write_all(body).context("sending the request")
}

fn read_head(from: &mut impl BufRead) -> Result<Option<(String, usize)>> {
    let mut first = String::new();
    if from.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 || line.trim().is_empty() {
            return Ok(Some((first.trim_end().to_owned(), length)));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value
                .trim()
                .parse()
                .context("a content-length that is no number")?;
        }
    }
}

fn read_body(from: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    if length > BODY_LIMIT {
        bail!("a body of {length} bytes is too large");
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).context("reading the body")?;
    Ok(body)
}

/// Escapes what would break the request line.
fn encode(target: &str) -> String {
    target.replace(' ', "%20").replace('"', "%22")
}

fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = tail
            .get(..2)
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match escaped {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_the_wire() {
        let (client, server) = UnixStream::pair().unwrap();
        send(
            &client,
            "PATCH",
            "/settings/keypair?tx=a b&keys=x.\"y.z\"",
            b"{}",
        )
        .unwrap();
        let request = Request::read(&mut std::io::BufReader::new(server))
            .unwrap()
            .unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("PATCH", "/settings/keypair")
        );
        assert_eq!(request.query("tx"), Some("a b"));
        assert_eq!(request.query("keys"), Some("x.\"y.z\""));
        assert_eq!(request.body, b"{}");
    }
}
