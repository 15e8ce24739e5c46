//! The grid, on whole results: sort, filter, group, select, copy, compare, export.

mod browser;

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, pictures, sign_in},
};

/// A heading of the newest grid, from 1.
fn heading(at: usize) -> String {
    format!("{NEWEST}.querySelectorAll('[role=columnheader]')[{}]", at - 1)
}

/// A row of the newest grid as it is drawn, from 1.
fn row(at: usize) -> String {
    format!("{NEWEST}.querySelectorAll('.rows [role=row]')[{}]?.querySelector('[role=gridcell]')", at - 1)
}

async fn open_menu(page: &mut Browser, column: usize) {
    page.click_with(&format!("{}.querySelector('.more')", heading(column)), "{}").await;
    page.until("document.querySelector('.column-menu .value-list')").await;
}

/// Waits for the count above the newest grid.
async fn until_count(page: &mut Browser, count: &str) {
    page.until(&format!("{NEWEST}.querySelector('.tools .count').textContent === {count:?}")).await;
}

async fn mailboxes(page: &mut Browser) {
    finish(page, "Get-Mailbox -ResultSize Unlimited", "done").await;
    first_row(page).await;
}

#[tokio::test]
async fn sorted_filtered_and_grouped() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    mailboxes(&mut page).await;

    // By the server, then by the name backwards.
    page.click_with(&heading(3), "{}").await;
    page.click_with(&heading(1), "{ shiftKey: true }").await;
    page.click_with(&heading(1), "{ shiftKey: true }").await;
    page.until(&format!("{}.getAttribute('aria-sort') === 'descending'", heading(1))).await;
    let marks = format!("[{}, {}].map(e => e.querySelector('.mark').textContent)", heading(3), heading(1));
    assert_eq!(page.eval(&marks).await, serde_json::json!(["1↑", "2↓"]));

    // Only rooms, by a comparison; only some of them, by their values.
    open_menu(&mut page, 2).await;
    pictures(&mut page, "grid-menu").await;
    page.click(".column-menu .value").await;
    page.type_text("room-2").await;
    page.click(".column-menu .apply").await;
    until_count(&mut page, "40 of 300 objects").await;
    open_menu(&mut page, 2).await;
    page.until("document.querySelectorAll('.column-menu .value-list li').length > 50").await;
    page.eval("document.querySelector('.column-menu .value').value = ''").await;
    for at in 0..2 {
        page.click_with(&format!("document.querySelectorAll('.column-menu .value-list input')[{at}]"), "{}")
            .await;
    }
    page.click(".column-menu .apply").await;
    until_count(&mut page, "2 of 300 objects").await;
    page.until(&format!("{NEWEST}.querySelector('.filters .chip')")).await;
    page.click(".filters > button").await;
    until_count(&mut page, "300 objects").await;

    // What a column holds; a value of it shows its rows.
    open_menu(&mut page, 4).await;
    page.click(".column-menu .choose button:last-child").await;
    page.until("document.querySelector('aside.summary .chart') && document.querySelector('aside.summary .groups tbody tr')").await;
    pictures(&mut page, "grid-group").await;
    let counts = "[...document.querySelectorAll('aside.summary tbody td:nth-child(2)')].reduce((sum, td) => sum + Number(td.textContent), 0)";
    assert_eq!(page.eval(counts).await, 300);
    let first = page.eval("document.querySelector('aside.summary tbody td:nth-child(2)').textContent").await;
    page.click("aside.summary tbody .value").await;
    until_count(&mut page, &format!("{} of 300 objects", first.as_str().unwrap_or_default())).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn rows_stand_together_under_headings() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.allow_files().await;
    sign_in(&mut page).await;
    finish(
        &mut page,
        "Get-MailboxStatistics -Server EX01 | Select-Object DisplayName, DatabaseName, ItemCount",
        "done",
    )
    .await;
    first_row(&mut page).await;
    let count = format!("{NEWEST}.querySelector('.tools .count').textContent");
    page.until(&format!("{NEWEST}.querySelector('.state').textContent.includes({count})")).await;
    let of = page.eval(&count).await;
    let of = of.as_str().unwrap_or_default().to_owned();

    open_menu(&mut page, 2).await;
    page.click(".column-menu .choose button:nth-last-child(2)").await;
    let folds =
        format!("[...{NEWEST}.querySelectorAll('.rows .group')].map(e => e.getAttribute('aria-expanded'))");
    page.until(&format!("{folds}[0] === 'true' && {NEWEST}.querySelector('[role=treegrid]')")).await;
    // Objects are counted, not headings.
    until_count(&mut page, &of).await;
    pictures(&mut page, "grid-group-rows").await;

    // Folded, each group is a line with how many it has and their sum.
    page.click(".block:last-child .fold-all").await;
    page.until(&format!("{folds}.length > 1 && {folds}.every(e => e === 'false') && {NEWEST}.querySelectorAll('.rows .tr').length === {folds}.length")).await;
    let counts = format!(
        "[...{NEWEST}.querySelectorAll('.rows .group .badge')].reduce((sum, e) => sum + Number(e.textContent), 0)"
    );
    let all = page.eval(&counts).await.as_f64().unwrap_or_default();
    assert_eq!(format!("{all} objects"), of);
    let sum = page.eval(&format!("{NEWEST}.querySelector('.rows .group .num').textContent")).await;
    assert!(sum.as_str().unwrap_or_default().starts_with("Σ "), "{sum}");

    // By keyboard: to the first group, unfolded and folded.
    page.press("Home", 0).await;
    page.press("ArrowRight", 0).await;
    page.until(&format!(
        "{folds}[0] === 'true' && {NEWEST}.querySelectorAll('.rows .tr').length > {folds}.length"
    ))
    .await;
    page.press("ArrowDown", 0).await;
    page.until(&format!("{NEWEST}.querySelectorAll('.rows .tr')[1].classList.contains('selected')")).await;
    page.press("ArrowUp", 0).await;
    page.press("Enter", 0).await;
    page.until(&format!("{folds}.every(e => e === 'false')")).await;

    // What is selected is objects, folded away or not; and the way back.
    page.click(".block:last-child .unfold-all").await;
    page.until(&format!("{folds}[0] === 'true'")).await;
    page.press("a", 2).await;
    page.until(&format!("{NEWEST}.querySelector('.tools .chip').textContent.startsWith('{all} ')")).await;
    page.click(".filters .group button").await;
    page.until(&format!("{NEWEST}.querySelector('[role=grid]') && !{NEWEST}.querySelector('.rows .group')"))
        .await;
    until_count(&mut page, &of).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn columns_are_moved_pinned_and_chosen() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    mailboxes(&mut page).await;
    let labels =
        format!("[...{NEWEST}.querySelectorAll('[role=columnheader] .label')].map(e => e.textContent)");
    let before = page.eval(&labels).await;

    // By keyboard: to the heading, and to the right.
    page.eval(&format!("{NEWEST}.querySelector('[role=grid]').focus()")).await;
    page.press("ArrowUp", 0).await;
    page.press("ArrowRight", 2).await;
    page.until(&format!("{labels}[1] === {}", before[0])).await;
    // By the pointer: the first one to the place of the third.
    let drag = format!(
        "(() => {{ const all = [...{NEWEST}.querySelectorAll('[role=columnheader]')].map(e => e.getBoundingClientRect()); \
         return [all[0].x + 20, all[0].y + 10, all[2].x + all[2].width / 2 + 30] }})()"
    );
    let at = page.eval(&drag).await;
    for (kind, x) in
        [("mousePressed", &at[0]), ("mouseMoved", &at[2]), ("mouseMoved", &at[2]), ("mouseReleased", &at[2])]
    {
        let event = serde_json::json!({ "type": kind, "x": x, "y": at[1], "button": "left", "buttons": 1, "clickCount": 1 });
        page.call("Input.dispatchMouseEvent", event).await;
    }
    page.until(&format!("{labels}[2] === {}", before[1])).await;
    assert_eq!(
        page.eval(&format!("{}.getAttribute('aria-sort')", heading(3))).await,
        "none",
        "a move is no click"
    );

    // A pinned column stays where it is when the others are scrolled.
    open_menu(&mut page, 2).await;
    page.click(".column-menu .across button").await;
    page.until(&format!("{}.classList.contains('pin')", heading(1))).await;
    page.click(".tools .columns").await;
    page.click(".chooser .row button").await;
    page.until(&format!("{NEWEST}.querySelectorAll('[role=columnheader]').length > 60")).await;
    page.eval(&format!("{NEWEST}.querySelector('[role=grid]').scrollLeft = 3000")).await;
    page.until(&format!(
        "Math.abs({}.getBoundingClientRect().x - {NEWEST}.querySelector('[role=grid]').getBoundingClientRect().x) < 2",
        heading(1)
    ))
    .await;
    // Found by name.
    page.click(".chooser .row button:nth-child(2)").await;
    page.until(&format!("{NEWEST}.querySelectorAll('[role=columnheader]').length === 4")).await;
    page.click(".chooser input[type=search]").await;
    page.type_text("whencreated").await;
    page.click_with("document.querySelector('.chooser li input')", "{}").await;
    page.until(&format!("{labels}.includes('WhenCreated')")).await;
    page.press("Escape", 0).await;
    // As a list and back.
    page.click(".block:last-child .as-list").await;
    page.until(&format!("{NEWEST}.querySelector('.list dl dd')?.textContent")).await;
    page.click(".block:last-child .as-grid").await;
    first_row(&mut page).await;

    // What was arranged stays: in the other view and back, after a reload, and for the next objects of the type.
    open_menu(&mut page, 3).await;
    page.click(".column-menu .across button").await;
    page.until(&format!("{}.classList.contains('pin')", heading(1))).await;
    page.eval(&format!("{NEWEST}.querySelector('[role=grid]').focus()")).await;
    page.press("ArrowUp", 0).await;
    page.press("ArrowRight", 8).await;
    page.settled().await;
    let look = format!(
        "[...{NEWEST}.querySelectorAll('[role=columnheader]')].map(e => [e.querySelector('.label').textContent, \
         e.classList.contains('pin'), Math.round(e.getBoundingClientRect().width)])"
    );
    let arranged = page.eval(&look).await;
    assert_eq!(arranged.as_array().map(Vec::len), Some(5), "{arranged}");
    page.reload().await;
    first_row(&mut page).await;
    page.until(&format!("JSON.stringify({look}) === JSON.stringify({arranged})")).await;
    finish(&mut page, "Get-Mailbox nora.fink", "done").await;
    first_row(&mut page).await;
    page.until(&format!("JSON.stringify({look}) === JSON.stringify({arranged})")).await;
    // Not where the line chooses the columns, and no longer when the type's own are wanted again.
    finish(&mut page, "Get-Mailbox nora.fink | Select-Object Name, Alias", "done").await;
    first_row(&mut page).await;
    assert_eq!(page.eval(&labels).await, serde_json::json!(["Name", "Alias"]));
    finish(&mut page, "Get-Mailbox nora.fink", "done").await;
    first_row(&mut page).await;
    page.click(".block:last-child .tools .columns").await;
    page.click(".block:last-child .chooser .row button:nth-child(2)").await;
    page.until(&format!("JSON.stringify({labels}) === JSON.stringify({before})")).await;
    finish(&mut page, "Get-Mailbox nora.fink", "done").await;
    first_row(&mut page).await;
    page.until(&format!("JSON.stringify({labels}) === JSON.stringify({before})")).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn rows_are_selected_copied_used_and_compared() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.allow_files().await;
    sign_in(&mut page).await;
    mailboxes(&mut page).await;

    page.click_with(&row(2), "{}").await;
    page.until("document.querySelector('aside.detail dl')").await;
    page.press("Escape", 0).await;
    page.click_with(&row(4), "{ shiftKey: true }").await;
    page.until_text("3 selected").await;
    page.click_with(&row(6), "{ ctrlKey: true }").await;
    page.until_text("4 selected").await;
    assert_eq!(
        page.eval(&format!("{NEWEST}.querySelectorAll('.rows [aria-selected=true]').length")).await,
        4
    );
    pictures(&mut page, "grid-selection").await;

    page.click(".tools .copying").await;
    page.click(".drop button:nth-child(2)").await;
    page.until_text("Copied 4 objects").await;
    page.eval("window.focus()").await;
    page.until("navigator.clipboard.readText().then(text => text.startsWith('Name,Alias,') && text.trim().split('\\n').length === 5)").await;
    page.click(".tools .copying").await;
    page.click(".drop button:nth-child(4)").await;
    page.until("navigator.clipboard.readText().then(text => text.includes('[pscustomobject]@{ Name = '))")
        .await;

    // What names them becomes the beginning of a pipeline.
    page.click(".tools .use").await;
    page.until("/^'[^']+@klinik-auer.example'(, '[^']+@klinik-auer.example'){3} \\| $/.test(document.querySelector('#editor').value)").await;

    // All, by keyboard; then two of them side by side.
    page.eval(&format!("{NEWEST}.querySelector('[role=grid]').focus()")).await;
    page.press("a", 2).await;
    page.until_text("300 selected").await;
    page.click_with(&row(3), "{}").await;
    page.press("Escape", 0).await;
    page.press("ArrowDown", 8).await;
    page.until_text("2 selected").await;
    page.click(".tools .compare").await;
    page.until("document.querySelector('aside.pair .differs')").await;
    pictures(&mut page, "grid-compare").await;
    let only = page.eval("document.querySelectorAll('aside.pair tbody tr').length").await;
    page.click_with("document.querySelector('aside.pair input')", "{}").await;
    page.until(&format!("document.querySelectorAll('aside.pair tbody tr').length > {only}")).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn two_runs_of_a_command_are_compared() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    mailboxes(&mut page).await;
    finish(&mut page, "Set-Mailbox lab -CustomAttribute1 changed", "done").await;
    mailboxes(&mut page).await;
    page.click(".block:last-child .differ").await;
    page.until_text("0 added, 0 removed, 1 changed, 299 the same").await;
    page.until(
        "[...document.querySelectorAll('.difference .new')].some(cell => cell.textContent === 'changed')",
    )
    .await;
    pictures(&mut page, "grid-difference").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn a_result_is_downloaded_whole() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    let folder = page.allow_files().await;
    sign_in(&mut page).await;
    mailboxes(&mut page).await;
    for (format, ending) in [(1, "xlsx"), (2, "csv"), (3, "json"), (4, "clixml")] {
        page.click(".tools .export").await;
        page.click(&format!("dialog.export fieldset:first-of-type label:nth-of-type({format}) input")).await;
        if ending == "clixml" {
            page.click("dialog.export fieldset:nth-of-type(3) label:nth-of-type(2) input").await;
        }
        if ending == "csv" {
            pictures(&mut page, "export").await;
        }
        page.click("#download").await;
        page.until("document.querySelector('dialog.export .done')?.textContent.startsWith('Done: 300 rows')")
            .await;
        page.click("dialog.export button").await;
        page.until("!document.querySelector('dialog.export[open]')").await;
        let file = page.file(folder.path(), ending).await;
        let text = String::from_utf8_lossy(&file);
        match ending {
            "xlsx" => assert!(file.starts_with(b"PK"), "a zip"),
            "csv" => {
                assert!(text.starts_with("\u{feff}Name,Alias,"));
                assert_eq!(text.lines().count(), 301);
            }
            "json" => {
                let rows: serde_json::Value = serde_json::from_slice(&file).expect("JSON");
                assert_eq!(rows.as_array().map(Vec::len), Some(300));
            }
            _ => {
                let objects = postern_psrp::clixml::Decoder::default().decode_all(&file).expect("CLIXML");
                assert_eq!(objects.len(), 300);
                assert!(objects[0].get("ProhibitSendQuota").is_some());
            }
        }
    }
    // The transcript, by the palette.
    page.press("k", 2).await;
    page.until("document.querySelector('dialog.palette[open]')").await;
    page.type_text("JSON lines").await;
    page.until("document.querySelectorAll('dialog.palette li').length === 1").await;
    page.press("Enter", 0).await;
    let transcript = page.file(folder.path(), "jsonl").await;
    assert!(String::from_utf8_lossy(&transcript).contains("Get-Mailbox -ResultSize Unlimited"));
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
