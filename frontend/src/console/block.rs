//! One block: the command line, how it stands, and what it gave.

use std::rc::Rc;

use postern_shared::wire::{BlockState, NoteStream, Position};
use yew::prelude::*;

use super::{Elapsed, Line, failure_card, progress::bars};
use crate::{
    app::Intent,
    grid::result_view,
    net::Link,
    state::{Block, Part, Run},
    text,
};

/// A block with more parts than this shows its first and last ones only, until asked: ten thousand lines of verbose
/// text would make every key stroke slow.
const PARTS: usize = 300;
/// So many of the first ones stay.
const FIRST_PARTS: usize = 50;

#[derive(PartialEq, Properties)]
pub(super) struct BlockProps {
    pub block: Rc<Block>,
    pub link: Option<Link>,
    /// Whether commands can be sent.
    pub live: bool,
    pub wanted: Callback<Intent>,
}

#[component]
pub(super) fn BlockView(props: &BlockProps) -> Html {
    let BlockProps { block, link, live, wanted } = props;
    let all = use_state_eq(|| false);
    let wrong: Vec<Position> = block
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Error(failure) => failure.position,
            _ => None,
        })
        .take(8)
        .collect();
    let id = block.id;
    let click = |intent: Intent| wanted.reform(move |_: MouseEvent| intent.clone());
    let show_all = {
        let all = all.setter();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    html! {
        <article class="block" id={format!("block-{id}")} aria-label={block.line.to_string()} aria-busy={(!block.is_over()).to_string()}>
            <header>
                <pre><Line text={block.line.clone()} {wrong} /></pre>
                { state(block) }
                if block.is_over() {
                    <button class="quiet" disabled={!live} onclick={click(Intent::Run(block.line.clone()))}>{ text::RUN_AGAIN }</button>
                    <button class="quiet" onclick={click(Intent::Edit(block.line.clone()))}>{ text::EDIT }</button>
                } else {
                    <button class="button danger stop" disabled={!live || block.stopping} onclick={click(Intent::Stop(id))}>
                        { if block.stopping { text::STOPPING } else { text::STOP } }
                    </button>
                }
            </header>
            { parts(&block.parts, (!*all).then_some(show_all), link.as_ref(), wanted) }
            { bars(&block.progress) }
            { footer(block) }
        </article>
    }
}

fn state(block: &Block) -> Html {
    let objects = block.objects();
    let found = (objects > 0).then(|| format!("{} · ", text::objects(objects)));
    match block.run {
        Run::Waiting => html! { <span class="state">{ text::WAITING }</span> },
        Run::Running { since } => html! {
            <span class="state running"><span class="spin" aria-hidden="true" />{ text::RUNNING }{ " · " }{ found }<Elapsed {since} /></span>
        },
        Run::Ended { state, elapsed, .. } => {
            let errors = block.errors();
            let (class, mark, word) = match state {
                BlockState::Completed if errors > 0 => ("state failed", "✕", Some(text::errors(errors))),
                BlockState::Completed if block.parts.is_empty() => {
                    ("state done", "✓", Some(text::NO_OUTPUT.to_owned()))
                }
                BlockState::Completed => ("state done", "✓", None),
                BlockState::Failed => ("state failed", "✕", Some(text::FAILED.to_owned())),
                BlockState::Stopped => ("state stopped", "■", Some(text::STOPPED.to_owned())),
            };
            html! {
                <span {class}>
                    <b aria-hidden="true">{ mark }</b>{ " " }
                    if let Some(word) = word {
                        { word }{ " · " }
                    }
                    { found }{ text::duration(elapsed as f64) }
                </span>
            }
        }
    }
}

fn footer(block: &Block) -> Html {
    let Run::Ended { elapsed, remote, objects, .. } = block.run else { return Html::default() };
    if objects == 0 {
        return Html::default();
    }
    html! { <footer>{ text::time_split(elapsed, remote) }</footer> }
}

/// Everything that was given, in its order. With `show_all`, the middle of very many parts is left out.
pub(super) fn parts(
    parts: &[Part],
    show_all: Option<Callback<MouseEvent>>,
    link: Option<&Link>,
    wanted: &Callback<Intent>,
) -> Html {
    let one = |(at, part): (usize, &Part)| html! { <div class="part" key={at}>{ part_view(part, link, wanted) }</div> };
    match show_all.filter(|_| parts.len() > PARTS) {
        None => parts.iter().enumerate().map(one).collect(),
        Some(show_all) => {
            let hidden = FIRST_PARTS..parts.len() - (PARTS - FIRST_PARTS);
            html! {
                <>
                    { for parts.iter().enumerate().take(hidden.start).map(one) }
                    <p class="hidden-parts" key="hidden">
                        { text::earlier_parts(hidden.len()) }
                        <button class="quiet" onclick={show_all}>{ text::SHOW_ALL }</button>
                    </p>
                    // Results are shown wherever they stand: objects are what the command was run for.
                    { for parts.iter().enumerate().take(hidden.end).skip(hidden.start).filter(|(_, part)| matches!(part, Part::Result(_))).map(one) }
                    { for parts.iter().enumerate().skip(hidden.end).map(one) }
                </>
            }
        }
    }
}

fn part_view(part: &Part, link: Option<&Link>, _wanted: &Callback<Intent>) -> Html {
    match part {
        Part::Note { stream: NoteStream::Host { foreground, background }, text } => {
            let colour =
                |kind: &str, number: i8| (0..16).contains(&number).then(|| format!("{kind}{number}"));
            html! { <pre class={classes!("output", colour("fg", *foreground), colour("bg", *background))}>{ text.to_string() }</pre> }
        }
        Part::Note { stream, text } => {
            let class = match stream {
                NoteStream::Warning => "note warning",
                NoteStream::Verbose => "note verbose",
                NoteStream::Debug => "note debug",
                _ => "note information",
            };
            html! { <div {class}><b>{ text::stream(*stream) }</b><span>{ text.to_string() }</span></div> }
        }
        Part::Error(failure) => failure_card(failure),
        Part::Result(result) => result_view(result, link),
        Part::Text(text) => html! { <pre class="output">{ text.to_string() }</pre> },
    }
}
