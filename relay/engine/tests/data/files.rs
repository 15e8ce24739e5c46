//! Files of the workspace: names, encodings, bounds.

use postern_engine::{
    host::Workspace,
    workspace::{Bounds, MemoryWorkspace},
};
use postern_shared::value::{DateTimeKind, PsDateTime};

use crate::session::{bytes, error, output, run, run_in, workspace};

#[test]
fn paths_outside_are_refused_by_every_cmdlet() {
    let paths =
        [r"C:\x.txt", "C:x.txt", "/etc/passwd", r"\\server\share\x", r"..\x", "a/../../x", "~/x", "HKLM:\\x"];
    let cmdlets = [
        "Get-Content '{}'",
        "Set-Content '{}' 1",
        "Add-Content '{}' 1",
        "Clear-Content '{}'",
        "1 | Out-File '{}'",
        "1 > '{}'",
        "1 >> '{}'",
        "Get-ChildItem '{}'",
        "Get-Item '{}'",
        "Test-Path '{}'",
        "Remove-Item '{}'",
        "New-Item '{}'",
        "'x' | Set-Content a; Copy-Item a '{}'",
        "'x' | Set-Content a; Move-Item a '{}'",
        "'x' | Set-Content a; Rename-Item a '{}'",
        "Copy-Item '{}' b",
        "Resolve-Path '{}'",
        "Set-Location '{}'",
        "Get-FileHash '{}'",
        "Import-Csv '{}'",
        "1 | Export-Csv '{}'",
        "Import-Clixml '{}'",
        "1 | Export-Clixml '{}'",
        "Select-String x '{}'",
        "1 | Tee-Object '{}'",
    ];
    for cmdlet in cmdlets {
        for path in paths {
            let script = cmdlet.replace("{}", path);
            assert_eq!(error(&script), "PathNotAllowed", "{script}");
        }
    }
}

#[test]
fn names_are_relative_and_without_case() {
    let script =
        r"'x' > .\A.txt; Get-Content a.TXT; 'y' >> ./a.txt; (Get-ChildItem).Name; (Get-Content A.txt).Count";
    assert_eq!(output(script), ["x", "A.txt", "2"]);
}

#[test]
fn what_is_not_there_is_an_error_of_its_own() {
    for (script, id) in [
        ("Get-Content none.txt", "PathNotFound"),
        ("Get-Item none.txt", "PathNotFound"),
        ("Get-ChildItem none", "PathNotFound"),
        ("Import-Csv none.csv", "FileOpenFailure"),
        ("Import-Clixml none.xml", "FileOpenFailure"),
        ("'x' > none/x.txt", "FileOpenFailure"),
        ("'x' > a.txt; 'y' | Out-File a.txt -NoClobber", "NoClobber"),
        ("'x' > a.txt; New-Item a.txt", "NewItemIOError"),
        ("mkdir x", "CommandNotFoundException"),
    ] {
        assert_eq!(error(script), id, "{script}");
    }
    assert_eq!(output("Test-Path none.txt; Get-Content n*.txt; Test-Path variable:PWD"), ["False", "True"]);
}

#[test]
fn encodings_are_written_as_asked() {
    let files = workspace();
    let seen = run_in(
        &files,
        "foreach ($e in 'utf8','utf8BOM','unicode','bigendianunicode','utf32','ascii','ansi','oem',1252) { 'ü€' | Set-Content \"$e.txt\" -Encoding $e -NoNewline }",
    );
    assert_eq!(seen.errors, Vec::<String>::new());
    let expected: [(&str, &[u8]); 9] = [
        ("utf8", &[0xC3, 0xBC, 0xE2, 0x82, 0xAC]),
        ("utf8BOM", &[0xEF, 0xBB, 0xBF, 0xC3, 0xBC, 0xE2, 0x82, 0xAC]),
        ("unicode", &[0xFF, 0xFE, 0xFC, 0, 0xAC, 0x20]),
        ("bigendianunicode", &[0xFE, 0xFF, 0, 0xFC, 0x20, 0xAC]),
        ("utf32", &[0xFF, 0xFE, 0, 0, 0xFC, 0, 0, 0, 0xAC, 0x20, 0, 0]),
        ("ascii", b"??"),
        ("ansi", &[0xFC, 0x80]),
        ("oem", &[0x81, b'?']),
        ("1252", &[0xFC, 0x80]),
    ];
    for (name, content) in expected {
        assert_eq!(bytes(&files, &format!("{name}.txt")), content, "{name}");
    }
    // Each with a mark is read without being told; what is appended keeps the file's encoding.
    for name in ["utf8", "utf8BOM", "unicode", "bigendianunicode", "utf32"] {
        let script = format!("Get-Content {name}.txt; 'ß' | Add-Content {name}.txt; Get-Content {name}.txt");
        assert_eq!(run_in(&files, &script).output, ["ü€", "ü€ß"], "{name}");
    }
    assert_eq!(run_in(&files, "Get-Content ansi.txt -Encoding ansi").output, ["ü€"]);
    assert_eq!(error("'x' | Set-Content a.txt -Encoding nonsense"), "ParameterArgumentTransformationError");
}

#[test]
fn content_comes_in_parts() {
    let files = workspace();
    files.clone().write("l.txt", b"1\r\n2\n3\r4\n\n6".to_vec()).unwrap();
    for (script, expected) in [
        ("(Get-Content l.txt) -join ','", "1,2,3,4,,6"),
        ("(Get-Content l.txt -TotalCount 2) -join ','", "1,2"),
        ("(Get-Content l.txt -Head 0) -join ','", ""),
        ("(Get-Content l.txt -Tail 2) -join ','", ",6"),
        ("(Get-Content l.txt -Raw).Length", "11"),
        ("(Get-Content l.txt -ReadCount 4 | ForEach-Object Count) -join ','", "4,2"),
        ("(Get-Content l.txt -ReadCount 0 | ForEach-Object Count) -join ','", "6"),
        ("(Get-Content l.txt -Delimiter '2').Count", "2"),
        ("(Get-Content l.txt -AsByteStream)[1]", "13"),
        ("(Get-Content l.txt -Raw -AsByteStream).GetType().Name", "Byte[]"),
    ] {
        let seen = run_in(&files, script);
        assert_eq!((seen.output.join("|").as_str(), seen.errors.len()), (expected, 0), "{script}");
    }
    assert_eq!(error("'1' > a; Get-Content a -Tail 1 -TotalCount 1"), "TailAndHeadCannotCoexist");
}

#[test]
fn folders_hold_files() {
    let script = "New-Item -ItemType Directory a/b | Out-Null; 1 > a/b/c.txt; 2 > d.txt; \
        (Get-ChildItem).Name -join ','; (Get-ChildItem -Recurse -File | ForEach-Object FullName) -join ','; \
        (Get-ChildItem a -Directory).Name; (Get-ChildItem -Filter *.txt -Name) -join ','; \
        Copy-Item d.txt a; Test-Path a/d.txt; Move-Item a/d.txt e.txt; Copy-Item a z -Recurse; Get-Content z/b/c.txt; \
        Remove-Item z -Recurse; (Get-ChildItem -Recurse).Count";
    assert_eq!(output(script), ["a,d.txt", "a/b/c.txt,d.txt", "b", "d.txt", "True", "1", "5"]);
    assert_eq!(
        error("New-Item -ItemType Directory a | Out-Null; 1 > a/b.txt; Remove-Item a"),
        "DirectoryNotEmpty"
    );
    assert_eq!(output("1 > a; Remove-Item a -WhatIf; Test-Path a"), ["True"]);
}

#[test]
fn a_full_workspace_says_so() {
    let small = || {
        let now = || PsDateTime { ticks: 0, kind: DateTimeKind::Utc };
        MemoryWorkspace::new(Bounds { files: 3, file: 100, bytes: 200 }, now)
    };
    let seen = run_in(&small(), "1..4 | ForEach-Object { $_ > \"$_.txt\" }");
    assert_eq!(seen.errors, ["WriteFailed"]);
    assert!(seen.messages[0].contains("up to 3 files"), "{:?}", seen.messages);
    let seen = run_in(&small(), "'x' * 101 > a.txt; Test-Path a.txt");
    assert_eq!((seen.errors, seen.output), (vec!["WriteFailed".to_owned()], vec!["False".to_owned()]));
    // A file that cannot be held at all is refused while it is made.
    let seen = run("1..40 | ForEach-Object { 'x' * 1000000 } | Set-Content a.txt; 'not reached'");
    assert_eq!((seen.errors, seen.output), (vec!["LimitExceeded".to_owned()], vec![]));
}

#[test]
fn a_file_has_what_came_before_the_pipeline_was_over() {
    for write in ["Set-Content a", "Out-File a", "Tee-Object a"] {
        let script = format!(
            "1..3 | ForEach-Object {{ if ($_ -eq 3) {{ throw 'over' }}; \"$_\" }} | {write} | Out-Null"
        );
        let files = workspace();
        assert_eq!(run_in(&files, &script).errors, ["over"], "{write}");
        assert_eq!(bytes(&files, "a"), b"1\n2\n", "{write}");
    }
    let script = "1..9 | ForEach-Object { [pscustomobject]@{n=$_} } | Tee-Object a.txt | Select-Object -First 1 -ExpandProperty n; Test-Path a.txt; \
        try { 1,2 | ForEach-Object { [pscustomobject]@{n=1/(2-$_)} } | Export-Csv a.csv } catch { 'caught' }; Import-Csv a.csv | ForEach-Object n";
    assert_eq!(output(script), ["1", "True", "caught", "1"]);
}

#[test]
fn hashes_are_those_of_sha() {
    let script = "'abc' | Set-Content a -NoNewline; (Get-FileHash a).Hash; (Get-FileHash a -Algorithm SHA512).Hash.Length";
    assert_eq!(output(script), ["BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", "128"]);
    assert_eq!(error("'abc' > a; Get-FileHash a -Algorithm MD5"), "AlgorithmNotAvailable");
}

#[test]
fn objects_survive_clixml() {
    let script = "$o = [pscustomobject]@{ n = 'ü'; l = 1, 2; d = [datetime]'2026-01-05'; h = @{ k = 2.5 }; z = $null }; \
        $o, 5 | Export-Clixml a.xml; $r = Import-Clixml a.xml; $r.Count; $r[0].n; $r[0].l -join '+'; \
        $r[0].d.ToString('s'); $r[0].h.k; $r[1]; $r[0].psobject.TypeNames[0]; \
        (Import-Clixml a.xml -Skip 1); (Get-Content a.xml)[0]; (Get-Content a.xml -Raw).EndsWith('</Objs>')";
    assert_eq!(
        output(script),
        [
            "2",
            "ü",
            "1+2",
            "2026-01-05T00:00:00",
            "2.5",
            "5",
            "Deserialized.System.Management.Automation.PSCustomObject",
            "5",
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">",
            "True"
        ]
    );
    assert_eq!(error("'nonsense' > a.xml; Import-Clixml a.xml"), "System.Xml.XmlException");
    // Windows PowerShell writes UTF-16.
    assert_eq!(output("5 | Export-Clixml a.xml -Encoding unicode; Import-Clixml a.xml"), ["5"]);
    // Secrets do not reach a file.
    let script = "ConvertTo-SecureString geheim -AsPlainText -Force | Export-Clixml s.xml; (Get-Content s.xml -Raw) -match 'geheim'";
    assert_eq!(output(script), ["False"]);
}
