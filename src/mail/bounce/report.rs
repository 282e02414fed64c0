//! The machine-readable report of a mail system (RFC 3464). Never judges by the Status where there
//! is an Action.

use super::{BounceKind, Fate, RECIPIENTS, wording};
use crate::domain::text::clean_line;

/// Fields of one report that are read.
const FIELDS: usize = 2_000;

pub(super) struct Report {
    pub envelope_id: Option<String>,
    pub fates: Vec<Fate>,
}

pub(super) fn read(text: &str) -> Report {
    let mut report = Report { envelope_id: None, fates: Vec::new() };
    for group in groups(text) {
        let get = |name: &str| group.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        report.envelope_id =
            report.envelope_id.or_else(|| get("original-envelope-id").map(clean_line));
        let recipient = get("final-recipient").or_else(|| get("original-recipient"));
        let (action, status) = (get("action"), get("status"));
        if recipient.is_none() && action.is_none() || report.fates.len() >= RECIPIENTS {
            continue;
        }
        // The address that was written to, where the last server saw another.
        let asked =
            get("original-recipient").and_then(address).or_else(|| recipient.and_then(address));
        let last = get("final-recipient").and_then(address).filter(|a| wording::is_address(a));
        let passed_on_to = last
            .filter(|last| asked.as_deref().is_some_and(|asked| !asked.eq_ignore_ascii_case(last)));
        // A report that names somebody, but nobody who can be written to, proves nothing.
        let garbled = asked
            .as_deref()
            .is_some_and(|a| a.contains("..") || a.contains('@') && !wording::is_address(a));
        report.fates.push(Fate {
            kind: if garbled { BounceKind::Unknown } else { kind(action, status) },
            recipient: asked,
            passed_on_to,
            status: status.and_then(status_code),
            diagnostic: get("diagnostic-code").map(|d| clean_line(untyped(d))),
        });
    }
    report
}

fn kind(action: Option<&str>, status: Option<&str>) -> BounceKind {
    let action = action.unwrap_or_default().to_lowercase();
    match action.split([' ', '(', ';']).next().unwrap_or_default() {
        "failed" | "failure" => BounceKind::Permanent,
        "delayed" => BounceKind::Delayed,
        "delivered" | "relayed" | "expanded" => BounceKind::Delivered,
        _ => match status.and_then(|s| s.trim().chars().next()) {
            Some('5') => BounceKind::Permanent,
            Some('4') => BounceKind::Temporary,
            Some('2') => BounceKind::Delivered,
            _ => BounceKind::Unknown,
        },
    }
}

/// The fields of each group; groups are parted by empty lines.
fn groups(text: &str) -> Vec<Vec<(String, String)>> {
    let mut groups: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines().take(FIELDS) {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            // Some systems forget the empty line between two recipients.
            let name = name.trim().to_lowercase();
            let again = name == "final-recipient" && group.iter().any(|(n, _)| *n == name);
            if again {
                groups.push(vec![(name, value.trim().to_owned())]);
            } else {
                group.push((name, value.trim().to_owned()));
            }
        }
    }
    groups
}

/// The value behind its type, as in `rfc822; ada@lumen.example`.
fn untyped(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, v)| v).trim()
}

fn address(value: &str) -> Option<String> {
    let value = clean_line(untyped(value));
    let inner = match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value.split_whitespace().next().unwrap_or_default(),
    };
    let inner = inner.trim_matches(['<', '>', '"', '(', ')', ',', ';']);
    (!inner.is_empty()).then(|| inner.chars().take(320).collect())
}

/// Such as `5.1.1`, without a comment.
fn status_code(value: &str) -> Option<String> {
    let word = value.split([' ', '(', '\t']).find(|w| !w.is_empty())?;
    let parts: Vec<&str> = word.split('.').collect();
    let digits = |p: &&str| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(digits)).then(|| word.to_owned())
}
