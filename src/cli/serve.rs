//! `careweave serve`: the HTTP service.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use careweave_solver::search;
use chrono::{DateTime, Utc};
use clap::Args;

use super::{Outcome, login::Login, output::Output, rekey::RecordKeys, service};
use crate::{
    auth::keys,
    clock,
    delivery::Delivery,
    demo,
    failure::Failure,
    http::{self, App, Public},
    jobs::Jobs,
    programs::sealed,
    signals::Signals,
    store::Store,
};

/// Serve the page and the HTTP API
///
/// Everything is kept in a database. Ctrl-C and SIGTERM end the service: running solves are handed on with their best
/// calendar, to another process of the same database or to the next start.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  careweave serve\n  careweave serve --demo        and open http://127.0.0.1:8080\n  careweave serve --listen 127.0.0.1:9000 --database sqlite:///var/lib/careweave.db
  curl localhost:8080/healthz"
)]
pub struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, env = "CAREWEAVE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where the service is seen from outside, such as `https://weave.example`; needed beyond this machine
    #[arg(long, env = "CAREWEAVE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Public>,
    /// Requests a second that each key may make
    #[arg(long, env = "CAREWEAVE_RATE", default_value_t = 3000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// Keep a made-up programme of two sites, `demo`, and solve and publish its week
    #[arg(long)]
    demo: bool,
    /// Believe that it is this time, such as `2026-11-26T09:00:00Z`, as far as programmes' weeks go
    #[arg(long, env = "CAREWEAVE_NOW", value_name = "TIME", hide = true)]
    now: Option<DateTime<Utc>>,
    /// Print what is in force, without secrets, and end
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    login: Login,
    #[command(flatten)]
    record_keys: RecordKeys,
    #[command(flatten)]
    shared: service::Shared,
}

/// Time that running solves get to end.
const FAREWELL: Duration = Duration::from_secs(10);

impl Serve {
    pub fn run(self) -> Result<Outcome, Failure> {
        if self.print_config {
            let mut config = self.shared.shown()?;
            config["listen"] = self.listen.to_string().into();
            config["public_url"] = self.public_url.as_ref().map(Public::to_string).into();
            config["rate"] = self.rate.into();
            config["oidc"] = self.login.shown();
            let seal = self.record_keys.seal()?.unwrap_or_default();
            config["record_keys"] = seal.keys().collect::<Vec<_>>().into();
            Output::Standard.write_json(&config)?;
            return Ok(Outcome::Done);
        }
        self.shared.log();
        if let Some(now) = self.now {
            tracing::warn!(%now, "programmes' weeks are seen as if it were another time");
            clock::believe(now);
        }
        service::runtime()?.block_on(self.shared.traced("careweave", self.serve()))?;
        Ok(Outcome::Done)
    }

    async fn serve(&self) -> Result<(), Failure> {
        let fault = |what: &'static str| move |e: std::io::Error| Failure::Outside(format!("{what}: {e}."));
        let mut signals = Signals::listen().map_err(fault("Signals can't be listened to"))?;
        let listener = http::server::listen(self.listen)
            .map_err(|e| Failure::Outside(format!("{} can't be listened on: {e}.", self.listen)))?;
        let address = listener.local_addr().map_err(fault("The address can't be told"))?;
        let oidc = self.login.oidc()?;
        let has_login = oidc.is_some();
        let seal = self.record_keys.seal()?.unwrap_or_default();
        let (door, app) = (Arc::new(OnceLock::new()), Arc::new(OnceLock::<Arc<App>>::new()));
        let opening = async {
            let store = Store::open(&self.shared.address()?).await?.sealed_by(seal);
            sealed::readable(&store).await?;
            let keyless = !keys::any(&store).await?;
            if !self.listen.ip().is_loopback() && keyless {
                return Err(Failure::Usage(format!(
                    "{} is not a loopback address; without keys the service listens on 127.0.0.1 or [::1] only. \
                     Make a key first: careweave keys create --role owner.",
                    self.listen
                )));
            }
            let limits = self.shared.limits();
            let delivery = Delivery::start(store.clone(), self.shared.outbound()?);
            let jobs = Jobs::start(store, limits, http::solves::request::runner(search::solve));
            if self.demo {
                demo::prepare(&jobs).await?;
            }
            let ours = app.get_or_init(|| Arc::new(App::new(jobs, delivery, self.public_url.clone(), self.rate, oidc)));
            door.get_or_init(|| http::router(ours.clone()));
            tokio::spawn(http::series(ours.clone()));
            if keyless && !has_login {
                tracing::warn!("no keys: every request from this machine is allowed");
            }
            tracing::info!(workers = limits.workers, "listening on http://{address}");
            Ok::<_, Failure>(())
        };
        let closing = || async {
            tracing::info!("ending: running solves are handed on with their best");
            if let Some(app) = app.get() {
                app.drain();
                app.jobs().close(FAREWELL).await;
                app.close(FAREWELL).await;
            }
        };
        let serving = http::server::serve(listener, http::door(door.clone()), signals.next(), closing);
        tokio::pin!(serving);
        tokio::pin!(opening);
        if self.demo {
            // Who is told that the service lives finds the programme there.
            (&mut opening).await?;
            serving.await;
            tracing::info!("ended");
            return Ok(());
        }
        // The process lives while it migrates, and says that it is not ready.
        tokio::select! {
            opened = &mut opening => {
                opened?;
                serving.await;
            }
            () = &mut serving => {}
        }
        tracing::info!("ended");
        Ok(())
    }
}
