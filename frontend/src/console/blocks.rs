//! The blocks from top to bottom. New ones come into view unless the user reads further up.

use std::rc::Rc;

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, ResizeObserver};
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

pub(super) enum Did {
    Scrolled(Event),
    /// Something in the blocks became larger or smaller, which they do by themselves as rows come.
    Grew,
}

pub(super) struct Blocks {
    place: NodeRef,
    content: NodeRef,
    follow: bool,
    /// Watches the content's size; with the closure that it calls.
    watch: Option<(ResizeObserver, Closure<dyn FnMut()>)>,
}

impl Component for Blocks {
    type Message = Did;
    type Properties = BlocksProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { place: NodeRef::default(), content: NodeRef::default(), follow: true, watch: None }
    }

    fn update(&mut self, _ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Scrolled(event) => {
                let place: Element = event.target_unchecked_into();
                self.follow =
                    place.scroll_top() + place.client_height() > place.scroll_height() - FOLLOW_WITHIN;
            }
            Did::Grew => self.follow(),
        }
        false
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &BlocksProps) -> bool {
        // Whoever runs a command wants to see what it gives.
        self.follow |= ctx.props().blocks.len() > old.blocks.len();
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if let (true, Some(content)) = (first, self.content.cast::<Element>()) {
            let grew = ctx.link().callback(|()| Did::Grew);
            let told = Closure::<dyn FnMut()>::new(move || grew.emit(()));
            if let Ok(observer) = ResizeObserver::new(told.as_ref().unchecked_ref()) {
                observer.observe(&content);
                self.watch = Some((observer, told));
            }
        }
        self.follow();
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        if let Some((observer, _)) = &self.watch {
            observer.disconnect();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let BlocksProps { blocks, notes, link, live, wanted } = ctx.props();
        let example = |line: &'static str| {
            let onclick = wanted.reform(move |_: MouseEvent| Intent::Edit(line.into()));
            html! { <li><button class="quiet" {onclick}><code>{ line }</code></button></li> }
        };
        html! {
            <div class="blocks" ref={&self.place} onscroll={ctx.link().callback(Did::Scrolled)} role="region"
                aria-label={text::BLOCKS} tabindex="0">
                <div class="content" ref={&self.content}>
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
            </div>
        }
    }
}

impl Blocks {
    fn follow(&self) {
        if let Some(place) = self.place.cast::<Element>().filter(|_| self.follow) {
            place.set_scroll_top(place.scroll_height());
        }
    }
}
