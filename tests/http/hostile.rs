//! Bodies and headers that mean no good: oversized, slow, truncated, deeply nested, compressed, drawn at random.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    process::Command,
    time::Duration,
};

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tempfile::TempDir;

use super::{Service, problem_details, testing};

const POSTS: [&str; 5] = ["/v1/solves", "/v1/check", "/v1/session", "/v1/programs", "/v1/programs/north/import"];

impl Service {
    /// With a programme; on SQLite, and on a PostgreSQL.
    async fn hostile() -> [Self; 2] {
        let postgres = testing::postgres().address;
        let over = [Service::start(), Service::over(&postgres, TempDir::new().unwrap(), &["--workers", "1"])];
        for service in &over {
            let made = service.post("/v1/programs", &json!({ "id": "north", "name": "North" })).send().await.unwrap();
            assert_eq!(made.status(), StatusCode::CREATED);
        }
        over
    }

    async fn posted(&self, path: &str, body: Vec<u8>) -> u16 {
        let response = self.client.post(format!("{}{path}", self.url)).body(body).send().await.unwrap();
        let status = response.status().as_u16();
        if status >= 400 {
            problem_details(response).await;
        }
        status
    }

    /// Writes bytes as they are and gives what comes back within a while.
    fn raw(&self, bytes: &[u8]) -> String {
        self.answer_to(bytes, false)
    }

    /// The same from a client that says no more.
    fn raw_with_end(&self, bytes: &[u8]) -> String {
        self.answer_to(bytes, true)
    }

    fn answer_to(&self, bytes: &[u8], end: bool) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        let _ = stream.write_all(bytes);
        if end {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[tokio::test]
async fn deeply_nested_bodies_are_refused() {
    for service in Service::hostile().await {
        for path in POSTS {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
                let status = service.posted(path, deep.into_bytes()).await;
                assert!(matches!(status, 400 | 413 | 422), "{path}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn compressed_bodies_are_not_taken_for_anything_else() {
    for service in Service::hostile().await {
        let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];
        for path in POSTS {
            assert_eq!(service.posted(path, gzip.to_vec()).await, 400, "{path}");
        }
    }
}

#[tokio::test]
async fn a_truncated_body_is_no_request_and_the_service_goes_on() {
    for service in Service::hostile().await {
        let host = service.url.trim_start_matches("http://").to_owned();
        for path in POSTS {
            let head = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\n{{\"id\": \"cut\"");
            let mut stream = TcpStream::connect(&host).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            drop(stream);
        }
        assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(service.get("/v1/programs/cut").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn slow_clients_hold_nobody_up() {
    for service in Service::hostile().await {
        let host = service.url.trim_start_matches("http://").to_owned();
        // Each has begun a request and says no more.
        let slow: Vec<TcpStream> = (0..200)
            .map(|_| {
                let mut stream = TcpStream::connect(&host).unwrap();
                stream
                    .write_all(b"POST /v1/check HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{")
                    .unwrap();
                stream
            })
            .collect();
        assert_eq!(service.get("/v1/programs").send().await.unwrap().status(), StatusCode::OK);
        drop(slow);
    }
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_http_are_turned_away() {
    for service in Service::hostile().await {
        let many = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x: y\r\n".repeat(100));
        assert!(service.raw(many.as_bytes()).starts_with("HTTP/1.1 431"), "many");
        let long = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(1_000_000));
        // The connection may be cut before all of it is sent.
        assert!(!service.raw(long.as_bytes()).contains(" 200 "), "long");
        assert!(!service.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").contains(" 200 "));
        assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    }
}

/// Some hundred bodies made of a valid one: bytes changed, cut out, doubled.
#[tokio::test]
async fn mangled_bodies_never_make_a_server_error() {
    for service in Service::hostile().await {
        let tiny = super::fixture("tiny.json");
        let bodies = [
            ("/v1/solves", json!({ "problem": tiny, "options": { "rounds": 1 } })),
            ("/v1/check", json!({ "problem": tiny, "calendar": { "sessions": [] } })),
            ("/v1/programs/north/import?dry_run=true", tiny.clone()),
            ("/v1/programs/north/import?dry_run=true&table=rooms", json!("id,site,capacity\nhall,elm,3\n")),
            ("/v1/session", json!({ "key": "cw_x_y" })),
        ];
        let mut state = 7u64;
        let mut dice = move |sides: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % sides
        };
        for (path, body) in bodies {
            let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned).into_bytes();
            for _ in 0..60 {
                let mut mangled = text.clone();
                for _ in 0..1 + dice(3) {
                    let at = dice(mangled.len());
                    match dice(4) {
                        0 => mangled[at] = dice(256) as u8,
                        1 => {
                            let end = (at + 1 + dice(20)).min(mangled.len());
                            mangled.drain(at..end);
                        }
                        2 => mangled.truncate(at.max(1)),
                        _ => mangled.insert(at, b"{}[],:\"\\0e-"[dice(11)]),
                    }
                    if mangled.is_empty() {
                        mangled.push(b' ');
                    }
                }
                let status = service.posted(path, mangled).await;
                assert!(status < 500, "{path}: {status}");
            }
        }
    }
}

/// Some of each strategy, the same ones in each run.
fn drawn<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Headers that the service reads, with values that are nearly right or nothing at all.
#[tokio::test]
async fn headers_drawn_at_random_never_make_a_server_error() {
    for service in Service::hostile().await {
        let solve = service.submit(&super::short()).await;
        service.poll(&solve, |s| s["status"] == "finished").await;
        let name = prop::sample::select(vec![
            "if-match",
            "if-none-match",
            "prefer",
            "priority",
            "last-event-id",
            "idempotency-key",
            "accept",
            "authorization",
            "content-type",
            "cookie",
            "origin",
            "host",
            "traceparent",
            "content-encoding",
            "expect",
            "x-http-method-override",
        ]);
        let value = prop_oneof![
            "[!-~]{0,30}",
            "(W/)?\"?-?[0-9]{1,25}\"?",
            "(wait|u|Bearer|careweave_session|careweave_login)[= ]-?[a-z0-9.]{0,25}",
            "text/calendar|application/json|application/merge-patch\\+json|text/csv|\\*/\\*;q=9",
        ];
        let text = prop_oneof![
            value,
            prop::collection::vec(0xa0u8..=0xff, 1..9).prop_map(|b| b.into_iter().map(char::from).collect::<String>())
        ];
        let requests = drawn((0usize..8, prop::collection::vec((name, text), 1..4)), 250);
        for (route, headers) in requests {
            let (method, path, body) = [
                (Method::GET, "/v1/programs/north".to_owned(), None),
                (Method::PUT, "/v1/programs/north".to_owned(), Some(json!({ "name": "North" }))),
                (Method::PATCH, "/v1/programs/north".to_owned(), Some(json!({ "name": null }))),
                (Method::GET, format!("{solve}/events"), None),
                (Method::GET, format!("{solve}/calendar"), None),
                (Method::POST, "/v1/solves".to_owned(), Some(json!({ "problem": {} }))),
                (Method::POST, "/v1/session".to_owned(), Some(json!({ "key": "cw_x_y" }))),
                (Method::DELETE, "/v1/programs/none".to_owned(), None),
            ][route]
                .clone();
            let mut request = service.client.request(method, format!("{}{path}", service.url));
            if let Some(body) = body {
                request = request.json(&body);
            }
            for (name, value) in &headers {
                let bytes: Vec<u8> = value.chars().map(|c| c as u8).collect();
                request = request.header(*name, bytes);
            }
            // A head that the client itself can't make is none that arrives.
            let Ok(request) = request.build() else { continue };
            if let Ok(response) = service.client.execute(request).await {
                assert!(!response.status().is_server_error(), "{path} {headers:?}: {}", response.status());
            }
        }
        assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    }
}

/// Query strings of routes that read them.
#[tokio::test]
async fn queries_drawn_at_random_never_make_a_server_error() {
    for service in Service::hostile().await {
        let imported = service.post("/v1/programs/north/import", &super::fixture("tiny.json")).send().await.unwrap();
        assert_eq!(imported.status(), StatusCode::OK);
        let pair = (
            "limit|cursor|before|week|from|to|format|table|participant|clinician|room|group|dry_run|below|date|_count|erase|x",
            prop_oneof![
                "-?[0-9]{1,20}",
                "[0-9]{4}-[0-9]{2}-[0-9]{2}",
                "true|p1|ana|hall|rooms|csv",
                "[%a-f0-9&=+;/\u{e9}]{0,12}"
            ],
        );
        let paths = [
            "/v1/programs",
            "/v1/programs/north/participants",
            "/v1/programs/north/export",
            "/v1/programs/north/due",
            "/v1/programs/north/dose",
            "/v1/programs/north/weeks/2026-11-30/dose",
            "/v1/programs/north/fhir/Appointment",
            "/v1/audit",
            "/v1/programs/north/weeks/2026-11-30/changes",
            "/v1/session/oidc/callback",
        ];
        for (path, pairs) in drawn((prop::sample::select(paths.to_vec()), prop::collection::vec(pair, 0..4)), 250) {
            let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let response = service.get(&format!("{path}?{}", query.join("&"))).send().await.unwrap();
            assert!(!response.status().is_server_error(), "{path}?{}: {}", query.join("&"), response.status());
        }
    }
}

/// What is said to be compressed is not taken apart: a small body can't become a large one.
#[tokio::test]
async fn a_body_that_says_it_is_compressed_is_read_as_it_is() {
    for service in Service::hostile().await {
        for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip"] {
            let body = json!({ "id": format!("e{}", encoding.len()), "name": "E" });
            let request = service.post("/v1/programs", &body).header("content-encoding", encoding);
            let status = request.send().await.unwrap().status().as_u16();
            assert!(matches!(status, 201 | 400 | 409 | 415), "{encoding}: {status}");
        }
    }
}

/// Chunks without an end, of a length that says more than there is, or of a size that no number holds.
#[tokio::test]
async fn chunks_that_lie_are_no_request() {
    for service in Service::hostile().await {
        let head = "POST /v1/programs HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
        for chunks in ["ffffffffffffffffff\r\n{}", "5\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n", "2;x=y\r\n{}zz", "g\r\n"] {
            let answer = service.raw_with_end(format!("{head}{chunks}").as_bytes());
            assert!(!answer.contains(" 201 ") && !answer.contains(" 500 "), "{chunks:?}: {answer}");
        }
        // Two lengths, or a length and chunks: who is before the service may believe the other one.
        for lengths in ["content-length: 2\r\ncontent-length: 3", "content-length: 2\r\ntransfer-encoding: chunked"] {
            let answer = service.raw_with_end(
                format!("POST /v1/check HTTP/1.1\r\nhost: localhost\r\n{lengths}\r\n\r\n{{}}").as_bytes(),
            );
            assert!(!answer.contains(" 200 "), "{answer}");
        }
        assert_eq!(service.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    }
}

/// Requests drawn from the description by an independent program, the same ones in each run; `make fuzz` draws others, and more.
#[test]
fn whatever_the_description_allows_is_answered_as_it_says() {
    for scratch in testing::both() {
        let drawn = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/fuzz.sh"))
            .args([env!("CARGO_BIN_EXE_careweave"), "2", &scratch.address, "1"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let told = [drawn.stdout, drawn.stderr].concat();
        assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&told));
    }
}
