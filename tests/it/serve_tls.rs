//! `fi serve` over HTTPS: only encrypted, and with a renewed certificate as soon as it is there.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::cli::{CANARY, TestEnv};
use crate::support::hooks::with_secret;
use crate::support::serving::{Request, Serving};
use crate::support::standin::StandIn;

/// Writes a new certificate for this machine, and gives it back.
fn certificate(directory: &Path) -> String {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(directory.join("key.pem"), signing_key.serialize_pem()).unwrap();
    std::fs::write(directory.join("cert.pem"), cert.pem()).unwrap();
    cert.pem()
}

/// What a client that trusts a certificate is answered.
fn ask(server: &Serving, trusted: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, server.connect());
    stream.write_all(Request::get("/health").text(&server.address).as_bytes())?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    Ok(said)
}

fn world() -> (StandIn, TestEnv) {
    let standin = StandIn::new();
    let env = standin.env_with_token(CANARY);
    (standin, env)
}

#[test]
fn answers_are_encrypted_and_nothing_else_is_answered() {
    let (_standin, env) = world();
    let first = certificate(env.path());
    let server = Serving::start(&env, &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let said = ask(&server, &first).unwrap();
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("healthy"), "{said}");
    let plain = server.send(&Request::get("/health"));
    assert_eq!(plain.status, 400);
    assert_eq!(plain.body, "This server answers over HTTPS only: begin with https://\n");

    let second = certificate(env.path());
    assert!(ask(&server, &second).unwrap().starts_with("HTTP/1.1 200"));
    assert!(ask(&server, &first).is_err(), "the one before is used no more");
    // Half a renewal changes nothing.
    std::fs::write(env.path().join("cert.pem"), "-----BEGIN CERTIFICATE-----").unwrap();
    assert!(ask(&server, &second).unwrap().starts_with("HTTP/1.1 200"));
    assert!(server.end().0.success());
}

#[test]
fn who_begins_no_handshake_is_let_go() {
    let (_standin, env) = world();
    certificate(env.path());
    let server = Serving::start(&env, &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let mut silent: TcpStream = server.connect();
    silent.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    assert_eq!(silent.read(&mut [0; 8]).unwrap(), 0);
    assert!(server.end().0.success());
}

#[test]
fn files_that_are_of_no_use_are_told() {
    let (_standin, env) = world();
    certificate(env.path());
    std::fs::rename(env.path().join("key.pem"), env.path().join("other.pem")).unwrap();
    certificate(env.path());
    std::fs::write(env.path().join("empty.pem"), "").unwrap();
    for (arguments, words) in [
        (&["--tls-cert", "cert.pem"][..], "without its key"),
        (&["--tls-key", "key.pem"], "without its certificate"),
        (&["--tls-cert", "nowhere.pem", "--tls-key", "key.pem"], "nowhere.pem cannot be read"),
        (&["--tls-cert", "empty.pem", "--tls-key", "key.pem"], "holds no certificate"),
        (&["--tls-cert", "cert.pem", "--tls-key", "other.pem"], "cannot be used together"),
    ] {
        let run = env.fi(&[&["serve", "--port", "0"], arguments].concat());
        assert!(run.code == Some(2) && run.stderr.contains(words), "{run}");
        assert!(run.stderr.contains("--tls-cert fullchain.pem --tls-key privkey.pem"), "{run}");
    }
}

#[test]
fn its_own_webhooks_are_tried_over_https() {
    let env = with_secret(TestEnv::new());
    certificate(env.path());
    let server = Serving::start(&env, &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let port = server.address.rsplit(':').next().unwrap();
    let env = env.with("FASTINTERCOM_SERVE_PORT", port);
    let env = env.with("FASTINTERCOM_TLS_CERT", "cert.pem").with("FASTINTERCOM_TLS_KEY", "key.pem");
    let run = env.fi(&["webhooks", "check", "--json"]);
    assert!(run.code == Some(0) && run.json()["is_ok"] == true, "{run}");
    assert!(server.end().0.success());
}
