//! A server that answers every request after the same delay, the workspace that asks it, and a client that does
//! nothing else.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

const ANSWER: &str = r#"{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"晴，最高22度，最低12度"}}],"usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42}}"#;

/// Runs until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    answered: Arc<AtomicUsize>,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn start(delay: Duration) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let answered = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&answered);
        drop(runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                drop(tokio::spawn(serve(stream, delay, Arc::clone(&counter))));
            }
        }));
        Self {
            address,
            answered,
            runtime,
        }
    }

    /// Requests answered so far.
    pub(crate) fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }
}

/// Answers the requests of one connection until the client hangs up.
async fn serve(
    stream: TcpStream,
    delay: Duration,
    answered: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ANSWER}",
        ANSWER.len()
    );
    let mut stream = BufReader::new(stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body).await?;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        answered.fetch_add(1, Ordering::SeqCst);
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
}

/// The same number of requests by reqwest alone, as many in flight.
pub(crate) fn bare_client(server: &Server, requests: usize, concurrency: usize) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let address = format!("http://{}/v1/chat/completions", server.address);
    let body = r#"{"model":"m","messages":[{"role":"user","content":"请回答北京今天的天气情况"}]}"#;
    let ask = |_| {
        let request = client
            .post(&address)
            .header("content-type", "application/json")
            .body(body);
        async { request.send().await?.bytes().await }
    };
    let all = stream::iter(0..requests)
        .map(ask)
        .buffer_unordered(concurrency)
        .collect::<Vec<_>>();
    assert!(
        server.runtime.block_on(all).iter().all(Result::is_ok),
        "the loopback server answers"
    );
}

/// One prompt and `cases` cases, priced.
pub(crate) fn workspace(root: &Path, server: &Server, cases: usize) {
    let settings = format!(
        "[endpoints.fake]\nkind = \"openai\"\nbase_url = \"http://{}/v1\"\n[prices.\"fake/m\"]\ninput = \"1\"\noutput = \"2\"\n",
        server.address
    );
    let rows: Vec<String> = (0..cases).map(|row| format!("c{row},城市{row}")).collect();
    let files = [
        ("pw.toml", settings),
        (
            "prompts/p.hbs",
            "---\nmodel: fake/m\nconfig:\n  temperature: 0\n---\n请回答{{city}}今天的天气情况"
                .to_owned(),
        ),
        (
            "evals/p.yaml",
            "defaultTest:\n  assert:\n    - type: contains\n      value: 晴\ntests: file://p.csv\n"
                .to_owned(),
        ),
        ("evals/p.csv", format!("__id,city\n{}\n", rows.join("\n"))),
    ];
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}
