//! A throwaway certificate authority, and what it has signed for the servers of the lab.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Tls {
    /// What a client must trust.
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Tls {
    pub fn make(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let openssl = |line: &str| {
            let output = Command::new("openssl")
                .args(line.split(' '))
                .current_dir(folder)
                .output()
                .expect("openssl, which Postfix and Dovecot depend on");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 {new_key} -days 2 -keyout ca.key -out ca.pem -subj /CN=lab"));
        openssl(&format!("req {new_key} -keyout server.key -out server.csr -subj /CN=localhost"));
        let names =
            "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0.0.0.0\nbasicConstraints=CA:FALSE\n";
        fs::write(folder.join("names"), names).unwrap();
        openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
             -extfile names -out server.pem",
        );
        let path = |name: &str| folder.join(name);
        // Dovecot reads it as another user.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fs::set_permissions(path("server.key"), open).unwrap();
        Self { authority: path("ca.pem"), certificate: path("server.pem"), key: path("server.key") }
    }
}
