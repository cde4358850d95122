//! What happened, as a table in words; and all values of the connection in focus, as a list.
//! Both say of each line how it is known.

use leptos::prelude::*;
use protocol::Conn;
use scene::Lang;

use super::mark::{Legend, Mark};
use crate::{
    events::{Kind, Row},
    language::Label,
    values::Value,
    view::{Panel, View},
};

/// Two tabs: events and values.
#[component]
pub fn Events(view: View) -> impl IntoView {
    let values_shown = RwSignal::new(false);
    let tab = move |label: Label, is_values: bool| {
        view! {
            <button
                type="button"
                aria-pressed=move || (values_shown.get() == is_values).to_string()
                on:click=move |_| values_shown.set(is_values)
            >
                {view.say(label)}
            </button>
        }
    };
    view! {
        <section
            class="events"
            id="events"
            tabindex="-1"
            role=view.panel_role()
            hidden=view.hides(Panel::Events)
            aria-label=view.say(Label::Events)
        >
            <div class="head">
                <h2 class="switch">
                    {tab(Label::Events, false)}
                    {tab(Label::Values, true)}
                </h2>
                <Show when=move || values_shown.get() fallback=move || view! { <Filters view/> }>
                    <Legend view/>
                </Show>
            </div>
            <Show when=move || values_shown.get() fallback=move || view! { <Table view/> }>
                <ValueList view/>
            </Show>
        </section>
    }
}

/// Which events: by kind and by connection.
#[component]
fn Filters(view: View) -> impl IntoView {
    let kind_chosen = move |event| {
        let chosen = event_target_value(&event);
        let kind = match chosen.as_str() {
            "" => Kind::Facts,
            "*" => Kind::All,
            chosen => view.kinds.with_untracked(|kinds| {
                let kind = kinds.iter().find(|kind| kind.0 == chosen);
                kind.map_or(Kind::Facts, |kind| Kind::Named(kind.0))
            }),
        };
        view.filter.update(|filter| filter.kind = kind);
    };
    let conn_chosen = move |event| {
        let conn = event_target_value(&event).parse().ok().map(Conn);
        view.filter.update(|filter| filter.conn = conn);
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
            <select aria-label=view.say(Label::Kind) on:change=kind_chosen>
                <option value="">{view.say(Label::KindFacts)}</option>
                <option value="*">{view.say(Label::KindAll)}</option>
                <For each=move || view.kinds.get() key=|kind| kind.0 let:kind>
                    <option value=kind.0>
                        {move || match view.lang.get() {
                            Lang::En => kind.0,
                            Lang::Zh => kind.1,
                        }}
                    </option>
                </For>
            </select>
            <select aria-label=view.say(Label::FilterConn) on:change=conn_chosen>
                <option value="">{view.say(Label::ConnAll)}</option>
                <For each=move || conns.get() key=|conn| *conn let:conn>
                    <option value=conn.0.to_string()>{conn.to_string()}</option>
                </For>
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
                    <For each=move || view.rows.get() key=|row| row.key let:row>
                        <TableRow view row/>
                    </For>
                </tbody>
            </table>
            <Show when=move || view.rows.with(Vec::is_empty)>
                <p class="m">{view.say(Label::NoEvents)}</p>
            </Show>
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
                {move || view.values.get().into_iter().map(one).collect_view()}
            </dl>
            <Show when=move || view.values.with(Vec::is_empty)>
                <p class="m">{view.say(Label::NoValues)}</p>
            </Show>
        </div>
    }
}
