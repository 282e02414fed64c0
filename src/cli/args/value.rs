//! The values of arguments, read from their words.

use std::net::SocketAddr;

use clap::Args as ClapArgs;

use crate::domain::{Category, TicketId, TicketState, Time};

/// Where to listen, or nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    Off,
    On(SocketAddr),
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    After(chrono::Duration),
    At(Time),
}

/// Files to go with what is written.
#[derive(Debug, Clone, ClapArgs)]
pub struct Attach {
    /// A file to go with it; may be given several times
    #[arg(long = "attach", value_name = "FILE")]
    pub files: Vec<String>,
}

/// RFC 3339.
pub(in crate::cli) fn time(given: &str) -> Result<Time, String> {
    chrono::DateTime::parse_from_rfc3339(given)
        .map(|t| t.to_utc())
        .map_err(|_| "not a time; write it as in 2026-06-09T14:05:29Z (RFC 3339)".into())
}

pub(in crate::cli) fn listen(given: &str) -> Result<Listen, String> {
    if given == "off" {
        return Ok(Listen::Off);
    }
    given
        .parse()
        .map(Listen::On)
        .map_err(|_| "not an address and port; write it as in 127.0.0.1:8420 or [::1]:8420".into())
}

pub(in crate::cli) fn expiry(given: &str) -> Result<Expiry, String> {
    let number = |unit| given.strip_suffix(unit).and_then(|n| n.parse::<i64>().ok());
    let after = match (number('d'), number('h')) {
        (Some(days), _) => chrono::Duration::try_days(days),
        (_, Some(hours)) => chrono::Duration::try_hours(hours),
        (None, None) => return time(given).map(Expiry::At),
    };
    // A century is for good.
    after
        .filter(|t| *t > chrono::Duration::zero() && *t <= chrono::Duration::days(36_525))
        .map(Expiry::After)
        .ok_or_else(|| "not a time that can be waited for".into())
}

pub(in crate::cli) fn category(given: &str) -> Result<Category, String> {
    Category::from_code(given).ok_or_else(|| {
        let codes: Vec<&str> = Category::ALL.iter().map(|c| c.code()).collect();
        format!("not a category; there are {}", codes.join(", "))
    })
}

pub(in crate::cli) fn state(given: &str) -> Result<TicketState, String> {
    TicketState::from_code(given).ok_or_else(|| {
        let codes: Vec<&str> = TicketState::ALL.iter().map(|s| s.code()).collect();
        format!("not a state; there are {}", codes.join(", "))
    })
}

pub(in crate::cli) fn ticket(given: &str) -> Result<TicketId, String> {
    let digits = given.strip_prefix('#').unwrap_or(given);
    match digits.parse::<i64>() {
        Ok(id) if id > 0 => Ok(TicketId(id)),
        Ok(_) | Err(_) => Err("not a ticket's number".into()),
    }
}

pub(in crate::cli) fn speed(given: &str) -> Result<f64, String> {
    match given.parse::<f64>() {
        Ok(k) if (0.01..=10_000.0).contains(&k) => Ok(k),
        Ok(_) | Err(_) => Err("not a speed between 0.01 and 10000".into()),
    }
}
