//! Situations of the level chart, by name.

use model::Show;
use scene::{Chart, Lang, Look, Scene};

use super::Story;

pub struct Situation {
    pub name: &'static str,
    pub story: Story,
    /// So many of the last records are recorded and not shown yet.
    pub pending: usize,
    /// So long after the last record that is shown.
    pub millis: u64,
    pub look: Look,
    pub lang: Lang,
    pub size: (f64, f64),
}

impl Situation {
    fn new(name: &'static str, script: &str, pending: usize, millis: u64) -> Situation {
        Situation {
            name,
            story: Story::new(script),
            pending,
            millis,
            look: Look::Light,
            lang: Lang::En,
            size: (1340.0, 120.0),
        }
    }

    pub fn draw(&self) -> Scene {
        let timeline = self.story.timeline();
        let shown = timeline
            .entry((timeline.len() - self.pending).saturating_sub(1))
            .map_or(Show(0), |entry| entry.shown);
        scene::chart(&Chart {
            timeline,
            head: shown + Show::from_millis(self.millis),
            width: self.size.0,
            height: self.size.1,
            look: self.look,
            lang: self.lang,
        })
    }
}

pub fn situations() -> Vec<Situation> {
    let open =
        "listening; policy held bag 100; connected; accepted; queues 0 window 65536 memory 0";
    let art = format!(
        "{open}; sent 20; arrived 20; queues 20 window 65536 memory 2304; idle 4000
        sent 50; sent 30; arrived 80 segments 2; queues 100 window 65536 memory 6912; policy arrival bufsize 64 bag 100
        read 64 64; read 64 36; queues 0 window 65536 memory 0; bagged 100; answered 100; wrote 122; received 122
        policy held bag 100; idle 12500; sent 20; arrived 20; queues 20 window 65536 memory 2304; idle 500
        sent 50; arrived 50; queues 70 window 65536 memory 4608; sent 30
        arrived 30; queues 100 window 65536 memory 6912; policy arrival bag 100; read 1024 100; bagged 100
        queues 0 window 65536 memory 0"
    );
    let flood = format!(
        "{open}; idle 2000; sent 30; arrived 30; idle 1500; sent 20480 times 40; arrived 20480 times 30 segments 84; queues 20480 window 45056 memory 40000
        sent 40960 times 40; arrived 40960 times 30 segments 84; queues 61440 window 4096 memory 100000
        sent 4096 times 9; arrived 4096 times 4 segments 9; queues 65536 window 0 memory 131072; idle 3000; blocked client; queues 65536 window 0 memory 131072"
    );
    let gap = format!(
        "{open}; sent 20; arrived 20; queues 20 window 65536 memory 2304; sent 50; arrived 50; dropped 1204 arrived 50; queues 120 window 65536 memory 4000
        sent 30; arrived 30; read 1024 150; queues 0 window 65536 memory 0; bagged 100"
    );
    let near = "listening; policy held; accepted; arrived 40; queues 40 window 100 memory 2304; arrived 60; queues 100 window 40 memory 4608; arrived 40; queues 140 window 0 memory 6912; policy arrival bufsize 64; read 64 64; queues 76 window 64 memory 4608";
    let busy = format!(
        "{open}; policy arrival; {}",
        "sent 20; arrived 20; read 1024 20; answered 20; wrote 42; idle 300;".repeat(6)
    );
    let mut portable = Situation::new(
        "portable",
        "listening; policy held; accepted; arrived 20; queues 20; arrived 30; queues 50",
        0,
        900,
    );
    portable.size = (700.0, 120.0);
    let mut phone = Situation::new("phone", &art, 6, 900);
    phone.size = (360.0, 80.0);
    let with = |name, look, lang| Situation {
        look,
        lang,
        ..Situation::new(name, &art, 6, 900)
    };
    let held_light = Situation::new("held_flood", &flood, 0, 1_500);
    let projected = |name, script: &str, pending, lang| Situation {
        look: Look::Projector,
        lang,
        ..Situation::new(name, script, pending, 1_500)
    };
    vec![
        Situation::new("empty", "", 0, 0),
        Situation::new("nobody", "listening; policy held bag 100", 0, 500),
        with("art", Look::Light, Lang::En),
        with("art_dark", Look::Dark, Lang::En),
        with("art_zh", Look::Light, Lang::Zh),
        with("art_projector", Look::Projector, Lang::En),
        with("art_projector_zh", Look::Projector, Lang::Zh),
        held_light,
        projected("held_flood_projector", &flood, 0, Lang::En),
        Situation::new("lost", &gap, 2, 900),
        projected("lost_projector_zh", &gap, 0, Lang::Zh),
        Situation::new("window_near", near, 0, 1_200),
        Situation::new(
            "idle",
            &format!(
                "{open}; sent 20; arrived 20; queues 20 window 65536 memory 2304; idle 75000; sent 50; arrived 50; idle 1800; read 1024 70"
            ),
            0,
            900,
        ),
        Situation::new(
            "closed",
            &format!("{open}; sent 20; arrived 20; shutdown; fin; read 1024 20; end; closed 0"),
            0,
            1_900,
        ),
        Situation::new(
            "many",
            &format!(
                "{open}; {} queues 300 window 65000 memory 90000",
                "sent 3; arrived 3;".repeat(100)
            ),
            0,
            900,
        ),
        Situation::new("busy", &busy, 5, 200),
        portable,
        phone,
    ]
}
