//! The commands of LMTP, read from a line (RFC 2033, RFC 5321 §4.1).

/// The longest address that is taken over, in bytes. RFC 5321 §4.5.3.1.3 has 256; a signed one in
/// UTF-8 may be longer.
const PATH: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Lhlo,
    Mail {
        sender: String,
        /// What the client says that the message will have, in bytes (RFC 1870).
        size: Option<usize>,
    },
    Rcpt {
        recipient: String,
    },
    Data,
    Rset,
    Noop,
    Vrfy,
    Quit,
    /// HELO or EHLO, which an LMTP server must not take (RFC 2033 §4.1).
    NotLmtp,
}

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Verb,
    Arguments,
    Address,
    Parameter,
}

impl Wrong {
    pub(super) fn answer(self) -> &'static str {
        match self {
            Self::Verb => "500 5.5.1 There is no such command\r\n",
            Self::Arguments => "501 5.5.4 That is not how it is written\r\n",
            Self::Address => "501 5.1.3 That is not how an address is written\r\n",
            Self::Parameter => "555 5.5.4 There is no such parameter\r\n",
        }
    }
}

impl Command {
    pub(super) fn read(line: &[u8]) -> Result<Self, Wrong> {
        let line = std::str::from_utf8(line).map_err(|_| Wrong::Arguments)?;
        if line.contains(char::is_control) {
            return Err(Wrong::Verb);
        }
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let alone = |command| if rest.is_empty() { Ok(command) } else { Err(Wrong::Arguments) };
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" if rest.is_empty() => Err(Wrong::Arguments),
            "LHLO" => Ok(Self::Lhlo),
            "HELO" | "EHLO" => Ok(Self::NotLmtp),
            "MAIL" => mail(rest),
            "RCPT" => {
                let (recipient, parameters) = path(rest, "TO:")?;
                match parameters {
                    _ if recipient.is_empty() => Err(Wrong::Address),
                    "" => Ok(Self::Rcpt { recipient }),
                    _ => Err(Wrong::Parameter),
                }
            }
            "DATA" => alone(Self::Data),
            "RSET" => alone(Self::Rset),
            "QUIT" => alone(Self::Quit),
            "NOOP" => Ok(Self::Noop),
            "VRFY" => Ok(Self::Vrfy),
            _ => Err(Wrong::Verb),
        }
    }
}

fn mail(rest: &str) -> Result<Command, Wrong> {
    let (sender, parameters) = path(rest, "FROM:")?;
    let mut size = None;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (name.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
            ("SIZE", digits) => size = Some(digits.parse().map_err(|_| Wrong::Arguments)?),
            ("BODY", "7BIT" | "8BITMIME") | ("SMTPUTF8", "") => {}
            _ => return Err(Wrong::Parameter),
        }
    }
    Ok(Command::Mail { sender, size })
}

/// The address between the brackets after `FROM:` or `TO:`, and what follows it. A route in front
/// of the address is left out (RFC 5321 §4.1.1.3).
fn path<'a>(rest: &'a str, keyword: &str) -> Result<(String, &'a str), Wrong> {
    let (given, after) = rest.split_at_checked(keyword.len()).ok_or(Wrong::Arguments)?;
    if !given.eq_ignore_ascii_case(keyword) {
        return Err(Wrong::Arguments);
    }
    let path = after.trim_start().strip_prefix('<').ok_or(Wrong::Address)?;
    let end = closing(path).ok_or(Wrong::Address)?;
    let (address, parameters) = path.split_at(end);
    let address = match address.strip_prefix('@') {
        Some(route) => route.split_once(':').ok_or(Wrong::Address)?.1,
        None => address,
    };
    let parameters = parameters.strip_prefix('>').unwrap_or_default();
    let apart = parameters.is_empty() || parameters.starts_with(' ');
    if address.len() > PATH || !apart {
        return Err(Wrong::Address);
    }
    Ok((address.to_owned(), parameters.trim()))
}

/// Where the bracket is closed: not within quotes, as in `<"a>b"@c>`.
fn closing(path: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    path.char_indices().find_map(|(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at),
            _ => {}
        }
        None
    })
}
