//! The picture of the bar of time: what stands still under the head is made anew only when it has
//! changed, and while the log grows at most ten times a second. Follows the head where the bar
//! spans a part of the show only.

use leptos::prelude::SetValue;
use model::Show;
use protocol::Conn;
use scene::{
    Lang, Look, Scene,
    timeline::{self, Ground, Span},
};

use crate::{app::App, browser, view::View};

/// While the log grows, the ground is made anew this often, milliseconds.
const GROUND_EVERY_MILLIS: f64 = 100.0;

/// The picture's memory.
pub struct Bar {
    view: View,
    /// What the ground was made of, without the log's growth.
    basis: Option<Basis>,
    ground: Ground,
    recorded: usize,
    made_millis: f64,
    head: Show,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Basis {
    log: u32,
    focus: Option<Conn>,
    markers: u32,
    span: Span,
    wish: (Look, Lang),
    size: (f64, f64),
}

impl Bar {
    /// None yet.
    pub fn new(view: View) -> Bar {
        Bar {
            view,
            basis: None,
            ground: Ground::default(),
            recorded: 0,
            made_millis: f64::MIN,
            head: Show(0),
        }
    }

    /// Whether something has changed that no other picture knows of.
    pub fn has_changed(&mut self, app: &mut App) -> bool {
        let (span, markers) = (self.span(app), app.marker_changes());
        let is_behind = self.recorded != app.timeline().len();
        is_behind
            || self
                .basis
                .is_none_or(|basis| (basis.span, basis.markers) != (span, markers))
    }

    /// What the bar spans: it turns the page where the head leaves it.
    fn span(&mut self, app: &mut App) -> Span {
        let (span, all) = self.view.spans(app);
        let head = app.playback().head();
        let before = std::mem::replace(&mut self.head, head);
        // Whoever has moved the view away looks elsewhere, as long as the head moves by itself.
        let is_seen = (span.from..=span.to).contains(&before) || app.playback().is_paused();
        if span == all || before == head || !is_seen {
            return span;
        }
        let next = span.showing(head, all);
        if next != span {
            self.view.span.set_value(Some(next));
        }
        next
    }

    /// The picture.
    pub fn picture(&mut self, app: &mut App, wish: (Look, Lang), size: (f64, f64)) -> Scene {
        let basis = Some(Basis {
            log: app.log_number(),
            focus: app.focus(),
            markers: app.marker_changes(),
            span: self.span(app),
            wish,
            size,
        });
        let now = browser::now_millis();
        let recorded = app.timeline().len();
        let span = basis.map_or(Span::all(Show(0), Show(0)), |basis| basis.span);
        let bar = timeline::Bar {
            head: app.playback().head(),
            timeline: app.timeline(),
            span,
            width: size.0,
            height: size.1,
            look: wish.0,
            lang: wish.1,
        };
        let has_grown = recorded != self.recorded && now - self.made_millis >= GROUND_EVERY_MILLIS;
        if basis != self.basis || has_grown {
            self.ground = timeline::ground(&bar);
            (self.basis, self.recorded, self.made_millis) = (basis, recorded, now);
        }
        timeline::timeline(&bar, &self.ground)
    }
}
