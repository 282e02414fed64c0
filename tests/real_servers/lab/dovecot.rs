//! Dovecot: the desk's mailbox by IMAP, mail into it by LMTP, and the passwords of Postfix.
//!
//! Any name logs in with the password `secret`; `name+anything@any.domain` lands in the mailbox of
//! `name`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::kept::Kept;
use super::tls::Tls;
use super::user::User;
use super::{free_port, program};

pub struct Dovecot {
    pub imap: u16,
    pub imaps: u16,
    pub lmtp: u16,
    /// Where Postfix asks about passwords.
    pub sasl: u16,
    folder: PathBuf,
    server: Option<Kept>,
}

impl Dovecot {
    pub fn start(folder: &Path, user: User, tls: &Tls) -> Self {
        user.folder(folder);
        for inner in ["run", "mail"] {
            user.folder(&folder.join(inner));
        }
        for _ in 0..5 {
            let mut dovecot = Self {
                imap: free_port(),
                imaps: free_port(),
                lmtp: free_port(),
                sasl: free_port(),
                folder: folder.to_owned(),
                server: None,
            };
            fs::write(folder.join("dovecot.conf"), dovecot.configuration(user, tls)).unwrap();
            let mut command = Command::new(program("dovecot").unwrap());
            command.arg("-F").arg("-c").arg(folder.join("dovecot.conf"));
            let server = Kept::start(user, &folder.join("run/out"), &command);
            let ports = [dovecot.imap, dovecot.imaps, dovecot.lmtp, dovecot.sasl];
            if ports.iter().all(|port| server.listens(*port).is_some()) {
                dovecot.server = Some(server);
                return dovecot;
            }
        }
        panic!("Dovecot does not start: {:?}", fs::read_to_string(folder.join("run/log")));
    }

    /// The files of the mails in a mailbox, the oldest first.
    pub fn mails(&self, name: &str) -> Vec<Vec<u8>> {
        self.mails_of(&self.maildir(name))
    }

    /// The files of the mails in one of its folders, as in `Deskbell.Processed`.
    pub fn mails_in(&self, name: &str, folder: &str) -> Vec<Vec<u8>> {
        self.mails_of(&self.maildir(name).join(format!(".{folder}")))
    }

    fn mails_of(&self, maildir: &Path) -> Vec<Vec<u8>> {
        let mut paths: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|inner| fs::read_dir(maildir.join(inner)).ok())
            .flat_map(|entries| entries.map(|e| e.unwrap().path()))
            .collect();
        paths.sort();
        // One may be moved by Dovecot between the listing and the reading.
        paths.iter().filter_map(|path| fs::read(path).ok()).collect()
    }

    pub fn maildir(&self, name: &str) -> PathBuf {
        self.folder.join("mail").join(name).join("Maildir")
    }

    fn configuration(&self, user: User, tls: &Tls) -> String {
        let (uid, gid) = user.ids();
        let Self { imap, imaps, lmtp, sasl, .. } = self;
        let (folder, user, group) = (self.folder.display(), user.name(), user.group());
        let (certificate, key) = (tls.certificate.display(), tls.key.display());
        format!(
            "base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/run/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 0
first_valid_uid = 0
mail_location = maildir:~/Maildir
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%Ln allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
"
        )
    }
}
