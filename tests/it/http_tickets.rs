//! The compatible API: shapes, versions, loose values, pages, and what is not as it must be.

use chrono::Duration;
use deskbell::domain::{Category, Channel, Reason, TicketId};
use serde_json::{Value, json};

use crate::support::bench::{ADA, BOB, Bench};
use crate::support::http::{Answer, Http};

fn comment(body: &str) -> Value {
    json!({ "message_type": "comment", "type": "admin", "admin_id": 1, "body": body })
}

fn search(http: &Http<'_>, token: &str, query: Value, after: Value) -> Value {
    let body =
        json!({ "query": query, "pagination": { "per_page": "2", "starting_after": after } });
    http.post("/tickets/search", token, &body).done()
}

fn ids(list: &Value) -> Vec<i64> {
    let id = |t: &Value| t["id"].as_str().unwrap().parse().unwrap();
    list["tickets"].as_array().unwrap().iter().map(id).collect()
}

#[test]
fn a_version_is_echoed_and_shapes_its_answer() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let http = Http::new(&bench);
    let token = http.admin();
    let get = |version: &str| -> Answer {
        let path = format!("/tickets/{}", id.0);
        let request = Http::request("GET", &path, &token).header("Intercom-Version", version);
        http.send(request.body(axum::body::Body::empty()).unwrap())
    };
    for (asked, served, nobody) in [
        ("2.16", "2.16", json!(0)),
        ("2.14", "2.14", json!("0")),
        ("2.12", "2.12", json!("0")),
        ("99", "2.14", json!("0")),
        ("../etc", "2.14", json!("0")),
    ] {
        let answer = get(asked);
        assert_eq!(answer.header("intercom-version"), served);
        assert_eq!(answer.json()["admin_assignee_id"], nobody, "{asked}");
    }
    assert_eq!(http.get("/tickets/9", &token).header("intercom-version"), "2.14");
    assert_eq!(http.get("/tickets/9", "").header("intercom-version"), "2.14");
    assert_eq!(http.get("/me", &token).header("x-ratelimit-limit"), "1666");
}

#[test]
fn n14_who_asks_that_nobody_is_told_finds_that_in_the_ledger() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let http = Http::new(&bench);
    let token = http.admin();
    let body = json!({ "ticket_state_id": 2, "skip_notifications": "true" });
    http.put(&format!("/tickets/{}", id.0), &token, &body).done();
    let view = bench.ticket(id);
    let part = view.parts.last().unwrap();
    for channel in Channel::ALL {
        assert_eq!(view.delivery(part, channel).unwrap().reason, Some(Reason::AskedNotToNotify));
    }
    bench.advance(Duration::hours(1));
    assert_eq!(bench.ada().mails(), []);
}

#[test]
fn all_changes_of_a_request_are_done_or_none() {
    let bench = Bench::new();
    let tracker = bench.tracker("Payouts fail");
    let http = Http::new(&bench);
    let token = http.admin();
    let before = bench.ticket(tracker);
    let body = json!({
        "ticket_attributes": { "_default_title_": "Other" }, "is_shared": true, "open": false,
    });
    let code = http.put(&format!("/tickets/{}", tracker.0), &token, &body).fails(403);
    assert_eq!(code, "action_refused");
    assert_eq!(bench.ticket(tracker), before);
}

#[test]
fn v1_v7_a_customers_token_reaches_what_its_messenger_shows_and_nothing_else() {
    let bench = Bench::new();
    let refund = bench.customer_ticket("Refund");
    let internal = bench.back_office("LEAK chargeback");
    let shared = bench.shared_back_office("Invoice");
    let tracker = bench.tracker("LEAK payouts");
    let bobs = bench.mara().submits(Category::Customer, "LEAK Bob's", Some(&bench.bob()), true);
    bench.mara().links(refund, tracker);
    bench.mara().notes(refund, "LEAK note");
    bench.mara().renames(shared, "Invoice 7");
    let http = Http::new(&bench);
    let (ada, admin) = (http.contact(&bench.ada()), http.admin());
    for own in [refund, shared] {
        let answer = http.get(&format!("/tickets/{}", own.0), &ada);
        assert_eq!(answer.status, 200);
        for word in ["LEAK", "Holt", "Back-office", "assignee", "linked", "bob", "internal"] {
            assert!(!answer.text().contains(word), "{word}: {}", answer.text());
        }
    }
    let unknown = http.get("/tickets/424242", &ada);
    for other in [internal, tracker, bobs] {
        let path = format!("/tickets/{}", other.0);
        let reply =
            json!({ "message_type": "comment", "type": "user", "body": "Hello", "email": ADA });
        for answer in [http.get(&path, &ada), http.post(&format!("{path}/reply"), &ada, &reply)] {
            assert_eq!((answer.status, answer.body), (404, unknown.body.clone()));
        }
        http.put(&path, &ada, &json!({ "open": false })).fails(404);
        http.delete(&path, &ada).fails(404);
    }
    for path in ["/me", "/admins", "/contacts", "/contacts/1", "/tags", "/ticket_types", "/teams"] {
        http.get(path, &ada).fails(404);
    }
    // V5: a shared Back-office ticket can be answered as any other.
    let reply = json!({ "message_type": "comment", "type": "user", "body": "Thanks" });
    let part = http.post(&format!("/tickets/{}/reply", shared.0), &ada, &reply).done();
    assert_eq!(part["author"]["name"], "Ada Park");
    let as_bob = json!({ "message_type": "comment", "type": "user", "body": "x", "email": BOB });
    http.post(&format!("/tickets/{}/reply", shared.0), &ada, &as_bob).fails(404);
    let note = json!({ "message_type": "note", "type": "admin", "body": "x", "admin_id": "1" });
    http.post(&format!("/tickets/{}/reply", shared.0), &ada, &note).fails(404);
    // A deleted contact's token is good for nothing.
    let contact = bench.ada().contact().id.0;
    http.delete(&format!("/contacts/{contact}"), &admin).done();
    http.get(&format!("/tickets/{}", refund.0), &ada).fails(401);
    assert_eq!(http.get(&format!("/contacts/{contact}"), &admin).fails(404), "not_found");
}

#[test]
fn a_teammates_token_acts_for_that_teammate_alone() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let http = Http::new(&bench);
    let sam = http.teammate(&bench.sam());
    let path = format!("/tickets/{}/reply", id.0);
    assert_eq!(http.post(&path, &sam, &comment("As Mara")).fails(403), "forbidden");
    let own = json!({ "message_type": "comment", "type": "admin", "body": "As Sam" });
    assert_eq!(http.post(&path, &sam, &own).done()["author"]["name"], "Sam Okafor");
    let unknown = json!({ "message_type": "note", "type": "admin", "admin_id": "77", "body": "x" });
    assert_eq!(http.post(&path, &http.admin(), &unknown).fails(404), "admin_not_found");
}

/// Who answers for a customer without a name is the ticket's own contact; nobody else can be named.
#[test]
fn what_a_customer_is_said_to_have_written_is_that_tickets_customers() {
    let bench = Bench::new();
    let shared = bench.customer_ticket("Refund");
    let internal = bench.back_office("Chargeback");
    let tracker = bench.tracker("Payouts fail");
    bench.mara().submits(Category::Customer, "Bob's", Some(&bench.bob()), true);
    let http = Http::new(&bench);
    let admin = http.admin();
    let answer = |id: TicketId, by: Value| {
        let mut body = json!({ "message_type": "comment", "type": "user", "body": "Thanks" });
        body.as_object_mut().unwrap().extend(by.as_object().unwrap().clone());
        http.post(&format!("/tickets/{}/reply", id.0), &admin, &body)
    };
    let author = &answer(shared, json!({})).done()["author"];
    assert_eq!((&author["type"], &author["email"]), (&json!("user"), &json!(ADA)));
    answer(shared, json!({ "email": ADA })).done();
    assert_eq!(answer(shared, json!({ "email": BOB })).fails(404), "ticket_not_found");
    for hidden in [internal, tracker] {
        for by in [json!({}), json!({ "email": ADA })] {
            answer(hidden, by).fails(404);
        }
    }
    let note = json!({ "message_type": "note", "type": "user", "body": "x" });
    let path = format!("/tickets/{}/reply", shared.0);
    assert_eq!(http.post(&path, &admin, &note).fails(400), "parameter_mismatch");
}

#[test]
fn pages_neither_skip_nor_repeat_while_tickets_come_change_and_go() {
    let bench = Bench::new();
    let all: Vec<i64> = (0..7).map(|n| bench.customer_ticket(&format!("T{n}")).0).collect();
    let http = Http::new(&bench);
    let token = http.admin();
    let query = || json!({ "field": "category", "operator": "=", "value": "request" });
    let first = search(&http, &token, query(), Value::Null);
    assert_eq!((&first["total_count"], &first["pages"]["total_pages"]), (&json!(7), &json!(4)));
    let mut seen = ids(&first);
    let mut next = first["pages"]["next"]["starting_after"].clone();
    while !next.is_null() {
        // One that was seen rises, a new one comes, one that was seen goes.
        bench.mara().renames(deskbell::domain::TicketId(seen[0]), &format!("Moved {}", seen.len()));
        bench.customer_ticket("New");
        let page = search(&http, &token, query(), next);
        seen.extend(ids(&page));
        next = page["pages"]["next"]["starting_after"].clone();
    }
    let mut expected = all;
    expected.reverse();
    assert_eq!(seen, expected);
}

#[test]
fn queries_are_groups_of_tests_with_loose_values() {
    let bench = Bench::new();
    let refund = bench.customer_ticket("Refund not received").0;
    let internal = bench.back_office("Chargeback").0;
    let tracker = bench.tracker("Payouts fail").0;
    bench.mara().does(
        deskbell::domain::TicketId(refund),
        &deskbell::domain::Action::Assign(Some(bench.mara().teammate())),
    );
    let http = Http::new(&bench);
    let token = http.admin();
    let found = |query: Value| ids(&search(&http, &token, query, Value::Null));
    let test = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
    let at = bench.now().timestamp();
    for (query, expected) in [
        (test("title", "~", json!("REFUND")), vec![refund]),
        (test("state", "=", json!("submitted")), vec![tracker, internal]),
        (test("open", "=", json!("true")), vec![tracker, internal]),
        (test("category", "IN", json!(["task", "tracker"])), vec![tracker, internal]),
        (test("contact_ids", "=", json!(bench.ada().contact().id.0)), vec![internal, refund]),
        (test("admin_assignee_id", "=", json!("1")), vec![refund]),
        (test("admin_assignee_id", "=", json!(0)), vec![tracker, internal]),
        (test("teammate_ids", "IN", json!(["1"])), vec![tracker, internal]),
        (test("created_at", ">", json!((at + 60).to_string())), vec![]),
        (test("created_at", ">=", json!(at)), vec![tracker, internal]),
        (test("snoozed_until", "=", Value::Null), vec![tracker, internal]),
        (test("id", "NIN", json!([tracker])), vec![internal, refund]),
        (
            json!({ "operator": "AND", "value": [
                test("title", "!~", json!("fail")),
                { "operator": "OR", "value": [
                    test("ticket_type_id", "=", json!("2")),
                    test("title", "^", json!("refund")),
                ] },
            ] }),
            vec![internal, refund],
        ),
    ] {
        assert_eq!(found(query.clone()), expected, "{query}");
    }
    let group =
        |n: usize| json!({ "operator": "OR", "value": vec![test("open", "=", json!(1)); n] });
    let deep = json!({ "operator": "AND", "value": [
        { "operator": "AND", "value": [{ "operator": "AND", "value": [] }] } ] });
    for (query, code) in [
        (test("company_id", "=", json!("1")), "invalid_field"),
        (test("open", "~", json!(true)), "data_invalid"),
        (test("open", "=", json!("maybe")), "data_invalid"),
        (test("created_at", "=", json!("soon")), "data_invalid"),
        (test("title", "=", json!({})), "data_invalid"),
        (group(16), "data_invalid"),
        (deep, "data_invalid"),
        (json!("title"), "operator_not_found"),
        (json!({ "operator": "=" }), "field_not_found"),
    ] {
        let answer = http.post("/tickets/search", &token, &json!({ "query": query }));
        assert_eq!(answer.fails(400), code, "{query}");
    }
    for (pagination, code) in [
        (json!({ "per_page": 151 }), "invalid_per_page"),
        (json!({ "per_page": 0 }), "invalid_per_page"),
        (json!({ "starting_after": "../../etc" }), "parameter_invalid"),
        (json!({ "starting_after": "-1.2" }), "parameter_invalid"),
    ] {
        let query = test("open", "=", json!(true));
        let body = json!({ "query": query, "pagination": pagination });
        assert_eq!(http.post("/tickets/search", &token, &body).fails(400), code, "{pagination}");
    }
}

#[test]
fn bad_input_gets_a_clean_4xx_and_leaves_nothing() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let http = Http::new(&bench);
    let token = http.admin();
    let before = bench.ticket(id);
    let path = format!("/tickets/{}", id.0);
    for body in ["", "{", "[]", "null", "\"x\"", "{\"open\": [}", "{\"open\":1}", "{\"open\":{}}"] {
        http.put_raw(&path, &token, body.as_bytes()).fails(400);
    }
    http.put_raw(&path, &token, b"{\"open\":\xff}").fails(400);
    http.put_raw(&path, &token, "[".repeat(100_000).as_bytes()).fails(400);
    http.put_raw(&path, &token, &vec![b' '; 5 * 1024 * 1024 + 1]).fails(413);
    for odd in ["0", "-1", "1e3", "99999999999999999999", "%2e%2e%2f", "a%00b", "１"] {
        let odd = if odd == "１" { "%EF%BC%91" } else { odd };
        http.get(&format!("/tickets/{odd}"), &token).fails(404);
        http.get(&format!("/contacts/{odd}"), &token).fails(404);
        http.get(&format!("/jobs/status/{odd}"), &token).fails(404);
    }
    for (body, status, code) in [
        (json!({ "ticket_state_id": "0" }), 400, "ticket_state_id_invalid"),
        (json!({ "assignee_id": "77" }), 404, "assignee_not_found"),
        (json!({ "snoozed_until": 12 }), 403, "action_refused"),
        (json!({ "ticket_attributes": { "Unknown": 1 } }), 403, "action_refused"),
        (json!({ "ticket_attributes": { "_default_title_": " " } }), 400, "parameter_invalid"),
        (json!({ "ticket_attributes": { "_default_title_": [] } }), 400, "parameter_invalid"),
        (
            json!({ "ticket_attributes": { "_default_title_": "x".repeat(201) } }),
            400,
            "parameter_invalid",
        ),
    ] {
        assert_eq!(http.put(&path, &token, &body).fails(status), code, "{body}");
    }
    for (body, status, code) in [
        (json!({ "ticket_type_id": "77", "contacts": [] }), 400, "parameter_invalid"),
        (json!({ "contacts": [] }), 400, "parameter_invalid"),
        (json!({ "ticket_type_id": 3, "assignment": [null, null] }), 400, "parameter_invalid"),
        (json!({ "ticket_type_id": 1, "contacts": [] }), 403, "action_refused"),
        (json!({ "ticket_type_id": 1, "contacts": [{}] }), 400, "parameter_not_found"),
        (json!({ "ticket_type_id": 1, "contacts": [{ "id": "77" }] }), 404, "not_found"),
        (json!({ "ticket_type_id": 1, "contacts": [{ "email": "no" }] }), 400, "parameter_invalid"),
        (json!({ "ticket_type_id": 3, "contacts": [{ "email": ADA }] }), 403, "action_refused"),
    ] {
        assert_eq!(http.post("/tickets", &token, &body).fails(status), code, "{body}");
    }
    assert_eq!(bench.ticket(id), before);
    assert_eq!(bench.desk.counters().unwrap().total(), 1);
    // What is not known is left out, and what was asked for is done.
    let body = json!({ "open": "false", "company_id": 4, "no_such_field": { "a": [] } });
    assert_eq!(http.put(&path, &token, &body).done()["open"], false);
}

#[test]
fn html_and_scripts_are_text_everywhere() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let token = http.admin();
    let script = "<script>alert(1)</script>";
    let contact = json!({ "email": ADA, "name": format!("Ada {script}") });
    http.post("/contacts", &token, &contact).done();
    let body = json!({
        "ticket_type_id": "1", "contacts": [{ "email": ADA }],
        "ticket_attributes": {
            "_default_title_": format!("Title {script}\u{1b}[31m"),
            "_default_description_": "<p>See <a href=\"https://x.example\">this</a></p>",
        },
    });
    let ticket = http.post("/tickets", &token, &body).done();
    let id = ticket["id"].as_str().unwrap();
    assert_eq!(ticket["ticket_attributes"]["_default_title_"], format!("Title {script}"));
    let about = ticket["ticket_attributes"]["_default_description_"].as_str().unwrap();
    assert_eq!(about, "See this <https://x.example>");
    let body = format!("<p>Hello <b>Ada</b></p>{script}<img src=x onerror=alert(1)>1 &lt; 2");
    let part = http.post(&format!("/tickets/{id}/reply"), &token, &comment(&body)).done();
    let html = part["body"].as_str().unwrap();
    assert!(html.contains("Hello Ada") && html.contains("1 &lt; 2"), "{html}");
    for tag in ["<script", "<img", "<b>", "onerror"] {
        assert!(!html.contains(tag), "{html}");
    }
    let view = bench.ticket(TicketId(id.parse().unwrap()));
    let stored = view.parts.last().unwrap().body.clone().unwrap();
    assert!(!stored.contains("<script") && stored.contains("1 < 2"), "{stored}");
}

#[test]
fn a_file_goes_along_and_is_loaded_again() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let http = Http::new(&bench);
    let token = http.admin();
    let path = format!("/tickets/{}/reply", id.0);
    let mut body = comment("See the file.");
    body["attachment_files"] =
        json!([{ "name": "../a.txt", "data": "SGVsbG8=", "content_type": "text/html" }]);
    let part = http.post(&path, &token, &body).done();
    let file = &part["attachments"][0];
    assert_eq!(file["filesize"], 5);
    let loaded = http.get(file["url"].as_str().unwrap(), &token);
    assert_eq!(
        (loaded.body.as_slice(), loaded.header("content-disposition")),
        (&b"Hello"[..], "attachment")
    );
    http.get(file["url"].as_str().unwrap(), &http.contact(&bench.ada())).fails(404);
    body["attachment_files"] = json!([{ "name": "a", "data": "!!" }]);
    http.post(&path, &token, &body).fails(400);
    let mut elsewhere = comment("x");
    elsewhere["attachment_urls"] = json!(["http://169.254.169.254/"]);
    http.post(&path, &token, &elsewhere).fails(400);
}

#[test]
fn contacts_types_tags_and_jobs_are_found_again() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let token = http.admin();
    let wanted = json!({ "external_id": 42, "email": ADA, "name": "Ada", "role": "lead" });
    let ada = http.post("/contacts", &token, &wanted).done();
    assert_eq!(http.get("/contacts/find_by_external_id/42", &token).done(), ada);
    assert_eq!(http.post("/contacts", &token, &wanted).fails(409), "conflict");
    let path = format!("/contacts/{}", ada["id"].as_str().unwrap());
    assert_eq!(http.put(&path, &token, &json!({ "role": "user" })).done()["role"], "user");
    let query = json!({ "query": { "field": "email", "operator": "$", "value": "LUMEN.example" } });
    assert_eq!(http.post("/contacts/search", &token, &query).done()["total_count"], 1);

    let kind = json!({ "name": "Refund", "category": "Customer", "icon": "💸" });
    let kind = http.post("/ticket_types", &token, &kind).done();
    let path = format!("/ticket_types/{}", kind["id"].as_str().unwrap());
    let attribute = json!({ "name": "Order", "data_type": "integer", "required_to_create": true });
    http.post(&format!("{path}/attributes"), &token, &attribute).done();
    let mut ticket = json!({
        "ticket_type_id": kind["id"], "contacts": [{ "external_id": "42" }],
        "ticket_attributes": { "_default_title_": "Where is it?" },
    });
    assert_eq!(http.post("/tickets/enqueue", &token, &ticket).fails(403), "action_refused");
    ticket["ticket_attributes"]["Order"] = json!("88");
    let job = http.post("/tickets/enqueue", &token, &ticket).done();
    assert_eq!(job["status"], "pending");
    let job = http.get(job["url"].as_str().unwrap(), &token).done();
    assert_eq!(job["status"], "success");
    let made = http.get(job["resource_url"].as_str().unwrap(), &token).done();
    assert_eq!(made["ticket_attributes"]["Order"], 88);
    assert_eq!(made["contacts"]["contacts"][0]["external_id"], "42");
    let query =
        json!({ "query": { "field": "ticket_attribute.Order", "operator": "=", "value": 88 } });
    assert_eq!(http.post("/tickets/search", &token, &query).done()["total_count"], 1);

    // Title and description are there, and never change.
    let own = &kind["ticket_type_attributes"]["data"][0]["id"];
    let own = format!("{path}/attributes/{}", own.as_str().unwrap());
    assert_eq!(http.put(&own, &token, &json!({})).fails(403), "forbidden");
    http.put(&path, &token, &json!({ "archived": true })).done();
    assert_eq!(http.post("/tickets", &token, &ticket).fails(403), "action_refused");

    let path = format!("/tickets/{}", made["id"].as_str().unwrap());
    let tag = http.post("/tags", &token, &json!({ "name": "VIP" })).done();
    http.post(&format!("{path}/tags"), &token, &json!({ "id": tag["id"], "admin_id": "1" })).done();
    assert_eq!(http.get("/tags", &token).done()["data"], json!([tag]));
    http.post(&format!("{path}/tags"), &token, &json!({ "id": "77" })).fails(404);
    assert_eq!(http.delete(&path, &token).done()["deleted"], true);
    assert_eq!(http.get(&path, &token).fails(404), "ticket_not_found");
    assert_eq!(http.delete(&path, &token).fails(404), "ticket_not_found");
}
