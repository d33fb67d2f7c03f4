//! A server outside, to which the service sends: it answers as it is told to, and remembers what it got.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What it got.
#[derive(Debug, Clone)]
pub struct Message {
    /// Method and path.
    pub line: String,
    /// By names in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Status, headers and body of an answer.
pub type Answer = (u16, &'static str, String);

/// The server; it ends with the tests.
pub struct Receiver {
    pub address: SocketAddr,
    got: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    /// Answers the first message with the first status, and so on; all that come later with the last one.
    pub fn start(statuses: &'static [u16]) -> Self {
        Receiver::answering(move |k, _| (statuses[k.min(statuses.len() - 1)], "", String::new()))
    }

    /// Answers as `answer` says of the number of the message and of the message.
    pub fn answering(answer: impl Fn(usize, &Message) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let all = got.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if let Some(message) = read(&stream) {
                    let mut all = all.lock().unwrap();
                    let (status, headers, body) = answer(all.len(), &message);
                    all.push(message);
                    let head = format!("HTTP/1.1 {status} As Told\r\n{headers}content-length: {}\r\n\r\n", body.len());
                    let _ = (&stream).write_all((head + &body).as_bytes());
                }
            }
        });
        Receiver { address, got }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn got(&self) -> Vec<Message> {
        self.got.lock().unwrap().clone()
    }

    /// Waits until there are so many messages.
    pub async fn wait(&self, count: usize) -> Vec<Message> {
        while self.got().len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.got()
    }
}

fn read(stream: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(stream);
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: BTreeMap<String, String> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())))
        .collect();
    let length = headers.get("content-length").map_or(0, |l| l.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Message { line, headers, body: String::from_utf8(body).unwrap() })
}
