//! Asks a server over HTTP whether it is ready: `GET /health` answers with status 200.

#![expect(clippy::disallowed_types, reason = "the server of a sandbox is asked here")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long to wait for a connection, and for each part of an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns whether the server on a port of 127.0.0.1 is ready.
pub(super) fn is_healthy(port: u16) -> bool {
    status(port).is_some_and(|line| line.starts_with(b"HTTP/1.") && line.ends_with(b" 200"))
}

/// Returns whether a program listens on a port of 127.0.0.1.
pub(super) fn is_taken(port: u16) -> bool {
    connect(port).is_some()
}

/// Returns the first 12 bytes of the answer: `HTTP/1.1 200`.
fn status(port: u16) -> Option<[u8; 12]> {
    let mut stream = connect(port)?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let request = format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut line = [0; 12];
    stream.read_exact(&mut line).ok()?;
    Some(line)
}

fn connect(port: u16) -> Option<TcpStream> {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE).ok()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::{is_healthy, is_taken};

    #[test]
    fn only_status_200_is_healthy() {
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\n\r\nok", true),
            ("HTTP/1.0 200 OK\r\n\r\n", true),
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", false),
            ("SSH-2.0-OpenSSH_9 200", false),
            ("HTTP/1.1", false),
            ("", false),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 11];
                stream.read_exact(&mut request).unwrap();
                assert_eq!(&request, b"GET /health");
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(is_healthy(port), expected, "{answer:?}");
            server.join().unwrap();
            assert!(!is_taken(port) && !is_healthy(port));
        }
    }
}
