//! Who may be let in: so many in all, and so many of them from one address.
//!
//! Knows nothing of sockets.

use std::{net::IpAddr, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{PerAddress, per_address::Place};

/// Places in all, and how many of them one address may have. A clone is the same.
#[derive(Clone, Debug)]
pub struct Places {
    all: Arc<Semaphore>,
    most: u32,
    per_address: PerAddress,
}

/// A place that nobody has yet, and whoever has one gives it back by dropping it.
#[derive(Debug)]
pub struct Free(OwnedSemaphorePermit);

/// Somebody is in, as long as this lives.
#[derive(Debug)]
pub struct Admitted {
    _permit: OwnedSemaphorePermit,
    _here: Option<Place>,
}

/// Nobody further is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// So many are in.
    All(u32),
    /// So many from that address are in.
    Address(u32),
}

impl Places {
    /// All are free.
    #[must_use]
    pub fn new(most: u32, per_address: u32) -> Places {
        Places {
            all: Arc::new(Semaphore::new(most as usize)),
            most,
            per_address: PerAddress::new(per_address),
        }
    }

    /// The most in all.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.most
    }

    /// The most from one address.
    #[must_use]
    pub fn most_per_address(&self) -> u32 {
        self.per_address.most()
    }

    /// Is nothing free?
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.all.available_permits() == 0
    }

    /// Returns when there is a free place.
    pub async fn free(&self) -> Free {
        match Arc::clone(&self.all).acquire_owned().await {
            Ok(permit) => Free(permit),
            // It is never closed.
            Err(_) => std::future::pending().await,
        }
    }

    /// Lets somebody have that place.
    ///
    /// # Errors
    /// There are enough from that address.
    pub fn admit(&self, free: Free, from: Option<IpAddr>) -> Result<Admitted, Full> {
        let here = match from {
            Some(from) => {
                let here = self.per_address.enter(from);
                Some(here.ok_or(Full::Address(self.per_address.most()))?)
            }
            // Without an address, on this machine.
            None => None,
        };
        Ok(Admitted {
            _permit: free.0,
            _here: here,
        })
    }

    /// Lets somebody in if there is a place now.
    ///
    /// # Errors
    /// There are enough.
    pub fn enter(&self, from: IpAddr) -> Result<Admitted, Full> {
        let free = Arc::clone(&self.all).try_acquire_owned();
        let free = free.map_err(|_| Full::All(self.most))?;
        self.admit(Free(free), Some(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back_also_by_those_who_are_turned_away() {
        let places = Places::new(3, 2);
        let [here, there]: [IpAddr; 2] = [[192, 0, 2, 1].into(), [192, 0, 2, 2].into()];
        let first = (places.enter(here).unwrap(), places.enter(here).unwrap());
        assert_eq!(places.enter(here).map(drop), Err(Full::Address(2)));
        assert!(!places.is_full(), "who is turned away has no place");
        let third = places.enter(there).unwrap();
        assert_eq!(places.enter(there).map(drop), Err(Full::All(3)));
        drop((first, third));
        assert!(places.enter(here).is_ok());
        assert_eq!(places.all.available_permits(), 3);
    }
}
