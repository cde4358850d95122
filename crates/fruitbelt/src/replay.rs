//! `fruitbelt replay`: the page with recordings, and no sockets but the page's.
//!
//! Knows nothing of what is in a recording.

use std::process::ExitCode;

use anyhow::Context;
use relay::PageListener;

use crate::{
    arguments::Replay,
    files::recordings,
    lesson::Shelf,
    page::{found, open_browser},
    serve::{announce, explain, told_to_end},
};

/// Serves until Ctrl-C or TERM.
///
/// # Errors
/// One line that names the file or the flag, and the remedy.
pub fn replay(arguments: &Replay) -> anyhow::Result<ExitCode> {
    let options = &arguments.page_options;
    // First what was typed, then what is missing.
    let recordings = recordings(&arguments.files)?;
    let page = Shelf::of(&arguments.lessons)?.beside(found(&options.dir)?);
    let transport = arguments.transport.transport()?;
    let runtime = tokio::runtime::Runtime::new().context("no threads to run on")?;
    let served = runtime.block_on(async {
        let told = told_to_end().context("signals cannot be handled")?;
        let listener = PageListener::bind(arguments.page).map_err(|error| explain(&error))?;
        let url = transport.url(listener.addr());
        announce(&format!("page {url}"));
        if options.open {
            open_browser(url);
        }
        relay::replay(
            &page,
            recordings,
            &options.access(),
            &transport,
            listener,
            told,
        )
        .await
        .map_err(|error| explain(&error))
    });
    // A browser that is being opened is not waited for.
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS)
}
