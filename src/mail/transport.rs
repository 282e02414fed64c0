use std::path::PathBuf;
#[derive(Debug)]
pub enum Transport {
    Outbox(PathBuf),
}
pub struct Envelope {
    pub from: String,
    pub to: String,
    pub message_id: String,
}
#[derive(Debug, Clone)]
pub enum Outcome {
    Sent { words: String },
    Temporary { words: String },
    Permanent { words: String },
    Pause { words: String },
    Ambiguous { words: String },
}
impl Transport {
    pub async fn send<E>(
        &mut self,
        e: &Envelope,
        raw: &[u8],
        before_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<Outcome, E> {
        before_dot().await?;
        let Self::Outbox(p) = self;
        let _ = std::fs::create_dir_all(&p);
        let _ = std::fs::write(p.join(format!("{}.eml", e.message_id)), raw);
        Ok(Outcome::Sent { words: String::new() })
    }
    pub async fn rest(&mut self) {}
}
