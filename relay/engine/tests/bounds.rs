//! Scripts that ask for too much are ended, and soon.

#[path = "support/recorder.rs"]
mod recorder;

use std::time::{Duration, Instant};

use postern_engine::{Ended, limits};

fn ends_with_limit(script: &'static str) {
    let run = move || {
        let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
        let started = Instant::now();
        let ended = engine.run(script);
        let errors = recorder.0.borrow().errors.clone();
        assert!(matches!(ended, Ended::Failed(_) | Ended::Broken), "{script}: {ended:?}");
        assert!(
            errors.iter().any(|(id, _)| id == "LimitExceeded" || id == "CallDepthOverflow"),
            "{script}: {errors:?}"
        );
        assert!(started.elapsed() < limits::MAX_TIME + Duration::from_mins(1), "{script}");
    };
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(run).expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn text_and_collections_are_bounded() {
    ends_with_limit("'a' * 1GB");
    ends_with_limit("1..2000000");
    ends_with_limit("$a = @(); while ($true) { $a += 'x' * 1MB }");
    ends_with_limit("$h = @{}; $i = 0; while ($true) { $i++; $h[$i] = 'x' * 5MB }");
    ends_with_limit("$x = 1..1000 | ForEach-Object { 'x' * 1MB }");
    ends_with_limit("$s = 'ab'; while ($true) { $s += $s }");
    ends_with_limit("'{0,1000000000}' -f 1; [string]::new('x', 1GB)");
}

#[test]
fn loops_and_calls_are_bounded() {
    ends_with_limit("function f { f }; try { f } finally { }");
    ends_with_limit("$l = [System.Collections.ArrayList]::new(); while ($true) { [void]$l.Add(1) }");
}

#[test]
fn a_pattern_that_backtracks_is_ended() {
    ends_with_limit("('a' * 5000 + 'b') -match '^(a+)+(a+)+(?=c)$'");
}
