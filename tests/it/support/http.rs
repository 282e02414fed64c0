//! The HTTP API on a bench: requests answered by the real routes, without a socket between.

use std::cell::RefCell;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use deskbell::api::{App, Hosts, router};
use deskbell::clock::Clock;
use deskbell::desk::tokens::Principal;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower_service::Service as _;

use crate::support::bench::Bench;
use crate::support::people::{Customer, Mate};

pub struct Http<'a> {
    bench: &'a Bench,
    clock: Clock,
    pub app: App,
    router: RefCell<Router>,
    pub runtime: tokio::runtime::Runtime,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl<'a> Http<'a> {
    pub fn new(bench: &'a Bench) -> Self {
        let clock = Clock::frozen(bench.now());
        let app = App::new(bench.desk.clone(), clock.clone(), Hosts::new(true, &[]));
        Self {
            bench,
            clock,
            router: RefCell::new(router(app.clone())),
            app,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    pub fn admin(&self) -> String {
        self.token(Principal::Admin)
    }

    pub fn teammate(&self, mate: &Mate<'_>) -> String {
        self.token(Principal::Teammate(mate.teammate()))
    }

    pub fn contact(&self, customer: &Customer<'_>) -> String {
        self.token(Principal::Contact(customer.contact()))
    }

    fn token(&self, principal: Principal) -> String {
        self.bench.desk.new_token(principal, None, self.bench.now()).unwrap().token
    }

    /// Begins a request as a program sends it.
    pub fn request(method: &str, path: &str, token: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path).header("Host", "localhost:8420");
        if token.is_empty() {
            return request;
        }
        request.header("Authorization", format!("Bearer {token}"))
    }

    pub fn send(&self, request: Request<Body>) -> Answer {
        self.clock.advance_to(self.bench.now());
        self.runtime.block_on(async {
            let answer = self.router.borrow_mut().call(request);
            let Ok(response) = answer.await;
            let (mut parts, body) = response.into_parts();
            // Otherwise no two answers would ever be equal.
            parts.headers.remove("x-ratelimit-remaining");
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        })
    }

    pub fn get(&self, path: &str, token: &str) -> Answer {
        self.send(Self::request("GET", path, token).body(Body::empty()).unwrap())
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.post_raw(path, token, body.to_string().as_bytes())
    }

    pub fn put(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.put_raw(path, token, body.to_string().as_bytes())
    }

    pub fn put_raw(&self, path: &str, token: &str, body: &[u8]) -> Answer {
        let request = Self::request("PUT", path, token).header("Content-Type", "application/json");
        self.send(request.body(Body::from(body.to_vec())).unwrap())
    }

    pub fn delete(&self, path: &str, token: &str) -> Answer {
        self.send(Self::request("DELETE", path, token).body(Body::empty()).unwrap())
    }

    pub fn post_raw(&self, path: &str, token: &str, body: &[u8]) -> Answer {
        let request = Self::request("POST", path, token).header("Content-Type", "application/json");
        self.send(request.body(Body::from(body.to_vec())).unwrap())
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// A failure of this status whose body is an `error.list` with one sentence; returns its code.
    #[track_caller]
    pub fn fails(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/json");
        let list = self.json();
        assert_eq!(list["type"], "error.list");
        assert!(list["request_id"].is_null() == (status != 500), "{list}");
        let [error] = list["errors"].as_array().unwrap().as_slice() else { panic!("{list}") };
        let sentence = error["message"].as_str().unwrap();
        assert!(sentence.ends_with(['.', '…', ']']) || sentence.len() > 250, "{sentence}");
        error["code"].as_str().unwrap().to_owned()
    }

    /// The answer of a request that was done.
    #[track_caller]
    pub fn done(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}
