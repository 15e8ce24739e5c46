//! Results. They stay in the relay; what is visible is asked for.

mod cell;
mod chooser;
mod columns;
mod details;
mod list;
mod rows;
mod scroll;
mod table;
mod value;
mod widths;

use std::rc::Rc;

use postern_shared::wire::ViewKind;
use yew::prelude::*;

use self::{list::List, table::Table};
use crate::{net::Link, state::ResultInfo};

/// A result: a grid, or names and values under each other.
pub(crate) fn result_view(result: &Rc<ResultInfo>, link: Option<&Link>) -> Html {
    let link = link.cloned();
    match result.kind {
        ViewKind::Table => html! { <Table result={result.clone()} {link} /> },
        ViewKind::List => html! { <List result={result.clone()} {link} /> },
    }
}
