//! A relay whose page has no port: requests come over whatever its caller holds, as the fuzzer's do
//! over memory. They are read and answered as those of the page's port are.
//!
//! Knows nothing of what is asked for.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::Handle,
};

use crate::{
    Config, Journal, Listeners, Relay, Stage, StartError,
    http::{Caller, Terms, converse},
    recording::Recordings,
    stage,
};

/// Its echo server serves as long as this is held.
pub struct InProcess {
    _stage: Stage,
    relay: Arc<Relay>,
    router: Router,
    page: SocketAddr,
}

impl InProcess {
    /// Starts one. The page's listener is closed; its address is the one that requests come to.
    /// Within a tokio runtime.
    ///
    /// # Errors
    /// The system gives no random number.
    pub fn start(config: Config, listeners: Listeners) -> Result<InProcess, StartError> {
        let journal = Arc::new(Journal::new(stage::new_run()?));
        let recordings = Recordings::new(
            Arc::clone(&journal),
            config.record_dir.clone(),
            &config.limits,
        );
        let page = listeners.page_addr();
        let (stage, relay, router) = crate::start(
            config,
            listeners.echo,
            page.port(),
            (journal, recordings),
            &Handle::current(),
        )?;
        Ok(InProcess {
            _stage: stage,
            relay,
            router,
            page,
        })
    }

    /// Answers what comes over that stream, as from `peer`, until one of both ends it.
    pub async fn converse<S>(&self, peer: SocketAddr, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let caller = Caller {
            peer,
            local: self.page,
            is_tls: false,
        };
        let terms = Terms {
            limits: self.relay.config.limits.clone(),
            closing: self.relay.callers.closing.clone(),
            refusals: Arc::clone(&self.relay.callers.refusals),
        };
        converse(self.router.clone(), caller, stream, terms, None).await;
    }
}
