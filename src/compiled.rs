//! Problems that were asked about lately, compiled, each with the calendar that was judged last: so that an edit of a
//! draft is judged by what it can concern. Bounded in number, in size and in time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

use careweave_solver::{
    instance::Instance,
    problem::{GivenSession, Problem},
    rules::{CheckReport, Live},
};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// Problems that are kept at most.
const MOST: usize = 32;
/// Bytes of their texts at most, all together; compiled, a problem takes some times its text.
const LARGEST: usize = 8 << 20;
/// How long one is kept that nobody asks about.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// The tenant, and a hash of the problem's text.
type Key = (String, [u8; 32]);

/// The problems.
#[derive(Default)]
pub struct Compiled(Mutex<HashMap<Key, Entry>>);

struct Entry {
    live: Arc<Mutex<Live>>,
    bytes: usize,
    used: Moment,
}

fn key(tenant: &str, text: &str) -> Key {
    (tenant.to_owned(), Sha256::digest(text).into())
}

impl Compiled {
    /// What the rules say of a calendar of a problem, which is read only if it is not known. Whoever changes the problem
    /// changes its text, and so its key.
    pub fn check(
        &self,
        tenant: &str,
        text: &str,
        sessions: Vec<GivenSession>,
        read: impl FnOnce() -> Result<Problem, Failure>,
    ) -> Result<CheckReport, Failure> {
        let key = key(tenant, text);
        let known = {
            let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            entries.get_mut(&key).map(|entry| {
                entry.used = Moment::now();
                entry.live.clone()
            })
        };
        if let Some(live) = known {
            // Who panicked over a calendar has left it half judged: it is judged anew.
            if let Ok(mut live) = live.lock() {
                live.replace(sessions);
                return Ok(live.report());
            }
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
            return self.check(tenant, text, sessions, read);
        }
        let live = Live::new(Arc::new(Instance::new(Arc::new(read()?))), sessions);
        let report = live.report();
        self.keep(key, Entry { live: Arc::new(Mutex::new(live)), bytes: text.len(), used: Moment::now() });
        Ok(report)
    }

    /// Whether a problem is known.
    pub fn knows(&self, tenant: &str, text: &str) -> bool {
        let key = key(tenant, text);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&key)
    }

    fn keep(&self, key: Key, entry: Entry) {
        if entry.bytes > LARGEST {
            return;
        }
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, entry| entry.used.elapsed() < IDLE);
        entries.insert(key, entry);
        while entries.len() > MOST || entries.values().map(|e| e.bytes).sum::<usize>() > LARGEST {
            let Some(oldest) = entries.iter().min_by_key(|(_, e)| e.used).map(|(key, _)| key.clone()) else { return };
            entries.remove(&oldest);
        }
    }

    /// Forgets all problems of a tenant.
    pub fn forget(&self, tenant: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(whose, _), _| whose != tenant);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use careweave_solver::{
        generate::{Draw, generate},
        rules,
    };

    use super::*;

    #[test]
    fn a_problem_is_read_once_for_each_tenant_and_forgotten_when_others_come() {
        let compiled = Compiled::default();
        let read = Cell::new(0);
        let ask = |tenant: &str, text: &str| {
            let draw = || {
                read.set(read.get() + 1);
                Ok(generate(&Draw::small(1)))
            };
            compiled.check(tenant, text, Vec::new(), draw).unwrap()
        };
        let report = ask("a", "text");
        assert_eq!(report, rules::check(&Instance::new(Arc::new(generate(&Draw::small(1)))), &[]));
        assert_eq!((ask("a", "text"), read.get()), (report.clone(), 1));
        assert_eq!((ask("b", "text"), read.get()), (report.clone(), 2));
        compiled.forget("a");
        assert_eq!((ask("b", "text"), ask("a", "text"), read.get()), (report.clone(), report, 3));
        (0..MOST).for_each(|k| drop(ask("a", &k.to_string())));
        assert_eq!(compiled.0.lock().unwrap().len(), MOST);
        let large = "x".repeat(LARGEST);
        ask("a", &large);
        assert_eq!(compiled.0.lock().unwrap().len(), 1);
    }
}
