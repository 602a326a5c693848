//! Which names of this server and which pages may be used: what keeps a page in somebody's browser from asking a server
//! that only that browser can reach.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};

/// What is allowed beside this machine itself.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// Names this server is reached by.
    pub hosts: Vec<String>,
    /// Pages that may ask it, like `https://support.example.com`; `*` for all.
    pub pages: Vec<String>,
}

impl Origins {
    /// Whether a request may have come by this name. An address is nobody's to rebind, a name may be.
    pub(super) fn allows_host(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let Some(authority) = authority(uri, headers) else { return false };
        let host = host_of(authority);
        is_this_machine(host)
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
            || self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }

    /// Whether a request came by a name or address that only this machine itself uses.
    pub(super) fn is_of_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
        authority(uri, headers).is_some_and(|authority| is_this_machine(host_of(authority)))
    }

    /// Whether the page a request comes from may ask; programs come from none.
    pub(super) fn allows_page(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let is_local = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .is_some_and(|authority| is_this_machine(host_of(authority)));
        is_local || self.pages.iter().any(|page| page == "*" || page.eq_ignore_ascii_case(origin))
    }
}

/// The name or address a request came by.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = headers.get(HOST).map(|value| value.to_str().unwrap_or_default());
    header.or_else(|| uri.authority().map(Authority::as_str))
}

/// The name or address without a port.
fn host_of(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = || host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: axum::http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn names_of_others_are_refused_and_addresses_are_not() {
        let origins = Origins { hosts: vec!["fi.example.com".to_owned()], pages: Vec::new() };
        let allows = |host: &str| origins.allows_host(&Uri::from_static("/mcp"), &headers(HOST, host));
        for host in
            ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "10.0.0.7", "fi.example.com:443"]
        {
            assert!(allows(host), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example:8000", "fi.example.com.evil", "", "127.0.0.1.nip.io"]
        {
            assert!(!allows(host), "{host}");
        }
        assert!(!origins.allows_host(&Uri::from_static("/mcp"), &HeaderMap::new()));
        assert!(origins.allows_host(&Uri::from_static("http://127.0.0.1:8000/mcp"), &HeaderMap::new()));
    }

    #[test]
    fn pages_of_others_are_refused_unless_they_are_named() {
        let named = Origins { hosts: Vec::new(), pages: vec!["https://support.example.com".to_owned()] };
        let allows = |origins: &Origins, origin: &str| origins.allows_page(&headers(ORIGIN, origin));
        assert!(named.allows_page(&HeaderMap::new()));
        for origin in ["http://localhost:3000", "https://127.0.0.1", "https://support.example.com"] {
            assert!(allows(&named, origin), "{origin}");
        }
        for origin in [
            "https://evil.example",
            "null",
            "http://localhost.evil.example",
            "https://support.example.com.evil",
        ] {
            assert!(!allows(&named, origin), "{origin}");
        }
        let all = Origins { hosts: Vec::new(), pages: vec!["*".to_owned()] };
        assert!(allows(&all, "https://evil.example"));
    }
}
