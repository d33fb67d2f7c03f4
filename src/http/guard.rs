//! Who may ask: only requests that were meant for this machine. A page of somebody else whose name resolves to a
//! loopback address (DNS rebinding) still sends its own `Host` and `Origin`.

use std::{net::IpAddr, str::FromStr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::Response,
};

use super::{App, Error};

/// Where the service is seen from outside: scheme and authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    scheme: String,
    authority: Authority,
}

impl Public {
    /// Whether it is seen over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    fn is_host(&self, host: &Authority) -> bool {
        let default = if self.is_https() { 443 } else { 80 };
        let port = |a: &Authority| a.port_u16().unwrap_or(default);
        host.host().eq_ignore_ascii_case(self.authority.host()) && port(host) == port(&self.authority)
    }

    fn is_origin(&self, origin: &Uri) -> bool {
        origin.scheme_str() == Some(&self.scheme) && origin.authority().is_some_and(|a| self.is_host(a))
    }
}

impl std::fmt::Display for Public {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl FromStr for Public {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| "not a URL".to_owned())?;
        match (uri.scheme_str(), uri.authority(), uri.path(), uri.query()) {
            (Some(scheme @ ("http" | "https")), Some(authority), "" | "/", None) => {
                Ok(Public { scheme: scheme.to_owned(), authority: authority.clone() })
            }
            _ => Err("a public URL is http(s)://HOST[:PORT] and nothing more".to_owned()),
        }
    }
}

/// Turns foreign requests away.
pub async fn ours_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Result<Response, Error> {
    let public = app.public.as_ref();
    let host = host(request.uri(), request.headers())
        .filter(|host| is_loopback(host.host()) || public.is_some_and(|p| p.is_host(host)))
        .ok_or(Error::Foreign("The `Host` is neither a loopback name nor that of the public URL."))?;
    if !origin_is_ours(request.headers(), &host, public) {
        return Err(Error::Foreign("The `Origin` is not this service."));
    }
    Ok(next.run(request).await)
}

/// The one `Host` of a request, or that of an absolute address.
fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next(), uri.authority()) {
        (Some(host), None, None) => host.to_str().ok()?.parse().ok(),
        (Some(host), None, Some(of_uri)) => {
            let host: Authority = host.to_str().ok()?.parse().ok()?;
            if host == *of_uri { Some(host) } else { None }
        }
        (None, None, Some(of_uri)) => Some(of_uri.clone()),
        _ => None,
    }
}

fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Without an `Origin` no page of another site is behind the request; with one, it must be a page of this service.
fn origin_is_ours(headers: &HeaderMap, host: &Authority, public: Option<&Public>) -> bool {
    headers.get_all(header::ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().ok().and_then(|o| o.parse::<Uri>().ok());
        if let (Some(origin), Some(public)) = (&origin, public)
            && public.is_origin(origin)
        {
            return true;
        }
        let authority = origin.as_ref().filter(|o| o.scheme_str() == Some("http")).and_then(Uri::authority);
        authority.is_some_and(|a| is_loopback(a.host()) && port(a) == port(host))
    })
}

fn port(authority: &Authority) -> u16 {
    authority.port_u16().unwrap_or(80)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::drawn::headers;

    fn of(host: &str, origin: Option<&str>) -> (Option<Authority>, HeaderMap) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        (super::host(&"/healthz".parse().unwrap(), &headers), headers)
    }

    #[test]
    fn loopback_names_are_ours() {
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:8080", "127.3.2.1", "[::1]:8080"] {
            let (host, _) = of(host, None);
            assert!(is_loopback(host.unwrap().host()));
        }
    }

    #[test]
    fn other_names_are_foreign() {
        for name in ["example.com", "10.0.0.1", "localhost.example.com:8080", "127.0.0.1.example.com", "0.0.0.0"] {
            let (host, _) = of(name, None);
            assert!(!is_loopback(host.unwrap().host()), "{name}");
        }
    }

    #[test]
    fn an_origin_is_ours_only_at_our_port_of_a_loopback_name() {
        let ours = |origin: &str| {
            let (host, headers) = of("127.0.0.1:8080", Some(origin));
            origin_is_ours(&headers, &host.unwrap(), None)
        };
        assert!(ours("http://127.0.0.1:8080"));
        assert!(ours("http://localhost:8080"));
        for origin in ["http://127.0.0.1:3000", "http://evil.example", "https://localhost:8080", "null", "http://a@b"] {
            assert!(!ours(origin), "{origin}");
        }
    }

    #[test]
    fn the_public_url_is_ours_with_its_own_scheme_and_port() {
        let public: Public = "https://weave.example".parse().unwrap();
        let ours = |host: &str, origin: &str| {
            let (host, headers) = of(host, Some(origin));
            let host = host.unwrap();
            public.is_host(&host) && origin_is_ours(&headers, &host, Some(&public))
        };
        assert!(ours("weave.example", "https://weave.example"));
        assert!(ours("weave.example:443", "https://weave.example"));
        assert!(!ours("weave.example", "http://weave.example"));
        assert!(!ours("weave.example:444", "https://weave.example"));
        assert!(!ours("weave.example", "https://weave.example.evil"));
        for text in ["weave.example", "ftp://weave.example", "https://weave.example/path"] {
            assert!(text.parse::<Public>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_request_without_a_host_is_foreign() {
        assert_eq!(host(&"/healthz".parse().unwrap(), &HeaderMap::new()), None);
    }

    proptest! {
        #[test]
        fn no_name_beside_loopbacks_own_is_taken_for_it(
            text in prop_oneof![
                any::<String>(),
                "[a-z0-9.@:\\[\\]-]{0,30}",
                "(localhost|127\\.0\\.0\\.1|\\[::1\\])[.@:a-z0-9-]{0,12}",
                "[.@:a-z0-9-]{0,12}(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[0-9]{0,6})?",
            ]
        ) {
            let Ok(value) = text.parse::<HeaderValue>() else { return Ok(()) };
            let headers: HeaderMap = [(header::HOST, value)].into_iter().collect();
            let Some(host) = super::host(&Uri::from_static("/"), &headers) else { return Ok(()) };
            if is_loopback(host.host()) {
                let name = host.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
                let number = name.parse::<IpAddr>().map(|ip| ip.is_loopback());
                prop_assert!(name == "localhost" || number == Ok(true), "{text}");
            }
        }

        #[test]
        fn an_origin_that_is_ours_is_http_at_our_port_of_a_loopback_name(
            origin in headers("origin", "(http|https|ftp)://(localhost|127\\.0\\.0\\.1|\\[::1\\]|evil\\.example)[.@:a-z0-9/?-]{0,8}"),
        ) {
            let host: Authority = "127.0.0.1:8080".parse().unwrap();
            if origin_is_ours(&origin, &host, None) {
                for value in origin.values() {
                    let text = value.to_str().unwrap();
                    let authority = text.split_once("://").unwrap().1.split(['/', '?']).next().unwrap();
                    let authority = authority.rsplit('@').next().unwrap();
                    prop_assert!(text.to_ascii_lowercase().starts_with("http://"), "{text}");
                    let names = ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"];
                    prop_assert!(names.contains(&authority) || authority.starts_with("127."), "{text}");
                }
            }
        }
    }
}
