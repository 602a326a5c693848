//! What slow clients and many connections come to: who is slow is let go, and others notice nothing of it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use fastintercom::server::http::{HttpOptions, Times};

use crate::support::near::Near;

const HEALTH: &[u8] = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(600);
/// Everything may take very long.
const PATIENT: Times = Times { idle: LONG, head: LONG, body: LONG, write: LONG };

fn with(times: Times) -> Near {
    Near::start(HttpOptions { times, ..HttpOptions::default() })
}

/// The status of an answer with a length, whose body is read too.
fn status(stream: &mut TcpStream) -> u16 {
    let mut reader = BufReader::new(stream);
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the connection ended");
        if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some(rest) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = rest.trim().parse().unwrap();
        }
        if line == "\r\n" {
            reader.read_exact(&mut vec![0; length]).unwrap();
            return status;
        }
    }
}

/// What comes until the connection ends, however it does.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_head_that_does_not_end_is_given_up_also_on_a_connection_used_again() {
    let server = with(Times { head: SHORT, ..PATIENT });
    let mut slow: Vec<TcpStream> = (0..50).map(|_| server.connect()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        if number % 2 == 0 {
            stream.write_all(HEALTH).unwrap();
            assert_eq!(status(stream), 200);
        }
        stream.write_all(b"POST /tools/query HTTP/1.1\r\nHost: localh").unwrap();
    }
    let mut quick = server.connect();
    quick.write_all(HEALTH).unwrap();
    assert_eq!(status(&mut quick), 200);
    assert!(slow.iter_mut().all(|stream| rest(stream).is_empty()));
    server.end();
}

#[test]
fn an_idle_connection_is_kept_longer_than_a_head_may_take() {
    let server = with(Times { head: SHORT, ..PATIENT });
    let mut stream = server.connect();
    for _ in 0..3 {
        std::thread::sleep(SHORT * 3);
        stream.write_all(HEALTH).unwrap();
        assert_eq!(status(&mut stream), 200);
    }
    server.end();
    let server = with(Times { idle: SHORT, ..PATIENT });
    assert_eq!(rest(&mut server.connect()), "");
    let mut used = server.connect();
    used.write_all(HEALTH).unwrap();
    assert_eq!(status(&mut used), 200);
    assert_eq!(rest(&mut used), "");
    server.end();
}

#[test]
fn a_body_that_does_not_come_is_told_so() {
    let server = with(Times { body: SHORT, ..PATIENT });
    let mut stream = server.connect();
    let head = b"POST /tools/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
    stream.write_all(head).unwrap();
    let said = rest(&mut stream);
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("body_too_slow"), "{said}");
    assert!(said.to_ascii_lowercase().contains("x-request-id: "), "{said}");
    server.end();
}

#[test]
fn who_takes_no_answers_is_let_go() {
    let server = with(Times { write: SHORT, ..PATIENT });
    let mut stream = server.connect();
    // Each answer is some tens of kilobytes: at some time no buffer takes any more of them.
    let ended = loop {
        if let Err(error) = stream.write_all(b"GET /tools HTTP/1.1\r\nHost: localhost\r\n\r\n") {
            break error.kind();
        }
    };
    assert!(matches!(ended, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{ended}");
    server.end();
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let server = Near::start(HttpOptions { most_per_address: 2, times: PATIENT, ..HttpOptions::default() });
    let (first, mut second) = (server.connect(), server.connect());
    let said = rest(&mut server.connect());
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("Retry-After: 1"), "{said}");
    second.write_all(HEALTH).unwrap();
    assert_eq!(status(&mut second), 200);
    drop(first);
    let is_let_in = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let mut stream = server.connect();
        // Who is turned away may be so before anything is asked.
        let _ = stream.write_all(HEALTH);
        let mut start = [0; 12];
        stream.read_exact(&mut start).is_ok() && &start == b"HTTP/1.1 200"
    });
    assert!(is_let_in);
    server.end();
}

#[test]
fn connections_that_wait_for_nothing_do_not_hold_up_the_end() {
    let server = with(PATIENT);
    let mut unused = server.connect();
    let mut used = server.connect();
    used.write_all(HEALTH).unwrap();
    assert_eq!(status(&mut used), 200);
    server.end();
    assert_eq!((rest(&mut unused), rest(&mut used)), (String::new(), String::new()));
}
