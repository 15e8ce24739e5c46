//! A column's values as bars. It is an inline picture with a description; the same numbers stand in a table below it.

use postern_shared::wire::{Amount, Group, Spread};
use yew::prelude::*;

use crate::text;

/// The picture's own size; it is scaled to the room that it has.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 120.0;
/// Room for the labels under the bars.
const LABELS: f64 = 18.0;
/// Values drawn as bars of their own.
const BARS: usize = 10;

/// A bar: what it stands for, and how many rows.
struct Bar {
    name: String,
    count: u64,
}

/// The spread of numbers or times as a histogram, or the most frequent values as bars.
pub(super) fn chart(property: &str, spread: Option<&Spread>, groups: &[Group]) -> Html {
    match spread {
        Some(Spread::Numbers { lowest, highest, steps, .. }) => {
            let width = (highest.number - lowest.number) / steps.len().max(1) as f64;
            let from =
                |at: usize| Amount { number: lowest.number + width * at as f64, is_size: lowest.is_size };
            let name = |at: usize| match steps.len() {
                1 => text::amount(*lowest),
                _ => format!("{} – {}", text::amount(from(at)), text::amount(from(at + 1))),
            };
            let bars = steps.iter().enumerate().map(|(at, count)| Bar { name: name(at), count: *count });
            upright(property, &bars.collect::<Vec<_>>(), &text::amount(*lowest), &text::amount(*highest))
        }
        Some(Spread::Times { steps }) => {
            let bars: Vec<_> =
                steps.iter().map(|(name, count)| Bar { name: name.clone(), count: *count }).collect();
            let end = |bar: Option<&Bar>| bar.map(|bar| bar.name.clone()).unwrap_or_default();
            upright(property, &bars, &end(bars.first()), &end(bars.last()))
        }
        None if groups.len() > 1 => {
            let bars = groups.iter().take(BARS).map(|group| Bar {
                name: if group.text.is_empty() {
                    text::no_value().to_owned()
                } else {
                    text::visible(&group.text).into_owned()
                },
                count: group.count,
            });
            lying(property, &bars.collect::<Vec<_>>())
        }
        None => Html::default(),
    }
}

fn described(property: &str, bars: &[Bar]) -> String {
    let filled = bars.iter().filter(|bar| bar.count > 0).take(40);
    let steps: Vec<String> = filled.map(|bar| format!("{}: {}", bar.name, text::count(bar.count))).collect();
    text::chart_label(property, steps.join("; "))
}

fn highest(bars: &[Bar]) -> f64 {
    bars.iter().map(|bar| bar.count).max().unwrap_or(1).max(1) as f64
}

/// Bars side by side, with what stands at both ends.
fn upright(property: &str, bars: &[Bar], first: &str, last: &str) -> Html {
    let (top, step) = (highest(bars), WIDTH / bars.len().max(1) as f64);
    html! {
        <svg class="chart" viewBox={format!("0 0 {WIDTH} {}", HEIGHT + LABELS)} role="img" aria-label={described(property, bars)}>
            for (at, bar) in bars.iter().enumerate().filter(|(_, bar)| bar.count > 0) {
                <rect x={format!("{:.1}", at as f64 * step + 0.5)} width={format!("{:.1}", (step - 1.0).max(0.8))}
                    y={format!("{:.1}", HEIGHT - height(bar, top))} height={format!("{:.1}", height(bar, top))} rx="1.5">
                    <title>{ format!("{}: {}", bar.name, text::count(bar.count)) }</title>
                </rect>
            }
            <line x1="0" x2={WIDTH.to_string()} y1={HEIGHT.to_string()} y2={HEIGHT.to_string()} />
            <text x="0" y={(HEIGHT + 13.0).to_string()}>{ first.to_owned() }</text>
            <text x={WIDTH.to_string()} y={(HEIGHT + 13.0).to_string()} text-anchor="end">{ last.to_owned() }</text>
        </svg>
    }
}

/// A bar that is there is seen, however small it is.
fn height(bar: &Bar, top: f64) -> f64 {
    (bar.count as f64 / top * (HEIGHT - 4.0)).max(2.0)
}

/// Bars under each other, with their names.
fn lying(property: &str, bars: &[Bar]) -> Html {
    const BAR: f64 = 20.0;
    const NAMES: f64 = 130.0;
    const NUMBERS: f64 = 46.0;
    let top = highest(bars);
    let room = WIDTH - NAMES - NUMBERS;
    let cut = |name: &str| match name.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    };
    html! {
        <svg class="chart" viewBox={format!("0 0 {WIDTH} {}", BAR * bars.len() as f64)} role="img" aria-label={described(property, bars)}>
            for (at, bar) in bars.iter().enumerate() {
                <text x={(NAMES - 8.0).to_string()} y={(at as f64 * BAR + 14.0).to_string()} text-anchor="end">{ cut(&bar.name) }</text>
                <rect x={NAMES.to_string()} y={(at as f64 * BAR + 4.0).to_string()} height="13" rx="2"
                    width={format!("{:.1}", (bar.count as f64 / top * room).max(2.0))}>
                    <title>{ format!("{}: {}", bar.name, text::count(bar.count)) }</title>
                </rect>
                <text x={format!("{:.1}", NAMES + (bar.count as f64 / top * room).max(2.0) + 6.0)} y={(at as f64 * BAR + 14.0).to_string()}>{ text::count(bar.count) }</text>
            }
        </svg>
    }
}
