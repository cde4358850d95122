//! From the process to both listeners: not that they are bound, but that each has answered.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};

use anyhow::{Result, ensure};

use super::{Plan, Told};
use crate::{
    figures::{Spread, Target},
    load::STAMP_BYTES,
    server::Server,
};

const STARTS: usize = 20;

pub fn measure(plan: &Plan) -> Result<Told> {
    eprintln!("bench: {STARTS} starts");
    // The first one brings the program from the disk.
    start(plan)?;
    let (mut listening, mut answered) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (listens, answers) = start(plan)?;
        listening.push(listens);
        answered.push(answers);
    }
    let (listening, answered) = (Spread::of(listening), Spread::of(answered));
    let markdown = format!(
        "Start: {STARTS} times, from the call that makes the process.\n\n\
         | until both addresses are printed, ms | until an echo and the page have been answered, ms |\n\
         |---|---|\n| {listening:.1} | {answered:.1} |\n"
    );
    let what = "start: process to both listeners ready (an echo and the page answered)";
    Ok(Told {
        markdown,
        targets: vec![Target::at_most(what, 50.0, " ms", answered)],
    })
}

fn start(plan: &Plan) -> Result<(f64, f64)> {
    let began = Instant::now();
    let server = Server::relay(&plan.relay, &[])?;
    let listens = began.elapsed();
    let mut echo = TcpStream::connect(server.echo()?)?;
    echo.write_all(b"x")?;
    echo.read_exact(&mut [0; STAMP_BYTES + 1])?;
    let page = server.page()?;
    let mut browser = TcpStream::connect(page)?;
    write!(browser, "GET / HTTP/1.1\r\nHost: {page}\r\n\r\n")?;
    let mut status = [0; 12];
    browser.read_exact(&mut status)?;
    ensure!(&status == b"HTTP/1.1 200", "the page is not there");
    let answers = began.elapsed();
    Ok((listens.as_secs_f64() * 1e3, answers.as_secs_f64() * 1e3))
}
