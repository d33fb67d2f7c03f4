//! Threads that give way: proving bounds must not take from the search what it needs.

use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Makes the current thread, and those that it starts later, run with less of a contended core; 0 is the least, 50 what
/// a thread has by itself. Where the system does not allow it, nothing changes.
pub fn give_way(to: u8) {
    let lower = ThreadPriority::try_from(to);
    // A refusal costs speed, nothing else.
    let _ = lower.map(set_current_thread_priority);
}
