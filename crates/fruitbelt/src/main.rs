//! fruitbelt
fn main() {}
