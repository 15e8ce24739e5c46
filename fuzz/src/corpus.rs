//! The inputs that are kept: one packed file a target, and inputs that once broke something as files of their own.
//!
//! A packed file is a row of inputs, each behind its length as a little-endian `u32`. Thousands of inputs of some
//! hundred bytes would be thousands of files otherwise.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::Target;

/// The folder of this crate.
fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where a target's inputs are packed.
pub fn packed_file(target: &Target) -> PathBuf {
    home().join("corpus").join(format!("{}.bin", target.name))
}

/// Where inputs that broke a target are.
pub fn found_folder(target: &Target) -> PathBuf {
    home().join("found").join(target.name)
}

/// All inputs of a target: its seeds, the packed ones, and those that once broke it.
///
/// # Errors
/// If a file cannot be read, or is not what it should be.
pub fn inputs(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let mut inputs = (target.seeds)();
    match fs::read(packed_file(target)) {
        Ok(packed) => inputs.extend(unpack(&packed)?),
        Err(why) if why.kind() == io::ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    if found_folder(target).is_dir() {
        inputs.extend(folder(&found_folder(target))?);
    }
    Ok(inputs)
}

/// The contents of all files of a folder, the shortest first.
///
/// # Errors
/// If one cannot be read.
pub fn folder(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let files = fs::read_dir(path)?.map(|entry| fs::read(entry?.path()));
    let mut inputs = files.collect::<io::Result<Vec<_>>>()?;
    inputs.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    Ok(inputs)
}

/// Puts inputs into one file's bytes.
pub fn pack(inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut packed = Vec::new();
    for input in inputs {
        packed.extend_from_slice(&(input.len() as u32).to_le_bytes());
        packed.extend_from_slice(input);
    }
    packed
}

/// Takes them out again.
///
/// # Errors
/// If the bytes are not a row of inputs.
pub fn unpack(mut packed: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "an input is cut off");
    let mut inputs = Vec::new();
    while !packed.is_empty() {
        let (length, rest) = packed.split_first_chunk().ok_or_else(cut)?;
        let (input, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(cut)?;
        inputs.push(input.to_vec());
        packed = rest;
    }
    Ok(inputs)
}
