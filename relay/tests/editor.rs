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
    page.until(
        "document.querySelector('dialog.pasted[open] pre')?.textContent.includes('Select-Object Alias')",
    )
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
    page.until("document.querySelector('#editor') && document.querySelector('.quality[role=img]')").await;
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

/// The labels that the list of completions shows.
const LABELS: &str = "[...document.querySelectorAll('#completions .what')].map(e => e.textContent)";

/// Closes the list, if it is open, and empties the editor.
async fn clear(page: &mut Browser) {
    page.click("#editor").await;
    page.press("Escape", 0).await;
    page.press("Escape", 0).await;
    page.until(&format!("{EDITOR} === '' && !document.querySelector('#completions')")).await;
}

/// Replaces what is in the editor, and waits until something is proposed.
async fn proposed(page: &mut Browser, text: &str) -> Vec<String> {
    clear(page).await;
    page.type_text(text).await;
    page.until("document.querySelector('#completions')").await;
    serde_json::from_value(page.eval(LABELS).await).expect("texts")
}

/// Takes what is proposed first. Not by the list's going away: what was taken may have proposals of its own.
async fn taken(page: &mut Browser) -> String {
    let before = page.eval(EDITOR).await;
    page.press("Tab", 0).await;
    page.until(&format!("{EDITOR} !== {before}")).await;
    page.eval(EDITOR).await.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_could_stand_there_is_proposed() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;

    // Commands, by their beginning, by a word, by initials; of this console too.
    assert_eq!(proposed(&mut page, "get-mailbox").await[0], "Get-Mailbox");
    assert!(proposed(&mut page, "gms").await.contains(&"Get-MailboxStatistics".to_owned()));
    assert!(proposed(&mut page, "1 | sort").await.contains(&"Sort-Object".to_owned()));
    page.until("document.querySelector('.popup .about p')?.textContent.length > 10").await;
    // Parameters, those of aliases too, without those that are given.
    let parameters = proposed(&mut page, "Get-Mailbox -ResultSize 5 -").await;
    assert!(parameters.contains(&"-Identity".to_owned()) && !parameters.contains(&"-ResultSize".to_owned()));
    pictures(&mut page, "completion").await;
    assert!(proposed(&mut page, "1 | ? -").await.contains(&"-Property".to_owned()));
    proposed(&mut page, "Get-Mailbox -resul").await;
    assert_eq!(taken(&mut page).await, "Get-Mailbox -ResultSize ");
    // Values: of a set, of what Exchange is known to take.
    assert_eq!(proposed(&mut page, "Get-Mailbox -ResultSize ").await, ["Unlimited"]);
    proposed(&mut page, "Get-Mailbox -RecipientTypeDetails Ro").await;
    assert_eq!(taken(&mut page).await, "Get-Mailbox -RecipientTypeDetails RoomMailbox");

    // What results have shown: objects, and their properties.
    clear(&mut page).await;
    finish(&mut page, "$all = Get-Mailbox; $all", "done").await;
    finish(&mut page, "Get-Mailbox | Sort-Object Name", "done").await;
    assert!(proposed(&mut page, "Set-Mailbox nora").await.contains(&"nora.fink".to_owned()));
    assert_eq!(taken(&mut page).await, "Set-Mailbox nora.fink");
    assert!(proposed(&mut page, "Get-Mailbox | Sort-Object ").await.contains(&"Alias".to_owned()));
    assert!(proposed(&mut page, "Get-Mailbox | Where-Object { $_.Forw").await[0].starts_with("Forward"));
    assert!(proposed(&mut page, "Get-Mailbox | Select-Object Name, Ali").await.contains(&"Alias".to_owned()));
    // Variables, and their members.
    assert_eq!(proposed(&mut page, "$al").await[0], "all");
    assert_eq!(taken(&mut page).await, "$all");
    assert!(proposed(&mut page, "$all.Prohibit").await.contains(&"ProhibitSendQuota".to_owned()));
    // Keys, types, files.
    assert!(proposed(&mut page, "$all | Select-Object @{ N").await.contains(&"Name".to_owned()));
    assert!(proposed(&mut page, "[datet").await.contains(&"datetime".to_owned()));
    clear(&mut page).await;
    finish(&mut page, "'a' > 'a list.txt'", "done").await;
    proposed(&mut page, "Get-Content a").await;
    assert_eq!(taken(&mut page).await, "Get-Content 'a list.txt'");

    // By keyboard alone: the list moves, Enter takes once it was moved, and runs where it was not.
    proposed(&mut page, "get-mailbox").await;
    page.press("ArrowDown", 0).await;
    page.until("document.querySelector('#completions-1[aria-selected=true]')").await;
    assert_eq!(
        page.eval("document.querySelector('#editor').getAttribute('aria-activedescendant')").await,
        "completions-1"
    );
    page.press("Enter", 0).await;
    page.until(&format!("{EDITOR}.endsWith(' ') && {EDITOR} !== 'Get-Mailbox '")).await;
    // What is proposed for an earlier text is never shown for a later one.
    proposed(&mut page, "Get-Mai").await;
    page.press("Escape", 0).await;
    assert_eq!(page.eval(EDITOR).await, "Get-Mai");
    // On demand, where nothing was typed.
    clear(&mut page).await;
    page.press(" ", 2).await;
    page.until("document.querySelectorAll('#completions li').length > 20").await;
    page.size(390, 844).await;
    pictures(&mut page, "completion-phone").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
