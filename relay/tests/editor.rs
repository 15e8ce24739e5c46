//! The editor: history across sessions, search, brackets, pasted scripts, snippets.

mod browser;

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, pictures, sign_in},
};

/// Pastes text as a user does.
async fn paste(page: &mut Browser, text: &str) {
    page.click("#editor").await;
    page.eval(&format!(
        "(() => {{ const data = new DataTransfer(); data.setData('text/plain', {text:?}); document.querySelector('#editor') \
         .dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }})) }})()"
    ))
    .await;
}

const EDITOR: &str = "document.querySelector('#editor').value";

#[tokio::test]
async fn history_comes_back_in_the_next_session_without_secrets() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    for (line, state) in [
        ("Get-Mailbox nora.fink", "done"),
        ("Get-AcceptedDomain", "done"),
        (" Get-Mailbox lab", "done"),
        ("Get-Mailbox x -Password secret", "failed"),
    ] {
        finish(&mut page, line, state).await;
    }
    page.click("#sign-out").await;
    page.until("document.querySelector('#connect')").await;
    sign_in(&mut page).await;
    // By prefix, with Up.
    page.click("#editor").await;
    page.type_text("get-m").await;
    page.until("document.querySelector('#completions')").await;
    // The list of completions has the arrows; without it they are the history's.
    page.press("Escape", 0).await;
    page.until("!document.querySelector('#completions')").await;
    page.press("ArrowUp", 0).await;
    page.until(&format!("{EDITOR} === 'Get-Mailbox nora.fink'")).await;
    page.press("ArrowUp", 0).await;
    page.press("ArrowDown", 0).await;
    page.until(&format!("{EDITOR} === 'get-m'")).await;
    // Searched, with Ctrl+R.
    page.press("r", 2).await;
    page.until("document.activeElement?.getAttribute('role') === 'combobox'").await;
    page.until("document.querySelectorAll('#history-list li').length === 2").await;
    pictures(&mut page, "history").await;
    page.type_text("domain").await;
    page.press("Enter", 0).await;
    page.until(&format!("{EDITOR} === 'Get-AcceptedDomain'")).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn scripts_are_shown_before_they_are_taken_and_can_be_saved() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    paste(&mut page, "Get-Mailbox lab |\n    Select-Object Alias").await;
    page.until("document.querySelector('dialog.pasted pre')?.textContent.includes('Select-Object Alias')")
        .await;
    pictures(&mut page, "pasted").await;
    page.click("#paste-insert").await;
    page.until(&format!("{EDITOR}.split('\\n').length === 2")).await;
    // Saved under a name, and found by the palette after a reload.
    page.click(".hints .save").await;
    page.until("document.activeElement?.id === 'snippet-name'").await;
    page.type_text("the lab").await;
    page.press("Enter", 0).await;
    page.until("!document.querySelector('dialog')").await;
    page.reload().await;
    // An answer has come: the page is back in its session, whole.
    page.until("document.querySelector('#editor') && document.querySelector('.quality')").await;
    page.press("k", 2).await;
    page.until("document.activeElement?.getAttribute('role') === 'combobox'").await;
    page.type_text("the lab").await;
    page.until("[...document.querySelectorAll('dialog.palette li')].some(li => li.textContent === 'Snippet: the lab')").await;
    page.press("Enter", 0).await;
    page.until(&format!("{EDITOR}.includes('Select-Object Alias')")).await;
    // A pasted script may run at once.
    paste(&mut page, "Get-Mailbox lab |\nSelect-Object Alias").await;
    page.click("#paste-run").await;
    page.until(&format!("{NEWEST}?.querySelector('.state.done')")).await;
    // One line is pasted without a question.
    paste(&mut page, "Get-Mailbox").await;
    assert_eq!(page.eval("document.querySelector('dialog')").await, serde_json::Value::Null);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn brackets_are_matched_and_mistakes_underlined() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    page.click("#editor").await;
    page.type_text("Get-Mailbox | Where-Object { $_.Alias -eq 'lab' }").await;
    let paired = "[...document.querySelectorAll('.editor .paired')].map(e => e.textContent).join('')";
    page.until(&format!("{paired} === '{{}}'")).await;
    page.press("Home", 0).await;
    page.until(&format!("{paired} === ''")).await;
    page.press("End", 0).await;
    page.type_text(" )").await;
    page.until("document.querySelector('.editor .squiggle') && document.querySelector('.hints.complaint')")
        .await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
