//! Builds the page for the browser and lays out what the relay embeds.
//!
//! It does what `trunk build --release` does with the same index.html, with no tool to install: a nested cargo build
//! for wasm32, wasm-bindgen as a library, and the `data-trunk` links replaced by hashed names with integrity.
//! `POSTERN_SKIP_PAGE=1` leaves the page out (for `cargo check` and rust-analyzer); the relay then serves a
//! placeholder that says so.

use std::{
    collections::HashMap,
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use base64::Engine as _;
use sha2::{Digest as _, Sha384};

const WASM: &str = "wasm32-unknown-unknown";

fn main() {
    let out = PathBuf::from(variable("OUT_DIR"));
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("relay/ is in the workspace")
        .to_owned();
    for input in [
        "frontend",
        "shared/src",
        "shared/build.rs",
        "shared/Cargo.toml",
        "index.html",
        "Cargo.lock",
        "Cargo.toml",
    ] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=POSTERN_SKIP_PAGE");

    let skip = env::var("POSTERN_SKIP_PAGE").is_ok_and(|value| !matches!(value.as_str(), "" | "0"));
    let release = variable("PROFILE") == "release";
    let mut page = Page::new(&out, release);
    if skip {
        page.index(PLACEHOLDER);
    } else {
        let bindgen = build_page(&root, &out, release);
        let html =
            fs::read_to_string(root.join("index.html")).expect("index.html is at the top of the repository");
        let html = page.links(&html, &root, &bindgen, &out);
        page.index(&html);
    }
    fs::write(out.join("assets.rs"), page.table()).expect("OUT_DIR is writable");
}

/// Compiles the page and writes its wasm and JavaScript into a folder, which is returned.
fn build_page(root: &Path, out: &Path, release: bool) -> PathBuf {
    // A target directory of its own: the outer cargo holds the lock on the usual one.
    let target = root.join("target/frontend");
    let (profile, folder) = if release { ("wasm-release", "wasm-release") } else { ("wasm-dev", "wasm-dev") };
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .args(["build", "--locked", "--package", "postern-frontend", "--bin", "postern-frontend"])
        .args(["--target", WASM, "--profile", profile, "--target-dir"])
        .arg(&target)
        .current_dir(root);
    // These are meant for the native build: flags for its processor or linker, clippy, rust-analyzer's wrapper.
    for native in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(native);
    }
    assert!(
        has_wasm_target(),
        "\n\nThe page is compiled to WebAssembly, and this Rust has no target {WASM}. Add it with\n\n    \
         rustup target add {WASM}\n\nor set POSTERN_SKIP_PAGE=1 to build the relay without its page.\n"
    );
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "the page did not build; the reason is above");

    let bindgen = out.join("bindgen");
    let _ = fs::remove_dir_all(&bindgen);
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(target.join(WASM).join(folder).join("postern-frontend.wasm"))
        .web(true)
        .expect("the web output exists")
        .typescript(false)
        .out_name("postern")
        .remove_name_section(release)
        .remove_producers_section(true)
        .generate(&bindgen)
        .expect("wasm-bindgen reads the page's wasm");
    if release {
        shorten_hashes(&bindgen.join("postern.js"), &bindgen.join("postern_bg.wasm"));
    }
    bindgen
}

/// Digits of the hash at the end of an import's name.
const HASH: usize = 16;

/// Numbers the hashes in the names of imports. They keep apart what different crates import under the same name, which
/// numbers do as well; but no compression shortens a hash, and each stands in both files.
fn shorten_hashes(script: &Path, wasm: &Path) {
    let [mut text, mut binary] =
        [script, wasm].map(|file| fs::read(file).expect("wasm-bindgen has written it"));
    let mut numbers = HashMap::<[u8; HASH], usize>::new();
    for at in hashes(&text) {
        let next = numbers.len();
        numbers.entry(hash_at(&text, at)).or_insert(next);
    }
    for bytes in [&mut text, &mut binary] {
        for at in hashes(bytes) {
            // What only looks like one of them stays.
            if let Some(number) = numbers.get(&hash_at(bytes, at)) {
                // As long as the hash, so that nothing else moves.
                bytes[at..at + HASH].copy_from_slice(format!("{number:0HASH$}").as_bytes());
            }
        }
    }
    fs::write(script, text).expect("OUT_DIR is writable");
    fs::write(wasm, binary).expect("OUT_DIR is writable");
}

/// Where a name ends with what looks like a hash.
fn hashes(bytes: &[u8]) -> Vec<usize> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_hash = |at: &usize| {
        bytes[*at - 1] == b'_'
            && bytes[*at..*at + HASH].iter().all(is_digit)
            && !bytes.get(*at + HASH).is_some_and(u8::is_ascii_alphanumeric)
    };
    (1..bytes.len().saturating_sub(HASH)).filter(is_hash).collect()
}

fn hash_at(bytes: &[u8], at: usize) -> [u8; HASH] {
    bytes[at..at + HASH].try_into().expect("as many bytes")
}

/// Whether the standard library for wasm32 is installed beside the compiler.
fn has_wasm_target() -> bool {
    let libraries =
        Command::new(variable("RUSTC")).args(["--print", "target-libdir", "--target", WASM]).output();
    libraries.is_ok_and(|found| Path::new(String::from_utf8_lossy(&found.stdout).trim()).is_dir())
}

/// The files that the relay embeds, each also compressed: once here rather than at every start of a relay.
struct Page {
    folder: PathBuf,
    table: String,
    /// Whether the page is for users, whose networks are slower than its developer's.
    release: bool,
}

impl Page {
    fn new(out: &Path, release: bool) -> Self {
        let folder = out.join("dist");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("OUT_DIR is writable");
        Self { folder, table: String::new(), release }
    }

    /// Replaces trunk's links by the files that they stand for.
    fn links(&mut self, html: &str, root: &Path, bindgen: &Path, out: &Path) -> String {
        let mut html = html.to_owned();
        while let Some(at) = html.find("<link data-trunk") {
            let end = at + html[at..].find('>').expect("index.html: a link is closed") + 1;
            let link = html[at..end].to_owned();
            let file = root.join(attribute(&link, "href"));
            let replacement = match attribute(&link, "rel") {
                "rust" => {
                    // Browsers do not check the integrity of a preloaded fetch, and warn where it is asked for.
                    let (wasm, _) = self.add(&bindgen.join("postern_bg.wasm"));
                    let (script, script_hash) = self.add(&bindgen.join("postern.js"));
                    // A file and not inline, so that the page needs no exception in its content security policy.
                    let start = out.join("start.js");
                    let text =
                        format!("import start from '/{script}';\nstart({{ module_or_path: '/{wasm}' }});\n");
                    fs::write(&start, text).expect("OUT_DIR is writable");
                    let (start, start_hash) = self.add(&start);
                    format!(
                        "<link rel=\"modulepreload\" href=\"/{script}\" integrity=\"{script_hash}\">\
                         <link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
                         <script type=\"module\" src=\"/{start}\" integrity=\"{start_hash}\"></script>"
                    )
                }
                "css" => {
                    let (name, hash) = self.add(&file);
                    format!("<link rel=\"stylesheet\" href=\"/{name}\" integrity=\"{hash}\">")
                }
                // Trunk leaves nothing in its place; the page is told the name that changes with the content.
                "copy-file" => {
                    let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
                    format!("<meta name=\"messages-{name}\" content=\"/{}\">", self.add(&file).0)
                }
                "icon" => format!("<link rel=\"icon\" href=\"/{}\">", self.add(&file).0),
                other => panic!("index.html: data-trunk rel=\"{other}\" is not known to relay/build.rs"),
            };
            html.replace_range(at..end, &replacement);
        }
        html
    }

    /// Takes in a file under a name that changes with its content; gives that name and the file's integrity hash.
    fn add(&mut self, file: &Path) -> (String, String) {
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let hash = Sha384::digest(&bytes);
        let short = hash.iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let part = |part: Option<&std::ffi::OsStr>| {
            part.and_then(|part| part.to_str()).unwrap_or_default().to_owned()
        };
        let (stem, extension) = (part(file.file_stem()), part(file.extension()));
        let media = match extension.as_str() {
            "wasm" => "application/wasm",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "toml" => "application/toml; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "woff2" => "font/woff2",
            _ => panic!("{}: no media type is known for it", file.display()),
        };
        let name = format!("{stem}-{short}.{extension}");
        self.write(&name, media, &bytes);
        (name, format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(hash)))
    }

    fn index(&mut self, html: &str) {
        self.write("index.html", "text/html; charset=utf-8", html.as_bytes());
    }

    fn write(&mut self, name: &str, media: &str, bytes: &[u8]) {
        let gzip = self.packed(name, "gz", bytes, gzip(bytes, self.release));
        let brotli = self.packed(name, "br", bytes, brotli(bytes, self.release));
        let plain = self.store(name, bytes);
        writeln!(self.table, "    ({name:?}, {media:?}, {plain}, {gzip}, {brotli}),")
            .expect("text takes text");
    }

    /// The expression for a file's compressed form, which is left out where it is no shorter.
    fn packed(&self, name: &str, suffix: &str, plain: &[u8], packed: io::Result<Vec<u8>>) -> String {
        let packed = packed.expect("memory takes every byte");
        if packed.len() >= plain.len() {
            return "None".into();
        }
        format!("Some({})", self.store(&format!("{name}.{suffix}"), &packed))
    }

    /// Writes a file; gives the expression for its bytes.
    fn store(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.join(name);
        fs::write(&path, bytes).expect("OUT_DIR is writable");
        // As a literal, whatever is in it.
        format!("include_bytes!({:?})", path.to_str().expect("OUT_DIR is Unicode"))
    }

    fn table(&self) -> String {
        format!("pub(super) static EMBEDDED: &[Embedded] = &[\n{}];\n", self.table)
    }
}

fn gzip(plain: &[u8], best: bool) -> io::Result<Vec<u8>> {
    let level = if best { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(plain: &[u8], best: bool) -> io::Result<Vec<u8>> {
    let quality = if best { 11 } else { 2 };
    // Base-2 logarithm of the window: 4 MiB, more than the page's largest file.
    let window = 22;
    let mut packed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut packed, 1 << 16, quality, window);
    encoder.write_all(plain)?;
    drop(encoder);
    Ok(packed)
}

fn attribute<'a>(link: &'a str, name: &str) -> &'a str {
    let value = link.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    value.map_or("", |(value, _)| value)
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
  <head><meta charset=\"utf-8\"><title>Postern without its page</title></head>
  <body>
    <h1>This relay was built without its page</h1>
    <p>It was compiled with POSTERN_SKIP_PAGE set. Build it again without that variable to get the page.</p>
  </body>
</html>
";
