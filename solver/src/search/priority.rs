//! Threads that give way: who serves goes before who searches, who searches before who proves bounds; but where a proof
//! is in reach, who proves goes first.

/// Makes the current thread, and those that it starts later, run with less of a contended core than it has now: `by` is in
/// steps of the system's niceness (5 steps: about a third). Where the system refuses it or has no such thing for a thread,
/// nothing changes.
pub fn give_way(by: u8) {
    // On Linux niceness belongs to the thread, elsewhere to the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(by.into());
    #[cfg(not(target_os = "linux"))]
    let _ = by;
}
