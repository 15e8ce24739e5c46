//! `corpus list`, `corpus unpack TARGET FOLDER DICTIONARY`, `corpus pack TARGET FOLDER`: for `cargo xtask fuzz`.

use std::{collections::hash_map::DefaultHasher, error::Error, fmt::Write as _, fs, hash::Hasher as _};

use postern_fuzz::{TARGETS, corpus, target};

/// Longest packed corpus. It is in the repository: the small inputs cover nearly everything.
const MAX_PACKED: usize = 64 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["list"] => TARGETS.iter().for_each(|target| println!("{}", target.name)),
        ["unpack", name, folder, dictionary] => {
            let target = target(name).ok_or("no such target")?;
            fs::create_dir_all(folder)?;
            for input in corpus::inputs(target)? {
                let mut hash = DefaultHasher::new();
                hash.write(&input);
                fs::write(format!("{folder}/{:016x}", hash.finish()), input)?;
            }
            let mut text = String::new();
            for word in target.words {
                let escaped =
                    word.bytes().fold(String::new(), |escaped, byte| escaped + &format!("\\x{byte:02X}"));
                let _ = writeln!(text, "\"{escaped}\"");
            }
            fs::write(dictionary, text)?;
        }
        ["pack", name, folder] => {
            let target = target(name).ok_or("no such target")?;
            let seeds = (target.seeds)();
            let mut length = 0;
            let mut inputs = corpus::folder(folder.as_ref())?;
            let found = inputs.len();
            inputs.retain(|input| {
                length += input.len() + 4;
                length <= MAX_PACKED && !seeds.contains(input)
            });
            fs::write(corpus::packed_file(target), corpus::pack(&inputs))?;
            println!("{}: {} of {found} inputs packed", target.name, inputs.len());
        }
        _ => return Err("corpus list | unpack TARGET FOLDER DICTIONARY | pack TARGET FOLDER".into()),
    }
    Ok(())
}
