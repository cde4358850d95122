//! The system's allocator, counting what is in use.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// Bytes asked for and not given back.
pub fn in_use() -> usize {
    IN_USE.load(Ordering::Relaxed)
}

pub struct Counting;

#[allow(unsafe_code, reason = "an allocator is unsafe by its nature")]
// SAFETY: all is left to the system's allocator, with the layouts as they are given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
}
