//! Who may ask: only requests that were meant for this machine. A page of somebody else whose name resolves to a
//! loopback address (DNS rebinding) still sends its own `Host` and `Origin`.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::Response,
};

use super::Error;

/// Turns foreign requests away.
pub async fn ours_only(request: Request, next: Next) -> Result<Response, Error> {
    let host = host(request.uri(), request.headers())
        .filter(|host| is_loopback(host.host()))
        .ok_or(Error::Foreign("The `Host` is not a loopback name."))?;
    if !origin_is_ours(request.headers(), &host) {
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
fn origin_is_ours(headers: &HeaderMap, host: &Authority) -> bool {
    headers.get_all(header::ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().ok().and_then(|o| o.parse::<Uri>().ok());
        let authority = origin.as_ref().filter(|o| o.scheme_str() == Some("http")).and_then(Uri::authority);
        authority.is_some_and(|a| is_loopback(a.host()) && port(a) == port(host))
    })
}

fn port(authority: &Authority) -> u16 {
    authority.port_u16().unwrap_or(80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> (Option<Authority>, HeaderMap) {
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
            let (host, _) = headers(host, None);
            assert!(is_loopback(host.unwrap().host()));
        }
    }

    #[test]
    fn other_names_are_foreign() {
        for name in ["example.com", "10.0.0.1", "localhost.example.com:8080", "127.0.0.1.example.com", "0.0.0.0"] {
            let (host, _) = headers(name, None);
            assert!(!is_loopback(host.unwrap().host()), "{name}");
        }
    }

    #[test]
    fn an_origin_is_ours_only_at_our_port_of_a_loopback_name() {
        let ours = |origin: &str| {
            let (host, headers) = headers("127.0.0.1:8080", Some(origin));
            origin_is_ours(&headers, &host.unwrap())
        };
        assert!(ours("http://127.0.0.1:8080"));
        assert!(ours("http://localhost:8080"));
        for origin in ["http://127.0.0.1:3000", "http://evil.example", "https://localhost:8080", "null", "http://a@b"] {
            assert!(!ours(origin), "{origin}");
        }
    }

    #[test]
    fn a_request_without_a_host_is_foreign() {
        assert_eq!(host(&"/healthz".parse().unwrap(), &HeaderMap::new()), None);
    }
}
