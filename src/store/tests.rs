//! The same text on both databases.

use super::{
    testing::{self, both},
    *,
};

#[tokio::test]
async fn processes_that_start_together_migrate_once() {
    for scratch in both() {
        let opened = (0..6).map(|_| Store::open(&scratch.address));
        for store in futures_util::future::join_all(opened).await {
            let rows = store.unwrap().read("SELECT version FROM versions", args![]).await.unwrap();
            let versions: Vec<i64> = rows.iter().map(|r| r.int(0).unwrap()).collect();
            assert_eq!(versions, (1..).take(migrate::VERSIONS.len()).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    for scratch in both() {
        let store = Store::open(&scratch.address).await.unwrap();
        store.write("INSERT INTO versions (version, migrated) VALUES (1000, 0)", args![]).await.unwrap();
        let refused = Store::open(&scratch.address).await.unwrap_err();
        assert!(refused.to_string().contains("version 1000"), "{refused}");
    }
}

#[tokio::test]
async fn what_is_written_is_read_again_and_what_is_not_committed_never_was() {
    for scratch in both() {
        let store = Store::open(&scratch.address).await.unwrap();
        let insert = "INSERT INTO solve_requests (solve, body) VALUES ($1, $2)";
        store.write(insert, args!["a", vec![0u8, 255, 7]]).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.run(insert, args!["b", vec![1u8]]).await.unwrap();
        drop(tx);
        let rows = store.read("SELECT solve, body FROM solve_requests ORDER BY solve", args![]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text(0).unwrap(), rows[0].bytes(1).unwrap()), ("a".to_owned(), vec![0, 255, 7]));
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_told_without_its_password() {
    for address in ["mysql://a:secret@b/c", "careweave.db", "sqlite::memory:"] {
        let failure = Store::open(address).await.unwrap_err();
        assert!(matches!(failure, Failure::Usage(_)), "{failure}");
        assert!(!failure.to_string().contains("secret"), "{failure}");
    }
}

#[tokio::test]
async fn a_server_that_was_gone_is_asked_again_when_it_is_back() {
    let server = testing::Server::start();
    let scratch = server.database();
    let store = Store::open(&scratch.address).await.unwrap();
    let read = || store.read("SELECT version FROM versions", args![]);
    assert!(read().await.is_ok());
    server.fall();
    assert!(matches!(read().await, Err(Failure::Unavailable(_))));
    server.rise();
    assert!(read().await.is_ok());
}

#[tokio::test]
async fn a_server_ends_a_change_of_somebody_who_says_nothing_more() {
    let scratch = testing::postgres();
    let store = Store::open(&scratch.address).await.unwrap();
    let rows = store.read("SHOW idle_in_transaction_session_timeout", args![]).await.unwrap();
    assert_eq!(rows[0].text(0).unwrap(), "30s");
}

#[tokio::test]
async fn after_a_full_disk_the_next_change_is_made_as_if_nothing_had_happened() {
    let scratch = testing::sqlite();
    let store = Store::open(&scratch.address).await.unwrap();
    let pages = store.read("PRAGMA page_count", args![]).await.unwrap()[0].int(0).unwrap();
    let insert = "INSERT INTO solve_requests (solve, body) VALUES ($1, $2)";
    let full = async || store.write(&format!("PRAGMA max_page_count = {pages}"), args![]).await.map(drop);
    full().await.unwrap();
    for _ in 0..3 {
        let mut tx = store.begin().await.unwrap();
        tx.run(insert, args!["small", vec![1u8]]).await.unwrap();
        let refused = tx.run(insert, args!["large", vec![1u8; 1 << 20]]).await;
        assert!(matches!(refused, Err(Failure::Unavailable(_))));
        drop(tx);
        // A connection that was opened anew does not know of the limit.
        full().await.unwrap();
    }
    store.write("PRAGMA max_page_count = 1000000", args![]).await.unwrap();
    store.write(insert, args!["large", vec![1u8; 1 << 20]]).await.unwrap();
    let rows = store.read("SELECT solve FROM solve_requests", args![]).await.unwrap();
    assert_eq!(rows.iter().map(|r| r.text(0).unwrap()).collect::<Vec<_>>(), ["large"]);
}
