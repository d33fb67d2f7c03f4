//! Traces for OpenTelemetry: a span for each request and for each attempt at a solve, with ids and nothing else. Without a
//! collector there are none.

use std::{
    collections::HashMap,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::http::HeaderMap;
use opentelemetry::{
    Context, KeyValue,
    propagation::TextMapPropagator,
    trace::{SpanKind, TraceContextExt, Tracer, TracerProvider},
};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};
use uuid::Uuid;

use crate::{client, failure::Failure};

/// What makes spans, once there is a collector.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// The traces of this process.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// From now on spans go to a collector, by OTLP over HTTP.
    pub fn start(collector: &str, service: &'static str) -> Result<Self, Failure> {
        let fault = |e: &dyn std::fmt::Display| Failure::Outside(format!("Traces can't be sent: {e}."));
        let sender = Sender {
            http: client::client().map_err(|e| fault(&e))?,
            runtime: tokio::runtime::Handle::current(),
            told: AtomicBool::new(false),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(sender)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", collector.trim_end_matches('/')))
            .build();
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name(service).with_attribute(version).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter.map_err(|e| fault(&e))?)
            .with_resource(resource)
            .build();
        TRACER.get_or_init(|| provider.tracer("careweave"));
        Ok(Traces(provider))
    }

    /// Sends what is not sent yet, as far as that is possible in time.
    pub async fn close(self, patience: Duration) {
        let closed = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(patience)).await;
        if !matches!(closed, Ok(Ok(()))) {
            tracing::warn!("some traces are not sent");
        }
    }
}

/// Begins the span of a request, below the caller's, where it tells one.
pub fn request(headers: &HeaderMap, id: Uuid, method: &str, route: &str) -> Context {
    let parent = || TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    let ids = [
        KeyValue::new("careweave.request.id", id.to_string()),
        KeyValue::new("http.request.method", method.to_owned()),
        KeyValue::new("http.route", route.to_owned()),
    ];
    begin(format!("{method} {route}"), SpanKind::Server, parent, ids)
}

/// Begins the span of an attempt at a solve, below the request that it came in with, perhaps to another process.
pub fn attempt(parent: Option<&str>, solve: Uuid, kind: &str, attempt: i64) -> Context {
    let parent = || {
        let told = parent.map(|parent| ("traceparent".to_owned(), parent.to_owned()));
        TraceContextPropagator::new().extract(&told.into_iter().collect::<HashMap<_, _>>())
    };
    let ids =
        [KeyValue::new("careweave.solve.id", solve.to_string()), KeyValue::new("careweave.solve.attempt", attempt)];
    begin(format!("attempt {kind}"), SpanKind::Consumer, parent, ids)
}

/// A context with a new span in it, which ends with the last copy of it; an empty one where nobody collects.
fn begin<const N: usize>(name: String, kind: SpanKind, parent: impl Fn() -> Context, ids: [KeyValue; N]) -> Context {
    let Some(tracer) = TRACER.get() else { return Context::new() };
    let span = tracer.span_builder(name).with_kind(kind).with_attributes(ids);
    Context::new().with_span(span.start_with_context(tracer, &parent()))
}

/// How what a span stands for has ended.
pub fn outcome(span: &Context, name: &'static str, value: impl Into<opentelemetry::Value>) {
    span.span().set_attribute(KeyValue::new(name, value));
}

/// The span that is going on, as `traceparent` (W3C Trace Context) writes it.
pub fn current() -> Option<String> {
    TRACER.get()?;
    let mut told = HashMap::new();
    TraceContextPropagator::new().inject_context(&Context::current(), &mut told);
    told.remove("traceparent")
}

/// Sends from the exporter's thread, which has no runtime of its own.
#[derive(Debug)]
struct Sender {
    http: reqwest::Client,
    runtime: tokio::runtime::Handle,
    /// Whether it was told that the collector does not answer.
    told: AtomicBool,
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let answer = self.runtime.spawn(async move { http.send_bytes(request).await }).await?;
        match &answer {
            Ok(_) => self.told.store(false, Ordering::Relaxed),
            Err(error) if !self.told.swap(true, Ordering::Relaxed) => {
                tracing::warn!(why = client::explained(&**error), "traces are not sent: the collector does not answer");
            }
            Err(_) => {}
        }
        answer
    }
}
