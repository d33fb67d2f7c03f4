//! How the service ends.

#[cfg(unix)]
#[tokio::test]
async fn at_sigterm_running_solves_are_handed_on_with_their_best_and_their_streams_end() {
    use std::process::Command;

    use tempfile::TempDir;

    use super::{Service, long};

    for signal in ["TERM", "INT"] {
        let folder = TempDir::new().unwrap();
        let database = format!("sqlite://{}", folder.path().join("careweave.db").display());
        let mut service = Service::over(&database, TempDir::new().unwrap(), &["--workers", "1"]);
        let path = service.submit(&long()).await;
        let before = service.poll(&path, |s| s["objective"].is_u64()).await;
        let events = service.get(&format!("{path}/events")).send().await.unwrap();
        let sent = Command::new("kill").args([format!("-{signal}"), service.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(!events.text().await.unwrap().contains("event: finished"));
        assert!(service.child.wait().unwrap().success(), "{signal}");
        // Without workers the next process shows what was handed on.
        let next = Service::over(&database, folder, &["--workers", "0"]);
        let after = next.poll(&path, |_| true).await;
        assert_eq!(after["status"], "queued");
        assert!(after["objective"].as_u64() <= before["objective"].as_u64(), "{after}");
        assert_eq!(next.get(&format!("{path}/calendar")).send().await.unwrap().status(), 200);
    }
}
