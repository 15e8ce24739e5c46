//! Values that mean harm are shown, and do none: markup, scripts, control characters, text that turns its direction,
//! very long texts and lists.

mod browser;

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, pictures, sign_in},
};

#[tokio::test]
async fn values_are_shown_and_do_nothing() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    let markup = "<img src=x onerror=window.harm=1><script>window.harm=1</script>";
    let line = format!(
        "Get-Mailbox lab | Select-Object Alias, @{{ n = 'Html'; e = {{ '{markup}' }} }}, \
         @{{ n = 'Bidi'; e = {{ 'invoice\u{202e}fdp.exe' }} }}, @{{ n = 'Control'; e = {{ 'a\u{1}\u{7f}\u{0}b' }} }}, \
         @{{ n = '<b>Name</b>'; e = {{ 1 }} }}, @{{ n = 'Long'; e = {{ 'x' * 1000000 }} }}, @{{ n = 'Many'; e = {{ 1..10000 }} }} | Format-Table"
    );
    finish(&mut page, &line, "done").await;
    let cells = first_row(&mut page).await;
    assert_eq!(cells[1], markup);
    assert!(cells[5].len() < 3000, "{}", cells[5].len());
    pictures(&mut page, "hostile").await;
    // What turns the direction of text is seen, and turns nothing outside of its own cell.
    assert_eq!(
        page.eval(&format!("getComputedStyle({NEWEST}.querySelectorAll('[role=gridcell]')[2]).unicodeBidi"))
            .await,
        "isolate"
    );
    assert_eq!(cells[2], "invoice⟦U+202E⟧fdp.exe");
    assert!(cells[3].starts_with("a␁␡") && cells[3].ends_with('b'), "{}", cells[3]);
    page.until(&format!("{NEWEST}.querySelector('header pre').textContent.includes('⟦U+202E⟧')")).await;
    // In the editor they stand as they are, and it says so.
    page.click("#editor").await;
    page.type_text("'a\u{202e}b'").await;
    page.until("document.querySelector('.hints.complaint')?.textContent.includes('U+202E')").await;
    page.press("Escape", 0).await;
    // Whole, in the details.
    page.click_with(&format!("{NEWEST}.querySelector('.rows [role=gridcell]')"), "{}").await;
    page.until("document.querySelector('aside.detail dl')").await;
    page.until("document.querySelector('aside.detail').textContent.includes('onerror')").await;
    page.until("document.querySelector('aside.detail').textContent.length > 100000").await;
    // As a filter, a group, a copy.
    page.click_with(&format!("{NEWEST}.querySelectorAll('[role=columnheader] .more')[1]"), "{}").await;
    page.until("document.querySelector('.column-menu .value-list')").await;
    page.press("Escape", 0).await;
    assert_eq!(page.eval("window.harm").await, serde_json::Value::Null);
    assert_eq!(
        page.eval("document.querySelectorAll('.block img, .block script, .block b b').length").await,
        0
    );
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
