//! Tells those who wait in this process that a solve has changed. What happens in other processes is seen by looking.

use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

/// Between two looks where no bell rings.
pub const LOOK: Duration = Duration::from_millis(500);

/// Rings at each change of a solve, and when there is work.
pub struct Bell {
    changes: broadcast::Sender<Uuid>,
    work: Notify,
}

/// Somebody who waits for changes of one solve.
pub struct Ear {
    id: Uuid,
    changes: broadcast::Receiver<Uuid>,
}

impl Default for Bell {
    fn default() -> Self {
        Bell { changes: broadcast::Sender::new(1024), work: Notify::new() }
    }
}

impl Bell {
    /// Solve `id` has changed.
    pub fn ring(&self, id: Uuid) {
        // Nobody may be listening.
        let _ = self.changes.send(id);
    }

    /// There is work.
    pub fn call(&self) {
        self.work.notify_one();
    }

    /// Waits for work, or until it is time to look.
    pub async fn called(&self) {
        let _ = tokio::time::timeout(LOOK, self.work.notified()).await;
    }

    /// Listens from now on.
    pub fn listen(&self, id: Uuid) -> Ear {
        Ear { id, changes: self.changes.subscribe() }
    }
}

impl Ear {
    /// Waits for a change, or until it is time to look.
    pub async fn heard(&mut self) {
        let ours = async {
            loop {
                match self.changes.recv().await {
                    Ok(id) if id != self.id => {}
                    // Ours, or so many at once that ours may be among them.
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                    Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        let _ = tokio::time::timeout(LOOK, ours).await;
    }
}
