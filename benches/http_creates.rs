//! Tickets per second over HTTP, each on the disk before it is answered, beside the commits per
//! second that SQLite alone makes on the same disk in the same run.
//!
//! `cargo bench --bench http_creates`. What counts is the ratio: both figures move with the machine.
//! Rounds of both alternate, so that neither has the quiet moments to itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that cannot be made should fail loudly, and reads the real clock"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deskbell::mail::tls::client_config;
use reqwest::Client;
use serde_json::json;

/// Callers at once, each with a token of its own: the rate limit counts per token.
const CALLERS: usize = 16;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(5);

fn main() {
    // On the disk that holds the build: in memory nothing would be durable.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let desk = folder.path().join("desk.db");
    run(&desk, &["new", "tracker", "The first ticket makes the desk"]);
    let tokens: Vec<String> =
        (0..CALLERS).map(|_| run(&desk, &["token", "new", "--admin"])).collect();
    let server = Server::start(&desk);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut commits, mut creates, mut latencies) = (Vec::new(), Vec::new(), Vec::new());
    let mut answered = 0;
    for _ in 0..ROUNDS {
        commits.push(raw_commits(&folder.path().join("raw.db")));
        let took = runtime.block_on(create(&server.url, &tokens));
        answered += took.len();
        creates.push(took.len() as f64 / ROUND.as_secs_f64());
        latencies.extend(took);
    }
    latencies.sort();
    let at =
        |percent: usize| latencies[(latencies.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let (commits, creates) = (median(commits), median(creates));
    println!("SQLite alone: {commits:.0} commits of one row per second, one caller");
    println!("deskbell: {creates:.0} tickets created per second, {CALLERS} callers");
    println!("ratio: {:.2} tickets per commit", creates / commits);
    println!("answered after {:.1} ms (half), {:.1} ms (99 of 100)", at(50), at(99));
    drop(server);
    // What was answered is there.
    let listed = run(&desk, &["list", "--json", "--category", "customer"]);
    let kept =
        serde_json::from_str::<serde_json::Value>(&listed).unwrap().as_array().unwrap().len();
    assert_eq!(kept, answered, "as many tickets as answers");
}

/// Runs a command on the desk and gives what it prints.
fn run(desk: &Path, args: &[&str]) -> String {
    let output = program(desk).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn program(desk: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.env_clear().env("HOME", desk.parent().unwrap()).arg("--desk").arg(desk);
    command
}

/// `deskbell serve` on a free port, stopped when it is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(desk: &Path) -> Self {
        let mut command = program(desk);
        command.args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.find_map(|l| Some(l.unwrap().strip_prefix("HTTP on ")?.to_owned()));
        // Read on, so that the server never waits for its words to be heard.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: url.expect("the address it serves at") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// Creates tickets for a round; how long each took.
async fn create(url: &str, tokens: &[String]) -> Vec<Duration> {
    let (end, number) = (Instant::now() + ROUND, Arc::new(AtomicUsize::new(0)));
    let callers = tokens.iter().map(|token| {
        let (url, token, number) = (format!("{url}/tickets"), token.clone(), Arc::clone(&number));
        async move {
            let tls = (*client_config(None).unwrap()).clone();
            let client =
                Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
            let mut took = Vec::new();
            while Instant::now() < end {
                let n = number.fetch_add(1, Ordering::Relaxed);
                let body = json!({
                    "ticket_type_id": "1",
                    "contacts": [{ "email": format!("customer{}@load.example", n % 500) }],
                    "ticket_attributes": {
                        "_default_title_": format!("Refund {n}"),
                        "_default_description_": "The order arrived twice, and was paid twice.",
                    },
                });
                let begun = Instant::now();
                let asked = client
                    .post(&url)
                    .bearer_auth(&token)
                    .header("content-type", "application/json");
                let answer = asked.body(body.to_string()).send().await.unwrap();
                assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
                answer.bytes().await.unwrap();
                took.push(begun.elapsed());
            }
            took
        }
    });
    futures_util::future::join_all(callers).await.concat()
}

/// Commits per second of one row each, durable as the desk's own are.
fn raw_commits(path: &Path) -> f64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection
        .execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v TEXT)", [])
        .unwrap();
    let (begun, mut commits) = (Instant::now(), 0_u32);
    while begun.elapsed() < ROUND {
        let row = "INSERT INTO t (v) VALUES ('The order arrived twice, and was paid twice.')";
        connection.execute(row, []).unwrap();
        commits += 1;
    }
    f64::from(commits) / begun.elapsed().as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
