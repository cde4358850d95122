//! What happened, as a table in words; and all values of the connection in focus, as a list.
//! Both say of each line how it is known.

use leptos::prelude::*;
use model::{Command, Filter, Kinds};
use protocol::Conn;
use scene::Lang;

use super::{
    dynamic::{each, flag, keyed, on, sometimes},
    mark::{Legend, Mark},
};
use crate::{
    app, browser,
    events::{FACTS, Row},
    language::Label,
    later,
    values::Value,
    view::{Beside, Panel, View},
};

/// What stands behind which tab.
const TABS: [(Beside, Label); 6] = [
    (Beside::Events, Label::Events),
    (Beside::Values, Label::Values),
    (Beside::Code, Label::Code),
    (Beside::Reply, Label::Reply),
    (Beside::Api, Label::Methods),
    (Beside::Kinds, Label::Kinds),
];

/// Tabs: events, values, and what is fetched later.
#[component]
pub fn Events(view: View) -> impl IntoView {
    let tab = move |(beside, label): (Beside, Label)| {
        view! {
            <button
                type="button"
                aria-pressed=move || flag(view.beside.get() == beside)
                on:click=on(move |_| {
                    later::fetch(view);
                    view.beside.put(beside);
                })
            >
                {view.say(label)}
            </button>
        }
    };
    let is = move |beside| move || view.beside.get() == beside;
    view! {
        <section
            class="events"
            id="events"
            tabindex="-1"
            role=move || view.panel_role()
            hidden=view.hides(Panel::Events)
            aria-label=view.say(Label::Events)
        >
            <div class="head">
                <h2 class="switch">{each(TABS, tab)}</h2>
                {sometimes(is(Beside::Values), move || view! { <Legend view/> })}
                {sometimes(is(Beside::Events), move || view! { <Filters view/> })}
            </div>
            {sometimes(is(Beside::Values), move || view! { <ValueList view/> })}
            {sometimes(is(Beside::Events), move || view! { <Table view/> })}
            {move || later::beside_events(view)}
        </section>
    }
}

/// Which events: by kind and by connection.
#[component]
fn Filters(view: View) -> impl IntoView {
    // The keys that step go among these only.
    let choose = move |event: web_sys::Event, change: &dyn Fn(&mut Filter, &str)| {
        let mut filter = view.filter.get_untracked();
        change(&mut filter, &event_target_value(&event));
        view.filter.set(filter);
        app::with(|app| app.command(Command::Filter(filter)));
        browser::release(&event);
    };
    let kind_chosen = move |event| {
        choose(event, &|filter, chosen| {
            filter.kinds = match chosen.parse() {
                Ok(place) => Kinds::default().with(place, true),
                Err(_) if chosen == "*" => Kinds::default(),
                Err(_) => FACTS,
            };
        });
    };
    let conn_chosen = move |event| {
        choose(event, &|filter, chosen| {
            filter.conn = chosen.parse().ok().map(Conn)
        });
    };
    let conns = Memo::new(move |_| {
        let mut conns: Vec<Conn> = view
            .tabs
            .with(|tabs| tabs.tabs.iter().map(|tab| tab.conn).collect());
        // What is chosen stays a choice when it is forgotten.
        if let Some(conn) = view.filter.with(|filter| filter.conn)
            && !conns.contains(&conn)
        {
            conns.push(conn);
        }
        conns
    });
    view! {
        <div class="filters">
            <select aria-label=view.say(Label::Kind) on:change=on(kind_chosen)>
                <option value="">{view.say(Label::KindFacts)}</option>
                <option value="*">{view.say(Label::KindAll)}</option>
                {keyed(
                    move || view.kinds.get(),
                    |kind| (kind.0.into(), 0, String::new()),
                    move |kind| {
                        view! {
                            <option value=kind.0.to_string()>
                                {move || match view.lang.get() {
                                    Lang::En => kind.1,
                                    Lang::Zh => kind.2,
                                }}
                            </option>
                        }
                    },
                )}
            </select>
            <select aria-label=view.say(Label::FilterConn) on:change=on(conn_chosen)>
                <option value="">{view.say(Label::ConnAll)}</option>
                {keyed(
                    move || conns.get(),
                    |conn| (conn.0.into(), 0, String::new()),
                    |conn| view! { <option value=conn.0.to_string()>{conn.to_string()}</option> },
                )}
            </select>
        </div>
    }
}

/// The rows, newest first.
#[component]
fn Table(view: View) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=view.say(Label::Events)>
            <table>
                <thead class="unseen">
                    <tr>
                        <th scope="col">{view.say(Label::ColumnTime)}</th>
                        <th scope="col">{view.say(Label::ColumnConn)}</th>
                        <th scope="col">{view.say(Label::ColumnWords)}</th>
                        <th scope="col">{view.say(Label::ColumnSource)}</th>
                    </tr>
                </thead>
                <tbody>
                    {keyed(
                        move || view.rows.get(),
                        |row| row.key.parts(),
                        move |row| view! { <TableRow view row/> },
                    )}
                </tbody>
            </table>
            {sometimes(move || view.rows.with(Vec::is_empty), move || view! {
                <p class="m">{view.say(Label::NoEvents)}</p>
            })}
        </div>
    }
}

#[component]
fn TableRow(view: View, row: Row) -> impl IntoView {
    view! {
        <tr>
            <td class="t">{row.time}</td>
            <td class="c">{row.conn.map_or("–".to_owned(), |conn| conn.to_string())}</td>
            <td class="w">{row.words}</td>
            <td><Mark view source=Signal::stored(row.source)/></td>
        </tr>
    }
}

/// All values of the connection in focus.
#[component]
fn ValueList(view: View) -> impl IntoView {
    let one = move |value: Value| {
        let label = value.label;
        let text = value.text;
        view! {
            <div>
                <dt>{view.say(label)}</dt>
                <dd>
                    {match text {
                        Some(text) => text.into_any(),
                        None => view! { <span class="m">"–"</span> }.into_any(),
                    }}
                    " "
                    <Mark view source=Signal::stored(value.source)/>
                </dd>
            </div>
        }
    };
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=view.say(Label::Values)>
            <dl class="values">
                {move || each(view.values.get(), one)}
            </dl>
            {sometimes(move || view.values.with(Vec::is_empty), move || view! {
                <p class="m">{view.say(Label::NoValues)}</p>
            })}
        </div>
    }
}
