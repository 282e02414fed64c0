//! The set-ups that the README describes, each as it stands there: only names of hosts, files and
//! users are changed into the lab's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::lab::desk::Way;
use crate::lab::{Lab, seconds};

const ADA: &str = "ada@lumen.example";

/// The one block of the README that holds these words.
fn block(words: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let blocks = readme.split("\n```").skip(1).step_by(2);
    let found: Vec<&str> = blocks.filter(|b| b.contains(words)).collect();
    let [only] = found[..] else { panic!("{} blocks hold {words}", found.len()) };
    // Behind the name of the language.
    only.split_once('\n').unwrap().1.to_owned() + "\n"
}

/// Each name is there, and becomes another one.
fn with(text: &str, names: &[(&str, &str)]) -> String {
    names.iter().fold(text.to_owned(), |text, (name, other)| {
        assert!(text.contains(name), "{name} is not in {text}");
        text.replace(name, other)
    })
}

/// A ticket is confirmed, and the answer comes back into it.
fn there_and_back(lab: &Lab) {
    let desk = lab.desk();
    desk.serve();
    let new = ["new", "customer", "Refund", "--contact", ADA];
    let id = desk.run(&new).done().stdout.trim().to_owned();
    lab.pass(seconds(10));
    let told = lab.mail_of(ADA, 1);
    lab.send(&told.answer("Thank you for the quick answer."));
    assert_eq!(desk.has(&id, "Thank you for the quick answer."), "customer_reply");
}

/// The configuration for a desk beside Postfix, in the lab's names.
fn beside_postfix(lab: &Lab) -> String {
    let port = format!("127.0.0.1:{}", lab.postfix.smtp);
    let desk = lab.desk().path();
    let names =
        [("127.0.0.1:25", port.as_str()), ("/srv/deskbell/desk.db", desk.to_str().unwrap())];
    with(&block("# /etc/deskbell/config.toml\n"), &names)
}

/// As it is on a machine of one's own: its programs may send.
const OWN: &str = "mynetworks = 127.0.0.0/8\n";

#[test]
fn with_postfix_and_a_pipe() {
    let lab = Lab::with(&[("northwind.example", Way::Pipe)], |routes, desks| {
        let desk = &desks[0];
        let config = desk.config_path();
        let both = with(
            &block("deskmail unix"),
            &[
                ("user=desk", &format!("user={}", desk.user.name())),
                ("/usr/local/bin/deskbell", desk.program.to_str().unwrap()),
                ("/etc/deskbell/config.toml", config.to_str().unwrap()),
            ],
        );
        let (main, master) = both.split_once("# /etc/postfix/master.cf\n").unwrap();
        routes.pipes = master.to_owned();
        routes.main = format!("{OWN}{main}");
    });
    let Some(lab) = lab else { return };
    lab.desk().configure(&beside_postfix(&lab));
    there_and_back(&lab);
}

#[test]
fn with_postfix_and_lmtp() {
    let lab = Lab::with(&[("northwind.example", Way::Lmtp)], |routes, desks| {
        let port = format!("127.0.0.1:{}", desks[0].lmtp);
        let main = with(&block("= lmtp:inet:"), &[("127.0.0.1:24", &port)]);
        routes.main = format!("{OWN}{main}");
    });
    let Some(lab) = lab else { return };
    let desk = lab.desk();
    desk.configure(&beside_postfix(&lab));
    // The command that the README names, but for its port.
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(
        readme.contains("`deskbell serve --config /etc/deskbell/config.toml --lmtp 127.0.0.1:24`")
    );
    there_and_back(&lab);
}

#[test]
fn with_a_hosted_mailbox() {
    let Some(lab) = Lab::start(&[("northwind.example", Way::Imap)]) else { return };
    let desk = lab.desk();
    // The keyring of a teammate's machine, and an authority that everybody trusts.
    let tools = desk.home.join("bin");
    fs::create_dir(&tools).unwrap();
    let keyring = tools.join("secret-tool");
    fs::write(&keyring, "#!/bin/sh\n[ \"$*\" = 'lookup service deskbell' ] && echo secret\n")
        .unwrap();
    fs::set_permissions(&keyring, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", tools.display());
    let authority = lab.tls.authority.display().to_string();
    *desk.variables.borrow_mut() = vec![("PATH".into(), path), ("SSL_CERT_FILE".into(), authority)];
    let smtp = format!("smtps://support@127.0.0.1:{}", lab.postfix.smtps);
    let imap = format!("imaps://support@127.0.0.1:{}", lab.dovecot.imaps);
    let names = [
        ("smtps://support@mail.northwind.example", smtp.as_str()),
        ("imaps://support@mail.northwind.example", imap.as_str()),
    ];
    desk.configure(&with(&block("secret-tool lookup"), &names));
    there_and_back(&lab);
    assert!(lab.postfix.log().contains("smtps/smtpd"), "{}", lab.state());
}

#[test]
fn without_any_mail() {
    // Needs no server, so it skips nowhere.
    let home = tempfile::tempdir().unwrap();
    let tools = home.path().join("bin");
    fs::create_dir(&tools).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_deskbell"), tools.join("deskbell")).unwrap();
    let ran = Command::new("sh")
        .args(["-ec", &block("outbox/*.eml")])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", tools.display()))
        .env("HOME", home.path())
        .current_dir(home.path())
        .output()
        .unwrap();
    let [said, talk] = [&ran.stdout, &ran.stderr].map(|out| String::from_utf8_lossy(out));
    assert!(ran.status.success(), "{said}{talk}");
    assert!(talk.contains("1 sent"), "{talk}");
    // The last command shows the mail.
    assert!(said.contains("\r\nSubject: Your ticket #1\r\n"), "{said}");
    assert!(said.contains("To: ada@lumen.example"), "{said}");
}
