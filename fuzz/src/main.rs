//! The fuzzer: libFuzzer around the target that `POSTERN_FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use postern_fuzz::Target;

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("POSTERN_FUZZ_TARGET").unwrap_or_default();
    postern_fuzz::target(&name).unwrap_or_else(|| panic!("POSTERN_FUZZ_TARGET names no target: '{name}'"))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| (TARGET.run)(data));
