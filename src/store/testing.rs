//! Databases for tests: a file in a folder of its own, and a PostgreSQL that the tests start themselves.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// A database that is gone with it.
pub struct Scratch {
    pub address: String,
    _folder: Option<TempDir>,
}

/// One of each kind.
pub fn both() -> [Scratch; 2] {
    [sqlite(), postgres()]
}

pub fn sqlite() -> Scratch {
    let folder = TempDir::new().unwrap();
    let address = format!("sqlite://{}", folder.path().join("careweave.db").display());
    Scratch { address, _folder: Some(folder) }
}

/// A new database of the server that all tests of this process share.
pub fn postgres() -> Scratch {
    static SERVER: OnceLock<u16> = OnceLock::new();
    let port = *SERVER.get_or_init(start);
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let made = tool("createdb", port).arg(&name).status().unwrap();
    assert!(made.success(), "createdb");
    Scratch { address: format!("postgres://careweave@127.0.0.1:{port}/{name}"), _folder: None }
}

fn tool(name: &str, port: u16) -> Command {
    let mut command = Command::new(programs().join(name));
    command.args(["-h", "127.0.0.1", "-U", "careweave", "-p", &port.to_string()]);
    command
}

/// Starts a server that ends with this process: a shell watches it and stops the server when it is gone.
#[allow(clippy::zombie_processes, reason = "it outlives the tests, and ends when they have")]
fn start() -> u16 {
    let folder = TempDir::new().unwrap().keep();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = include_str!("testing.sh");
    let mut child = Command::new("sh")
        .args(["-c", script, "postgres"])
        .args([programs().as_path(), &folder])
        .args([port.to_string(), std::process::id().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut ready).unwrap();
    assert_eq!(ready.trim(), "ready", "PostgreSQL does not start; scripts/setup.sh installs it");
    port
}

/// Where Debian has the server's programs, or wherever `initdb` is found.
fn programs() -> PathBuf {
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin")).collect();
    versions.retain(|p| p.join("initdb").exists());
    versions.sort();
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|p: &PathBuf| p.join("initdb").exists())
    };
    versions.pop().or_else(on_path).unwrap_or_else(|| Path::new("/usr/bin").to_owned())
}
