//! The grid: a window on a result's rows, however many there are.

mod bar;
mod changes;
mod draw;
mod group;
mod keys;
mod pane;
mod parts;

use std::rc::Rc;

use gloo::{events::EventListener, timers::callback::Timeout};
use postern_shared::wire::{Condition, Grouping, View};
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use self::parts::{Drag, Look, Move, Open, Pane, Spot, Wanted};
use super::{
    columns::{self, Columns},
    details::Looked,
    menu::Chosen,
    rows::{Rows, Taken},
    scroll::{HEAD, Scroll},
    selection::Selection,
};
use crate::{
    app::Intent,
    browser,
    net::{Answered, Link},
    state::ResultInfo,
};

/// Typing in the filter asks the relay after this pause, in milliseconds.
const FILTER_PAUSE: u32 = 180;
/// Assumed until the browser has told the real one.
const FIRST_VIEW: f64 = 400.0;

#[derive(PartialEq, Properties)]
pub(super) struct TableProps {
    pub result: Rc<ResultInfo>,
    pub link: Option<Link>,
    /// Whether downloads are allowed.
    pub downloads: bool,
    pub wanted: Callback<Intent>,
    /// Shows the result as a list instead.
    pub on_list: Callback<()>,
}

pub(super) enum Did {
    Answered(Answered),
    Scrolled,
    Measured,
    /// Its size was found to have changed while it was drawn.
    Resized,
    Typed(InputEvent),
    Filtered,
    Clicked(u64, usize, MouseEvent),
    HeadClicked(usize, MouseEvent),
    HeadDown(usize, PointerEvent),
    HeadMoved(PointerEvent),
    HeadUp,
    Key(KeyboardEvent),
    Focused,
    GripDown(usize, PointerEvent),
    GripMoved(PointerEvent),
    GripUp,
    Fit(usize),
    /// Opened one of the menus, or closed it if it was open.
    Toggled(Open),
    ToggledColumn(String),
    AllColumns,
    DefaultColumns,
    ClosedPane,
    Chose(usize, Chosen),
    /// Shows only rows that meet this, of its property.
    Only(Condition),
    Unfiltered(Option<String>),
    Copy(postern_shared::wire::Format),
    Use,
    Compare,
    SelectNone,
    /// Folds or unfolds the group whose heading this row is.
    Fold(u64),
    FoldAll(bool),
    Ungroup,
}

pub(super) struct Table {
    columns: Columns,
    rows: Rows,
    /// The filter in use.
    filter: String,
    conditions: Vec<Condition>,
    group: Option<Grouping>,
    filter_input: NodeRef,
    filter_pause: Option<Timeout>,
    scroll: Scroll,
    place: NodeRef,
    /// Visible width in pixels; 0 until it is known.
    width: f64,
    /// Scroll position to set with the next drawing.
    scroll_to: Option<f64>,
    cursor: Option<(Spot, usize)>,
    /// Number of the selected row in the result.
    selected: Option<u64>,
    /// What is to be done with the row at the cursor as soon as it is here.
    wanted: Option<Wanted>,
    selection: Selection,
    pane: Option<Pane>,
    look: Option<Look>,
    drag: Option<Drag>,
    moving: Option<Move>,
    /// The click that ends a move is none.
    moved: bool,
    open: Open,
    /// What a screen reader is told, and is shown for a while.
    notice: String,
    _resized: EventListener,
}

impl Component for Table {
    type Message = Did;
    type Properties = TableProps;

    fn create(ctx: &Context<Self>) -> Self {
        let result = &ctx.props().result;
        let resized = ctx.link().callback(|()| Did::Measured);
        let mut table = Self {
            columns: Columns::new(&result.columns, &result.properties, &result.arranged),
            rows: Rows::default(),
            filter: String::new(),
            conditions: Vec::new(),
            group: None,
            filter_input: NodeRef::default(),
            filter_pause: None,
            scroll: Scroll { view: FIRST_VIEW, ..Scroll::default() },
            place: NodeRef::default(),
            width: 0.0,
            scroll_to: None,
            cursor: None,
            selected: None,
            wanted: None,
            selection: Selection::default(),
            pane: None,
            look: None,
            drag: None,
            moving: None,
            moved: false,
            open: Open::Nothing,
            notice: String::new(),
            _resized: EventListener::new(&gloo::utils::window(), "resize", move |_| resized.emit(())),
        };
        table.rows.grew(result.rows, true);
        table.columns.fit(&table.rows.iter(), &Ruler);
        table.columns.lay_out(0.0);
        table.ask(ctx);
        table
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &TableProps) -> bool {
        let TableProps { result, link, .. } = ctx.props();
        if *link != old.link {
            self.rows.reconnected();
            if let Some(look) = &mut self.look {
                look.request = None;
            }
        }
        if result.rows != old.result.rows {
            if !self.in_order() {
                // Rows stand elsewhere by now.
                self.selection.clear();
            }
            self.rows.grew(result.rows, self.in_order());
        }
        self.ask(ctx);
        self.ask_details(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Answered(Answered::Rows(batch)) => {
                if self.rows.take(&batch, self.scroll.drawn().start) == Taken::Rows {
                    self.columns.fit(&self.rows.iter(), &Ruler);
                    self.do_wanted(ctx);
                }
            }
            Did::Answered(Answered::Details(request, detail)) => {
                if let Some(look) = self.look.as_mut().filter(|look| look.request == Some(request)) {
                    look.request = None;
                    look.state = detail.map_or(Looked::Gone, |detail| Looked::Here(Rc::new(detail)));
                }
                self.look_at_selected();
                self.ask_details(ctx);
            }
            Did::Answered(Answered::Copied(copied)) => self.copied(ctx, copied),
            Did::Answered(_) => return false,
            Did::Scrolled => {
                let before = (self.scroll.drawn(), self.scroll.offset());
                self.measure();
                self.ask(ctx);
                return before != (self.scroll.drawn(), self.scroll.offset());
            }
            Did::Measured => {
                if !self.measure() {
                    return false;
                }
            }
            Did::Resized => {}
            Did::Typed(event) => {
                let input: HtmlInputElement = event.target_unchecked_into();
                if input.value().is_empty() {
                    return Component::update(self, ctx, Did::Filtered);
                }
                let filtered = ctx.link().callback(|()| Did::Filtered);
                self.filter_pause = Some(Timeout::new(FILTER_PAUSE, move || filtered.emit(())));
                return false;
            }
            Did::Filtered => {
                let typed = self.filter_input.cast::<HtmlInputElement>().map(|input| input.value());
                let typed = typed.unwrap_or_default().trim().to_owned();
                if typed == self.filter {
                    return false;
                }
                self.filter = typed;
                self.new_view();
            }
            Did::Clicked(row, column, event) => self.clicked(ctx, row, column, &event),
            Did::HeadClicked(column, event) => {
                if !std::mem::take(&mut self.moved) {
                    self.sort(column, event.shift_key());
                }
            }
            Did::HeadDown(column, event) => {
                self.moved = false;
                self.moving = (event.button() == 0).then(|| Move {
                    column,
                    from: f64::from(event.client_x()),
                    to: None,
                });
                return false;
            }
            Did::HeadMoved(event) => return self.head_moved(&event),
            Did::HeadUp => self.head_up(),
            Did::Key(event) => return self.key(ctx, &event),
            Did::Focused => {
                if self.cursor.is_none() && self.rows.total() > 0 {
                    let first =
                        (self.scroll.top / self.scroll.height().max(1.0) * self.rows.total() as f64) as u64;
                    self.cursor = Some((Spot::Row(first.min(self.rows.total() - 1)), 0));
                }
            }
            Did::GripDown(column, event) => {
                event.prevent_default();
                let grip: Element = event.target_unchecked_into();
                let _ = grip.set_pointer_capture(event.pointer_id());
                let width = self.columns.shown.get(column).map_or(0.0, |column| column.width);
                self.drag = Some(Drag { column, from: f64::from(event.client_x()), width });
            }
            Did::GripMoved(event) => {
                let Some(drag) = &self.drag else { return false };
                self.columns.resize(drag.column, drag.width + f64::from(event.client_x()) - drag.from);
            }
            Did::GripUp => self.drag = None,
            Did::Fit(column) => self.columns.refit(column, self.rows.iter(), &Ruler),
            Did::Toggled(open) => {
                if self.open == open {
                    self.close_menu();
                } else {
                    self.open = open;
                }
            }
            Did::ToggledColumn(property) => {
                self.columns.toggle(&property);
                self.new_columns();
            }
            Did::AllColumns => {
                self.columns.show_all(&ctx.props().result.properties);
                self.new_columns();
            }
            Did::DefaultColumns => {
                self.columns.reset(&ctx.props().result.properties);
                self.new_columns();
            }
            Did::ClosedPane => {
                self.close_pane();
                self.focus();
            }
            Did::Chose(column, chosen) => self.chose(column, chosen),
            Did::Only(condition) => self.only(condition),
            Did::Unfiltered(property) => self.unfilter(property.as_deref()),
            Did::Copy(format) => self.copy(ctx, format),
            Did::Use => self.use_selection(ctx),
            Did::Compare => self.compare(),
            Did::SelectNone => {
                self.selection.clear();
                self.focus();
            }
            Did::Fold(row) => {
                self.cursor = Some((Spot::Row(row), 0));
                self.fold(row, None);
            }
            Did::FoldAll(folded) => self.fold_all(folded),
            Did::Ungroup => {
                self.group_by(None);
                self.focus();
            }
        }
        self.columns.lay_out(self.width);
        self.ask(ctx);
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        if let (Some(top), Some(place)) = (self.scroll_to.take(), self.place.cast::<Element>()) {
            place.set_scroll_top(top.round() as i32);
        }
        if self.measure() {
            ctx.link().send_message(Did::Resized);
        }
        if self.drag.is_none()
            && let Some(arranged) = self.columns.arranged()
        {
            ctx.props().wanted.emit(Intent::Arrange(ctx.props().result.id, arranged.into()));
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.draw(ctx)
    }
}

impl Table {
    /// Whether rows stand in the order of arrival, all of them.
    fn in_order(&self) -> bool {
        self.shown() == View::default()
    }

    /// The rows shown, and their order.
    fn shown(&self) -> View {
        View {
            sort: self.columns.sort.clone(),
            filter: self.filter.clone(),
            conditions: self.conditions.clone(),
            group: self.group.clone(),
        }
    }

    fn current(&self) -> Scroll {
        Scroll { rows: self.rows.total(), ..self.scroll }
    }

    /// Asks for what is visible and not here.
    fn ask(&mut self, ctx: &Context<Self>) {
        self.scroll.rows = self.rows.total();
        let TableProps { result, link, .. } = ctx.props();
        let Some(link) = link else { return };
        // While nothing is known of a new view, its first screen is what will be shown.
        let wanted = self.scroll.drawn();
        let Some(range) = self.rows.missing(wanted) else { return };
        let view = self.shown();
        let answer = ctx.link().callback(Did::Answered);
        if let Some(request) = link.rows(result.id, view, self.columns.properties(), range, answer) {
            self.rows.asked(request);
        }
    }

    /// Reads scroll position and size; whether something has changed.
    fn measure(&mut self) -> bool {
        let Some(place) = self.place.cast::<Element>() else { return false };
        let before = (self.scroll, self.width);
        self.width = f64::from(place.client_width());
        self.scroll.top = f64::from(place.scroll_top());
        self.scroll.view = (f64::from(place.client_height()) - HEAD).max(0.0);
        (self.scroll, self.width) != before
    }

    fn sort(&mut self, column: usize, add: bool) {
        self.columns.sort_by(column, add);
        self.new_view();
    }

    /// Other columns are shown, or the same in another order.
    fn new_columns(&mut self) {
        self.rows.new_columns();
        self.add_up();
    }

    fn new_view(&mut self) {
        self.rows.new_view();
        if let Some((spot @ Spot::Row(_), _)) = &mut self.cursor {
            *spot = Spot::Row(0);
        }
        // The object that is looked at stays so, wherever it stands now; which rows are selected was said of the old
        // view.
        self.selection.clear();
        self.wanted = None;
        self.scroll.top = 0.0;
        self.scroll_to = Some(0.0);
    }

    /// Selects the row at the cursor, and opens it where that is wanted: at once, or when the relay has sent it. Keys can
    /// be faster than rows, and what one asked for is not forgotten.
    fn at_cursor(&mut self, ctx: &Context<Self>, wanted: Wanted) {
        self.wanted = self.wanted.max(Some(wanted));
        self.do_wanted(ctx);
    }

    fn do_wanted(&mut self, ctx: &Context<Self>) {
        let Some((Spot::Row(row), _)) = self.cursor else { return };
        let Some((number, is_heading)) = self.rows.get(row).map(|row| (row.number, row.heading.is_some()))
        else {
            return;
        };
        let Some(wanted) = self.wanted.take() else { return };
        if is_heading {
            if wanted == Wanted::Opened && self.fold(row, None) {
                self.ask(ctx);
            }
            return;
        }
        self.selected = Some(number);
        if wanted == Wanted::Opened && self.look.is_none() {
            self.pane = Some(Pane::Details);
            self.look = Some(Look { number, request: None, state: Looked::Loading });
        }
        self.look_at_selected();
        self.ask_details(ctx);
    }

    /// Open details follow the selection, one request at a time.
    fn look_at_selected(&mut self) {
        if let (Some(look), Some(number)) = (&mut self.look, self.selected)
            && look.request.is_none()
            && look.number != number
        {
            // What is shown stays until the other object is here.
            look.number = number;
            look.state = match &look.state {
                Looked::Here(detail) | Looked::Stale(detail) => Looked::Stale(detail.clone()),
                _ => Looked::Loading,
            };
        }
    }

    fn ask_details(&mut self, ctx: &Context<Self>) {
        let TableProps { result, link, .. } = ctx.props();
        let (Some(link), Some(look)) = (link, &mut self.look) else { return };
        if look.request.is_none() && matches!(look.state, Looked::Loading | Looked::Stale(_)) {
            look.request = link.details(result.id, look.number, ctx.link().callback(Did::Answered));
        }
    }

    fn close_menu(&mut self) {
        self.open = Open::Nothing;
        self.focus();
    }

    fn close_pane(&mut self) {
        self.wanted = None;
        self.look = None;
        self.pane = None;
    }

    fn focus(&self) {
        if let Some(place) = self.place.cast::<web_sys::HtmlElement>() {
            let _ = place.focus();
        }
    }

    fn copy_at_cursor(&self) -> bool {
        let Some((Spot::Row(row), column)) = self.cursor else { return false };
        let Some(cell) = self.rows.get(row).and_then(|row| row.cells.get(column)) else { return false };
        let text = super::cell::plain(cell);
        wasm_bindgen_futures::spawn_local(async move {
            browser::copy(text).await;
        });
        true
    }
}

/// The browser's measure.
struct Ruler;

impl columns::Ruler for Ruler {
    fn cell(&self, text: &str) -> f64 {
        browser::text_width(text, false)
    }

    fn heading(&self, text: &str) -> f64 {
        browser::text_width(text, true)
    }
}
