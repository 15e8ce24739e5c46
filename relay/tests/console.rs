//! The main job in a real browser, as a user does it: signs in to the demo, runs commands, works with the objects,
//! signs out. Pictures of every screen are left in `target/screenshots`.

mod browser;

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, pictures, run, sign_in},
};

#[tokio::test]
async fn the_main_job() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.until("document.querySelector('#connect')").await;
    pictures(&mut page, "sign-in").await;

    // A wrong password is explained, and what was typed is still there.
    page.click("#fill-in").await;
    page.click("#password").await;
    page.type_text("wrong").await;
    page.click("#connect").await;
    page.until("document.querySelector('.failure')").await;
    page.until_text("Likely cause").await;
    page.until("document.querySelector('.steps li.done') && document.querySelector('.steps li.failed')")
        .await;
    assert_eq!(page.eval("document.querySelector('#user').value").await, "admin@klinik-auer.example");
    assert_eq!(page.eval("document.querySelector('#password').value").await, "");
    pictures(&mut page, "sign-in-failed").await;

    // The connection is checked as far as no password is needed, and with one as far as it goes.
    page.click("#check").await;
    page.until_text("All is well as far as the web service").await;
    page.until("document.querySelectorAll('.layers li.done').length === 3").await;
    page.click("#password").await;
    page.type_text("wrong").await;
    page.click("#check").await;
    page.until("document.querySelector('.layers li.failed')?.innerText.includes('as said above')").await;
    page.until("document.querySelectorAll('.layers li.skipped').length === 4").await;
    page.eval("document.querySelector('.layers li.done details').open = true").await;
    pictures(&mut page, "check-stopped").await;
    page.click("#fill-in").await;
    page.click("#check").await;
    page.until("document.querySelectorAll('.layers li.done').length === 7").await;
    pictures(&mut page, "check-passed").await;

    sign_in(&mut page).await;
    pictures(&mut page, "console-empty").await;

    // A grid of objects, with the columns of the type's own view.
    finish(&mut page, "Get-Mailbox -ResultSize Unlimited", "done").await;
    let first = first_row(&mut page).await;
    pictures(&mut page, "console-grid").await;
    assert_eq!(first.len(), 4, "Name, Alias, ServerName, ProhibitSendQuota: {first:?}");
    page.until(&format!("{NEWEST}.innerText.includes('300 objects')")).await;

    // Sorted by a click, descending by a second one.
    let heading = format!("{NEWEST}.querySelectorAll('[role=columnheader]')[1]");
    page.eval(&format!("{heading}.click()")).await;
    page.until(&format!("{heading}.getAttribute('aria-sort') === 'ascending'")).await;
    page.until(&format!("{NEWEST}.querySelector('.rows [role=row]').innerText !== {:?}", first.join("\n")))
        .await;

    // An object beside the grid.
    page.click(".block:last-child .rows [role=row]:nth-child(4) [role=gridcell]").await;
    page.press("Enter", 0).await;
    page.until("document.querySelector('aside.detail dl')").await;
    pictures(&mut page, "console-overview").await;
    page.press("Escape", 0).await;
    page.until("!document.querySelector('aside.detail')").await;

    // Keys that are faster than the rows that they are about: the last one is not here yet when it is to be opened.
    let faster = format!(
        "['End', 'Enter'].forEach(key => {NEWEST}.querySelector('[role=grid]').dispatchEvent(\
         new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true }})))"
    );
    page.eval(&faster).await;
    page.until("document.querySelector('aside.detail dl')").await;
    page.press("Escape", 0).await;
    page.until("!document.querySelector('aside.detail')").await;

    // Filtered over all columns.
    page.click(".block:last-child input.filter").await;
    page.type_text("nora.fink").await;
    page.until(&format!("{NEWEST}.querySelectorAll('.rows [role=row]').length === 1")).await;
    assert_eq!(first_row(&mut page).await[1], "nora.fink");

    // One object with all its properties.
    page.click(".block:last-child .rows [role=row] [role=gridcell]").await;
    page.press("Enter", 0).await;
    page.until("document.querySelector('aside.detail dl')").await;
    let properties = page.eval("document.querySelectorAll('aside.detail dt').length").await;
    assert!(properties.as_u64().is_some_and(|count| count > 60), "{properties}");
    page.until("document.querySelector('aside.detail').innerText.includes('nora.fink@klinik-auer.example')")
        .await;
    pictures(&mut page, "console-details").await;

    // An error in its four parts.
    finish(&mut page, "Get-Mailbox nora.fnk", "failed").await;
    page.until(&format!("{NEWEST}.querySelector('.failure')")).await;
    pictures(&mut page, "console-error").await;

    // What the local session does behind a remote command.
    let line = "Get-Mailbox -ResultSize Unlimited | Where-Object { $_.RecipientTypeDetails -eq 'RoomMailbox' } | \
                Sort-Object Alias -Descending | Select-Object Alias, DisplayName -First 3";
    finish(&mut page, line, "done").await;
    assert_eq!(first_row(&mut page).await[0], "room-240");
    let cut = format!(
        "[...{NEWEST}.querySelectorAll('[role=gridcell]')].some(cell => cell.scrollWidth > cell.clientWidth)"
    );
    assert_eq!(page.eval(&cut).await, false, "columns are as wide as their content");

    // A question, answered by keyboard.
    run(&mut page, "Remove-Mailbox lab").await;
    page.until("document.querySelector('dialog[open]')").await;
    pictures(&mut page, "question").await;
    page.press("n", 0).await;
    page.until(&format!("{NEWEST}.querySelector('.state.done')")).await;
    finish(&mut page, "Get-Mailbox lab", "done").await;
    assert_eq!(first_row(&mut page).await[1], "lab");

    // Stopped with Ctrl+C from the editor.
    run(&mut page, "Start-Sleep -Seconds 600").await;
    page.until(&format!("{NEWEST}.querySelector('.state.running')")).await;
    pictures(&mut page, "running").await;
    page.click("#editor").await;
    page.press("c", 2).await;
    page.until(&format!("{NEWEST}.querySelector('.state.stopped')")).await;

    // A reload shows the same record of work.
    let before = page.eval("document.querySelectorAll('.block').length").await;
    page.reload().await;
    page.until(&format!("document.querySelectorAll('.block').length === {before}")).await;
    page.until(&format!("{NEWEST}.querySelector('.state.stopped')")).await;
    pictures(&mut page, "console").await;
    page.size(390, 844).await;
    pictures(&mut page, "console-phone").await;
    page.size(1440, 900).await;

    page.click("#help").await;
    page.until("document.querySelector('dialog[open]')").await;
    pictures(&mut page, "help").await;
    page.press("Escape", 0).await;

    page.click("#sign-out").await;
    page.until("document.querySelector('#connect')").await;
    pictures(&mut page, "signed-out").await;
    let unexpected: Vec<_> = page.errors.iter().filter(|error| !error.contains("401")).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

#[tokio::test]
async fn the_keyboard_is_enough() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.until("document.activeElement?.id === 'user'").await;
    page.type_text("admin").await;
    page.press("Tab", 0).await;
    page.type_text("demo").await;
    page.press("Enter", 0).await;
    page.until("document.activeElement?.id === 'editor'").await;
    page.type_text("Get-Mailbox -Identity room-2*").await;
    page.press("Enter", 0).await;
    page.until(&format!("{NEWEST}?.querySelector('.state.done')")).await;
    // From the editor back to the newest grid, down a row, and its details.
    for _ in 0..20 {
        page.press("Tab", 8).await;
        if page.eval("document.activeElement?.getAttribute('role') === 'grid'").await == true {
            break;
        }
    }
    page.until("document.activeElement?.getAttribute('role') === 'grid'").await;
    page.press("ArrowDown", 0).await;
    page.press("Enter", 0).await;
    page.until("document.querySelector('aside.detail dl')").await;
    page.press("Escape", 0).await;
    page.until("!document.querySelector('aside.detail')").await;
}

#[tokio::test]
async fn a_change_is_asked_about_first_and_shown_before_and_after() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    page.click("#editor").await;
    // A line that changes nothing offers nothing.
    page.type_text("Get-Mailbox lab").await;
    page.until("document.querySelector('.editor pre').textContent.includes('lab')").await;
    assert_eq!(page.eval("document.querySelector('.what-if')").await, serde_json::Value::Null);
    page.press("Escape", 0).await;
    page.press("Escape", 0).await;

    page.type_text("Set-Mailbox jens.opitz -Office Ulm").await;
    page.until("document.querySelector('.what-if')").await;
    page.press("Enter", 1).await;
    page.until(&format!("{NEWEST}?.querySelector('.state.done')")).await;
    page.until(&format!("{NEWEST}.innerText.includes('What if:')")).await;
    assert_eq!(page.eval(&format!("{NEWEST}.querySelector('.changed')")).await, serde_json::Value::Null);
    // For real it is run from the block.
    page.until("document.querySelector('#editor').value === ''").await;
    page.click(".block:last-child .for-real").await;
    page.until(&format!(
        "{NEWEST}.querySelector('.changed tbody tr')?.innerText.split(/\\s+/).includes('Office') && \
         {NEWEST}.querySelector('.changed ins').textContent === 'Ulm'"
    ))
    .await;
    assert_eq!(page.eval(&format!("{NEWEST}.querySelectorAll('.changed tbody tr').length")).await, 1);
    pictures(&mut page, "changed").await;
    // The same again changes nothing, and says so.
    page.click(".block:last-child .block-tools button").await;
    page.until(&format!("{NEWEST}.querySelector('.changed p')")).await;
    // What is removed is gone.
    run(&mut page, "Remove-Mailbox ward7 -Confirm:$false").await;
    page.until(&format!("{NEWEST}.querySelector('.changed p')?.innerText.includes('gone')")).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
