//! What holds for every route of the HTTP API: its description, tokens, and what is not well formed.

use axum::body::Body;
use chrono::Duration;
use deskbell::api::{ApiError, App, Bounds, Hosts, description, router};
use deskbell::clock::Clock;
use deskbell::desk::tokens::Principal;
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::support::bench::{Bench, minutes};
use crate::support::http::Http;

/// Every operation of the description, with its path as one that can be asked for.
fn operations() -> Vec<(String, String, Value)> {
    let description = serde_json::to_value(description()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                // Every variable part is a 1.
                let part = |p: &str| if p.starts_with('{') { "1".into() } else { p.to_owned() };
                let asked = path.split('/').map(part).collect::<Vec<_>>().join("/");
                operations.push((method.to_uppercase(), asked, operation.clone()));
            }
        }
    }
    assert!(operations.len() >= 3, "{operations:?}");
    operations
}

fn is_open(operation: &Value) -> bool {
    // `security: [{}]` or `[]`.
    operation["security"].as_array().is_some_and(|s| s.iter().all(|s| s == &json!({})))
}

/// Routes are registered with their description or not at all; and what is described is there.
#[test]
fn every_route_is_in_the_description_and_the_other_way_round() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    let mut described = 0;
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            described += source.matches("#[utoipa::path(").count();
            for other in [".route(", ".route_service(", ".nest_service(", ".fallback_service("] {
                assert!(!source.contains(other), "{} registers with {other}", path.display());
            }
        }
    }
    let operations = operations();
    assert_eq!(described, operations.len(), "one is described and not registered");
    let bench = Bench::new();
    let http = Http::new(&bench);
    for (method, path, operation) in operations {
        let send = |token: &str| {
            http.send(Http::request(&method, &path, token).body(Body::empty()).unwrap())
        };
        if is_open(&operation) {
            assert_eq!(send("").status, 200, "{method} {path}");
        } else {
            assert_eq!(send("").fails(401), "unauthorized", "{method} {path}");
            // One of the three may ask.
            let there = [http.admin(), http.teammate(&bench.mara()), http.contact(&bench.ada())]
                .iter()
                .any(|token| {
                    let answer = send(token);
                    answer.status != 405
                        && !answer.text().contains("There is nothing at this address")
                });
            assert!(there || path.ends_with("/1"), "{method} {path}");
        }
        assert!(operation["responses"]["default"].is_object(), "{method} {path}");
    }
    let all = serde_json::to_value(description()).unwrap();
    let to_customers: Value = http.get("/openapi.json", &http.contact(&bench.ada())).done();
    assert_eq!(to_customers, all);
    // The team reads which types this desk has.
    let mut told: Value = http.get("/openapi.json", &http.admin()).done();
    let types = &mut told["components"]["schemas"]["ticket_type_id"];
    assert_eq!(types["anyOf"][0]["enum"], json!(["1", "2", "3"]));
    assert_eq!(types["anyOf"][1]["enum"], json!([1, 2, 3]));
    types.clone_from(&all["components"]["schemas"]["ticket_type_id"]);
    assert_eq!(told, all);
    assert!(told["openapi"].as_str().unwrap().starts_with("3."));
}

#[test]
fn without_a_good_token_everything_is_401() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let good = http.admin();
    let forged = format!("{}{}", &good[..good.len() - 6], "AAAAAA");
    let contact = http.contact(&bench.ada()).replace("_contact_", "_admin_");
    for path in ["/openapi.json", "/tickets/1", "/nowhere", "/messenger", "/messenger/events"] {
        assert_eq!(http.get(path, "").fails(401), "unauthorized", "{path}");
        for token in ["x", "dbell_admin_", &forged, &contact, &good.to_lowercase(), "\u{e9}"] {
            assert_eq!(http.get(path, token).fails(401), "unauthorized", "{path} {token}");
        }
    }
    assert_eq!(http.get("/openapi.json", "").header("www-authenticate"), "Bearer");
    for value in [format!("Basic {good}"), good.clone(), format!("Bearer {good} x"), String::new()]
    {
        let request = Http::request("GET", "/openapi.json", "").header("Authorization", &value);
        http.send(request.body(Body::empty()).unwrap()).fails(401);
    }
    // Two tokens are none.
    let two = Http::request("GET", "/openapi.json", &good)
        .header("Authorization", format!("Bearer {good}"));
    http.send(two.body(Body::empty()).unwrap()).fails(401);
    let lower = Http::request("GET", "/openapi.json", "");
    let lower = lower.header("authorization", format!("bearer {good}"));
    http.send(lower.body(Body::empty()).unwrap()).done();
}

#[test]
fn a_token_ends_when_it_expires_and_when_it_is_revoked() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let soon = Some(bench.now() + minutes(5));
    let made = bench.desk.new_token(Principal::Admin, soon, bench.now()).unwrap();
    http.get("/openapi.json", &made.token).done();
    bench.skip(minutes(5));
    http.get("/openapi.json", &made.token).fails(401);
    let made = bench.desk.new_token(Principal::Admin, None, bench.now()).unwrap();
    http.get("/openapi.json", &made.token).done();
    bench.desk.revoke_token(made.id, bench.now()).unwrap();
    http.get("/openapi.json", &made.token).fails(401);
    let past = Some(bench.now());
    assert!(bench.desk.new_token(Principal::Admin, past, bench.now()).is_err());
    // What is kept opens nothing, and is not the token.
    let kept = bench.database();
    let rows = "SELECT group_concat(sha256) FROM tokens";
    let hashes: String = kept.query_row(rows, [], |r| r.get(0)).unwrap();
    assert!(!hashes.contains("dbell") && !hashes.contains(&made.token[12..]));
    http.get("/openapi.json", hashes.split(',').next().unwrap()).fails(401);
}

#[test]
fn an_admin_or_a_teammate_makes_tokens_for_customers_and_customers_make_none() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let ada = json!({ "email": "ada@lumen.example", "name": "Ada Park", "expires_in": 3600 });
    for token in [http.admin(), http.teammate(&bench.mara())] {
        let answer = http.post("/contact_tokens", &token, &ada);
        assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
        let made = answer.done();
        assert_eq!(made["expires_at"], (bench.now() + Duration::hours(1)).timestamp());
        let theirs = made["token"].as_str().unwrap().to_owned();
        assert!(theirs.starts_with("dbell_contact_"));
        let none = http.get("/nowhere", &theirs);
        none.fails(404);
        // To a customer the team's side is not there, whatever is asked of it.
        assert_eq!(http.post("/contact_tokens", &theirs, &ada), none);
        assert_eq!(http.post_raw("/contact_tokens", &theirs, b"{"), none);
        let path = format!("/contact_tokens/{}", made["id"].as_str().unwrap());
        let delete = |token: &str| {
            http.send(Http::request("DELETE", &path, token).body(Body::empty()).unwrap())
        };
        assert_eq!(delete(&theirs), none);
        assert_eq!(delete(&token).status, 204);
        http.get("/nowhere", &theirs).fails(401);
    }
    assert_eq!(bench.ada().contact().name, "Ada Park");
    // A token of the team's is not revoked over HTTP.
    let admin = bench.desk.tokens().unwrap()[0].id;
    let path = format!("/contact_tokens/{admin}");
    let asked = Http::request("DELETE", &path, &http.admin()).body(Body::empty()).unwrap();
    http.send(asked).fails(404);
}

#[test]
fn what_is_not_well_formed_is_refused_with_a_sentence() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let admin = http.admin();
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"x\"",
        "{}",
        "{\"email\":1}",
        "{\"email\":\"a@b.example\"} {}",
        "{\"email\":\"a@b.example\",\"email\":\"c@d.example\"}",
        "{\"email\":\"not one\"}",
        "{\"email\":\"a@b.example\",\"expires_in\":\"x\"}",
        "{\"email\":\"a@b.example\",\"expires_in\":-1}",
        "{\"email\":\"a@b.example\",\"expires_in\":99999999999999999999}",
        "{\"email\":\"a@b.example\\r\\nBcc: c@d.example\"}",
    ] {
        let answer = http.post_raw("/contact_tokens", &admin, body.as_bytes());
        assert_eq!(answer.fails(400), "parameter_invalid", "{body}");
    }
    let deep = "[".repeat(100_000);
    http.post_raw("/contact_tokens", &admin, deep.as_bytes()).fails(400);
    http.post_raw("/contact_tokens", &admin, b"{\"email\":\"\xff\xfe\"}").fails(400);
    let loud = format!("{{\"email\":{{\"{}\\u001b[31m<script>\":1}}}}", "x".repeat(5000));
    let answer = http.post_raw("/contact_tokens", &admin, loud.as_bytes());
    answer.fails(400);
    assert!(!answer.text().contains("\\u001b") && answer.body.len() < 1000, "{}", answer.text());
    assert_eq!(answer.json()["errors"][0]["field"], "email");
    // The body of 5 MiB and one byte, told before and found out while reading.
    let huge = vec![b' '; 5 * 1024 * 1024 + 1];
    assert_eq!(http.post_raw("/contact_tokens", &admin, &huge).fails(413), "payload_too_large");
    let chunks = futures_util::stream::iter(vec![Ok::<_, std::io::Error>(huge)]);
    let request = Http::request("POST", "/contact_tokens", &admin);
    let request = request.header("Content-Type", "application/json");
    let answer = http.send(request.body(Body::from_stream(chunks)).unwrap());
    assert_eq!(
        (answer.fails(413).as_str(), answer.header("connection")),
        ("payload_too_large", "close")
    );
    for mime in ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = Http::request("POST", "/contact_tokens", &admin).header("Content-Type", mime);
        http.send(request.body(Body::from("{}")).unwrap()).fails(415);
    }
    let methods =
        [("DELETE", "/openapi.json"), ("GET", "/contact_tokens"), ("TRACE", "/openapi.json")];
    for (method, path) in methods {
        let answer = http.send(Http::request(method, path, &admin).body(Body::empty()).unwrap());
        assert_eq!(answer.fails(405), "method_not_allowed");
        assert!(!answer.header("allow").is_empty(), "{method} {path}");
    }
    for path in [
        "/",
        "//",
        "/..",
        "/%2e%2e/etc/passwd",
        "/openapi.json/",
        "/OpenAPI.json",
        "/%00",
        "/openapi.json%2f..",
        "/%ff",
        "/\\openapi.json",
        "/openapi%2ejson/x",
    ] {
        assert_eq!(http.get(path, &admin).fails(404), "not_found", "{path}");
    }
    for id in ["x", "-1", "0", "1.5", "99999999999999999999", "%ff", "1%00", "१"] {
        let path = format!("/contact_tokens/{id}");
        let request = Http::request("DELETE", "/", &admin).uri(path.as_str());
        let Ok(request) = request.body(Body::empty()) else { continue };
        http.send(request).fails(404);
    }
    assert_eq!(bench.desk.tokens().unwrap().len(), 1, "nothing was made");
}

/// A stranger's page can have its own name point here. It cannot have the browser send ours.
#[test]
fn a_server_for_this_machine_answers_to_this_machines_names() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let admin = http.admin();
    let ask = |host: &str| {
        let request = axum::http::Request::builder().uri("/openapi.json").header("Host", host);
        let request = request.header("Authorization", format!("Bearer {admin}"));
        http.send(request.body(Body::empty()).unwrap())
    };
    for host in ["localhost", "LOCALHOST:8420", "127.0.0.1:1", "[::1]:8420", "[::1]"] {
        ask(host).done();
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8420",
        "evil.example:8420",
        "",
        ":8420",
        "localhost:8420:1",
        "localhost@evil.example",
        "0.0.0.0",
        "[::1",
        "::1",
    ] {
        assert_eq!(ask(host).fails(421), "misdirected_request", "{host}");
    }
    let absolute = |uri: &str| {
        http.send(Http::request("GET", uri, &admin).body(Body::empty()).unwrap()).status
    };
    assert_eq!(absolute("http://evil.example/openapi.json"), 421);
    assert_eq!(absolute("http://localhost/openapi.json"), 200);
    let known = |hosts: Hosts, host: &str| {
        let app = App::new(bench.desk.clone(), Clock::frozen(bench.now()), hosts);
        let request = axum::http::Request::builder().uri("/openapi.json").header("Host", host);
        let request = request.header("Authorization", format!("Bearer {admin}"));
        let request = request.body(Body::empty()).unwrap();
        http.runtime.block_on(async { router(app).call(request).await.unwrap().status() })
    };
    let named = vec!["Help.Northwind.example".to_owned()];
    assert_eq!(known(Hosts::new(true, &named), "help.northwind.example"), 200);
    assert_eq!(known(Hosts::new(true, &named), "localhost"), 200);
    assert_eq!(known(Hosts::new(false, &named), "evil.example"), 421);
    assert_eq!(known(Hosts::new(false, &[]), "desk.lan:8420"), 200);
}

#[test]
fn a_token_asks_as_often_as_the_configuration_lets_it() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let few = Bounds { requests: 2, ..Bounds::default() };
    let mut routes = router(http.app.clone().within(few));
    let mut ask = |token: &str| {
        let request = Http::request("GET", "/nowhere", token).body(Body::empty()).unwrap();
        let response = http.runtime.block_on(routes.call(request)).unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(header("x-ratelimit-limit").as_deref(), Some("2"));
        assert_eq!(header("retry-after").is_some(), response.status() == 429);
        response.status().as_u16()
    };
    let (one, other) = (http.admin(), http.admin());
    let answers = [&one, &one, &one, &other].map(|token| ask(token));
    assert_eq!(answers, [404, 404, 429, 404]);
}

#[test]
fn a_fault_tells_nothing_but_where_to_look() {
    let bench = Bench::new();
    let http = Http::new(&bench);
    let failed = http.runtime.block_on(http.app.blocking(|_, _| -> Result<(), _> {
        panic!("a secret of the program");
    }));
    let failed: ApiError = failed.unwrap_err();
    assert_eq!(failed.status(), 500);
    assert!(!format!("{failed:?}").contains("secret"));
    let lost = deskbell::desk::DeskError::Other("/srv/desk.db is gone".into());
    let lost = ApiError::from(lost);
    assert!(lost.status() == 500 && !format!("{lost:?}").contains("/srv"));
}
