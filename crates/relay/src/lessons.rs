//! What the relay must know of lessons: that somebody gives them. Viewers' wishes go there, and what
//! is told of them goes to all viewers.
//!
//! Knows nothing of what a lesson is.

use futures_util::future::BoxFuture;
use protocol::{Lecture, LessonRequest, Refusal};
use tokio::sync::watch;

use crate::Stage;

/// Gives lessons, one at a time, each on a [`Stage`] of its own.
pub trait Lessons: Send + Sync {
    /// Takes up a viewer's wish, on the runtime of the echo server. It is to answer soon: a script
    /// plays aside, and what comes of it is told.
    ///
    /// # Errors
    /// There is no such lesson or step, or no server for it.
    fn take_up(&self, request: LessonRequest) -> BoxFuture<'static, Result<(), Refusal>>;

    /// The lesson that is being given, now and on every change.
    fn told(&self) -> watch::Receiver<Option<Lecture>>;

    /// Its echo server. When it is another one than before, [`Lessons::told`] changes after that.
    fn stage(&self) -> Option<Stage>;
}
