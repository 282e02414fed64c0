//! Who sent a mail, as far as it can be known: the author it names, and what our own server says
//! of that (RFC 8601). Only fields of a server that the configuration names are read.

use crate::desk::Policy;
use crate::domain::EmailAddress;
use crate::domain::contact::domain_key;
use crate::mail::inbound::{Inbound, Mailbox};
use crate::mail::reply_address::is_own;
use crate::store::mailbox::SenderCheck;

/// The author, when the mail names exactly one who can be written to, and it is not the desk.
pub(super) fn author<'a>(
    policy: &Policy,
    mail: &'a Inbound,
) -> Option<(&'a Mailbox, EmailAddress)> {
    let author = mail.author().filter(|author| !is_ours(policy, &author.address))?;
    Some((author, EmailAddress::new(&author.address).ok()?))
}

/// True for the desk's own address, with whatever stands behind its delimiter.
pub(super) fn is_ours(policy: &Policy, address: &str) -> bool {
    policy.address.is_some() && is_own(address, policy.address(), policy.delimiter)
}

/// The form under which an author's mails are counted.
pub(super) fn key_of(address: &str) -> String {
    EmailAddress::new(address).map_or_else(|_| address.to_lowercase(), |a| a.key())
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
    let Some(statements) = statements(value) else {
        // Somebody's words broke it: nothing in it vouches for anyone, and a bad word stands.
        let plain: String = value.to_ascii_lowercase().split_whitespace().collect();
        let failed = plain.contains("dmarc=fail");
        return Some(if failed { SenderCheck::Fail } else { SenderCheck::NotChecked });
    };
    statements.iter().find_map(|statement| {
        let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let statement = statement.replace(" =", "=").replace("= ", "=");
        let mut words = statement.split(' ');
        let result = words.next()?.to_ascii_lowercase();
        let result = result.strip_prefix("dmarc=")?.to_owned();
        let about = words
            .filter_map(|w| w.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case("header.from"))
            .map(|(_, domain)| domain.trim_start_matches('@'));
        if about.is_some_and(|about| domain_key(about) != domain_key(domain)) {
            return None;
        }
        Some(match result.as_str() {
            "pass" => SenderCheck::Pass,
            "fail" => SenderCheck::Fail,
            _ => SenderCheck::NotChecked,
        })
    })
}

/// The statements between semicolons, without comments; of what is quoted, only what a name may
/// hold: in both a sender's own words can stand. `None` where a comment or quotation does not end.
fn statements(value: &str) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    let (mut depth, mut quoted) = (0_u32, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' if depth == 0 => quoted = !quoted,
            c if quoted && !(c.is_alphanumeric() || "-.@".contains(c)) => {}
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ';' => found.push(String::new()),
            c => {
                if let Some(last) = found.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    (depth == 0 && !quoted).then_some(found)
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
        // Written in other ways that the RFC allows.
        for fail in [
            "mx.desk; dmarc = fail header.from = lumen.example",
            "mx.desk; dmarc=fail header.from=\"lumen.example\"",
            "mx.desk; dmarc=fail (a \"b) header.from=lumen.example",
        ] {
            assert_eq!(of(fail), Some(SenderCheck::Fail), "{fail}");
        }
        let idn = |value: &str| dmarc(value, "ada@münchen.example");
        let ascii = "mx.desk; dmarc=fail header.from=xn--mnchen-3ya.example";
        assert_eq!(idn(ascii), Some(SenderCheck::Fail));
    }

    #[test]
    fn words_that_break_the_field_hide_no_failure_and_vouch_for_nobody() {
        let of = |value: &str| dmarc(value, "ada@lumen.example");
        let spf = "mx.desk; spf=fail (domain of \"a(b\"@evil.example) smtp.mailfrom=x;";
        let failed = format!("{spf} dmarc=fail header.from=lumen.example");
        assert_eq!(of(&failed), Some(SenderCheck::Fail));
        // Nor does the next field below it, which may be the sender's.
        let nobody = Some(SenderCheck::NotChecked);
        assert_eq!(of(&format!("{spf} dmarc=pass header.from=lumen.example")), nobody);
        assert_eq!(of("mx.desk; spf=none smtp.mailfrom=\"x; dmarc=pass"), nobody);
    }
}
