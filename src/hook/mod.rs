//! How a webhook's message leaves: where it may go, how it is signed, and the talk with its
//! receiver. Names neither a ticket nor the desk; it carries bytes.

pub mod post;
pub mod sign;
pub mod target;

pub use post::Post;
pub use target::Target;
