//! What asks services that whoever runs this one has named, such as a provider of identities or a collector of traces.

use std::time::Duration;

/// Time that a service gets to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client for HTTP and HTTPS, which follows no redirect: one could lead to whatever this machine reaches.
pub fn client() -> Result<reqwest::Client, String> {
    // Somebody else may have chosen the same before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    client.build().map_err(|e| explained(&e))
}

/// An error with its causes. Secrets go in headers and bodies, which errors do not tell.
pub fn explained(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |e| e.source()).map(ToString::to_string);
    causes.collect::<Vec<_>>().join(": ")
}
