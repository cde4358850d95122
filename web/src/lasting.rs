//! A value that panels follow, and that lives as long as the page. What follows it is told by one
//! kind of signal, whatever the value is: a signal of a type of its own for each of them would
//! be written out into the page thirty times. Knows nothing of what is held.

use std::sync::{PoisonError, RwLock};

use leptos::prelude::{ArcRwSignal, Notify, Track};

/// A value that is followed.
pub struct Lasting<T: 'static> {
    value: &'static RwLock<T>,
    /// Of nobody: what is made while something is drawn goes with that.
    changed: &'static ArcRwSignal<()>,
}

impl<T> Clone for Lasting<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lasting<T> {}

impl<T: Default> Default for Lasting<T> {
    fn default() -> Self {
        Lasting::new(T::default())
    }
}

impl<T> Lasting<T> {
    /// Never given back: only for what there is once in a page.
    pub fn new(value: T) -> Lasting<T> {
        Lasting {
            value: Box::leak(Box::new(RwLock::new(value))),
            changed: Box::leak(Box::new(ArcRwSignal::new(()))),
        }
    }

    /// Follows without looking.
    pub fn track(self) {
        self.changed.track();
    }

    /// Looks at the value, and follows it.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(look)
    }

    /// Looks at the value once.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the value, and tells those who follow.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify();
    }

    /// Another value.
    pub fn set(self, value: T) {
        self.update(|held| *held = value);
    }

    /// Another value, if it is another.
    pub fn put(self, value: T)
    where
        T: PartialEq,
    {
        if self.with_untracked(|held| *held != value) {
            self.set(value);
        }
    }
}

impl<T: Clone> Lasting<T> {
    /// The value, followed.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value of the moment.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::{GetUntracked, Memo, Owner};

    use super::*;

    #[test]
    fn it_outlives_what_was_drawn_when_it_was_made() {
        let drawn = Owner::new();
        let lasting = drawn.with(|| Lasting::new(1));
        drawn.cleanup();
        let page = Owner::new();
        let seen = page.with(|| Memo::new(move |_| lasting.get()));
        assert_eq!(seen.get_untracked(), 1);
        lasting.set(2);
        assert_eq!(seen.get_untracked(), 2);
    }
}
