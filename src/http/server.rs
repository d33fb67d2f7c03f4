//! The listening socket: few connections, headers in time, and an end that lets requests finish.

use std::{sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};

use super::linger::Lingering;

/// Connections at once.
const CONNECTIONS: usize = 1024;
/// Time to send the headers of a request, also the time that a connection may idle between two.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// Headers of a request.
const HEADERS: usize = 64;
/// Bytes of the headers of a request.
const HEADER_BYTES: usize = 64 << 10;
/// Time that requests get to finish at the end.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves until `end` resolves; then calls `closing`, which makes long requests finish, and waits for all.
pub async fn serve<C: Future<Output = ()>>(
    listener: TcpListener,
    router: Router,
    end: impl Future<Output = ()>,
    closing: impl FnOnce() -> C,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_headers(HEADERS).max_buf_size(HEADER_BYTES);
    tokio::pin!(end);
    loop {
        let accepted = async {
            let room = room.clone().acquire_owned().await;
            (listener.accept().await, room)
        };
        let (accepted, room) = tokio::select! { a = accepted => a, () = &mut end => break };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, or the client is gone: others may end meanwhile.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let connection =
            http.serve_connection(TokioIo::new(Lingering::new(stream)), TowerToHyperService::new(router.clone()));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _room = room;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ends");
            }
        });
    }
    drop(listener);
    closing().await;
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}
