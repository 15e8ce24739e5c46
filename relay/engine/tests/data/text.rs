//! Dates as text, searches, HTML, secrets.

use std::time::{Duration, Instant};

use crate::session::{error, output, run};

#[test]
fn dates() {
    for (script, expected) in [
        ("Get-Date -Format s", "2026-01-05T14:03:09"),
        ("(Get-Date).Kind", "Local"),
        ("Get-Date -AsUTC -Format o", "2026-01-05T14:03:09.0000000Z"),
        ("Get-Date 2026-01-31 -Month 2 -Format d", "2/28/2026"),
        ("Get-Date 2026-02-01 -Day 30 -Format d", "3/2/2026"),
        ("Get-Date -UnixTimeSeconds 86400 -Format s", "1970-01-02T00:00:00"),
        ("Get-Date 2026-01-05 -Format FileDate", "20260105"),
        ("Get-Date 2021-01-03 -UFormat '%G-W%V-%u %j %s%%'", "2020-W53-7 003 1609632000%"),
        ("Get-Date 2024-12-30 -UFormat '%G-W%V'", "2025-W01"),
        ("(New-TimeSpan -Hours 25 -Minutes 1).ToString()", "1.01:01:00"),
        ("(New-TimeSpan 2026-01-01 2026-01-02).TotalHours", "24"),
        ("(Get-TimeZone).BaseUtcOffset.ToString(); (Get-Culture).Name", "00:00:00|en-US"),
    ] {
        assert_eq!(output(script).join("|"), expected, "{script}");
    }
    assert_eq!(error("Get-Date -Month 13"), "ParameterArgumentValidationError");
}

#[test]
fn sleep_waits() {
    let begun = Instant::now();
    assert_eq!(output("Start-Sleep -Milliseconds 60; 'up'"), ["up"]);
    assert!(begun.elapsed() >= Duration::from_millis(60));
    assert!(!run("Start-Sleep -Seconds -1").errors.is_empty());
}

#[test]
fn searches() {
    for (script, expected) in [
        (
            "'a1','b','a2' | Select-String 'a(\\d)' | ForEach-Object { $_.LineNumber; $_.Matches[0].Groups[1].Value }",
            "1|1|3|2",
        ),
        ("'x.y','xzy' | Select-String x.y -SimpleMatch | ForEach-Object Line", "x.y"),
        ("'aBab' | Select-String b -AllMatches | ForEach-Object { $_.Matches.Count }", "2"),
        ("'a','B' | Select-String b -CaseSensitive | ForEach-Object Line", ""),
        ("'a','b' | Select-String a -NotMatch -Raw", "b"),
        ("'a' | Select-String a -Quiet; 'a' | Select-String b -Quiet", "True|False"),
        ("'p','q','r' | Set-Content f.txt; Select-String q f.txt | ForEach-Object { \"$_\" }", "f.txt:2:q"),
        (
            "'p','q','r' | Set-Content f.txt; Get-ChildItem f.txt | Select-String q -Context 1,0 | ForEach-Object { $_.Context.PreContext }",
            "p",
        ),
        ("1,2,3 | Join-String -Separator ', ' -OutputPrefix '(' -OutputSuffix ')'", "(1, 2, 3)"),
    ] {
        assert_eq!(output(script).join("|"), expected, "{script}");
    }
}

#[test]
fn html_is_escaped() {
    let script = "[pscustomobject]@{Name='<b>ü & \"q\"';N=1} | ConvertTo-Html -Fragment";
    assert_eq!(
        output(script),
        [
            "<table>",
            "<colgroup><col/><col/></colgroup>",
            "<tr><th>Name</th><th>N</th></tr>",
            "<tr><td>&lt;b&gt;&#252; &amp; &quot;q&quot;</td><td>1</td></tr>",
            "</table>"
        ]
    );
    let page = output(
        "1 | ConvertTo-Html Nope -Title T -PreContent '<h1>x</h1>' -PostContent end -CssUri s.css -Charset utf-8",
    );
    assert!(
        page.contains(&"<title>T</title>".to_owned()) && page.contains(&"<h1>x</h1>".to_owned()),
        "{page:?}"
    );
    assert_eq!(page.last().map(String::as_str), Some("</body></html>"));
}

#[test]
fn secrets_stay_secret() {
    let script = "$s = ConvertTo-SecureString geheim -AsPlainText -Force; \"$s\"; $s | ConvertTo-Json; [pscustomobject]@{p=$s} | ConvertTo-Csv -NoHeader; $s | Out-File s.txt; Get-Content s.txt";
    let seen = output(script);
    assert!(seen.iter().all(|text| !text.contains("geheim")), "{seen:?}");
    assert_eq!(
        output("ConvertTo-SecureString geheim -AsPlainText | ConvertFrom-SecureString -AsPlainText"),
        ["geheim"]
    );
    assert_eq!(error("ConvertTo-SecureString 01000000d08c"), "NotAvailableInThisConsole");
}

#[test]
fn string_data() {
    assert_eq!(output("$h = \"a = 1`n# c`n`nb=x\\ty\" | ConvertFrom-StringData; $h.a; $h.b"), ["1", "x\ty"]);
    assert_eq!(error("'nonsense' | ConvertFrom-StringData"), "InvalidOperation");
}
