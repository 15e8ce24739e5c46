//! Names the build: a hash over this crate's sources, read by `wire::BUILD`.
//!
//! Page and relay are compiled apart (wasm32 and native, by cargo or by trunk), but both from this crate. What they
//! must agree on is all in it, so the same sources are the same build, however and wherever they were compiled.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.toml");
    let mut files = vec![root.join("Cargo.toml")];
    sources(&root.join("src"), &mut files);
    files.sort();
    let mut hash = FNV_OFFSET;
    for file in &files {
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        // The name is hashed too, so that moving a file counts; carriage returns are not, so that a check-out with
        // other line ends does not.
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        for byte in name.bytes().chain([0]).chain(bytes).chain([0]).filter(|byte| *byte != b'\r') {
            hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
    }
    println!("cargo::rustc-env=POSTERN_BUILD={}-{hash:016x}", env!("CARGO_PKG_VERSION"));
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder's entries can be read").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// FNV-1a with 64 bits: it tells builds apart and protects nothing, and needs no dependency.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
