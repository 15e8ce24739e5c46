//! Results. They stay in the relay; what is visible is asked for.

mod cell;
mod chart;
mod chooser;
mod columns;
mod compare;
mod details;
mod difference;
mod export;
mod list;
mod menu;
mod rows;
mod scroll;
mod selection;
mod summary;
mod table;
mod value;
mod widths;

use std::rc::Rc;

use postern_shared::wire::ViewKind;
use yew::prelude::*;

pub use self::difference::DifferenceView;
pub(crate) use self::export::progress;
use self::{list::List, table::Table};
use crate::{app::Intent, net::Link, state::ResultInfo};

/// A result: a grid, or names and values under each other.
pub(crate) fn result_view(
    result: &Rc<ResultInfo>,
    link: Option<&Link>,
    downloads: bool,
    wanted: &Callback<Intent>,
) -> Html {
    html! { <ResultView result={result.clone()} link={link.cloned()} {downloads} wanted={wanted.clone()} /> }
}

#[derive(PartialEq, Properties)]
struct ResultProps {
    result: Rc<ResultInfo>,
    link: Option<Link>,
    downloads: bool,
    wanted: Callback<Intent>,
}

/// Shown as its type or its command line asks, until the user wants the other view.
#[component]
fn ResultView(props: &ResultProps) -> Html {
    let kind = use_state_eq(|| props.result.kind);
    let ResultProps { result, link, downloads, wanted } = props;
    let other = |to: ViewKind| {
        let kind = kind.setter();
        Callback::from(move |()| kind.set(to))
    };
    match *kind {
        ViewKind::Table => html! {
            <Table result={result.clone()} link={link.clone()} downloads={*downloads} wanted={wanted.clone()} on_list={other(ViewKind::List)} />
        },
        ViewKind::List => {
            html! { <List result={result.clone()} link={link.clone()} on_grid={other(ViewKind::Table)} /> }
        }
    }
}
