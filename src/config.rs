//! The configuration: read once from a TOML file, passed down, never consulted again.
//!
//! A wrong key or value is one sentence with the file, the line and the nearest key; nothing of a
//! file that cannot be read wholly is used.

use std::env;
use std::fs;
use std::io::{self, Read as _};
use std::num::NonZeroU32;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use crate::domain::text::clean_line;

/// All settings. Each has a default, so an absent file is a good configuration.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who acts when no `--as` is given; else the login name.
    pub teammate: Option<String>,
    /// Where the desk is when no `--desk` is given.
    pub desk: Option<PathBuf>,
    /// Lets teammates act as the customer outside of a demo desk.
    pub allow_acting_as_customer: bool,
    /// One of the theme presets: auto, dark, light, high-contrast, mono, tritanopia, deuteranopia.
    pub theme: Option<String>,
    /// Only ASCII on the screen.
    pub ascii: bool,
    pub mail: MailConfig,
    pub api: ApiConfig,
    pub webhooks: WebhooksConfig,
    /// Command name to key: `"ticket.reply" = "R"`.
    pub keys: std::collections::BTreeMap<String, String>,
}

/// Where webhooks may go.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhooksConfig {
    /// Hosts on private networks that may be told, without TLS too. All others must be public.
    pub private_hosts: Vec<String>,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// `smtps://user@host`, `smtp://user@host` (STARTTLS) or `smtp://127.0.0.1:2525`. Without it,
    /// mails are written into `outbox/` beside the desk.
    pub smtp: Option<String>,
    /// `imaps://user@host`, `imap://user@host` (STARTTLS) or `imap://user@127.0.0.1:1143`: the
    /// mailbox of the desk's address, whose inbox is read. Without it, none is.
    pub imap: Option<String>,
    /// Where mail is moved once it is kept; empty leaves it in the inbox.
    pub imap_processed: Option<String>,
    /// The environment variable that holds the mailbox's password, where it is another one.
    pub imap_password_env: Option<String>,
    /// A file that holds it, readable by its owner alone.
    pub imap_password_file: Option<PathBuf>,
    /// A command that prints it.
    pub imap_password_command: Option<String>,
    /// The desk's own address: From and Reply-To.
    pub address: Option<String>,
    /// What stands between the desk's name and the signed tag in its addresses: `+` (the default) or
    /// `-`, as the mail server has it.
    pub delimiter: Option<char>,
    /// The name of our own mail server in its Authentication-Results fields. Only fields of that
    /// name are believed; without it senders are "not checked".
    pub authserv_id: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// A file that holds the password, readable by its owner alone.
    pub password_file: Option<PathBuf>,
    /// A command that prints the password, as a keyring's does.
    pub password_command: Option<String>,
    /// PEM file of one more certificate authority to trust.
    pub ca_file: Option<PathBuf>,
    /// N15: seconds an immediate mail waits so that it can be undone; 0 turns it off.
    pub grace_seconds: Option<u32>,
}

/// The HTTP API.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiConfig {
    /// The names it answers to beside this machine's own, as a proxy passes them on: without a port.
    /// None: to these alone where it listens to this machine only, else to any.
    pub hosts: Vec<String>,
    /// Connections at once; 800 if not given.
    pub connections: Option<NonZeroU32>,
    /// Requests of one token in ten seconds; 1,666 if not given.
    pub requests: Option<NonZeroU32>,
}

/// Why a configuration is not used.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("The configuration {} cannot be read: {what}. Mend it, or name another with --config.", .path.display())]
    Unreadable { path: PathBuf, what: String },
    #[error("{}", at(.path, *.line, .what))]
    Wrong { path: PathBuf, line: usize, what: String },
    #[error(
        "Neither XDG_{kind}_HOME nor HOME is set, so there is no place for deskbell's files. Set HOME, or name the file yourself."
    )]
    NoHome { kind: &'static str },
    #[error("{0}")]
    Password(String),
}

fn at(path: &Path, line: usize, what: &str) -> String {
    format!("{}, line {line}: {what}", path.display())
}

impl Config {
    /// Reads `path`, or the default place when `None`; an absent default file gives the defaults.
    ///
    /// # Errors
    /// A sentence with file, line and the nearest key.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let (path, must_exist) = match path {
            Some(path) => (path.to_owned(), true),
            None => match config_file() {
                Ok(path) => (path, false),
                // Without a home there is no configuration to be read.
                Err(_) => return Ok(Self::default()),
            },
        };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !must_exist => {
                Ok(Self::default())
            }
            Err(e) => Err(ConfigError::Unreadable { path, what: e.to_string() }),
        }
    }

    /// Reads a configuration's text; `path` is for the sentence of an error.
    ///
    /// # Errors
    /// A sentence with file, line and the nearest key.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|e| {
            let start = e.span().map_or(0, |s| s.start);
            let line = text.get(..start).unwrap_or("").matches('\n').count() + 1;
            let what = wrong_key(e.message()).unwrap_or_else(|| {
                let words = clean_line(e.message());
                format!("{}.", words.trim_end_matches('.'))
            });
            ConfigError::Wrong { path: path.to_owned(), line, what }
        })
    }
}

/// The sentence for a key that does not exist, with the nearest that does. The message of the
/// parser names them all, each between backticks: first the wrong one, then what its table knows.
fn wrong_key(message: &str) -> Option<String> {
    let mut named = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let key = named.next()?;
    let nearest = named
        .map(|known| (strsim::damerau_levenshtein(known, key), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(2));
    let said = clean_line(key);
    Some(match nearest {
        _ if is_mail_key(key) => {
            format!("there is no setting \"{said}\" here. It belongs under [mail].")
        }
        Some((_, known)) => format!("there is no setting \"{said}\". Did you mean \"{known}\"?"),
        None => format!("there is no setting \"{said}\"."),
    })
}

/// True for a key of the table `[mail]`, which is easily written above its heading.
fn is_mail_key(key: &str) -> bool {
    let probe = toml::Table::from_iter([(key.to_owned(), toml::Value::Boolean(true))]);
    MailConfig::deserialize(probe).err().is_some_and(|e| !e.message().starts_with("unknown field"))
}

impl MailConfig {
    /// The password of the mail server, from the first place that is configured: environment, file,
    /// command. `None` when none is.
    ///
    /// # Errors
    /// [`ConfigError::Password`] with what is wrong at that place; never with the password.
    pub fn password(&self) -> Result<Option<String>, ConfigError> {
        password_from(
            "mail.",
            self.password_env.as_ref(),
            self.password_file.as_ref(),
            self.password_command.as_ref(),
        )
    }

    /// The password of the mailbox: its own where one is configured, else the mail server's.
    ///
    /// # Errors
    /// As [`MailConfig::password`].
    pub fn imap_password(&self) -> Result<Option<String>, ConfigError> {
        let own = password_from(
            "mail.imap_",
            self.imap_password_env.as_ref(),
            self.imap_password_file.as_ref(),
            self.imap_password_command.as_ref(),
        );
        match own? {
            Some(password) => Ok(Some(password)),
            None => self.password(),
        }
    }
}

/// How long the command of a password may take: it may wait for somebody who is not there.
const PASSWORD_COMMAND: Duration = Duration::from_secs(30);

/// Runs a password's command, and ends it when it has not said all within `limit`.
fn run(command: &str, limit: Duration) -> io::Result<Output> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut said = child.stdout.take();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A password is short; who writes without end is cut off.
        let read = said.as_mut().map(|said| said.take(64 * 1024).read_to_end(&mut bytes));
        // Nobody listens any more who has waited long enough.
        let _ = tell.send(read.transpose().map(|_| bytes));
    });
    let Ok(stdout) = told.recv_timeout(limit) else {
        child.kill()?;
        child.wait()?;
        let words = format!("it has not ended within {} s", limit.as_secs());
        return Err(io::Error::new(io::ErrorKind::TimedOut, words));
    };
    Ok(Output { status: child.wait()?, stdout: stdout?, stderr: Vec::new() })
}

/// The password from the first of these that is configured. `prefix` is what stands before the
/// settings' names.
fn password_from(
    prefix: &str,
    env: Option<&String>,
    file: Option<&PathBuf>,
    command: Option<&String>,
) -> Result<Option<String>, ConfigError> {
    let wrong = |what: String| Err(ConfigError::Password(what));
    let password = if let Some(name) = env {
        match env::var(name) {
            Ok(password) => password,
            Err(_) => {
                return wrong(format!(
                    "The environment variable {name} ({prefix}password_env) is not set."
                ));
            }
        }
    } else if let Some(path) = file {
        let shown = path.display();
        let read = fs::metadata(path).and_then(|meta| Ok((meta, fs::read_to_string(path)?)));
        match read {
            Ok((meta, _)) if meta.permissions().mode() & 0o077 != 0 => {
                return wrong(format!(
                    "The password file {shown} can be read by others. Run: chmod 600 {shown}"
                ));
            }
            Ok((_, password)) => password,
            Err(e) => return wrong(format!("The password file {shown} cannot be read: {e}.")),
        }
    } else if let Some(command) = command {
        match run(command, PASSWORD_COMMAND) {
            Ok(output) if output.status.success() => {
                String::from_utf8_lossy(&output.stdout).into_owned()
            }
            Ok(output) => {
                return wrong(format!(
                    "The command of {prefix}password_command failed ({}).",
                    output.status
                ));
            }
            Err(e) => {
                return wrong(format!(
                    "The command of {prefix}password_command cannot be run: {e}."
                ));
            }
        }
    } else {
        return Ok(None);
    };
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        wrong("The mail password is empty.".into())
    } else {
        Ok(Some(password))
    }
}

fn home(kind: &'static str, under: &str) -> Result<PathBuf, ConfigError> {
    let absolute = |v: std::ffi::OsString| Some(PathBuf::from(v)).filter(|p| p.is_absolute());
    if let Some(path) = env::var_os(format!("XDG_{kind}_HOME")).and_then(absolute) {
        return Ok(path);
    }
    let home = env::var_os("HOME").and_then(absolute).ok_or(ConfigError::NoHome { kind })?;
    Ok(home.join(under))
}

/// `$XDG_CONFIG_HOME/deskbell/config.toml`.
///
/// # Errors
/// [`ConfigError::NoHome`].
pub fn config_file() -> Result<PathBuf, ConfigError> {
    Ok(home("CONFIG", ".config")?.join("deskbell").join("config.toml"))
}

/// `$XDG_DATA_HOME/deskbell/desk.db`.
///
/// # Errors
/// [`ConfigError::NoHome`].
pub fn default_desk() -> Result<PathBuf, ConfigError> {
    Ok(home("DATA", ".local/share")?.join("deskbell").join("desk.db"))
}

/// `$XDG_STATE_HOME/deskbell/deskbell.log`, where the program talks about itself.
///
/// # Errors
/// [`ConfigError::NoHome`].
pub fn log_file() -> Result<PathBuf, ConfigError> {
    Ok(home("STATE", ".local/state")?.join("deskbell").join("deskbell.log"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(text: &str) -> String {
        Config::parse(text, Path::new("config.toml")).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_key_is_named_with_its_line_and_the_nearest() {
        assert_eq!(
            sentence("teammate = \"Mara\"\n\n[mail]\nstmp = \"smtps://a@b.example\"\n"),
            "config.toml, line 4: there is no setting \"stmp\". Did you mean \"smtp\"?"
        );
        assert_eq!(
            sentence("allow_acting_as_custommer = true\n"),
            "config.toml, line 1: there is no setting \"allow_acting_as_custommer\". Did you mean \"allow_acting_as_customer\"?"
        );
        let wrong_type = sentence("\nallow_acting_as_customer = \"yes\"\n");
        assert!(wrong_type.starts_with("config.toml, line 2: invalid type"), "{wrong_type}");
        let not_toml = sentence("teammate = \n");
        assert!(not_toml.starts_with("config.toml, line 1: "), "{not_toml}");
        assert!(!not_toml.contains('\n'));
    }

    #[test]
    fn passwords_come_from_a_private_file_or_a_command_and_never_show() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, "hunter2\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let mail = MailConfig { password_file: Some(file.clone()), ..MailConfig::default() };
        let refused = mail.password().unwrap_err().to_string();
        assert!(refused.contains("chmod 600") && !refused.contains("hunter2"), "{refused}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(mail.password().unwrap().as_deref(), Some("hunter2"));
        let of = |command: &str| MailConfig {
            password_command: Some(command.into()),
            ..MailConfig::default()
        };
        assert_eq!(of("printf 'hun ter'").password().unwrap().as_deref(), Some("hun ter"));
        assert!(of("exit 3").password().is_err());
        assert!(of("true").password().is_err());
        assert!(MailConfig::default().password().unwrap().is_none());
    }

    #[test]
    fn a_passwords_command_that_does_not_end_is_ended() {
        let wrong = run("exec sleep 60", Duration::from_millis(50)).unwrap_err();
        assert_eq!(wrong.kind(), io::ErrorKind::TimedOut);
        let output = run("printf 'hun ter'; exit 3", PASSWORD_COMMAND).unwrap();
        assert_eq!((output.stdout, output.status.code()), (b"hun ter".to_vec(), Some(3)));
    }

    #[test]
    fn a_key_far_from_all_others_is_given_no_neighbour() {
        assert_eq!(
            sentence("colour_of_the_bell = 1\n"),
            "config.toml, line 1: there is no setting \"colour_of_the_bell\"."
        );
        let hostile = sentence("[mail]\n\"x\\u001B[31m\" = 1\n");
        assert_eq!(hostile, "config.toml, line 2: there is no setting \"x\".");
    }

    #[test]
    fn a_key_above_its_heading_is_sent_there() {
        assert_eq!(
            sentence("theme = \"dark\"\nsmtp = \"smtps://a@b.example\"\n"),
            "config.toml, line 2: there is no setting \"smtp\" here. It belongs under [mail]."
        );
    }
}
