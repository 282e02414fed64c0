//! As whom the programs of the lab run. Dovecot and Postfix's pipe refuse to work as root, so where
//! the tests are root's, they run as `nobody`, who is everywhere; else as whoever runs the tests.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// The one who runs the tests.
    Own,
    /// Another one; only root can be so.
    Other { uid: u32, gid: u32 },
}

impl User {
    /// Who runs the mail programs and the desk.
    pub fn of_the_lab() -> Self {
        if !is_root() {
            return Self::Own;
        }
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let row = users.lines().find(|l| l.starts_with("nobody:")).expect("a user nobody");
        let ids: Vec<u32> = row.split(':').skip(2).take(2).map(|n| n.parse().unwrap()).collect();
        Self::Other { uid: ids[0], gid: ids[1] }
    }

    pub fn runs(self, command: &mut Command) -> &mut Command {
        match self {
            Self::Own => command,
            Self::Other { uid, gid } => command.uid(uid).gid(gid),
        }
    }

    pub fn owns(self, path: &Path) {
        if let Self::Other { uid, gid } = self {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// Makes a folder that is this user's.
    pub fn folder(self, path: &Path) {
        fs::create_dir_all(path).unwrap();
        self.owns(path);
    }

    /// The name or number by which configurations call it.
    pub fn name(self) -> String {
        match self {
            Self::Own => run("id", &["-un"]),
            Self::Other { .. } => "nobody".into(),
        }
    }

    pub fn group(self) -> String {
        match self {
            Self::Own => run("id", &["-gn"]),
            Self::Other { gid, .. } => {
                let groups = fs::read_to_string("/etc/group").unwrap();
                let of = |l: &&str| l.split(':').nth(2) == Some(&gid.to_string());
                groups.lines().find(of).unwrap().split(':').next().unwrap().to_owned()
            }
        }
    }

    pub fn ids(self) -> (u32, u32) {
        match self {
            Self::Own => (run("id", &["-u"]).parse().unwrap(), run("id", &["-g"]).parse().unwrap()),
            Self::Other { uid, gid } => (uid, gid),
        }
    }
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
