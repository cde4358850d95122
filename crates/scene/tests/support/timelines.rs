//! Situations of the bar of time, by name.

use model::Show;
use scene::{
    Lang, Look, Scene,
    timeline::{self, Bar, Span},
};

use super::Story;

pub struct Situation {
    pub name: &'static str,
    pub story: Story,
    /// The head, in parts of all that is recorded.
    pub head: f64,
    /// What is looked at, in parts of all; None: all.
    pub part: Option<(f64, f64)>,
    pub look: Look,
    pub lang: Lang,
    pub size: (f64, f64),
}

impl Situation {
    fn new(name: &'static str, script: &str) -> Situation {
        Situation {
            name,
            story: Story::new(script),
            head: 0.6,
            part: None,
            look: Look::Light,
            lang: Lang::En,
            size: (1300.0, 60.0),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Situation)) -> Situation {
        change(&mut self);
        self
    }

    pub fn draw(&self) -> Scene {
        let timeline = self.story.timeline();
        let all = Span::all(timeline.start(), timeline.end());
        let span = self.part.map_or(all, |(from, to)| Span {
            from: all.show_at(from),
            to: all.show_at(to),
        });
        let end = timeline.end() - timeline.start();
        let bar = Bar {
            timeline,
            head: timeline.start() + Show((end.0 as f64 * self.head) as u64),
            span,
            width: self.size.0,
            height: self.size.1,
            look: self.look,
            lang: self.lang,
        };
        timeline::timeline(&bar, &timeline::ground(&bar))
    }
}

pub fn situations() -> Vec<Situation> {
    let open = "listening; policy held bag 100; waiting 1; connected; accepted; waiting 0; queues 0 window 65536 memory 0";
    let belt = "sent 20; arrived 20; queues 20 window 65536 memory 2304; sent 50; arrived 50; queues 70 window 65536 memory 4608
        sent 30; arrived 30; policy arrival bag 100; read 100 100; bagged 100; answered 100; wrote 122; received 122;";
    let story = format!(
        "{open}; idle 3000; {belt} idle 38000; policy held; {belt} idle 4000; shutdown; fin; end; closed 0"
    );
    let flood = format!(
        "{open}; {belt} {} queues 65536 window 0 memory 131072; blocked client; idle 12000; read 1024 1024 times 60; dropped 1204 arrived 50; {belt} reset client; closed 50",
        "sent 4096; arrived 4096;".repeat(16)
    );
    let marked = |mut situation: Situation| {
        let names = ["the first bag", "questions", "第二次"];
        let timeline = situation.story.timeline_mut();
        let end = timeline.end();
        for (name, part) in names.into_iter().zip([3, 5, 8]) {
            timeline.add_marker(name.into(), Show(end.0 / 10 * part));
        }
        situation
    };
    let chapters = |mut situation: Situation| {
        let timeline = situation.story.timeline_mut();
        let end = timeline.end();
        for (step, part) in [(0, 1), (1, 4), (2, 8)] {
            let at = timeline.place_at(Show(end.0 / 10 * part));
            timeline.add_chapter(step, at);
        }
        situation
    };
    let wall = |situation: &mut Situation| {
        situation.look = Look::Projector;
        situation.size = (1200.0, 82.0);
    };
    vec![
        Situation::new("empty", ""),
        Situation::new("begun", "listening; policy held bag 100"),
        Situation::new("story", &story),
        Situation::new("story_dark", &story).with(|it| it.look = Look::Dark),
        Situation::new("story_zh", &story).with(|it| it.lang = Lang::Zh),
        Situation::new("story_projector", &story).with(wall),
        Situation::new("story_projector_zh", &story).with(|it| {
            wall(it);
            it.lang = Lang::Zh;
        }),
        Situation::new("story_near", &story).with(|it| it.part = Some((0.55, 0.7))),
        Situation::new("story_nearest", &story).with(|it| it.part = Some((0.4795, 0.4805))),
        marked(Situation::new("marked", &story)),
        marked(Situation::new("marked_projector", &story).with(wall)),
        chapters(Situation::new("chapters", &story)),
        Situation::new("flood", &flood),
        Situation::new("flood_live", &flood).with(|it| it.head = 1.0),
        marked(Situation::new("phone", &story).with(|it| it.size = (280.0, 52.0))),
        Situation::new("small", &story).with(|it| it.size = (560.0, 52.0)),
    ]
}
