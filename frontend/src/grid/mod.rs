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

use std::rc::Rc;

use postern_shared::wire::ViewKind;
use yew::prelude::*;

use self::{list::List, table::Table};
use crate::{net::Link, state::ResultInfo};

/// A result to show.
#[derive(PartialEq, Properties)]
pub struct ResultProps {
    /// What is known of it.
    pub result: Rc<ResultInfo>,
    /// The connection, while it is open.
    pub link: Option<Link>,
}

/// A result: a grid, or names and values under each other.
#[component]
pub fn ResultView(props: &ResultProps) -> Html {
    let ResultProps { result, link } = props;
    match result.kind {
        ViewKind::Table => html! { <Table result={result.clone()} link={link.clone()} /> },
        ViewKind::List => html! { <List result={result.clone()} link={link.clone()} /> },
    }
}
