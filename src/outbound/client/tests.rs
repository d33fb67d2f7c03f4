//! Where the client goes, and what it takes.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use super::*;

/// A server that gives each connection the same bytes, and tells what it was sent.
async fn server(answer: impl Into<Vec<u8>>) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (told, heard) = tokio::sync::mpsc::unbounded_channel();
    let answer = answer.into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            exchange(stream, &answer, &told).await;
        }
    });
    (address, heard)
}

async fn exchange(mut stream: impl Stream, answer: &[u8], told: &tokio::sync::mpsc::UnboundedSender<String>) {
    let (mut asked, mut piece) = (Vec::new(), [0; 4096]);
    while !asked.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(n) if n > 0 => asked.extend_from_slice(&piece[..n]),
            _ => break,
        }
    }
    let _ = told.send(String::from_utf8_lossy(&asked).into_owned());
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
}

fn outbound(allowed: &[SocketAddr]) -> Outbound {
    Outbound::new(allowed.iter().map(|a| a.to_string().parse().unwrap()).collect()).unwrap()
}

fn get(url: &str) -> Request {
    Request::new(Method::GET, Url::parse(url).unwrap())
}

#[test]
fn an_address_is_https_and_public_or_of_an_allowed_host() {
    let outbound = Outbound::new(vec!["calendar.internal:8080".parse().unwrap()]).unwrap();
    for good in [
        "https://example.org/hook?a=b#part",
        "webcal://example.org/me.ics",
        "https://93.184.215.14/",
        "http://calendar.internal:8080/x",
        "https://calendar.internal:8080/x",
    ] {
        assert!(outbound.address(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "example.org",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.org/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "http://calendar.internal/x",
        "ftp://calendar.internal:8080/x",
    ] {
        assert!(outbound.address(bad).is_err(), "{bad}");
    }
    assert!(outbound.address(&format!("https://example.org/{}", "x".repeat(3000))).is_err());
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_gone_to() {
    let (address, mut heard) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let closed = outbound(&[]).send(get(&format!("https://localhost:{}/", address.port())), 100).await.unwrap_err();
    assert_eq!(closed.0, NOT_PUBLIC);
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_request_says_what_it_is_to_and_gets_its_answer() {
    let (address, mut heard) =
        server("HTTP/1.1 207 Multi-Status\r\netag: \"7\"\r\ncontent-length: 5\r\n\r\nhello").await;
    let mut request = get(&format!("http://{address}/a%20b/?c=d")).with(header::ACCEPT, "text/plain");
    (request.method, request.body) = (Method::PUT, b"body".to_vec());
    let answer = outbound(&[address]).send(request, 5).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &*answer.body, &answer.headers["etag"]),
        (207, &b"hello"[..], &"\"7\"".parse::<HeaderValue>().unwrap())
    );
    let asked = heard.recv().await.unwrap();
    assert!(asked.starts_with("PUT /a%20b/?c=d HTTP/1.1\r\n"), "{asked}");
    for line in [&format!("host: {address}"), "accept: text/plain", "content-length: 4"] {
        assert!(asked.lines().any(|l| l == line), "{line} is not in\n{asked}");
    }
}

#[tokio::test]
async fn too_much_compressed_or_no_http_is_trouble() {
    let endless = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b'x'; 1 << 20]].concat();
    for (answer, why) in [
        (endless, "larger than 64 KiB"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n".to_vec(), "broke off"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n".to_vec(), "compressed"),
        (b"220 mail.example ESMTP\r\n".to_vec(), "broke off"),
        (Vec::new(), "broke off"),
    ] {
        let (address, _heard) = server(answer).await;
        let trouble = outbound(&[address]).send(get(&format!("http://{address}/")), 64 << 10).await.unwrap_err();
        assert!(trouble.0.contains(why), "{trouble}");
    }
}

#[tokio::test]
async fn redirects_are_addresses_like_any_other_and_only_for_what_is_read() {
    let (last, mut heard) = server("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhere").await;
    let (first, _heard) =
        server(format!("HTTP/1.1 302 Found\r\nlocation: http://{last}/next\r\ncontent-length: 0\r\n\r\n")).await;
    let request = get(&format!("http://{first}/")).with(header::AUTHORIZATION, "Basic c2VjcmV0");
    let both = outbound(&[first, last]);
    assert_eq!(both.fetch(request.clone(), 100).await.unwrap().body, b"here");
    let asked = heard.recv().await.unwrap();
    assert!(asked.starts_with("GET /next ") && !asked.contains("authorization"), "{asked}");
    assert_eq!(both.send(request.clone(), 100).await.unwrap().status, StatusCode::FOUND);
    let trouble = outbound(&[first]).fetch(request, 100).await.unwrap_err();
    assert!(trouble.0.starts_with("It has moved: "), "{trouble}");
    assert!(heard.try_recv().is_err());
    // In a circle.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let circle = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (told, _heard) = tokio::sync::mpsc::unbounded_channel();
        let answer = format!("HTTP/1.1 308 Moved\r\nlocation: http://{circle}/\r\ncontent-length: 0\r\n\r\n");
        while let Ok((stream, _)) = listener.accept().await {
            exchange(stream, answer.as_bytes(), &told).await;
        }
    });
    let trouble = outbound(&[circle]).fetch(get(&format!("http://{circle}/")), 100).await.unwrap_err();
    assert_eq!(trouble.0, "It has moved too often.");
}

/// A certificate of `localhost` and its key, made for these tests with
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost
/// -addext subjectAltName=DNS:localhost`.
const CERTIFICATE: &[u8] = include_bytes!("localhost.pem");
const KEY: &[u8] = include_bytes!("localhost.key");

#[tokio::test]
async fn tls_needs_a_certificate_that_is_trusted_and_of_that_name() {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], PrivateKeyDer::from_pem_slice(KEY).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        let (told, _heard) = tokio::sync::mpsc::unbounded_channel();
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                exchange(stream, b"HTTP/1.1 204 No Content\r\n\r\n", &told).await;
            }
        }
    });
    let allowed = || [format!("localhost:{port}"), format!("127.0.0.1:{port}")].map(|a| a.parse().unwrap()).to_vec();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let trusting = Outbound::trusting(roots, allowed()).unwrap();
    let named = get(&format!("https://localhost:{port}/"));
    assert_eq!(trusting.send(named.clone(), 100).await.unwrap().status, StatusCode::NO_CONTENT);
    let other = get(&format!("https://127.0.0.1:{port}/"));
    assert!(trusting.send(other, 100).await.unwrap_err().0.starts_with("No secure connection"));
    let stranger = Outbound::trusting(RootCertStore::empty(), allowed()).unwrap();
    assert!(stranger.send(named, 100).await.unwrap_err().0.starts_with("No secure connection"));
}
