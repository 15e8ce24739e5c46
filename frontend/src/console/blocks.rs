//! The blocks from top to bottom. New ones come into view unless the user reads further up.

use std::{collections::BTreeSet, rc::Rc};

use postern_shared::wire::{BlockId, ResultId};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, ResizeObserver};
use yew::prelude::*;

use super::block::{BlockView, Place, parts};
use crate::{
    app::Intent,
    browser,
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
    /// Whether downloads are allowed.
    pub downloads: bool,
    /// The block that the address names.
    pub target: Option<BlockId>,
    /// Whether to offer the tour.
    pub demo: bool,
    /// Asks for all blocks to be collapsed or not; the number tells a new wish from an old one.
    pub collapse: (u32, bool),
    pub wanted: Callback<Intent>,
    pub on_tour: Callback<()>,
}

pub(super) enum Did {
    Scrolled(Event),
    /// Something in the blocks became larger or smaller, which they do by themselves as rows come.
    Grew,
    Collapsed(BlockId),
    Pinned(BlockId),
}

pub(super) struct Blocks {
    place: NodeRef,
    content: NodeRef,
    follow: bool,
    collapsed: BTreeSet<BlockId>,
    pinned: BTreeSet<BlockId>,
    /// The block of the address that was brought into view.
    shown: Option<BlockId>,
    /// Watches the content's size; with the closure that it calls.
    watch: Option<(ResizeObserver, Closure<dyn FnMut()>)>,
}

impl Component for Blocks {
    type Message = Did;
    type Properties = BlocksProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self {
            place: NodeRef::default(),
            content: NodeRef::default(),
            follow: true,
            collapsed: BTreeSet::new(),
            pinned: BTreeSet::new(),
            shown: None,
            watch: None,
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Scrolled(event) => {
                let place: Element = event.target_unchecked_into();
                self.follow =
                    place.scroll_top() + place.client_height() > place.scroll_height() - FOLLOW_WITHIN;
            }
            Did::Grew => self.follow(),
            Did::Collapsed(block) => return toggle(&mut self.collapsed, block),
            Did::Pinned(block) => return toggle(&mut self.pinned, block),
        }
        false
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &BlocksProps) -> bool {
        let (number, collapse) = ctx.props().collapse;
        if number != old.collapse.0 {
            self.collapsed = ctx.props().blocks.iter().map(|block| block.id).filter(|_| collapse).collect();
        }
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
        let target = ctx.props().target;
        if let Some(block) = target.filter(|_| target != self.shown)
            && browser::reveal(&format!("block-{block}"))
        {
            self.shown = target;
            self.follow = false;
        }
        self.follow();
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        if let Some((observer, _)) = &self.watch {
            observer.disconnect();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let BlocksProps { blocks, notes, link, live, wanted, downloads, .. } = ctx.props();
        let example = |line: &'static str| {
            let onclick = wanted.reform(move |_: MouseEvent| Intent::Edit(line.into()));
            html! { <li><button class="quiet" {onclick}><code>{ line }</code></button></li> }
        };
        let block = |block: &Rc<Block>| {
            let place = Place {
                collapsed: self.collapsed.contains(&block.id),
                pinned: self.pinned.contains(&block.id),
            };
            html! {
                <BlockView key={block.id} block={block.clone()} link={link.clone()} live={*live} downloads={*downloads} wanted={wanted.clone()}
                    {place} earlier={earlier(blocks, block)}
                    on_collapse={ctx.link().callback(Did::Collapsed)} on_pin={ctx.link().callback(Did::Pinned)} />
            }
        };
        let (pinned, others): (Vec<_>, Vec<_>) =
            blocks.iter().partition(|block| self.pinned.contains(&block.id));
        html! {
            <div class="blocks-place">
            if !pinned.is_empty() {
                <section class="pinned" aria-label={text::pinned()} tabindex="0">{ for pinned.into_iter().map(block) }</section>
            }
            <div class="blocks" ref={&self.place} onscroll={ctx.link().callback(Did::Scrolled)} role="region"
                aria-label={text::blocks()} tabindex="0">
                <div class="content" ref={&self.content}>
                if !notes.is_empty() {
                    <section class="block notes">{ parts(notes, None, link.as_ref(), *downloads, wanted) }</section>
                }
                if blocks.is_empty() {
                    <div class="empty">
                        <p>{ text::empty_hint() }</p>
                        <p class="muted">{ text::for_a_start() }</p>
                        <ul>{ for text::EXAMPLES.map(example) }</ul>
                        if ctx.props().demo {
                            <p class="offer-tour">{ text::tour_offer() }{ " " }
                                <button class="button" id="tour" onclick={ctx.props().on_tour.reform(|_: MouseEvent| ())}>{ text::action_tour() }</button>
                            </p>
                        }
                    </div>
                }
                { for others.into_iter().map(block) }
                </div>
            </div>
            </div>
        }
    }
}

/// Puts a block in a set, or takes it out.
fn toggle(set: &mut BTreeSet<BlockId>, block: BlockId) -> bool {
    if !set.remove(&block) {
        set.insert(block);
    }
    true
}

/// The last block before this one with the same command line and a result of the same type: its number and both results.
fn earlier(blocks: &[Rc<Block>], block: &Block) -> Option<(BlockId, ResultId, ResultId)> {
    let result = block.results().next()?;
    let before = blocks.iter().rev().skip_while(|other| other.id >= block.id);
    before.filter(|other| other.line == block.line && other.is_over()).find_map(|other| {
        let same = other.results().find(|known| known.type_name == result.type_name)?;
        Some((other.id, same.id, result.id))
    })
}

impl Blocks {
    fn follow(&self) {
        if let Some(place) = self.place.cast::<Element>().filter(|_| self.follow) {
            place.set_scroll_top(place.scroll_height());
        }
    }
}
