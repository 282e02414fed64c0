//! The customer's own way in over HTTP: what their Messenger shows, what they do there, and that
//! nothing else can be reached or told apart.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use deskbell::api::router;
use deskbell::domain::{Action, Channel, Reason, Status, TicketState};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::support::bench::{Bench, minutes, seconds};
use crate::support::http::{Answer, Http};

fn open(id: deskbell::domain::TicketId) -> String {
    format!("/messenger/tickets/{}", id.0)
}

#[test]
fn it_shows_what_the_messenger_shows_and_looking_marks_nothing() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "On its way.");
    let ada = http.contact(&bench.ada());
    let home = http.get("/messenger", &ada).done();
    assert_eq!(home["type"], "messenger");
    assert_eq!(
        (&home["name"], &home["you"], &home["badge"]),
        (&json!("Support"), &json!("Ada"), &json!(1))
    );
    let recent = &home["recent_tickets"][0];
    assert_eq!(
        (&recent["title"], &recent["unread"]),
        (&json!("Refund not received"), &json!(true))
    );
    assert_eq!(recent["state"]["label"], "Submitted");
    for query in ["", "?seen=false", "?other=1"] {
        let ticket = http.get(&format!("{}{query}", open(id)), &ada).done();
        let thread = ticket["thread"].as_array().unwrap();
        let last = thread.last().unwrap();
        assert_eq!(
            (&last["author"], &last["text"], &last["new"]),
            (&json!("Mara"), &json!("On its way."), &json!(true))
        );
        assert_eq!(last["at"], bench.now().timestamp());
    }
    assert_eq!(http.get("/messenger", &ada).done(), home, "looking marked something");
    bench.advance(minutes(3));
    assert_eq!(bench.mails_to(bench.ada().email).len(), 1, "the mail of the reply");
}

#[test]
fn n2_a_thread_opened_with_seen_calls_the_mail_off_and_shows_what_was_new() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "On its way.");
    bench.skip(seconds(60));
    let ada = http.contact(&bench.ada());
    let opened = http.get(&format!("{}?seen=true", open(id)), &ada).done();
    assert_eq!(opened["thread"].as_array().unwrap().last().unwrap()["new"], true);
    assert_eq!(http.get("/messenger", &ada).done()["badge"], 0);
    let row = bench.email_row(id, "reply");
    assert_eq!(row.status, Status::Suppressed);
    assert_eq!(row.reason, Some(Reason::SeenInMessenger(bench.now())));
    let again = http.get(&open(id), &ada).done();
    assert!(again["thread"].as_array().unwrap().iter().all(|e| e["new"] == false));
    bench.advance(minutes(10));
    assert!(bench.mails_to(bench.ada().email).is_empty());
    for wrong in ["?seen=yes", "?seen=", "?seen=1", "?seen=true&seen=false"] {
        http.get(&format!("{}{wrong}", open(id)), &ada).fails(400);
    }
}

#[test]
fn a_reply_and_a_new_ticket_are_what_they_are_by_any_other_way() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = http.contact(&bench.ada());
    let (by_http, by_hand) = (bench.customer_ticket("One"), bench.customer_ticket("Two"));
    bench.mara().sets(by_http, TicketState::Resolved);
    bench.mara().sets(by_hand, TicketState::Resolved);
    bench.advance(minutes(1));
    let path = format!("{}/reply", open(by_http));
    let ticket = http.post(&path, &ada, &json!({ "body": "It is not there." })).done();
    bench.ada().replies(by_hand, "It is not there.");
    assert_eq!(ticket["state"]["code"], "in_progress");
    let lines = ticket["thread"].as_array().unwrap();
    assert!(lines.iter().any(|l| l["own"] == true && l["text"] == "It is not there."));
    let told = |id| -> Vec<_> {
        let view = bench.ticket(id);
        view.deliveries
            .iter()
            .map(|d| (view.part(d).unwrap().event.code(), d.channel, d.status, d.reason))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(by_http), told(by_hand));
    let made =
        http.post("/messenger/tickets", &ada, &json!({ "title": "Three", "body": "Where?" }));
    assert_eq!(made.status, 201);
    let made = deskbell::domain::TicketId(made.done()["id"].as_str().unwrap().parse().unwrap());
    let by_hand = bench.ada().submits("Four", "Where?");
    assert_eq!(told(made), told(by_hand));
    assert_eq!(bench.row(made, &bench.ticket(made).parts[0], Channel::Email).status, Status::Due);
    assert_eq!(http.get("/messenger", &ada).done()["badge"], 0, "its thread is open");
    for (body, code) in
        [("", 400), ("  \n ", 400), (&*"x".repeat(65_537), 400), ("<b>&\u{0}\u{202e}", 200)]
    {
        assert_eq!(http.post(&path, &ada, &json!({ "body": body })).status, code);
    }
    for title in ["", " ", &"x".repeat(201), "\n"] {
        http.post("/messenger/tickets", &ada, &json!({ "title": title })).fails(400);
    }
}

/// A ticket of others, an internal one, a tracker and none at all are the same, to the byte.
#[test]
fn v7_what_is_not_theirs_is_as_if_it_were_not_there() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = http.contact(&bench.ada());
    let bob = http.contact(&bench.bob());
    let mine = bench.customer_ticket("Refund not received");
    let internal = bench.back_office("Ask the bank");
    let tracker = bench.tracker("Payouts fail");
    let gone = bench.shared_back_office("Was shared");
    bench.mara().unshares(gone);
    let dump = || bench.desk.ticket(internal).unwrap().map(|v| (v.parts.len(), v.seen_at));
    let before = dump();
    let ask = |token: &str, id: &str| -> Vec<Answer> {
        let path = format!("/messenger/tickets/{id}");
        vec![
            http.get(&path, token),
            http.get(&format!("{path}?seen=true"), token),
            http.post(&format!("{path}/reply"), token, &json!({ "body": "Let me in." })),
            http.get(&format!("{path}/files/0"), token),
            http.get(&format!("{path}/nowhere"), token),
        ]
    };
    let none = ask(&ada, "999999");
    for answer in &none {
        assert_eq!(answer.fails(404), "not_found");
        assert_eq!(answer, &none[0]);
    }
    for (token, id) in [
        (&ada, internal.0.to_string()),
        (&ada, tracker.0.to_string()),
        (&ada, gone.0.to_string()),
        (&bob, mine.0.to_string()),
        (&ada, "0".into()),
        (&ada, "-1".into()),
        (&ada, "+1".into()),
        (&ada, "x".into()),
        (&ada, "99999999999999999999".into()),
        (&ada, format!("%30{}", mine.0).replace("%30", "%2e%2e%2f")),
    ] {
        assert_eq!(ask(token, &id), none, "{id}");
    }
    assert_eq!(dump(), before);
    assert!(bench.ticket(mine).seen_at.is_none());
    for token in [http.admin(), http.teammate(&bench.mara())] {
        for path in ["/messenger", "/messenger/events", "/messenger/logo", &open(mine)] {
            assert_eq!(http.get(path, &token).fails(403), "forbidden", "{path}");
        }
    }
}

#[test]
fn files_of_the_conversation_are_saved_and_never_shown_by_the_browser() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = http.contact(&bench.ada());
    let logo = http.get("/messenger/logo", &ada);
    assert_eq!((logo.status, logo.header("content-type")), (200, "image/png"));
    assert!(logo.body.starts_with(b"\x89PNG"));
    let id = bench.customer_ticket("Refund not received");
    http.get(&format!("{}/files/0", open(id)), &ada).fails(404);
    let hidden = bench.desk.keep_file("secret.txt", b"of the team".to_vec()).unwrap();
    let note = Action::Note { body: "Look.".into(), files: vec![hidden] };
    bench.mara().does(id, &note);
    let page = bench.desk.keep_file("a \"b\"\u{e9}.html", b"<script>1</script>".to_vec()).unwrap();
    bench.mara().does(id, &Action::Reply { body: "Here.".into(), files: vec![page] });
    let ticket = http.get(&open(id), &ada).done();
    let file = &ticket["thread"].as_array().unwrap().last().unwrap()["files"][0];
    assert_eq!(
        (&file["path"], &file["size"]),
        (&json!(format!("{}/files/0", open(id))), &json!(18))
    );
    let saved = http.get(file["path"].as_str().unwrap(), &ada);
    assert_eq!((saved.status, saved.text().as_str()), (200, "<script>1</script>"));
    assert_eq!(saved.header("content-type"), "application/octet-stream");
    let disposition = saved.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename*=UTF-8''a%20"), "{disposition}");
    assert!(saved.header("content-security-policy").contains("sandbox"));
    let none = http.get(&format!("{}/files/0", open(id)), &http.contact(&bench.bob()));
    assert_eq!(none, http.get(&format!("{}/files/1", open(id)), &ada), "the note's file is none");
    none.fails(404);
    for n in ["-1", "x", "18446744073709551616"] {
        http.get(&format!("{}/files/{n}", open(id)), &ada).fails(404);
    }
}

/// A stream of events, read as it comes.
struct Events(BodyDataStream);

impl Events {
    async fn open(http: &Http<'_>, token: &str) -> Self {
        let request = Http::request("GET", "/messenger/events", token);
        let response = router(http.app.clone()).call(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream())
    }

    /// What comes next, if it comes soon; `Some(None)` when the stream ended.
    async fn soon(&mut self, patience: u64) -> Option<Option<String>> {
        let next = tokio::time::timeout(Duration::from_millis(patience), self.0.next());
        let next = next.await.ok()?;
        Some(next.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap()))
    }

    async fn next(&mut self) -> Value {
        let event = self.soon(10_000).await.expect("an event").expect("not the end");
        let data =
            event.strip_prefix("event: messenger\ndata: ").unwrap_or_else(|| panic!("{event}"));
        serde_json::from_str(data.trim()).unwrap()
    }
}

#[test]
fn changes_come_as_they_happen_and_the_work_of_others_does_not_show() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = http.contact(&bench.ada());
    let id = bench.customer_ticket("Refund not received");
    let internal = bench.back_office("Ask the bank");
    bench.ada().opens(id);
    bench.skip(seconds(1));
    http.runtime.block_on(async {
        let mut events = Events::open(&http, &ada).await;
        let first = events.next().await;
        assert_eq!((&first["badge"], &first["changed"]), (&json!(0), &json!([])));
        bench.mara().replies(id, "On its way.");
        let event = events.next().await;
        assert_eq!((&event["badge"], &event["changed"]), (&json!(1), &json!([id.0.to_string()])));
        // None of this is the customer's, and not even the moment of it shows.
        bench.mara().notes(id, "A note.");
        bench.mara().notes(internal, "Another.");
        let bobs = bench.bob().submits("Of Bob's", "");
        bench.mara().replies(bobs, "To Bob.");
        bench.tracker("Payouts fail");
        assert_eq!(events.soon(700).await, None, "something showed");
        bench.mara().shares(internal);
        let event = events.next().await;
        assert_eq!(event["changed"], json!([internal.0.to_string()]));
        assert_eq!(event["recent_tickets"].as_array().unwrap().len(), 2);
        bench.mara().unshares(internal);
        let event = events.next().await;
        assert_eq!(event["changed"], json!([internal.0.to_string()]));
        assert_eq!(event["recent_tickets"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_stream_ends_with_its_token_and_with_the_program_and_a_token_has_a_few() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = http.contact(&bench.ada());
    let number = bench.desk.tokens().unwrap().last().unwrap().id;
    let bob = http.contact(&bench.bob());
    http.runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..8 {
            let mut events = Events::open(&http, &ada).await;
            events.next().await;
            streams.push(events);
        }
        let request = Http::request("GET", "/messenger/events", &ada).body(Body::empty()).unwrap();
        let ninth = router(http.app.clone()).call(request).await.unwrap();
        assert_eq!(
            (ninth.status().as_u16(), &ninth.headers()["retry-after"]),
            (429, &"10".parse().unwrap())
        );
        let mut bobs = Events::open(&http, &bob).await;
        bobs.next().await;
        streams.truncate(1);
        bench.desk.revoke_token(number, bench.now()).unwrap();
        assert_eq!(streams[0].soon(10_000).await, Some(None), "it goes on");
        assert_eq!(bobs.soon(300).await, None, "another's token showed");
        let stop = tokio_util::sync::CancellationToken::new();
        let app = http.app.clone().until(stop.clone());
        let request = Http::request("GET", "/messenger/events", &bob).body(Body::empty()).unwrap();
        let response = router(app).call(request).await.unwrap();
        let mut last = Events(response.into_body().into_data_stream());
        last.next().await;
        stop.cancel();
        assert_eq!(last.soon(10_000).await, Some(None), "it goes on");
    });
}

#[test]
fn a_browser_gets_the_page_and_a_program_the_data() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = http.contact(&bench.ada());
    let ask = |path: &str, accept: &str, token: &str| {
        let request = Http::request("GET", path, token).header("Accept", accept);
        http.send(request.body(Body::empty()).unwrap())
    };
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = ask("/messenger", browser, "");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("vary"), "Accept, Authorization");
    ask("/messenger", "*/*", "").fails(401);
    ask("/messenger", "application/json", "").fails(401);
    ask("/messenger/tickets/1", browser, "").fails(401);
    ask("/messenger/events", browser, "").fails(401);
    assert_eq!(ask("/messenger", browser, &ada).done()["type"], "messenger");
    let beside = ask("/messenger/", browser, "");
    assert_eq!((beside.status, beside.header("location")), (308, "../messenger"));
    let html = page.text();
    for inline in
        ["<script>", "<style", " style=", " onclick", "javascript:", "http://", "https://"]
    {
        assert!(!html.contains(inline), "the page holds {inline}");
    }
    let mut assets = 0;
    for path in ["app.js", "net.js", "draw.js", "style.css"] {
        let asset = ask(&format!("/messenger/{path}"), "*/*", "");
        assert_eq!(asset.status, 200, "{path}");
        assets += asset.body.len();
        for unsafe_way in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("]
        {
            assert!(!asset.text().contains(unsafe_way), "{path} uses {unsafe_way}");
        }
        for header in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
            assert_eq!(asset.header(header), page.header(header), "{path}");
        }
    }
    assert!(assets > 10_000);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let head = Http::request("HEAD", "/messenger", "").header("Accept", browser);
    assert_eq!(http.send(head.body(Body::empty()).unwrap()).status, 200);
}
