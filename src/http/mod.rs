//! The HTTP service: one file a resource, each with its own `router()`; errors in `error`, what guards the door in
//! `guard`, `body`, `cpu` and `limits`.

mod accept;
mod asked;
mod body;
mod caller;
mod censuses;
mod check;
mod cpu;
mod docs;
mod error;
mod explain;
mod feeds;
mod guard;
mod health;
mod json;
mod limits;
mod linger;
mod listing;
mod log;
mod login;
mod metrics;
mod openapi;
mod page;
mod params;
mod places;
mod polled;
mod programs;
mod purchases;
mod quality;
mod replans;
mod runs;
pub mod server;
mod session;
pub mod solves;
mod whatifs;

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, header},
    middleware,
    response::IntoResponse,
};
use tokio::sync::Notify;
use tower::ServiceExt;

pub use self::guard::Public;
use self::{body::Bodies, cpu::Cpu, error::Error, metrics::Metrics};
use crate::{
    auth::{audit::Audit, keys, oidc::Oidc, rate::Rates},
    compiled::Compiled,
    delivery::Delivery,
    failure::Failure,
    jobs::Jobs,
};

/// How long it is believed that there is no key.
const KEYLESS_FOR: Duration = Duration::from_secs(1);

/// What the handlers share.
pub struct App {
    jobs: Arc<Jobs>,
    delivery: Arc<Delivery>,
    bodies: Bodies,
    cpu: Cpu,
    compiled: Arc<Compiled>,
    metrics: Metrics,
    audit: Audit,
    rates: Rates,
    /// Whether a key was ever seen: from then on every request needs one.
    keyed: AtomicBool,
    /// When the database was last seen without a key.
    keyless: Mutex<Option<Moment>>,
    draining: AtomicBool,
    /// Wakes those who watch a week.
    changes: Notify,
    /// Where the service is seen from outside.
    public: Option<Public>,
    /// Logins by a provider of identities.
    oidc: Option<Oidc>,
}

impl App {
    /// A service over these solves, which lets each key ask so often a second.
    pub fn new(
        jobs: Arc<Jobs>,
        delivery: Arc<Delivery>,
        public: Option<Public>,
        rate: u32,
        oidc: Option<Oidc>,
    ) -> Self {
        App {
            bodies: Bodies::default(),
            cpu: Cpu::default(),
            compiled: Arc::default(),
            metrics: Metrics::default(),
            audit: Audit::start(jobs.store().clone()),
            rates: Rates::new(rate),
            keyed: AtomicBool::new(false),
            keyless: Mutex::new(None),
            draining: AtomicBool::new(false),
            changes: Notify::new(),
            public,
            delivery,
            oidc,
            jobs,
        }
    }

    /// Whether everybody on this machine may ask: while the database holds no key and nobody could log in.
    async fn is_open(&self) -> Result<bool, Failure> {
        if self.oidc.is_some() {
            return Ok(false);
        }
        let fresh = |at: &Moment| at.elapsed() < KEYLESS_FOR;
        if !self.keyed.load(Ordering::Relaxed) && self.keyless.lock().is_ok_and(|at| at.as_ref().is_some_and(fresh)) {
            return Ok(true);
        }
        if !self.keyed.load(Ordering::Relaxed) && keys::any(self.jobs.store()).await? {
            self.keyed.store(true, Ordering::Relaxed);
        }
        let open = !self.keyed.load(Ordering::Relaxed);
        if let Ok(mut keyless) = self.keyless.lock() {
            *keyless = if open { Some(Moment::now()) } else { None };
        }
        Ok(open)
    }

    /// Ends what is being sent, and writes what is not written yet.
    pub async fn close(&self, patience: Duration) {
        self.delivery.close(patience).await;
        self.audit.close(patience).await;
    }

    /// The `Set-Cookie` of a session.
    fn cookie(&self, secret: &str, seconds: i64) -> String {
        self.cookie_of(crate::auth::sessions::COOKIE, secret, seconds, "Strict", "/")
    }

    /// A `Set-Cookie` that no script sees.
    fn cookie_of(&self, name: &str, value: &str, seconds: i64, same_site: &str, path: &str) -> String {
        let secure = if self.public.as_ref().is_some_and(Public::is_https) { "; Secure" } else { "" };
        format!("{name}={value}; HttpOnly; SameSite={same_site}; Path={path}; Max-Age={seconds}{secure}")
    }

    /// Where this request has reached the service, as an address that goes on.
    fn seen_at(&self, headers: &HeaderMap) -> String {
        match &self.public {
            Some(public) => public.to_string(),
            None => {
                let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
                format!("http://{}", host.unwrap_or("localhost"))
            }
        }
    }

    /// The solves.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// A programme or a week has changed: those who watch it look at once.
    fn changed(&self) {
        self.changes.notify_waiters();
        // Others outside may be to be told of it.
        self.delivery.call();
    }

    /// Waits until something has changed in this process, or until it is time to look what others did.
    async fn heard(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.changes.notified()).await;
    }

    /// From now on the service is not ready: it is about to end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.changed();
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// All routes behind all guards.
pub fn router(app: Arc<App>) -> Router {
    let (routes, api) = openapi::base()
        .merge(health::router())
        .merge(session::router())
        .merge(login::router())
        .merge(check::router())
        .merge(explain::router())
        .merge(places::router())
        .merge(quality::router())
        .merge(solves::router())
        .merge(replans::router())
        .merge(whatifs::router())
        .merge(censuses::router())
        .merge(purchases::router())
        .merge(programs::router())
        .merge(feeds::router())
        .split_for_parts();
    routes
        .merge(openapi::router(api))
        .merge(page::router())
        .fallback(|| async { Error::NotFound("There is nothing at this address.") })
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(middleware::from_fn(limits::in_time))
        .layer(middleware::from_fn_with_state(app.clone(), caller::known))
        .layer(middleware::from_fn_with_state(app.clone(), guard::ours_only))
        .layer(middleware::from_fn_with_state(app.clone(), metrics::each_request))
        .layer(middleware::from_fn(log::each_request))
        .with_state(app)
}

/// Weeks that are solved one after the other, until the service ends.
pub async fn series(app: Arc<App>) {
    programs::series::tend(app).await;
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
