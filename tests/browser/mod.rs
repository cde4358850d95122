//! The page in a real browser, as a person sees it, with a real relay and real clients. What it
//! should show is written here; how a browser is driven, in `chromium` and `page`,
//! and in `firefox` for another one.

mod accessible;
mod belt;
mod chromium;
mod code;
mod cost;
mod embed;
mod export;
mod firefox;
mod flood;
mod gallery;
mod hall;
mod harness;
mod keyboard;
mod kinds;
mod languages;
mod lesson;
mod link;
mod loss;
mod methods;
mod other_site;
mod page;
mod probe;
mod reading;
mod recording;
mod same_picture;
mod second_tab;
mod secrets;
mod smoke;
mod story;
mod time;
mod timeline;
mod tls;
mod together;
mod told;
mod visit;
