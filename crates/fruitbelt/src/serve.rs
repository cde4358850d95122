//! `fruitbelt serve`: from arguments to a running relay, and what to do if it cannot run.

use std::{
    io::{ErrorKind, Write},
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, anyhow};
use protocol::Address;
use relay::{Config, EchoConfig, Listeners, NewFile, StartError, Which, check_record_dir};

use crate::{
    arguments::Serve,
    hall,
    lesson::{Given, Shelf},
    links,
    page::{explain_page, found, open_browser},
};

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
    let shelf = Shelf::of(&arguments.lessons)?;
    let is_open = arguments.is_open_to_others();
    if !is_open {
        hall::tell_in_vain(&arguments.hall);
    }
    let mut config = Config {
        echo: EchoConfig {
            backlog: arguments.backlog,
            sequential: arguments.sequential,
            policy: arguments.policy(),
            previews: !arguments.no_preview,
            ..EchoConfig::default()
        },
        page: shelf.beside(found(&arguments.page_options.dir)?),
        access: arguments.access(),
        record_dir: arguments.record_dir.clone(),
        lessons: Some(Arc::new(Given::new(shelf))),
        hall: links::hall(
            is_open.then(|| arguments.hall.right()),
            arguments.hall.hide_bytes,
            arguments.page_options.open,
        )?,
        limits: arguments.limits.limits(),
        transport: arguments.transport.transport()?,
        program: format!("fruitbelt {}", env!("CARGO_PKG_VERSION")),
    };
    if let Some(dir) = &config.record_dir {
        check_record_dir(dir).map_err(|error| explain(&error))?;
    }
    // Before anything can be heard of this program, so that a signal never finds the default.
    let told = told_to_end().context("signals cannot be handled")?;
    let (echo, page) = (arguments.echo(), arguments.page());
    let listeners = Listeners::bind(&echo, page, &config.echo, &config.hall)
        .map_err(|error| explain(&error))?;
    hall::choose_addresses(
        &mut config.hall,
        &arguments.hall,
        &config.transport,
        &listeners,
    );
    // The last that can fail: it leaves a file behind.
    let record = arguments.record.as_deref().map(NewFile::create);
    let record = record.transpose().map_err(|error| explain(&error))?;
    let page = config.transport.url(listeners.page_addr());
    announce(&format!(
        "echo {}\npage {page}",
        match listeners.echo_addr() {
            Address::Inet(addr) => format!("tcp://{addr}"),
            unix => unix.to_string(),
        }
    ));
    if let Some(lines) = links::lines(&config.hall, &page) {
        announce(&lines);
    }
    hall::show(&config.hall);
    if arguments.page_options.open {
        open_browser(links::opened(&config.hall, &page));
    }
    relay::run(config, listeners, record, told)
        .await
        .map_err(|error| explain(&error))
}

/// The only lines on standard output: another program may read them.
pub fn announce(lines: &str) {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{lines}").and_then(|()| out.flush());
    if let Err(error) = written {
        tracing::warn!(%error, "nobody reads the standard output");
    }
}

/// Names the flag and the remedy.
pub fn explain(error: &StartError) -> anyhow::Error {
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
            let Some(addr) = addr.inet() else {
                return anyhow!("{flag} {addr}: {source}");
            };
            let free = match source.kind() {
                // The same address again would fail again.
                ErrorKind::AddrNotAvailable => {
                    SocketAddr::new(std::net::Ipv4Addr::LOCALHOST.into(), addr.port())
                }
                _ => SocketAddr::new(addr.ip(), 0),
            };
            let remedy = match source.kind() {
                ErrorKind::AddrInUse => {
                    "end the program that listens there, or choose another port"
                }
                ErrorKind::AddrNotAvailable => "choose an address of this machine",
                _ => "choose another address or port",
            };
            anyhow!("{flag} {addr}: {source}; {remedy}, for example {flag} {free}")
        }
        StartError::NotLoopback { addr } => anyhow!(
            "--page {addr} is not a loopback address, and a replay is for this machine only: use --page 127.0.0.1:{}, and an ssh tunnel from elsewhere, or export it for any web server",
            addr.port()
        ),
        StartError::Record { path, source } => {
            let remedy = match source.kind() {
                ErrorKind::AlreadyExists => "it is there already; name a new file",
                ErrorKind::NotFound => "its directory is not there; make it first",
                _ => "name a file that can be written",
            };
            anyhow!("--record {}: {source}; {remedy}", path.display())
        }
        StartError::RecordDir { dir, source } => {
            let remedy = match source.kind() {
                ErrorKind::NotFound => "make it first",
                _ => "name a directory in which files can be made",
            };
            anyhow!("--record-dir {}: {source}; {remedy}", dir.display())
        }
        StartError::NoPage { dir } => explain_page(dir),
        StartError::Random(_) | StartError::Threads(_) => anyhow!("{error}"),
    }
}

/// As shells say of a program that was ended by SIGINT.
const INTERRUPTED: i32 = 130;
/// The same of SIGTERM.
#[cfg(unix)]
const TERMINATED: i32 = 143;

#[cfg(unix)]
/// Done when Ctrl-C or TERM comes. Whoever says so again wants it at once: the second one ends this
/// program as it is, with 130 or 143.
pub fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending in order; once more ends it at once");
        tokio::spawn(async move {
            let code = tokio::select! {
                _ = interrupt.recv() => INTERRUPTED,
                _ = terminate.recv() => TERMINATED,
            };
            std::process::exit(code);
        });
    })
}

#[cfg(not(unix))]
/// Done when Ctrl-C comes. Whoever says so again wants it at once: the second one ends this program
/// as it is, with 130.
pub fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C cannot be handled");
            std::future::pending::<()>().await;
        }
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(INTERRUPTED);
            }
        });
    })
}
