//! A model hub on 127.0.0.1, as far as downloads need one.
//!
//! Owns: the answers of the Hub's `resolve` API (commit and tag headers, redirects, ranges) and the
//! ways they go wrong.
//! In: one file and a behaviour. Out: an address; the requests that came.
//! Never: another address than the loopback one.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use sha2::{Digest as _, Sha256};

/// How the server answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Behaviour {
    /// Files as `(path in the repository, bytes)`.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Answers every request for a file with this status.
    pub(crate) status: Option<u16>,
    /// Sends the client elsewhere for the bytes.
    pub(crate) redirect: Redirect,
    /// Closes the connection after so many bytes of a file, for the first so many requests.
    pub(crate) cut: Option<(usize, usize)>,
    /// Ignores the `Range` header, as some mirrors do.
    pub(crate) without_ranges: bool,
    /// Tag sent instead of a proper one.
    pub(crate) tag: Option<String>,
    /// Sends the checksum of a file as its tag, as the Hub does for large files.
    pub(crate) tags_are_checksums: bool,
    /// Answers a request for the list of files with this status.
    pub(crate) list_status: Option<u16>,
    /// The commit behind every revision, instead of [`COMMIT`].
    pub(crate) commit: Option<String>,
    /// Waits so long within each body.
    pub(crate) pause: Option<std::time::Duration>,
}

/// Where the bytes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// At the address asked.
    #[default]
    No,
    /// At another path of this server.
    Relative,
    /// At a full address, as with the real Hub's file servers.
    Absolute,
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Path, with its leading slash.
    pub(crate) path: String,
    /// First byte asked for and, if given, the last.
    pub(crate) range: Option<String>,
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
}

/// A running server; it ends when dropped.
pub(crate) struct HubServer {
    address: String,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    behaviour: Mutex<Behaviour>,
    requests: Mutex<Vec<Request>>,
    cuts_left: AtomicUsize,
    ended: AtomicBool,
    address: String,
}

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

impl HubServer {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State {
            cuts_left: AtomicUsize::new(behaviour.cut.map_or(0, |(_, times)| times)),
            behaviour: Mutex::new(behaviour),
            requests: Mutex::default(),
            ended: AtomicBool::new(false),
            address: address.clone(),
        });
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.ended.load(Ordering::SeqCst) {
                    break;
                }
                // A client that goes away is its own affair.
                let _ = stream.and_then(|stream| shared.answer(&stream));
            }
        });
        Self { address, state, thread: Some(thread) }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// Changes the answers from now on.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.state.cuts_left.store(behaviour.cut.map_or(0, |(_, times)| times), Ordering::SeqCst);
        *self.state.behaviour.lock().unwrap() = behaviour;
        self.state.requests.lock().unwrap().clear();
    }
}

impl Drop for HubServer {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it has ended.
        let _ = TcpStream::connect(&self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl State {
    fn answer(&self, stream: &TcpStream) -> std::io::Result<()> {
        let request = read_request(stream)?;
        self.requests.lock().unwrap().push(request.clone());
        let behaviour = self.behaviour.lock().unwrap().clone();
        if let Some(status) = behaviour.status {
            return send(stream, status, &[], b"");
        }
        let commit = behaviour.commit.clone().unwrap_or_else(|| COMMIT.to_owned());
        if request.path.starts_with("/api/models/") {
            let status = behaviour.list_status.unwrap_or(200);
            let names =
                behaviour.files.iter().map(|(name, _)| format!("{{\"rfilename\":\"{name}\"}}"));
            let names = names.collect::<Vec<_>>().join(",");
            let list = format!("{{\"sha\":\"{commit}\",\"siblings\":[{names}]}}");
            return send(
                stream,
                status,
                &[("content-type", "application/json".to_owned())],
                list.as_bytes(),
            );
        }
        let on_file_server = request.path.strip_prefix("/files/");
        let asked = request.path.split_once("/resolve/").and_then(|(_, rest)| {
            let (_revision, path) = rest.split_once('/')?;
            Some(path)
        });
        let path = on_file_server.or(asked).unwrap_or_default().to_owned();
        let Some((_, bytes)) = behaviour.files.iter().find(|(known, _)| *known == path) else {
            return send(stream, 404, &[], b"");
        };
        let usual = || {
            if behaviour.tags_are_checksums {
                sha256(bytes)
            } else {
                format!("tag-{}", bytes.len())
            }
        };
        let tag = behaviour.tag.clone().unwrap_or_else(usual);
        let mut headers = vec![("x-repo-commit", commit), ("etag", format!("\"{tag}\""))];
        let location = match behaviour.redirect {
            Redirect::Relative => Some(format!("/files/{path}")),
            Redirect::Absolute => Some(format!("http://{}/files/{path}", self.address)),
            Redirect::No => None,
        };
        if let (Some(location), None) = (location, on_file_server) {
            headers.push(("x-linked-etag", format!("\"{tag}\"")));
            headers.push(("location", location));
            return send(stream, 302, &headers, b"");
        }
        self.send_file(stream, &behaviour, (bytes, headers), request.range.as_deref())
    }

    fn send_file(
        &self,
        stream: &TcpStream,
        behaviour: &Behaviour,
        (bytes, mut headers): (&[u8], Vec<(&'static str, String)>),
        range: Option<&str>,
    ) -> std::io::Result<()> {
        let Some(range) = range.filter(|_| !behaviour.without_ranges) else {
            return send(stream, 200, &headers, bytes);
        };
        let (first, last) = range.split_once('-').unwrap();
        let first: usize = first.parse().unwrap();
        if first >= bytes.len() {
            return send(stream, 416, &[], b"");
        }
        let last = last.parse().unwrap_or(bytes.len() - 1).min(bytes.len() - 1);
        headers.push(("content-range", format!("bytes {first}-{last}/{}", bytes.len())));
        let body = &bytes[first..=last];
        let is_probe = range == "0-0";
        let cut = behaviour.cut.filter(|_| !is_probe && self.take_cut());
        match cut {
            Some((after, _)) => {
                headers.push(("content-length", body.len().to_string()));
                write_head(stream, 206, &headers)?;
                (&mut &*stream).write_all(&body[..after.min(body.len())])
            }
            None => match behaviour.pause.filter(|_| !is_probe) {
                Some(pause) => {
                    headers.push(("content-length", body.len().to_string()));
                    write_head(stream, 206, &headers)?;
                    let (first, second) = body.split_at(body.len() / 2);
                    (&mut &*stream).write_all(first)?;
                    std::thread::sleep(pause);
                    (&mut &*stream).write_all(second)
                }
                None => send(stream, 206, &headers, body),
            },
        }
    }

    fn take_cut(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.cuts_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
    }
}

/// SHA-256 in lower-case digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn read_request(stream: &TcpStream) -> std::io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut request = Request { path, range: None, authorization: None };
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = value.strip_prefix("bytes=").map(str::to_owned),
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    Ok(request)
}

fn send(
    stream: &TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
    body: &[u8],
) -> std::io::Result<()> {
    let mut headers = headers.to_vec();
    headers.push(("content-length", body.len().to_string()));
    write_head(stream, status, &headers)?;
    (&mut &*stream).write_all(body)
}

fn write_head(
    mut stream: &TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} answer\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &[name, ": ", value, "\r\n"].concat();
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())
}
