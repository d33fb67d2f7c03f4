//! Traces, as a collector gets them: one from the request to the solve, with ids and nothing else.
#![cfg(unix)]

use std::{
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, routing::post};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value as Any, trace::v1::Span,
};
use prost::Message;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Service, short};

/// What was sent: the bytes, and the spans in them.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<(Vec<u8>, Vec<Span>)>>);

impl Collector {
    /// Starts one; gives its address.
    async fn start(&self) -> String {
        let kept = self.clone();
        let take = async move |body: Bytes| {
            let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
            let spans = request.resource_spans.into_iter().flat_map(|r| r.scope_spans).flat_map(|s| s.spans);
            let mut all = kept.0.lock().unwrap();
            all.0.extend_from_slice(&body);
            all.1.extend(spans);
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(router.clone());
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        address
    }
}

fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|a| a.key == name).unwrap_or_else(|| panic!("{name}: {span:?}"));
    match found.value.as_ref().unwrap().value.as_ref().unwrap() {
        Any::StringValue(text) => text.clone(),
        Any::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_leads_from_the_caller_through_the_request_to_the_solve_and_tells_only_ids() {
    let collector = Collector::default();
    let address = collector.start().await;
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    let mut service = Service::over(&database, folder, &["--workers", "1", "--otlp", &address]);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let caller = format!("00-{trace}-b7ad6b7169203331-01");
    let submitted = service.post("/v1/solves", &short()).header("traceparent", caller).send().await.unwrap();
    let request = submitted.headers()["x-request-id"].to_str().unwrap().to_owned();
    let path = submitted.headers()["location"].to_str().unwrap().to_owned();
    service.poll(&path, |s| s["status"] == "finished").await;
    service.get(&format!("{path}/calendar?participant=whisper")).send().await.unwrap();
    // What is not sent yet is sent at the end.
    let term = Command::new("kill").args(["-TERM", &service.child.id().to_string()]).status().unwrap();
    assert!(term.success() && service.child.wait().unwrap().success());

    let (bytes, spans) = collector.0.lock().unwrap().clone();
    let submit = spans.iter().find(|s| s.name == "POST /v1/solves").unwrap();
    assert_eq!(attribute(submit, "careweave.request.id"), request);
    assert_eq!(attribute(submit, "http.response.status_code"), "202");
    assert_eq!(submit.parent_span_id, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
    let solve = spans.iter().find(|s| s.name == "attempt solve").unwrap();
    assert_eq!(attribute(solve, "careweave.solve.id"), path.trim_start_matches("/v1/solves/"));
    assert_eq!(attribute(solve, "careweave.solve.outcome"), "finished");
    assert_eq!(solve.parent_span_id, submit.span_id);
    for span in [submit, solve] {
        let id: String = span.trace_id.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(id, trace);
        assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    }
    assert!(spans.iter().any(|s| s.name == "GET /v1/solves/{id}/calendar"), "{spans:?}");
    let text = String::from_utf8_lossy(&bytes);
    for secret in ["whisper", "?participant", "Elm"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_collector_that_does_not_answer_holds_nothing_up() {
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
    // Nobody listens there.
    let service = Service::over(&database, folder, &["--workers", "1", "--otlp", "http://127.0.0.1:1"]);
    let path = service.submit(&short()).await;
    service.poll(&path, |s| s["status"] == "finished").await;
}
