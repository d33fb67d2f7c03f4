//! Databases for tests: a file in a folder of its own, and a PostgreSQL that the tests start themselves.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
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
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start).database()
}

/// A PostgreSQL; it ends with this process.
pub struct Server {
    port: u16,
    folder: PathBuf,
}

impl Server {
    /// Starts a server: a shell watches this process and stops the server when it is gone.
    #[allow(clippy::zombie_processes, reason = "it outlives the tests, and ends when they have")]
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap().keep();
        let port = free_port();
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
        Server { port, folder }
    }

    /// A new database.
    pub fn database(&self) -> Scratch {
        let name = format!("t{}", uuid::Uuid::new_v4().simple());
        assert!(self.tool("createdb").arg(&name).status().unwrap().success(), "createdb");
        Scratch { address: format!("postgres://careweave@127.0.0.1:{}/{name}", self.port), _folder: None }
    }

    /// Ends the server at once, as a power cut would; gives when nobody listens there any more.
    pub fn fall(&self) {
        fs::write(self.folder.join("down"), "").unwrap();
        self.wait_until(false);
    }

    /// Starts it again; gives when it answers.
    pub fn rise(&self) {
        fs::remove_file(self.folder.join("down")).unwrap();
        self.wait_until(true);
    }

    fn wait_until(&self, up: bool) {
        let ready = || self.tool("pg_isready").arg("-q").status().unwrap().success();
        // Who is not ready may only be about to be; who is down does not listen.
        let listens = || TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        while if up { !ready() } else { listens() } {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(programs().join(name));
        command.args(["-h", "127.0.0.1", "-U", "careweave", "-p", &self.port.to_string()]);
        command
    }
}

/// A port that is free and stays so: none of those that the system gives to whoever asks for any, and each once.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let port = 20_000 + ((std::process::id() + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
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
