//! The page for everyone: languages, themes, keyboard, palette, tour, small windows, and what axe-core finds.

mod browser;

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, pictures, sign_in},
};

/// The accessibility checker's script, where it is installed: `cargo xtask test` does that, with npm.
fn axe() -> Option<String> {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/axe/node_modules/axe-core/axe.min.js");
    let found = std::fs::read_to_string(std::env::var("POSTERN_AXE").unwrap_or_else(|_| installed.into()));
    if found.is_err() {
        eprintln!("skipped: axe-core is not installed (`cargo xtask test` installs it where there is npm)");
    }
    found.ok()
}

/// Fails if the checker finds anything serious on the screen, in light, dark and high contrast.
async fn check(page: &mut Browser, axe: &str, screen: &str) {
    for scheme in ["light", "dark", "contrast"] {
        page.eval(&format!("document.documentElement.setAttribute('data-theme', '{scheme}')")).await;
        // Colours that are on their way are neither the one nor the other.
        page.eval(
            "Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => 0)))",
        )
        .await;
        if page.eval("typeof window.axe").await == "undefined" {
            page.eval(&format!("{axe}; 0")).await;
        }
        let found = page
            .eval(
                "axe.run(document, { resultTypes: ['violations'] }).then(found => [found.passes.length > 10, \
                 found.violations.filter(it => ['serious', 'critical'].includes(it.impact)).map(it => it.id + ': ' + it.help + \
                 ' ' + it.nodes.slice(0, 5).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary).join(' | '))])",
            )
            .await;
        assert_eq!(found, serde_json::json!([true, []]), "{screen} in {scheme}");
    }
    page.eval("document.documentElement.removeAttribute('data-theme')").await;
}

#[tokio::test]
async fn nothing_serious_stands_in_the_way_of_anyone() {
    let Some(axe) = axe() else { return };
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.until("document.querySelector('#connect')").await;
    // Nothing moves while it is looked at.
    let still = serde_json::json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    page.call("Emulation.setEmulatedMedia", still).await;
    check(&mut page, &axe, "sign-in").await;
    sign_in(&mut page).await;
    check(&mut page, &axe, "empty console").await;
    finish(&mut page, "Get-Mailbox -ResultSize Unlimited", "done").await;
    first_row(&mut page).await;
    check(&mut page, &axe, "grid").await;
    page.click_with(&format!("{NEWEST}.querySelector('[role=columnheader]:nth-child(4) .more')"), "{}").await;
    page.until("document.querySelector('.column-menu .value-list')").await;
    check(&mut page, &axe, "column menu").await;
    page.click(".column-menu .choose button:last-child").await;
    page.until("document.querySelector('aside.summary .groups')").await;
    check(&mut page, &axe, "summary").await;
    page.press("Escape", 0).await;
    page.click_with(&format!("{NEWEST}.querySelector('.rows [role=gridcell]')"), "{}").await;
    page.until("document.querySelector('aside.detail dl')").await;
    check(&mut page, &axe, "details").await;
    page.click(".tools .columns").await;
    page.until("document.querySelector('.chooser')").await;
    check(&mut page, &axe, "chooser").await;
    page.press("Escape", 0).await;
    page.click(".tools .export").await;
    page.until("document.querySelector('dialog.export[open]')").await;
    check(&mut page, &axe, "export").await;
    page.press("Escape", 0).await;
    finish(&mut page, "Get-Mailbox nora.fnk", "failed").await;
    check(&mut page, &axe, "error").await;
    page.press("k", 2).await;
    page.until("document.querySelector('dialog.palette[open]')").await;
    check(&mut page, &axe, "palette").await;
    page.press("Escape", 0).await;
    page.press("F1", 0).await;
    page.until("document.querySelector('dialog.help[open]')").await;
    check(&mut page, &axe, "help").await;
    page.press("Escape", 0).await;
    page.size(390, 844).await;
    check(&mut page, &axe, "phone").await;
}

#[tokio::test]
async fn german_and_high_contrast() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.until("document.querySelector('#language')").await;
    page.eval("document.querySelector('#language').click()").await;
    page.until("document.documentElement?.lang === 'de'").await;
    page.until_text("Verbinden").await;
    // What the relay explains is German too; what a server says stays in the server's words.
    page.until("document.querySelector('#fill-in')").await;
    page.eval("document.querySelector('#fill-in').click()").await;
    page.until("document.querySelector('#password').value").await;
    page.eval("document.querySelector('#password').value = 'wrong'").await;
    page.eval("document.querySelector('#connect').click()").await;
    page.until_text("Benutzername oder Kennwort wurde von 127.0.0.1 abgewiesen.").await;
    page.until_text("Verbindung zu 127.0.0.1").await;
    page.eval("document.querySelector('#check').click()").await;
    page.until_text("Adresse des Servers").await;
    pictures(&mut page, "sign-in-failed-german").await;
    sign_in(&mut page).await;
    finish(&mut page, "Get-Mailbox nobody", "failed").await;
    page.until_text("Kein Objekt hat diesen Namen").await;
    page.until_text("couldn't be found").await;
    pictures(&mut page, "error-german").await;
    finish(&mut page, "Get-Mailbox -ResultSize Unlimited", "done").await;
    first_row(&mut page).await;
    page.until(&format!("{NEWEST}.innerText.includes('300 Objekte')")).await;
    // The longest texts, in windows of any width: nothing is cut off at the side.
    for width in [1440, 1121, 1024, 961, 900, 861, 700, 390] {
        page.size(width, 900).await;
        page.until(&format!("innerWidth === {width} && document.documentElement.scrollWidth <= {width}"))
            .await;
    }
    page.size(1440, 900).await;
    // Light, dark, high contrast; the address remembers both.
    for theme in ["light", "dark", "contrast"] {
        let shown = page.eval("document.querySelector('#theme').textContent").await;
        page.eval("document.querySelector('#theme').click()").await;
        page.until(&format!("document.documentElement.dataset.theme === '{theme}'")).await;
        // The switch goes on from what it shows.
        page.until(&format!("document.querySelector('#theme').textContent !== {shown}")).await;
    }
    page.until("location.hash.endsWith('/contrast/de')").await;
    page.screenshot("console-contrast-german").await;
    page.reload().await;
    page.until(
        "document.documentElement.dataset.theme === 'contrast' && document.documentElement.lang === 'de'",
    )
    .await;
    page.until_text("Abmelden").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn palette_tour_and_help() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    // The tour runs a command of its own.
    page.click("#tour").await;
    page.until_text("Step 1 of 6").await;
    pictures(&mut page, "tour").await;
    page.click(".tour .try .button").await;
    page.until(&format!("{NEWEST}?.querySelector('.state.done')")).await;
    for step in 2..=6 {
        page.click(".tour .primary").await;
        page.until_text(&format!("Step {step} of 6")).await;
    }
    page.press("Escape", 0).await;
    page.until("!document.querySelector('.tour')").await;

    // An action and a cmdlet, found and chosen by keyboard.
    page.press("k", 2).await;
    page.until("document.activeElement?.getAttribute('role') === 'combobox'").await;
    pictures(&mut page, "palette").await;
    page.type_text("dark").await;
    page.press("Enter", 0).await;
    page.until(
        "document.documentElement.dataset.theme === 'dark' && !document.querySelector('dialog.palette')",
    )
    .await;
    page.press("k", 2).await;
    page.until("document.activeElement?.getAttribute('role') === 'combobox'").await;
    page.type_text("get-transportr").await;
    page.press("Enter", 0).await;
    page.until("document.querySelector('#editor').value === 'Get-TransportRule '").await;
    page.press("F1", 0).await;
    page.until("document.querySelector('dialog.help[open]')").await;
    page.press("Escape", 0).await;
    page.until("!document.querySelector('dialog.help[open]')").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn blocks_are_collapsed_pinned_and_linked() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.allow_files().await;
    sign_in(&mut page).await;
    for line in ["Get-Mailbox -ResultSize Unlimited", "Get-AcceptedDomain", "Get-Mailbox lab"] {
        finish(&mut page, line, "done").await;
    }
    page.click("#block-1 .fold").await;
    page.until("document.querySelector('#block-1').offsetHeight < 60").await;
    page.click("#block-1 .fold").await;
    page.until("document.querySelector('#block-1').offsetHeight > 200").await;
    // Pinned: above the others, and still there when they are scrolled.
    page.click("#block-2 [aria-label='Pin to the top']").await;
    page.until("document.querySelector('.pinned #block-2')").await;
    pictures(&mut page, "pinned").await;
    page.click("#block-2 [aria-label='Unpin']").await;
    page.until("!document.querySelector('.pinned')").await;
    // The link leads to the block, in this session.
    page.click("#block-1 [aria-label='Copy link']").await;
    page.until("navigator.clipboard.readText().then(text => text.endsWith('/block-1'))").await;
    let link = page.eval("navigator.clipboard.readText()").await;
    page.go("about:blank").await;
    page.go(link.as_str().expect("a link")).await;
    page.until("document.querySelector('#block-1') && document.querySelector('#block-3')").await;
    page.until(
        "(() => { const at = document.querySelector('#block-1').getBoundingClientRect(); return at.top >= 0 && at.top < 300 })()",
    )
    .await;
    // Twice as large, nothing is cut off at the side.
    page.size(720, 450).await;
    page.until("document.documentElement.scrollWidth <= 720").await;
    pictures(&mut page, "zoom-200").await;
    page.size(390, 844).await;
    page.until("document.documentElement.scrollWidth <= 390").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn a_kiosk_clears_itself_and_gives_no_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("postern.toml");
    std::fs::write(&file, "kiosk = true\nidle_seconds = 8\n").expect("written");
    let relay = Relay::start_with(&["--config", file.to_str().expect("a path")]).await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    finish(&mut page, "Get-Mailbox nora.fink", "done").await;
    first_row(&mut page).await;
    page.until_text("nora.fink").await;
    assert_eq!(page.eval("document.querySelector('.tools .export')").await, serde_json::Value::Null);
    // Nobody does anything: signed out, and nothing is left on the screen or in the browser.
    page.until("document.querySelector('#connect')").await;
    assert_eq!(page.eval("document.body.innerText.includes('nora.fink')").await, false);
    assert_eq!(page.eval("localStorage.length + sessionStorage.length").await, 0);
    assert_eq!(page.eval("location.hash").await, "#/");
}
