pub const MAX_BYTES: usize = 512 * 1024;
#[derive(Debug, Clone)]
pub struct Logo(pub Vec<u8>);
impl Logo {
    pub fn new(b: Vec<u8>) -> Result<Self, String> {
        if b.is_empty() { Err("empty".into()) } else { Ok(Self(b)) }
    }
    pub fn mime(&self) -> &'static str {
        "image/png"
    }
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
    pub fn width(&self) -> u32 {
        1
    }
    pub fn height(&self) -> u32 {
        1
    }
}
