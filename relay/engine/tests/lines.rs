//! Lines of a session, one after the other: their history, and what they show past a variable.

#[path = "support/recorder.rs"]
mod recorder;

use postern_engine::{Ended, RunOptions};

#[test]
fn lines_that_ran_are_listed() {
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
    for line in ["$a = 1", "throw 'no'", "not a ( line", "$a + 1\n"] {
        engine.run(line);
    }
    // A script is no line of the session.
    engine.run_with("$b = 2", &RunOptions { name: "script.ps1".into(), ..RunOptions::default() });
    let mut ask = |line: &str| -> Vec<String> {
        recorder.0.borrow_mut().values.clear();
        let ended = engine.run(line);
        assert!(matches!(ended, Ended::Completed(_)), "{line}: {ended:?}");
        recorder.0.borrow().values.iter().map(|value| value.text().to_string()).collect()
    };
    assert_eq!(
        ask("h | % { \"$($_.Id) $($_.CommandLine) $($_.ExecutionStatus)\" }"),
        ["1 $a = 1 Completed", "2 throw 'no' Failed", "3 $a + 1 Completed"]
    );
    assert_eq!(ask("Get-History 2 | % CommandLine"), ["throw 'no'"]);
    assert_eq!(ask("(Get-History -Count 2).Id -join ','"), ["4,5"]);
    assert_eq!(
        ask("Get-History 99 -ErrorAction SilentlyContinue; $Error[0].FullyQualifiedErrorId"),
        ["GetHistoryNoHistoryForId,Microsoft.PowerShell.Commands.GetHistoryCommand"]
    );
    assert!(ask("Clear-History; Get-History").is_empty());
}

#[test]
fn what_is_shown_on_the_way_is_in_no_variable() {
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
    let ended = engine.run("$x = 1, 2 | Out-Host; $null -eq $x; $y = 3 | Out-Default; @($y).Count");
    assert!(matches!(ended, Ended::Completed(_)), "{ended:?}");
    let shown: Vec<String> =
        recorder.0.borrow().values.iter().map(|value| value.text().to_string()).collect();
    assert_eq!(shown, ["1", "2", "True", "3", "0"]);
}
