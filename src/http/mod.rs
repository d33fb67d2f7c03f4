//! The HTTP service: one file a resource, each with its own `router()`; errors in `error`, what guards the door in
//! `guard`, `body`, `cpu` and `limits`.

mod body;
mod check;
mod cpu;
mod error;
mod guard;
mod health;
mod json;
mod limits;
mod log;
mod openapi;
mod params;
pub mod server;
mod solves;

use std::sync::Arc;

use axum::{Router, middleware};

use self::{body::Bodies, cpu::Cpu, error::Error};
use crate::jobs::Jobs;

/// What the handlers share.
pub struct App {
    jobs: Jobs,
    bodies: Bodies,
    cpu: Cpu,
}

impl App {
    /// A service over these solves.
    pub fn new(jobs: Jobs) -> Self {
        App { jobs, bodies: Bodies::default(), cpu: Cpu::default() }
    }

    /// The solves.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
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
        .layer(middleware::from_fn(log::each_request))
        .with_state(app)
}
