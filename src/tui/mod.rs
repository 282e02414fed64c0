//! The terminal screens. Messages go in, commands come out, the model stands
//! between; drawing changes nothing.

pub mod view;
