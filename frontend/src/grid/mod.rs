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
    let (link, wanted) = (link.cloned(), wanted.clone());
    match result.kind {
        ViewKind::Table => html! { <Table result={result.clone()} {link} {downloads} {wanted} /> },
        ViewKind::List => html! { <List result={result.clone()} {link} /> },
    }
}
