//! What the rooms of this binary share.
