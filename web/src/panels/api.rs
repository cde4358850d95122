//! The tutorial's table of socket methods: what each does, and what came of it in the records that
//! are shown. A row leads the show to the moment of its call. Part of what is fetched later.
//!
//! Knows nothing of any outcome: it finds the record that tells of a row, and shows what it says.

mod found;

use leptos::{ev, prelude::*};
use lessons::api::{Group, ROWS, Row, Text};
use protocol::Source;
use scene::Lang;

use super::{
    dynamic::{each, flag, follow, on},
    mark::Mark,
};
use crate::{app, browser, language::labels, lesson, view::View};
use found::{Found, Told};

labels! {
    Title: "The tutorial's table of socket methods", "教程里的套接字方法一览表";
    Method: "Method", "方法";
    What: "What it does", "作用";
    Example: "Recorded example", "记录下的示例";
    Filter: "Find a method", "查找方法";
    NotYet: "not called in what is recorded here", "这里的记录中还没有调用过";
    WindowsOnly: "Windows only", "仅 Windows";
    Run: "Run all of them (lesson “The table of socket methods”)", "运行全部示例（“套接字方法一览表”这一课）";
    SeenIn: "lesson", "课";
    NoCall: "no system call", "不是系统调用";
    Plays: "go to this call", "回到这次调用";
}

fn pick(text: &Text, lang: Lang) -> &'static str {
    match lang {
        Lang::En => text.en,
        Lang::Zh => text.zh,
    }
}

/// The id of a row.
fn id(name: &str) -> String {
    ["api-", name].concat()
}

/// What the rows follow.
#[derive(Clone, Copy)]
struct Table {
    view: View,
    found: RwSignal<Found>,
    /// The row that was picked, by its name, and where its example ends, show time in nanoseconds.
    picked: RwSignal<Option<(&'static str, u64)>>,
    wanted: RwSignal<String>,
    /// The row whose example was shown last.
    now: RwSignal<&'static str>,
}

/// The panel.
pub fn view(view: View) -> AnyView {
    let table = Table {
        view,
        found: RwSignal::new(Found::default()),
        picked: RwSignal::new(None),
        wanted: RwSignal::new(String::new()),
        now: RwSignal::new(""),
    };
    follow(move || {
        view.shown.track();
        // Records come while the show stands, too.
        view.strip.track();
        let more = app::with(|app| {
            table
                .found
                .with_untracked(|found| found.go_on(app.log_number(), app.timeline()))
        });
        if let Some(more) = more {
            table.found.set(more);
        }
        let shown = app::with(|app| app.shown().1.now.seq);
        let now = table.found.with_untracked(|found| found.last_at(shown));
        if now != table.now.get_untracked() {
            table.now.set(now);
            browser::show(&id(now));
        }
    });
    follow(move || {
        view.slider.track();
        table.stop_in_time();
    });
    let typed = move |event: ev::Event| table.wanted.set(event_target_value(&event));
    let group = move |group: Group| {
        let rows: Vec<&'static Row> = ROWS.iter().filter(|row| row.group == group).collect();
        let names: Vec<&'static str> = rows.iter().map(|row| row.name).collect();
        view! {
            <tbody>
                <tr hidden=move || !names.iter().any(|name| table.is_wanted(name))>
                    <th colspan="3" scope="rowgroup">{move || pick(&group.heading(), view.lang.get())}</th>
                </tr>
                {each(rows, move |row| table.row(row))}
            </tbody>
        }
    };
    let say = move |label: Label| move || label.text(view.lang.get());
    let (title, filter, run) = (say(Label::Title), say(Label::Filter), say(Label::Run));
    let (method, what, example) = (say(Label::Method), say(Label::What), say(Label::Example));
    view! {
        <div class="scroll api" id="api" tabindex="0" role="group" aria-label=move || title()>
            <div class="api-head">
                <input
                    type="search"
                    placeholder=move || filter()
                    aria-label=move || filter()
                    on:input=on(typed)
                />
                <button
                    type="button"
                    class="btn"
                    disabled=move || !lesson::can_give(lessons::api::LESSON)
                    on:click=on(|_| lesson::begin(lessons::api::LESSON))
                >
                    {move || run()}
                </button>
            </div>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{move || method()}</th>
                        <th scope="col">{move || what()}</th>
                        <th scope="col">{move || example()}</th>
                    </tr>
                </thead>
                {each(Group::ALL, group)}
            </table>
        </div>
    }
    .into_any()
}

impl Table {
    fn is_wanted(self, name: &str) -> bool {
        self.wanted.with(|wanted| name.contains(wanted.trim()))
    }

    fn row(self, row: &'static Row) -> AnyView {
        let lang = move || self.view.lang.get();
        let told = Memo::new(move |_| self.found.with(|found| found.of(row)));
        let is_picked = move || self.picked.get().is_some_and(|(name, _)| name == row.name);
        let behind = move || match row.system_call {
            "" => Label::NoCall.text(lang()),
            call => call,
        };
        let seen_in = row.lesson.map(|id| {
            view! {
                <button type="button" class="btn quiet" on:click=on(move |_| lesson::begin(id))>
                    {move || Label::SeenIn.text(lang())}
                    " "
                    {id}
                </button>
            }
        });
        view! {
            <tr
                id=id(row.name)
                hidden=move || !self.is_wanted(row.name)
                class:picked=move || is_picked()
                class:now=move || self.now.get() == row.name
            >
                <th scope="row">
                    <button
                        type="button"
                        class="method"
                        disabled=move || told.with(Option::is_none)
                        aria-pressed=move || flag(is_picked())
                        title=move || Label::Plays.text(lang())
                        on:click=on(move |_| self.play(row))
                    >
                        <code>{row.form}</code>
                    </button>
                    <span class="m">{move || behind()}</span>
                </th>
                <td>{move || lesson::prose(pick(&row.what, lang()))} {seen_in}</td>
                <td class="example">{move || self.example(row, told.get(), lang())}</td>
            </tr>
        }
        .into_any()
    }

    fn example(self, row: &'static Row, told: Option<Told>, lang: Lang) -> AnyView {
        let Some(told) = told else {
            let label = match row.example {
                lessons::api::Example::WindowsOnly => Label::WindowsOnly,
                _ => Label::NotYet,
            };
            return view! { <span class="m">{label.text(lang)}</span> }.into_any();
        };
        let class = if told.failed {
            "result failed"
        } else {
            "result"
        };
        view! {
            <code>{told.call}</code>
            <code class=class>{told.result}</code>
            <Mark view=self.view source=Signal::stored(Source::Measured)/>
        }
        .into_any()
    }

    /// Leads the show to the moment of a row's example, and lets it play to its end.
    fn play(self, row: &'static Row) {
        let until = app::with(|app| self.found.with_untracked(|found| found.seek(row, app)));
        self.picked.set(until.map(|until| (row.name, until)));
    }

    /// The example is over: the show stands there.
    fn stop_in_time(self) {
        let Some((name, until)) = self.picked.get_untracked() else {
            return;
        };
        if until > 0 && app::with(|app| found::stop_at(app, until)) {
            // It stays picked, and the show may go on.
            self.picked.set(Some((name, 0)));
        }
    }
}
