//! Does in the background what is to be done outside: several things at once, each by one process of all that share the
//! database, each as often as it takes.

mod caldav;
mod subscription;
mod webhook;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use tokio::{
    sync::{Notify, Semaphore},
    task::JoinHandle,
    time::timeout,
};
use url::Url;

use crate::{
    failure::Failure,
    outbound::{Outbound, Trouble},
    programs::outbox::{self, Errand, Item, Outcome},
    store::Store,
};

/// Things at once.
const AT_ONCE: usize = 16;
/// Calendars at once that are fetched for somebody who waits: each may be large.
const LOOKS: usize = 4;
/// Between two looks where nobody calls.
const LOOK: Duration = Duration::from_millis(500);
/// Between two sweeps of what is old.
const SWEEP: Duration = Duration::from_secs(3600);
/// Time for one thing: well within its claim.
const PATIENCE: Duration = Duration::from_secs(outbox::LEASE.as_secs() - 30);

/// What is at work in this process.
pub struct Delivery {
    store: Store,
    outbound: Outbound,
    looks: Semaphore,
    bell: Notify,
    closing: AtomicBool,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Delivery {
    /// Begins.
    pub fn start(store: Store, outbound: Outbound) -> Arc<Self> {
        let (bell, closing) = (Notify::new(), AtomicBool::new(false));
        let (looks, task) = (Semaphore::new(LOOKS), Mutex::default());
        let delivery = Arc::new(Delivery { store, outbound, looks, bell, closing, task });
        let task = tokio::spawn(work(delivery.clone()));
        if let Ok(mut kept) = delivery.task.lock() {
            *kept = Some(task);
        }
        delivery
    }

    /// How requests are sent.
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Fetches a calendar for somebody who waits for it.
    pub async fn look(&self, url: Url) -> Result<Vec<u8>, Trouble> {
        let _turn = self.looks.acquire().await;
        subscription::look(&self.outbound, url).await
    }

    /// There may be something to do.
    pub fn call(&self) {
        self.bell.notify_one();
    }

    /// Begins nothing any more and waits for what is under way, or until the time is over; what is not done then is done
    /// by whoever claims it next.
    pub async fn close(&self, patience: Duration) {
        self.closing.store(true, Ordering::Relaxed);
        self.call();
        let task = self.task.lock().ok().and_then(|mut task| task.take());
        if let Some(task) = task
            && timeout(patience, task).await.is_err()
        {
            tracing::warn!("something that was being sent is not known to have arrived; it is sent again");
        }
    }

    /// Does one thing.
    async fn attempt(&self, item: &Item) -> Result<Outcome, Failure> {
        match item.errand {
            Errand::Webhook => webhook::send(&self.store, &self.outbound, item).await,
            Errand::Subscription => subscription::read(&self.store, &self.outbound, item).await,
            Errand::CalDav => caldav::sync(&self.store, &self.outbound, item).await,
        }
    }

    async fn tend(&self, item: Item) {
        let outcome = match timeout(PATIENCE, self.attempt(&item)).await {
            Ok(Ok(outcome)) => outcome,
            // The database is away, or a fault of ours: later, perhaps.
            Ok(Err(failure)) => {
                tracing::warn!(item = item.id, detail = %failure, "something to be done outside is not done");
                Outcome::Not("it could not be tried".into())
            }
            Err(_) => Outcome::Not(format!("it took longer than {} s", PATIENCE.as_secs())),
        };
        match &outcome {
            Outcome::Done(answer) | Outcome::Again(answer, _) => {
                tracing::info!(item = item.id, tries = item.tries, answer, "done outside");
            }
            Outcome::Not(why) | Outcome::Never(why) => {
                tracing::warn!(item = item.id, tries = item.tries, why, "not done outside");
            }
        }
        match outbox::note(&self.store, &item, &outcome).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(item = item.id, "the claim was no longer ours"),
            // It is tried again once the claim has run out.
            Err(failure) => tracing::warn!(item = item.id, detail = %failure, "what came of it is not noted"),
        }
    }
}

async fn work(delivery: Arc<Delivery>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut swept: Option<Moment> = None;
    while !delivery.closing.load(Ordering::Relaxed) {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match outbox::claim(&delivery.store).await {
            Ok(Some(item)) => {
                let delivery = delivery.clone();
                tokio::spawn(async move {
                    delivery.tend(item).await;
                    drop(place);
                });
                continue;
            }
            Ok(None) => {}
            Err(failure) => tracing::debug!(detail = %failure, "what is to be done outside can't be seen"),
        }
        drop(place);
        if swept.is_none_or(|at| at.elapsed() > SWEEP) {
            swept = Some(Moment::now());
            if let Err(failure) = outbox::sweep(&delivery.store).await {
                tracing::debug!(detail = %failure, "what was done long ago is not forgotten yet");
            }
        }
        let _ = timeout(LOOK, delivery.bell.notified()).await;
    }
    let _ = places.acquire_many(AT_ONCE as u32).await;
}
