//! One block: the command line, how it stands, and what it gave.

use std::rc::Rc;

use postern_shared::{
    syntax::what_if::without_what_if,
    wire::{BlockId, BlockState, NoteStream, Position, ResultId},
};
use yew::prelude::*;

use super::{Elapsed, Icon, Line, changed::changed_view, failure_card, icon, progress::bars};
use crate::{
    app::Intent,
    grid::{DifferenceView, result_view},
    net::Link,
    state::{Block, Part, Run},
    text,
};

/// A block with more parts than this shows its first and last ones only, until asked: ten thousand lines of verbose
/// text would make every key stroke slow.
const PARTS: usize = 300;
/// So many of the first ones stay.
const FIRST_PARTS: usize = 50;

/// How the user wants to see a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Only its command line.
    pub collapsed: bool,
    /// Above the others, where it stays in view.
    pub pinned: bool,
}

#[derive(PartialEq, Properties)]
pub(super) struct BlockProps {
    pub block: Rc<Block>,
    pub link: Option<Link>,
    /// Whether commands can be sent.
    pub live: bool,
    /// Whether downloads are allowed.
    pub downloads: bool,
    pub place: Place,
    /// An earlier block of the same command line: its number, and results of the same type, the earlier one first.
    pub earlier: Option<(BlockId, ResultId, ResultId)>,
    pub wanted: Callback<Intent>,
    pub on_collapse: Callback<BlockId>,
    pub on_pin: Callback<BlockId>,
}

#[component]
pub(super) fn BlockView(props: &BlockProps) -> Html {
    let BlockProps { block, link, live, wanted, downloads, earlier, .. } = props;
    let Place { collapsed, pinned } = props.place;
    let all = use_state_eq(|| false);
    let differing = use_state_eq(|| false);
    let wrong: Vec<Position> = block
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Error(failure) => failure.position,
            _ => None,
        })
        .take(8)
        .collect();
    let (id, on_server) = (block.id, block.on_server);
    let click = |intent: Intent| wanted.reform(move |_: MouseEvent| intent.clone());
    let show_all = {
        let all = all.setter();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    let run = move |line: Rc<str>| if on_server { Intent::RunOnServer(line) } else { Intent::Run(line) };
    // Parsed only where there may be one.
    let is_asked = block.is_over() && block.line.to_ascii_lowercase().contains("-w");
    let for_real = is_asked.then(|| without_what_if(&block.line)).flatten();
    html! {
        <article class={classes!("block", collapsed.then_some("collapsed"))} id={format!("block-{id}")} aria-label={block.line.to_string()} aria-busy={(!block.is_over()).to_string()}>
            <header>
                <button class="quiet fold" aria-expanded={(!collapsed).to_string()} aria-label={if collapsed { text::expand() } else { text::collapse() }}
                    title={if collapsed { text::expand() } else { text::collapse() }} onclick={props.on_collapse.reform(move |_: MouseEvent| id)}>
                    { icon(if collapsed { Icon::Closed } else { Icon::Open }) }</button>
                <pre><Line text={block.line.clone()} {wrong} /></pre>
                if block.on_server {
                    <span class="where" title={text::on_server_about()}>{ text::on_server() }</span>
                }
                { state(block) }
                <span class="block-tools">
                if let Some(line) = for_real {
                    <button class="quiet for-real" disabled={!live} title={line.clone()} onclick={click(run(line.into()))}>{ text::for_real() }</button>
                }
                if block.is_over() {
                    <button class="quiet" disabled={!live} onclick={click(run(block.line.clone()))}>{ text::run_again() }</button>
                    <button class="quiet" onclick={click(Intent::Edit(block.line.clone()))}>{ text::edit() }</button>
                    if let Some((before, ..)) = earlier {
                        <button class="quiet differ" aria-pressed={differing.to_string()} title={text::difference(before)} aria-label={text::difference(before)}
                            onclick={{ let (to, set) = (!*differing, differing.setter()); move |_: MouseEvent| set.set(to) }}>{ icon(Icon::Difference) }</button>
                    }
                } else {
                    <button class="button danger stop" disabled={!live || block.stopping} onclick={click(Intent::Stop(id))}>
                        { if block.stopping { text::stopping() } else { text::stop() } }
                    </button>
                }
                <button class="quiet" aria-pressed={pinned.to_string()} aria-label={if pinned { text::unpin_block() } else { text::pin_block() }}
                    title={if pinned { text::unpin_block() } else { text::pin_block() }} onclick={props.on_pin.reform(move |_: MouseEvent| id)}>{ icon(Icon::Pin) }</button>
                <button class="quiet" aria-label={text::copy_link()} title={text::copy_link()} onclick={click(Intent::Link(id))}>{ icon(Icon::Link) }</button>
                </span>
            </header>
            // Hidden and not gone: what was sorted, filtered and scrolled stays so.
            <div class="block-body" hidden={collapsed}>
                if let Some((_, before, after)) = earlier.filter(|_| *differing) {
                    <DifferenceView key={format!("{before}-{after}")} {before} {after} link={link.clone()} />
                }
                { parts(&block.parts, (!*all).then_some(show_all), link.as_ref(), *downloads, wanted) }
                { bars(&block.progress) }
                { footer(block) }
            </div>
        </article>
    }
}

fn state(block: &Block) -> Html {
    let objects = block.objects();
    let found = (objects > 0).then(|| format!("{} · ", text::objects(objects)));
    match block.run {
        Run::Waiting => html! { <span class="state">{ text::waiting() }</span> },
        Run::Running { since } => html! {
            <span class="state running"><span class="spin" aria-hidden="true" />{ text::running() }{ " · " }{ found }<Elapsed {since} /></span>
        },
        Run::Ended { state, elapsed, .. } => {
            let errors = block.errors();
            let (class, mark, word) = match state {
                BlockState::Completed if errors > 0 => ("state failed", "✕", Some(text::errors(errors))),
                BlockState::Completed if block.parts.is_empty() => {
                    ("state done", "✓", Some(text::no_output().to_owned()))
                }
                BlockState::Completed => ("state done", "✓", None),
                BlockState::Failed => ("state failed", "✕", Some(text::failed().to_owned())),
                BlockState::Stopped => ("state stopped", "■", Some(text::stopped().to_owned())),
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
    downloads: bool,
    wanted: &Callback<Intent>,
) -> Html {
    let one = |(at, part): (usize, &Part)| html! { <div class="part" key={at}>{ part_view(part, link, downloads, wanted) }</div> };
    match show_all.filter(|_| parts.len() > PARTS) {
        None => parts.iter().enumerate().map(one).collect(),
        Some(show_all) => {
            let hidden = FIRST_PARTS..parts.len() - (PARTS - FIRST_PARTS);
            html! {
                <>
                    { for parts.iter().enumerate().take(hidden.start).map(one) }
                    <p class="hidden-parts" key="hidden">
                        { text::earlier_parts(hidden.len()) }
                        <button class="quiet" onclick={show_all}>{ text::show_all() }</button>
                    </p>
                    // Results are shown wherever they stand: objects are what the command was run for.
                    { for parts.iter().enumerate().take(hidden.end).skip(hidden.start).filter(|(_, part)| matches!(part, Part::Result(_))).map(one) }
                    { for parts.iter().enumerate().skip(hidden.end).map(one) }
                </>
            }
        }
    }
}

fn part_view(part: &Part, link: Option<&Link>, downloads: bool, wanted: &Callback<Intent>) -> Html {
    match part {
        Part::Note { stream: NoteStream::Host { foreground, background }, text } => {
            let colour =
                |kind: &str, number: i8| (0..16).contains(&number).then(|| format!("{kind}{number}"));
            html! { <pre class={classes!("output", colour("fg", *foreground), colour("bg", *background))}>{ text::visible(text).into_owned() }</pre> }
        }
        Part::Note { stream, text } => {
            let class = match stream {
                NoteStream::Warning => "note warning",
                NoteStream::Verbose => "note verbose",
                NoteStream::Debug => "note debug",
                _ => "note information",
            };
            html! { <div {class}><b>{ text::stream(*stream) }</b><span>{ text::visible(text).into_owned() }</span></div> }
        }
        Part::Error(failure) => failure_card(failure),
        Part::Result(result) => result_view(result, link, downloads, wanted),
        Part::Changed(changed) => changed_view(changed),
        Part::Text(text) => html! { <pre class="output">{ text::visible(text).into_owned() }</pre> },
    }
}
