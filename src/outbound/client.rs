//! One request and its answer: over https to a public address, which is looked up once and then kept to; no redirect is
//! followed by itself, nothing is sent compressed, and neither size nor time is without bounds.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Method, StatusCode,
    client::conn::http1,
    header::{self, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};
use url::Url;

use super::{Allowed, guard};
use crate::failure::Failure;

/// Time for a whole exchange.
const PATIENCE: Duration = Duration::from_secs(15);
/// Time to connect to one of several addresses.
const CONNECT: Duration = Duration::from_secs(5);
/// Characters of an address.
const LONGEST: usize = 2000;
/// Redirects that are followed where that is asked for.
const REDIRECTS: usize = 5;
/// What the service calls itself.
const AGENT: &str = concat!("Careweave/", env!("CARGO_PKG_VERSION"));

/// Sends requests.
pub struct Outbound {
    allowed: Vec<Allowed>,
    tls: TlsConnector,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why nothing came back; tells nothing of what stands at the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble(pub String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: Url) -> Self {
        Request { method, url, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// The same with a header; one that can't be written is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection that ends with the exchange.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Outbound {
    /// Trusts the certificates that this machine trusts, and lets operators name hosts that need not be public.
    pub fn new(allowed: Vec<Allowed>) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        // What can't be read is missing then, and the exchange that needs it says so.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Outbound::trusting(roots, allowed)
    }

    fn trusting(roots: RootCertStore, allowed: Vec<Allowed>) -> Result<Self, Failure> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| Failure::Internal(format!("TLS can't be set up: {e}.")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Outbound { allowed, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Reads an address that somebody gives; says what is wrong with it.
    pub fn address(&self, text: &str) -> Result<Url, String> {
        if text.len() > LONGEST {
            return Err(format!("An address has at most {LONGEST} characters."));
        }
        // What calendar programs write for https.
        let https = text.strip_prefix("webcal://").map(|rest| format!("https://{rest}"));
        let mut url = Url::parse(https.as_deref().unwrap_or(text))
            .map_err(|e| format!("This is no address such as https://example.org/path: {e}."))?;
        url.set_fragment(None);
        self.check(&url)?;
        Ok(url)
    }

    /// Says why an address is not gone to, whatever its host's name may lead to.
    fn check(&self, url: &Url) -> Result<(), String> {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err("The address has no host.".into());
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("The address has a user or a password in it; there it would be shown.".into());
        }
        if self.allows(&host.to_string(), port) && matches!(url.scheme(), "http" | "https") {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err("The address must begin with https://.".into());
        }
        let number = match host {
            url::Host::Ipv4(address) => Some(address.into()),
            url::Host::Ipv6(address) => Some(address.into()),
            url::Host::Domain(_) => None,
        };
        if number.is_some_and(|address| !guard::is_public(address)) {
            return Err(NOT_PUBLIC.into());
        }
        Ok(())
    }

    fn allows(&self, host: &str, port: u16) -> bool {
        self.allowed.iter().any(|a| a.is(host, port))
    }

    /// Sends a request; of the answer's body at most so many bytes are taken.
    pub async fn send(&self, request: Request, most: usize) -> Result<Answer, Trouble> {
        match timeout(PATIENCE, self.exchange(request, most)).await {
            Ok(answer) => answer,
            Err(_) => Err(Trouble(format!("No complete answer within {} s.", PATIENCE.as_secs()))),
        }
    }

    /// The same for what is only read, which may have moved: each redirect is an address like any other.
    pub async fn fetch(&self, request: Request, most: usize) -> Result<Answer, Trouble> {
        let mut request = request;
        for _ in 0..=REDIRECTS {
            let answer = self.send(request.clone(), most).await?;
            let moved = matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
            let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok());
            let Some(to) = to.filter(|_| moved) else { return Ok(answer) };
            let url = request.url.join(to).map_err(|e| Trouble(format!("It has moved to no address: {e}.")))?;
            let url = self.address(url.as_str()).map_err(|why| Trouble(format!("It has moved: {why}")))?;
            if url.origin() != request.url.origin() {
                request.headers.remove(header::AUTHORIZATION);
            }
            request.url = url;
        }
        Err(Trouble("It has moved too often.".into()))
    }

    async fn exchange(&self, request: Request, most: usize) -> Result<Answer, Trouble> {
        self.check(&request.url).map_err(Trouble)?;
        let stream = self.connect(&request.url).await?;
        let broken = |e: hyper::Error| Trouble(format!("The exchange broke off: {e}."));
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let _driver = Driver(tokio::spawn(async move {
            // What goes wrong is told by the exchange.
            let _ = connection.await;
        }));
        let answer = sender.send_request(message(request)?).await.map_err(broken)?;
        let (parts, body) = answer.into_parts();
        let encoded = parts.headers.get(header::CONTENT_ENCODING).is_some_and(|e| e != "identity");
        if encoded {
            return Err(Trouble("The answer is compressed, which was not asked for.".into()));
        }
        let body = Limited::new(body, most).collect().await.map_err(|e| match e.is::<LengthLimitError>() {
            true => Trouble(format!("The answer is larger than {} KiB.", most >> 10)),
            false => Trouble(format!("The exchange broke off: {e}.")),
        })?;
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes().to_vec() })
    }

    /// Connects to an address of the host that may be gone to, looked up this once.
    async fn connect(&self, url: &Url) -> Result<Box<dyn Stream>, Trouble> {
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
        let name = host.trim_matches(['[', ']']);
        let found = lookup_host((name, port)).await.map_err(|_| Trouble("The host's name leads nowhere.".into()))?;
        let allowed = self.allows(host, port);
        let addresses: Vec<SocketAddr> = found.filter(|a| allowed || guard::is_public(a.ip())).collect();
        if addresses.is_empty() {
            return Err(Trouble(NOT_PUBLIC.into()));
        }
        let mut stream = None;
        for address in addresses {
            if let Ok(Ok(connected)) = timeout(CONNECT, TcpStream::connect(address)).await {
                stream = Some(connected);
                break;
            }
        }
        let stream = stream.ok_or(Trouble("Nobody answers at the address.".into()))?;
        if url.scheme() == "http" {
            return Ok(Box::new(stream));
        }
        let server =
            ServerName::try_from(name.to_owned()).map_err(|_| Trouble("The host has no proper name.".into()))?;
        let secured = self.tls.connect(server, stream).await;
        Ok(Box::new(secured.map_err(|e| Trouble(format!("No secure connection: {e}.")))?))
    }
}

/// What is told of an address that is not gone to.
const NOT_PUBLIC: &str =
    "The address leads into a private network; an operator can allow its host (`--outbound-allow`).";

/// The message as it is sent.
fn message(request: Request) -> Result<hyper::Request<Full<Bytes>>, Trouble> {
    let Request { method, url, headers, body } = request;
    let unwritable = |_| Trouble("The request can't be written.".into());
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut message = hyper::Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, authority)
        .header(header::USER_AGENT, AGENT)
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .map_err(unwritable)?;
    message.headers_mut().extend(headers);
    Ok(message)
}

#[cfg(test)]
mod tests;
