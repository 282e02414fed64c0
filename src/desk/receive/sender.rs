//! Who sent a mail, as far as it can be known: the author it names, and what our own server says
//! of that (RFC 8601). Only fields of a server that the configuration names are read.

use crate::desk::Policy;
use crate::domain::EmailAddress;
use crate::mail::inbound::{Inbound, Mailbox};
use crate::store::mailbox::SenderCheck;

/// The author, when the mail names exactly one who can be written to.
pub(super) fn author(mail: &Inbound) -> Option<(&Mailbox, EmailAddress)> {
    let author = mail.author()?;
    Some((author, EmailAddress::new(&author.address).ok()?))
}

/// What the desk's own server found out (DMARC) about the author's domain.
pub(super) fn check(policy: &Policy, mail: &Inbound) -> SenderCheck {
    let (Some(ours), Some(author)) = (&policy.authserv_id, mail.author()) else {
        return SenderCheck::NotChecked;
    };
    // The topmost is the one that our server added last; a sender's own are below it.
    mail.authentication_results
        .iter()
        .filter(|(id, _)| id.eq_ignore_ascii_case(ours))
        .find_map(|(_, value)| dmarc(value, &author.address))
        .unwrap_or(SenderCheck::NotChecked)
}

/// The result of DMARC in one field; `None` when it has none about this author's domain.
fn dmarc(value: &str, author: &str) -> Option<SenderCheck> {
    let domain = author.rsplit_once('@').map_or("", |(_, domain)| domain);
    statements(value).iter().find_map(|statement| {
        let mut words = statement.split_whitespace();
        let result = words.next()?.to_ascii_lowercase();
        let result = result.strip_prefix("dmarc=")?.to_owned();
        let about = words
            .filter_map(|w| w.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case("header.from"))
            .map(|(_, domain)| domain.trim_start_matches('@'));
        if about.is_some_and(|about| !about.eq_ignore_ascii_case(domain)) {
            return None;
        }
        Some(match result.as_str() {
            "pass" => SenderCheck::Pass,
            "fail" => SenderCheck::Fail,
            _ => SenderCheck::NotChecked,
        })
    })
}

/// The statements between semicolons, without comments and quoted texts: in these a sender's own
/// words can stand.
fn statements(value: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let (mut depth, mut quoted) = (0_u32, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' if depth == 0 => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ';' => found.push(String::new()),
            c => {
                if let Some(last) = found.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_result_about_the_authors_domain_counts() {
        let of = |value: &str| dmarc(value, "ada@lumen.example");
        assert_eq!(of("mx.desk; dmarc=pass header.from=lumen.example"), Some(SenderCheck::Pass));
        assert_eq!(
            of(
                "mx.desk; spf=pass smtp.mailfrom=x; DMARC=Fail (p=none dis=none) header.from=Lumen.example"
            ),
            Some(SenderCheck::Fail)
        );
        assert_eq!(of("mx.desk; dmarc=none"), Some(SenderCheck::NotChecked));
        assert_eq!(of("mx.desk; dmarc=pass header.from=evil.example"), None);
        assert_eq!(of("mx.desk; spf=fail smtp.mailfrom=\"; dmarc=pass\""), None);
        assert_eq!(of("mx.desk; spf=fail (; dmarc=pass (x)) reason=y"), None);
        assert_eq!(of("mx.desk; none"), None);
    }
}
