//! Where webhooks may go: to public addresses over HTTPS, and elsewhere only to hosts that the
//! configuration names. Whoever can register a webhook could otherwise make this machine talk to
//! its own network in their stead (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The ports of a host that is not named: those of HTTPS, and the other one in use for it.
const PORTS: [u16; 2] = [443, 8443];
/// Bytes of a webhook's URL.
const LENGTH: usize = 2000;

/// An address that may be told, as far as its URL alone can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    /// The configuration names its host: it may be on a private network, and without TLS.
    named: bool,
}

impl Target {
    /// Reads a webhook's URL. `private_hosts` are the hosts that the configuration names.
    ///
    /// # Errors
    /// A sentence: what is wrong with it, and what to do.
    pub fn parse(given: &str, private_hosts: &[String]) -> Result<Self, String> {
        if given.len() > LENGTH {
            return Err(format!("The URL is longer than {LENGTH} bytes."));
        }
        let url = Url::parse(given).map_err(|e| {
            format!(
                "This is no URL ({e}). Write it as in https://hooks.northwind.example/deskbell."
            )
        })?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("A webhook's URL begins with https://.".into());
        }
        let Some(host) = url.host_str() else {
            return Err("The URL names no host.".into());
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "A webhook's URL holds no name or password: its messages are signed.".into()
            );
        }
        let named = private_hosts.iter().any(|h| h.eq_ignore_ascii_case(host));
        if !named {
            let settings = format!("name {host} under webhooks.private_hosts in the configuration");
            if url.scheme() != "https" {
                return Err(format!("A webhook's URL begins with https://; else {settings}."));
            }
            if url.port_or_known_default().is_none_or(|p| !PORTS.contains(&p)) {
                return Err(format!("A webhook's port is 443 or 8443; else {settings}."));
            }
            let address = match url.host() {
                Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
                Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
                Some(Host::Domain(_)) | None => None,
            };
            let local = host.trim_end_matches('.').to_ascii_lowercase();
            if address.is_some_and(|a| !is_public(a))
                || local == "localhost"
                || local.ends_with(".localhost")
            {
                return Err(format!("{host} is no public address; {settings} if it may be told."));
            }
        }
        Ok(Self { url, named })
    }

    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The name or address to be looked up, without brackets, and its port.
    #[must_use]
    pub fn host_and_port(&self) -> (String, u16) {
        let host = self.url.host_str().unwrap_or_default();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        (bare.to_owned(), self.url.port_or_known_default().unwrap_or(443))
    }

    /// Whether it may be talked to at this address, which its host was found to have. Asked for
    /// each address at the time of the talk: a name can be given another one after it was registered.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        self.named || is_public(address)
    }
}

/// True for an address of the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Not those of IANA's special-purpose registry (RFC 6890) that are not globally reachable.
fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // RFC 6598
        || (a == 198 && (18..20).contains(&b)) // RFC 2544
        || (a == 192 && b == 0 && c == 0) // RFC 6890
        || (a == 192 && b == 88 && c == 99)) // RFC 7526
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    // Global unicast is 2000::/3; the rest is not given out (RFC 4291 §2.4). So an IPv4 address in
    // an IPv6 one (::ffff:0:0/96) and the translators' 64:ff9b::/96 (RFC 6052) are not among it.
    (0x2000..0x4000).contains(&a)
        && a != 0x2002 // 6to4 holds any IPv4 address
        && !(a == 0x2001 && b < 0x0200) // RFC 2928: Teredo, benchmarks, ORCHID
        && !(a == 0x2001 && b == 0x0db8) // RFC 3849
        && !(a == 0x3fff && b < 0x1000) // RFC 9637
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Target::parse(url, &[]).expect_err(url)
    }

    #[test]
    fn private_addresses_in_every_form_are_refused() {
        for host in [
            "localhost",
            "localhost.",
            "LOCALHOST",
            "a.localhost",
            "127.0.0.1",
            "127.1",
            "127.255.255.254",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "0",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[fe80::1]",
            "[fec0::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[ff02::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[100::1]",
            "127.0.0.1.",
            "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
            "127\u{3002}0.0.1",
        ] {
            let sentence = refused(&format!("https://{host}/hook"));
            assert!(sentence.contains("no public address"), "{host}: {sentence}");
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for url in [
            "https://hooks.northwind.example/a?b=c",
            "https://93.184.216.34/",
            "https://[2606:2800:220:1:248:1893:25c8:1946]:8443/",
            "https://xn--mnchen-3ya.example/",
        ] {
            let target = Target::parse(url, &[]).unwrap();
            assert!(target.allows("1.1.1.1".parse().unwrap()));
            assert!(!target.allows("10.1.1.1".parse().unwrap()), "a name may come to mean this");
            assert!(!target.allows("::1".parse().unwrap()));
        }
    }

    #[test]
    fn what_is_no_webhooks_url_is_said_in_a_sentence() {
        for (url, words) in [
            ("http://hooks.northwind.example/", "begins with https://"),
            ("ftp://hooks.northwind.example/", "begins with https://"),
            ("file:///etc/passwd", "begins with https://"),
            ("https://hooks.northwind.example:22/", "443 or 8443"),
            ("https://ada:secret@hooks.northwind.example/", "no name or password"),
            ("hooks", "no URL"),
            ("https://", "no URL"),
        ] {
            assert!(refused(url).contains(words), "{url}: {}", refused(url));
        }
        assert!(refused(&format!("https://a.example/{}", "x".repeat(2000))).contains("2000 bytes"));
    }

    #[test]
    fn a_host_that_the_configuration_names_may_be_private_and_plain() {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let target = Target::parse("http://LOCALHOST:9000/hook", &names).unwrap();
        assert!(target.allows("127.0.0.1".parse().unwrap()));
        assert_eq!(target.host_and_port(), ("localhost".into(), 9000));
        assert!(
            Target::parse("http://127.1:9000/", &names).is_ok(),
            "the same address, written shorter"
        );
        assert!(Target::parse("http://127.0.0.2:9000/", &names).is_err());
    }
}
