//! `conformance FILE.jsonl...`: runs files of cases, prints what fails, and ends with `N passed, N failed`.

use std::{path::Path, process::ExitCode};

use postern_conformance::Counts;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("conformance: name at least one file of cases");
        return ExitCode::from(2);
    }
    let mut counts = Counts::default();
    let mut unread = false;
    for file in &files {
        let path = Path::new(file);
        match std::fs::read_to_string(path) {
            Ok(text) => {
                counts.add(&text, path.parent().unwrap_or(Path::new(".")), |id, mismatches| {
                    for mismatch in mismatches {
                        println!("{id}: {mismatch}");
                    }
                });
            }
            Err(error) => {
                unread = true;
                eprintln!("conformance: cannot read {file}: {error}");
            }
        }
    }
    println!("{counts}");
    if unread || counts.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
