//! Postfix: the mail server between the desk and its customers.
//!
//! Nobody but the desk, with its password and under TLS, may send to others through it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::kept::Kept;
use super::tls::Tls;
use super::user::User;
use super::{free_port, program};

/// What a lab's Postfix is told of its neighbours.
pub struct Routes {
    /// Lines of `master.cf`: pipes.
    pub pipes: String,
    /// Lines of `main.cf`, as they stand in the documentation.
    pub main: String,
    /// Pattern and transport, as in `northwind.example` and `lmtp:inet:127.0.0.1:2024`.
    pub transports: Vec<(String, String)>,
    /// The domains that mail is taken for from anybody.
    pub domains: String,
    /// Where all other mail goes.
    pub customers: u16,
}

pub struct Postfix {
    /// For mail from the world; no login is asked for, and none is taken.
    pub smtp: u16,
    /// STARTTLS and a login are demanded.
    pub submission: u16,
    /// TLS from the first byte; a login is demanded.
    pub smtps: u16,
    folder: PathBuf,
    server: Option<Kept>,
}

impl Postfix {
    pub fn start(folder: &Path, sasl: u16, tls: &Tls, routes: &Routes) -> Self {
        let etc = folder.join("etc");
        for inner in ["etc", "spool", "data"] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        run(Command::new("chown").arg("postfix").arg(folder.join("data")));
        for _ in 0..5 {
            let mut postfix = Self {
                smtp: free_port(),
                submission: free_port(),
                smtps: free_port(),
                folder: folder.to_owned(),
                server: None,
            };
            fs::write(etc.join("main.cf"), postfix.main(sasl, tls, routes)).unwrap();
            fs::write(etc.join("master.cf"), postfix.master(routes)).unwrap();
            // Makes the folders of the queue.
            run(Command::new(program("postfix").unwrap()).arg("-c").arg(&etc).arg("check"));
            let mut command = Command::new("/usr/lib/postfix/sbin/master");
            command.arg("-c").arg(&etc).arg("-d").env("MAIL_CONFIG", &etc);
            let server = Kept::start(User::Own, &folder.join("out"), &command);
            let ports = [postfix.smtp, postfix.submission, postfix.smtps];
            let listens = ports.iter().all(|port| server.listens(*port).is_some());
            // Now and then its parts wait for one another from the start on, on a machine with much
            // to do, and nothing ever answers: then it is started anew.
            if listens && greets(postfix.smtp) && greets(postfix.submission) {
                postfix.server = Some(server);
                return postfix;
            }
        }
        panic!("Postfix does not start: {:?}", fs::read_to_string(folder.join("mail.log")));
    }

    /// What it says about each mail.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("mail.log")).unwrap_or_default()
    }

    /// The mails that it still tries to deliver.
    pub fn queue(&self) -> String {
        let mut command = Command::new(program("postqueue").unwrap());
        let output = command.arg("-c").arg(self.folder.join("etc")).arg("-j").output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn main(&self, sasl: u16, tls: &Tls, routes: &Routes) -> String {
        let folder = self.folder.display();
        let (certificate, key) = (tls.certificate.display(), tls.key.display());
        let transports: Vec<String> =
            routes.transports.iter().map(|(from, to)| format!("{{{from} = {to}}}")).collect();
        let (transports, domains, own) = (transports.join(", "), &routes.domains, &routes.main);
        let customers = routes.customers;
        format!(
            "compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.northwind.example
mydestination =
local_recipient_maps =
local_transport = error:no local mail here
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_peername_lookup = no
disable_dns_lookups = yes
smtp_host_lookup = native
recipient_delimiter = +
relay_domains = {domains}
transport_maps = inline:{{ {transports} }}
default_transport = smtp:[127.0.0.1]:{customers}
smtpd_client_connection_count_limit = 0
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_received_header = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_sasl_authenticated_header = yes
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
maximal_queue_lifetime = 15s
bounce_queue_lifetime = 15s
delay_warning_time = 2s
smtp_connect_timeout = 2s
in_flow_delay = 0
{own}
"
        )
    }

    fn master(&self, routes: &Routes) -> String {
        let Self { smtp, submission, smtps, .. } = self;
        let pipes = &routes.pipes;
        format!(
            "127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o syslog_name=submission -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o syslog_name=smtps -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
{pipes}
"
        )
    }
}

/// Whether a server says 220 before long.
fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).is_ok() && line.starts_with("220 ")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
