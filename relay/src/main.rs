//! The `postern` program.
fn main() {}
