//! What scripts that do much cost: time and memory, each in a process of its own.
//!
//! `cargo bench -p postern-engine --bench language` prints figures: `figure`, title, who, number, unit, with tabs.

#[path = "../tests/support/recorder.rs"]
mod recorder;

use std::{process::Command, time::Instant};

use postern_engine::{Ended, limits};

/// Name, what is run first, and what is measured.
const CASES: [(&str, &str, &str); 6] = [
    ("filter of 1,000,000 numbers", "", "1..1000000 | Where-Object { $_ % 2 } | Measure-Object"),
    (
        "a function called 1,000,000 times",
        "",
        "function f($x) { $x + 1 }; foreach ($i in 1..1000000) { $r = f $i }; $r",
    ),
    (
        "sort of 100,000 objects by two keys",
        OBJECTS,
        "$objects | Sort-Object City, @{ e = 'Number'; Descending = $true } | Select-Object -First 1",
    ),
    ("group of 100,000 objects", OBJECTS, "$objects | Group-Object City | Measure-Object"),
    ("CSV export of 100,000 rows", OBJECTS, "$objects | Export-Csv .\\rows.csv -NoTypeInformation"),
    ("CSV import of 100,000 rows", EXPORTED, "Import-Csv .\\rows.csv | Measure-Object"),
];
const OBJECTS: &str = "$objects = foreach ($i in 1..100000) { [pscustomobject]@{ Number = $i; City = \"City $($i % 500)\"; Name = \"Name $i\" } }";
const EXPORTED: &str = "& { foreach ($i in 1..100000) { [pscustomobject]@{ Number = $i; City = \"City $($i % 500)\"; Name = \"Name $i\" } } } | Export-Csv .\\rows.csv";

const RUNS: usize = 3;

fn main() {
    let only = std::env::args().nth(1).and_then(|number| number.parse::<usize>().ok());
    match only.and_then(|number| CASES.get(number)) {
        Some(case) => {
            let measured = std::thread::Builder::new().stack_size(limits::STACK).spawn(|| measure(case));
            measured.expect("a thread").join().expect("no panic");
        }
        None => all(),
    }
}

/// Each case in a process of its own, as memory that was used stays with a process.
fn all() {
    let program = std::env::current_exe().expect("this program");
    for (number, (name, ..)) in CASES.iter().enumerate() {
        let mut seconds = Vec::new();
        let mut megabytes = Vec::new();
        for _ in 0..RUNS {
            let output = Command::new(&program).arg(number.to_string()).output().expect("this program");
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let mut figures = text.split_whitespace().filter_map(|figure| figure.parse::<f64>().ok());
            seconds.push(figures.next().unwrap_or_else(|| panic!("{name}: {output:?}")));
            megabytes.extend(figures.next());
        }
        println!("figure\ttime\t{name}\t{:.2}\ts", median(seconds));
        if !megabytes.is_empty() {
            println!("figure\tpeak memory of the process\t{name}\t{:.0}\tMB", median(megabytes));
        }
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// Prints seconds and, where the system tells, the most memory that the process had, in MB.
fn measure((name, first, script): &(&str, &str, &str)) {
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
    let ended = engine.run(first);
    assert!(matches!(ended, Ended::Completed(_)), "{name}: {ended:?}");
    let started = Instant::now();
    let ended = engine.run(script);
    let seconds = started.elapsed().as_secs_f64();
    let errors = &recorder.0.borrow().errors;
    assert!(matches!(ended, Ended::Completed(_)) && errors.is_empty(), "{name}: {ended:?} {errors:?}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
    println!(
        "{seconds} {}",
        kilobytes.map_or_else(String::new, |kilobytes| (kilobytes / 1024.0).to_string())
    );
}
