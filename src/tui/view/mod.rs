//! Draws the model. Changes nothing: what it must know of sizes comes from `layout`, which
//! `update` asks too.

pub mod frame;
pub mod header;
pub mod layout;
pub mod overlay;
pub mod text;
pub mod theme;
pub mod thread;
