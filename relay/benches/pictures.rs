//! The README's pictures, taken of the demo in a real browser: `cargo xtask pictures`.
//!
//! Two stills and the main job as an animated PNG, which browsers and READMEs play where they show a PNG.

#[path = "../tests/browser/mod.rs"]
mod browser;

use std::{fs::File, io::BufWriter, path::PathBuf};

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, sign_in},
};

/// The size of the moving picture in pixels; small enough for a README's column.
const SIZE: (u32, u32) = (1080, 680);
const COMMAND: &str = "Get-Mailbox -ResultSize Unlimited";

#[tokio::main]
async fn main() {
    let relay = Relay::start().await;
    stills(&relay.url).await;
    main_job(&relay.url).await;
}

fn docs(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

async fn stills(url: &str) {
    let mut page = Browser::open(url).await;
    page.scheme("light").await;
    sign_in(&mut page).await;
    page.until("!document.querySelector('.importing')").await;
    finish(
        &mut page,
        "$rooms = Get-Mailbox -ResultSize Unlimited | Where-Object RecipientTypeDetails -eq RoomMailbox",
        "done",
    )
    .await;
    finish(&mut page, COMMAND, "done").await;
    first_row(&mut page).await;
    page.click_with(&cell(4, 1), "{}").await;
    page.until("document.querySelector('aside dl dd')?.textContent").await;
    keep(&mut page, "console-light.png").await;

    page.scheme("dark").await;
    page.press("Escape", 0).await;
    page.click_with(&heading(3), "{}").await;
    page.click_with(&format!("{}.querySelector('.more')", heading(4)), "{}").await;
    page.until("document.querySelector('.column-menu .value-list')").await;
    page.click(".column-menu .choose button:last-child").await;
    page.until("document.querySelector('aside.summary .chart') && document.querySelector('aside.summary .groups tbody tr')").await;
    first_row(&mut page).await;
    keep(&mut page, "column-dark.png").await;
}

/// A heading of the newest grid, from 1.
fn heading(at: usize) -> String {
    format!("{NEWEST}.querySelectorAll('[role=columnheader]')[{}]", at - 1)
}

/// A cell of the newest grid as it is drawn, from 1.
fn cell(row: usize, column: usize) -> String {
    format!(
        "{NEWEST}.querySelectorAll('.rows [role=row]')[{}]?.querySelectorAll('[role=gridcell]')[{}]",
        row - 1,
        column - 1
    )
}

async fn keep(page: &mut Browser, name: &str) {
    std::fs::write(docs(name), page.picture().await).expect("a picture is written");
}

/// Sign in, list, sort, filter, look at one object whole.
async fn main_job(url: &str) {
    let mut page = Browser::open(url).await;
    page.size(SIZE.0, SIZE.1).await;
    page.scheme("light").await;
    let mut film = Film::default();
    page.until("document.querySelector('#fill-in')").await;
    film.shoot(&mut page, 1200).await;
    page.click("#fill-in").await;
    page.until("document.querySelector('#password').value").await;
    film.shoot(&mut page, 1000).await;
    sign_in(&mut page).await;
    page.until("!document.querySelector('.importing')").await;
    film.shoot(&mut page, 1200).await;
    page.click("#editor").await;
    let mut typed = 0;
    for end in [4, 7, 11, 14, COMMAND.len()] {
        page.type_text(&COMMAND[typed..end]).await;
        typed = end;
        page.settled().await;
        film.shoot(&mut page, if end == COMMAND.len() { 700 } else { 250 }).await;
    }
    // Enter would take what the popup proposes.
    if page.eval("!!document.querySelector('[role=listbox]')").await == true {
        page.press("Escape", 0).await;
    }
    page.press("Enter", 0).await;
    page.until(&format!("{NEWEST}?.querySelector('.state.done')")).await;
    first_row(&mut page).await;
    film.shoot(&mut page, 1500).await;

    page.click_with(&heading(3), "{}").await;
    page.until(&format!("{}.getAttribute('aria-sort') === 'ascending'", heading(3))).await;
    first_row(&mut page).await;
    film.shoot(&mut page, 1300).await;

    page.click_with(&format!("{}.querySelector('.more')", heading(2)), "{}").await;
    page.until("document.querySelector('.column-menu .value-list')").await;
    page.click(".column-menu .value").await;
    page.type_text("room").await;
    page.settled().await;
    film.shoot(&mut page, 1200).await;
    page.click(".column-menu .apply").await;
    page.until(&format!("{NEWEST}.querySelector('.filters .chip')")).await;
    first_row(&mut page).await;
    film.shoot(&mut page, 1500).await;

    page.click_with(&cell(2, 1), "{}").await;
    page.until("document.querySelector('aside dl dd')?.textContent").await;
    page.settled().await;
    film.shoot(&mut page, 3000).await;
    film.save("main-job.png");
}

/// Pictures of one size, each with the milliseconds that it stays.
#[derive(Default)]
struct Film(Vec<(Vec<u8>, u16)>);

/// Bytes of a pixel.
const PIXEL: usize = 3;

impl Film {
    async fn shoot(&mut self, page: &mut Browser, stays: u16) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(page.picture().await))
            .read_info()
            .expect("Chromium takes PNG pictures");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a picture of a screen")];
        let info = reader.next_frame(&mut pixels).expect("a whole picture");
        assert_eq!((info.width, info.height), SIZE);
        if info.color_type == png::ColorType::Rgba {
            pixels = pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        }
        self.0.push((pixels, stays));
    }

    /// Writes the pictures as an animated PNG; of each the rectangle that differs from the one before.
    fn save(&self, name: &str) {
        let file = BufWriter::new(File::create(docs(name)).expect("docs/ is writable"));
        let mut encoder = png::Encoder::new(file, SIZE.0, SIZE.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_animated(self.0.len() as u32, 0).expect("there are pictures");
        let mut writer = encoder.write_header().expect("a header");
        let mut before: Option<&[u8]> = None;
        for (pixels, stays) in &self.0 {
            let (left, top, width, height) =
                before.map_or((0, 0, SIZE.0, SIZE.1), |before| changed(before, pixels));
            let row = SIZE.0 as usize * PIXEL;
            let part: Vec<u8> = (top..top + height)
                .flat_map(|y| {
                    let start = y as usize * row + left as usize * PIXEL;
                    &pixels[start..start + width as usize * PIXEL]
                })
                .copied()
                .collect();
            // Each setter checks against what the other one said.
            writer.set_frame_position(0, 0).expect("inside the picture");
            writer.set_frame_dimension(width, height).expect("inside the picture");
            writer.set_frame_position(left, top).expect("inside the picture");
            writer.set_frame_delay(*stays, 1000).expect("a delay");
            writer.write_image_data(&part).expect("a picture is written");
            before = Some(pixels);
        }
        writer.finish().expect("the file is whole");
    }
}

/// Left, top, width and height of what differs; a pixel where nothing does, since no picture may be empty.
fn changed(before: &[u8], after: &[u8]) -> (u32, u32, u32, u32) {
    let (mut left, mut top, mut right, mut bottom) = (SIZE.0, SIZE.1, 0, 0);
    let pairs = before.chunks_exact(PIXEL).zip(after.chunks_exact(PIXEL)).enumerate();
    for (at, _) in pairs.filter(|(_, (before, after))| before != after) {
        let (x, y) = (at as u32 % SIZE.0, at as u32 / SIZE.0);
        (left, right) = (left.min(x), right.max(x + 1));
        (top, bottom) = (top.min(y), bottom.max(y + 1));
    }
    if right == 0 { (0, 0, 1, 1) } else { (left, top, right - left, bottom - top) }
}
