//! The edges: real sockets, real clients, a real browser. One module, one edge.

mod architecture;
mod browser;
