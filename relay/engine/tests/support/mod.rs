//! What the programs that run cases share.

pub(crate) mod cases;
pub(crate) mod recorder;
