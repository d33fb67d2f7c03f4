//! The HTTP service: one file a resource, each with its own `router()`; errors in `error`, what guards the door in
//! `guard`, `body`, `cpu` and `limits`.

mod body;
mod caller;
mod check;
mod cpu;
mod error;
mod guard;
mod health;
mod json;
mod limits;
mod log;
mod metrics;
mod openapi;
mod params;
pub mod server;
pub mod solves;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, extract::Request, middleware, response::IntoResponse};
use tower::ServiceExt;

use self::{body::Bodies, cpu::Cpu, error::Error, metrics::Metrics};
use crate::jobs::Jobs;

/// What the handlers share.
pub struct App {
    jobs: Arc<Jobs>,
    bodies: Bodies,
    cpu: Cpu,
    metrics: Metrics,
    draining: AtomicBool,
}

impl App {
    /// A service over these solves.
    pub fn new(jobs: Arc<Jobs>) -> Self {
        let (bodies, cpu, metrics) = (Bodies::default(), Cpu::default(), Metrics::default());
        App { jobs, bodies, cpu, metrics, draining: AtomicBool::new(false) }
    }

    /// The solves.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// From now on the service is not ready: it is about to end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// All routes behind all guards.
pub fn router(app: Arc<App>) -> Router {
    let (routes, api) =
        openapi::base().merge(health::router()).merge(check::router()).merge(solves::router()).split_for_parts();
    routes
        .merge(openapi::router(api))
        .fallback(|| async { Error::NotFound("There is nothing at this address.") })
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(middleware::from_fn(limits::in_time))
        .layer(middleware::from_fn(guard::ours_only))
        .layer(middleware::from_fn_with_state(app.clone(), metrics::each_request))
        .layer(middleware::from_fn(log::each_request))
        .with_state(app)
}

/// The door of a service that may not be there yet: until it is, the process lives, but is not ready.
pub fn door(service: Arc<OnceLock<Router>>) -> Router {
    Router::new().fallback(move |request: Request| {
        let service = service.clone();
        async move {
            match service.get() {
                // A router's error is impossible.
                Some(router) => router.clone().oneshot(request).await.unwrap_or_else(|never| match never {}),
                None if request.uri().path() == "/healthz" => health::alive().await,
                None => Error::NotReady.into_response(),
            }
        }
    })
}
