//! Who is turned away.

use reqwest::StatusCode;

use super::{Service, problem_details};

#[tokio::test]
async fn a_foreign_host_or_origin_is_403_whatever_it_asks_for() {
    let service = Service::start();
    let port = service.url.rsplit_once(':').unwrap().1;
    for (name, value) in [
        ("host", "rebound.example".to_owned()),
        ("host", format!("rebound.example:{port}")),
        ("origin", "http://rebound.example".to_owned()),
        ("origin", "http://127.0.0.1:1".to_owned()),
        ("origin", "null".to_owned()),
    ] {
        for path in ["/healthz", "/openapi.json", "/v1/solves/1", "/nowhere"] {
            let response = service.get(path).header(name, &value).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
            assert_eq!(problem_details(response).await["code"], "foreign-request");
        }
    }
}

#[tokio::test]
async fn our_own_page_and_other_loopback_names_are_served() {
    let service = Service::start();
    let port = service.url.rsplit_once(':').unwrap().1;
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
        let request = service.get("/healthz").header("host", &host).header("origin", format!("http://{host}"));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{host}");
    }
}
