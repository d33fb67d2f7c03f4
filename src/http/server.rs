//! The listening socket: few connections, headers in time, and an end that lets requests finish.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::Semaphore,
};

use super::linger::Lingering;

/// Connections at once.
const CONNECTIONS: usize = 1024;
/// Connections that wait to be accepted.
const QUEUE: u32 = 4096;
/// Time to send the headers of a request, also the time that a connection may idle between two.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// Headers of a request.
const HEADERS: usize = 64;
/// Bytes of the headers of a request.
const HEADER_BYTES: usize = 64 << 10;
/// Time that requests get to finish at the end.
const FAREWELL: Duration = Duration::from_secs(10);

/// Listens. Hundreds of calendar programs that look at the same minute wait in the queue: who finds it full, as that of
/// `TcpListener::bind` soon is, knocks again only a second later.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Elsewhere it lets others listen there, too.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

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
