//! Several sessions in one window.

mod browser;

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, pictures, sign_in},
};

const EDITOR: &str = "document.querySelector('#editor')?.value";
const IN_USE: &str = "document.querySelector('#in-use')?.textContent";
const OTHERS: &str = "document.querySelectorAll('.tab.other').length";

#[tokio::test]
async fn sessions_stand_side_by_side_and_come_back() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    finish(&mut page, "$mine = 'first'; $mine", "done").await;
    page.type_text("Get-Mailbox half").await;
    page.until(&format!("{EDITOR} === 'Get-Mailbox half'")).await;

    // A second one beside it: with variables of its own, and the way back from its sign-in page.
    page.click("#new-session").await;
    page.until("document.querySelector('.back button')?.textContent.includes('Klinik Auer')").await;
    pictures(&mut page, "sign-in-beside").await;
    sign_in(&mut page).await;
    page.until(&format!("{OTHERS} === 1")).await;
    assert_eq!(page.eval("document.querySelectorAll('.block').length").await, 0);
    assert_eq!(page.eval(EDITOR).await, "", "what is typed in one session is not in another");
    finish(&mut page, "\"<$mine>\"", "done").await;
    page.until(&format!("{NEWEST}.querySelector('.output')?.textContent === '<>'")).await;
    // How many remote sessions that makes, in this one and, at once, in the other.
    page.until(&format!("{IN_USE} === '2 of 3 sessions'")).await;
    pictures(&mut page, "tabs").await;

    // Back to the first: its blocks, what was in its editor; the other one is beside it now.
    page.click(".tab.other").await;
    page.until(&format!("{NEWEST}?.querySelector('.output')?.textContent === 'first' && {OTHERS} === 1"))
        .await;
    page.until(&format!("{EDITOR} === 'Get-Mailbox half'")).await;
    page.press("Escape", 0).await;
    page.press("Escape", 0).await;

    page.until(&format!("{IN_USE} === '2 of 3 sessions'")).await;

    // Something that ends in the session that is not shown is told.
    page.until(&format!("{EDITOR} === ''")).await;
    page.type_text("Start-Sleep -Seconds 1; 'over'").await;
    page.press("Enter", 0).await;
    page.until(&format!("{NEWEST}.querySelector('.state.running')")).await;
    page.click(".tab.other").await;
    page.until(&format!("{NEWEST}?.querySelector('.output')?.textContent === '<>'")).await;
    page.until("document.querySelector('.tab.other .dot.news')").await;

    // A reload brings both back.
    page.reload().await;
    page.until(&format!("{NEWEST}?.querySelector('.output')?.textContent === '<>' && {OTHERS} === 1")).await;
    page.until("document.querySelector('.tab.other .name').textContent.includes('Klinik Auer')").await;

    // Signing out of one leads to the other, and from the last one to the sign-in page.
    page.click("#sign-out").await;
    page.until(&format!("{NEWEST}?.querySelector('.output')?.textContent === 'over' && {OTHERS} === 0"))
        .await;
    page.until(&format!("{IN_USE} === '1 of 3 sessions'")).await;
    page.click("#sign-out").await;
    page.until("document.querySelector('#connect') && document.querySelector('.goodbye')").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
