//! The edges: real sockets, real clients, a real browser. One module, one edge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail by it, too

mod api;
mod architecture;
mod books;
mod browser;
mod certificate;
mod clients;
mod corpus;
mod datagrams;
mod desk;
mod errors;
mod families;
mod flood;
mod framing;
mod hall;
mod http;
mod lessons;
mod log;
mod metrics;
mod mirror;
mod proxy;
mod python;
mod reading;
mod recording;
mod relay_process;
mod replay;
mod requests;
mod reverse_proxy;
mod rfc6455;
mod rights;
mod send;
mod soak;
mod sockets;
mod tls;
mod tutorial;
mod unix_datagrams;
