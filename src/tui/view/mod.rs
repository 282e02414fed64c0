//! Drawing: everything here reads and changes nothing.

pub mod frame;
pub mod text;
pub mod theme;
