//! `fruitbelt serve`: from arguments to a running relay, and what to do if it cannot run.

use std::{io::Write, net::SocketAddr, process::ExitCode};

use anyhow::{Context, anyhow};
use relay::{Config, Listeners, StartError, Which};

use crate::arguments::Serve;

/// Serves until Ctrl-C or TERM.
///
/// # Errors
/// One line that names the flag and the remedy.
pub fn serve(arguments: Serve) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("no threads to run on")?;
    let served = runtime.block_on(serve_until_told(arguments));
    // A browser that is being opened is not waited for.
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve_until_told(arguments: Serve) -> anyhow::Result<()> {
    let config = Config {
        backlog: arguments.backlog,
        sequential: arguments.sequential,
        policy: arguments.policy(),
        previews: !arguments.no_preview,
        page_dir: arguments.page_dir.clone().ok_or_else(|| {
            anyhow!("--page-dir DIR is missing: start with `cargo run --release`, which builds the page, or give the directory of a built one")
        })?,
        allow_hosts: arguments.allow_host.clone(),
        program: format!("fruitbelt {}", env!("CARGO_PKG_VERSION")),
    };
    relay::check_page(&config.page_dir).map_err(|error| explain(&error))?;
    // Before anything can be heard of this program, so that a signal never finds the default.
    let told = told_to_end().context("signals cannot be handled")?;
    let listeners = Listeners::bind(arguments.echo, arguments.page, arguments.backlog)
        .map_err(|error| explain(&error))?;
    let page = format!("http://{}/", listeners.page_addr());
    announce(listeners.echo_addr(), &page);
    if arguments.open {
        open_browser(page);
    }
    relay::run(config, listeners, told)
        .await
        .map_err(|error| explain(&error))
}

/// The only lines on standard output: another program may read them.
fn announce(echo: SocketAddr, page: &str) {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "echo tcp://{echo}\npage {page}").and_then(|()| out.flush());
    if let Err(error) = written {
        tracing::warn!(%error, "nobody reads the standard output");
    }
}

fn open_browser(page: String) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = open::that_detached(&page) {
            tracing::warn!(%error, "no browser could be opened; open {page} yourself");
        }
    });
}

fn explain(error: &StartError) -> anyhow::Error {
    match error {
        StartError::Listen {
            which,
            addr,
            source,
        } => {
            let flag = match which {
                Which::Echo => "--echo",
                Which::Page => "--page",
            };
            let free = match source.kind() {
                // The same address again would fail again.
                std::io::ErrorKind::AddrNotAvailable => {
                    SocketAddr::new(std::net::Ipv4Addr::LOCALHOST.into(), addr.port())
                }
                _ => SocketAddr::new(addr.ip(), 0),
            };
            let remedy = match source.kind() {
                std::io::ErrorKind::AddrInUse => {
                    "end the program that listens there, or choose another port"
                }
                std::io::ErrorKind::AddrNotAvailable => "choose an address of this machine",
                _ => "choose another address or port",
            };
            anyhow!("{flag} {addr}: {source}; {remedy}, for example {flag} {free}")
        }
        StartError::NotLoopback { addr } => anyhow!(
            "--page {addr} is not a loopback address, and the page drives the relay: use --page 127.0.0.1:{}, and an ssh tunnel from elsewhere",
            addr.port()
        ),
        StartError::NoPage { dir } => anyhow!(
            "--page-dir {}: there is no index.html; start with `cargo run --release`, which builds the page, or give the directory of a built one",
            dir.display()
        ),
        StartError::Random(_) | StartError::Threads(_) => anyhow!("{error}"),
    }
}

#[cfg(unix)]
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending");
    })
}

#[cfg(not(unix))]
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C cannot be handled");
            std::future::pending::<()>().await;
        }
    })
}
