//! The blocks from top to bottom. New ones come into view unless the user reads further up.

use std::rc::Rc;

use web_sys::{Element, Event};
use yew::prelude::*;

use super::block::{BlockView, parts};
use crate::{
    app::Intent,
    net::Link,
    state::{Block, Part},
    text,
};

/// Nearer than this to the end, in pixels, the view follows what is new.
const FOLLOW_WITHIN: i32 = 48;

#[derive(PartialEq, Properties)]
pub(super) struct BlocksProps {
    pub blocks: Vec<Rc<Block>>,
    pub notes: Rc<Vec<Part>>,
    pub link: Option<Link>,
    pub live: bool,
    pub wanted: Callback<Intent>,
}

pub(super) struct Blocks {
    place: NodeRef,
    follow: bool,
}

impl Component for Blocks {
    type Message = Event;
    type Properties = BlocksProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { place: NodeRef::default(), follow: true }
    }

    fn update(&mut self, _ctx: &Context<Self>, scrolled: Event) -> bool {
        let place: Element = scrolled.target_unchecked_into();
        self.follow = place.scroll_top() + place.client_height() > place.scroll_height() - FOLLOW_WITHIN;
        false
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &BlocksProps) -> bool {
        // Whoever runs a command wants to see what it gives.
        self.follow |= ctx.props().blocks.len() > old.blocks.len();
        true
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        if let Some(place) = self.place.cast::<Element>().filter(|_| self.follow) {
            place.set_scroll_top(place.scroll_height());
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let BlocksProps { blocks, notes, link, live, wanted } = ctx.props();
        let example = |line: &'static str| {
            let onclick = wanted.reform(move |_: MouseEvent| Intent::Edit(line.into()));
            html! { <li><button class="quiet" {onclick}><code>{ line }</code></button></li> }
        };
        html! {
            <div class="blocks" ref={&self.place} onscroll={ctx.link().callback(|event| event)} role="region"
                aria-label={text::BLOCKS} tabindex="0">
                if !notes.is_empty() {
                    <section class="block notes">{ parts(notes, None, link.as_ref(), wanted) }</section>
                }
                if blocks.is_empty() {
                    <div class="empty">
                        <p>{ text::EMPTY_HINT }</p>
                        <p class="muted">{ text::TRY }</p>
                        <ul>{ for text::EXAMPLES.map(example) }</ul>
                    </div>
                }
                for block in blocks.iter() {
                    <BlockView key={block.id} block={block.clone()} link={link.clone()} live={*live} wanted={wanted.clone()} />
                }
            </div>
        }
    }
}
