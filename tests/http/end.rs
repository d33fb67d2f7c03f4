//! How the service ends.

#[cfg(unix)]
#[tokio::test]
async fn at_sigterm_running_solves_stop_keep_their_best_and_tell_it_before_the_service_ends() {
    use std::process::Command;

    use super::{Service, long};

    for signal in ["TERM", "INT"] {
        let mut service = Service::start();
        let path = service.submit(&long()).await;
        service.poll(&path, |s| s["objective"].is_u64()).await;
        let events = service.get(&format!("{path}/events")).send().await.unwrap();
        let sent = Command::new("kill").args([format!("-{signal}"), service.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let text = events.text().await.unwrap();
        let last = text.trim_end().rsplit("\n\n").next().unwrap();
        assert!(last.starts_with("event: finished\n") && last.contains("\"status\":\"stopped\""), "{last}");
        assert!(last.contains("\"objective\":") && !last.contains("\"objective\":null"), "{last}");
        assert!(service.child.wait().unwrap().success(), "{signal}");
    }
}
