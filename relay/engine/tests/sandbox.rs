//! Attempts to get out of the sandbox: at files, network, processes, environment, reflection, other sessions and
//! resources without end. Each is refused, gives nothing, and takes no time.

#[path = "support/recorder.rs"]
mod recorder;

use std::time::{Duration, Instant};

use postern_engine::{Ended, limits};

/// What must not come out of any of them: what these files, variables and commands of a machine hold.
const LEAKS: [&str; 6] = ["root:x:0", "uid=", "/home/", "PATH=", "/usr/bin", "Linux version"];

/// Attempts that must end in an error, or say that they are not available.
const REFUSED: &[&str] = &[
    // Files beyond the workspace.
    "Get-Content /etc/passwd",
    "Get-Content ../../../../etc/passwd",
    "Get-Content .\\..\\..\\etc\\passwd",
    "Get-Content C:\\Windows\\win.ini",
    "Get-Content \\\\server\\share\\file.txt",
    "Get-Content file:///etc/passwd",
    "Get-Content ~/.ssh/id_rsa",
    "Get-Content $HOME/.bashrc",
    "Get-Content FileSystem::/etc/passwd",
    "Get-Content Microsoft.PowerShell.Core\\FileSystem::/etc/passwd",
    "Get-Content -LiteralPath /etc/passwd -Raw",
    "Get-Content 'a/../../../etc/passwd'",
    "Get-Content \"a`0/../../etc/passwd\"",
    "Import-Csv /etc/passwd",
    "Import-Clixml /etc/passwd",
    "Select-String root /etc/passwd",
    "Get-ChildItem /",
    "Get-ChildItem ..",
    "Get-Item /etc/passwd",
    "Set-Content /tmp/postern-escape x",
    "'x' > /tmp/postern-escape",
    "'x' >> ../postern-escape",
    "Out-File -FilePath /tmp/postern-escape -InputObject x",
    "Export-Csv -InputObject 1 -Path /tmp/postern-escape",
    "Copy-Item /etc/passwd .\\mine.txt",
    "Remove-Item / -Recurse -Force",
    "Get-FileHash /etc/passwd",
    "[IO.File]::ReadAllText('/etc/passwd')",
    "[System.IO.File]::WriteAllText('/tmp/postern-escape', 'x')",
    "[IO.Directory]::GetFiles('/')",
    "New-Object System.IO.StreamReader '/etc/passwd'",
    "New-Object IO.FileInfo '/etc/passwd'",
    "switch -File /etc/passwd { default { $_ } }",
    "[xml]$x = '<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>'; $x.a",
    ". /etc/profile",
    "& /bin/sh",
    "& './script.ps1'",
    // Network.
    "Invoke-WebRequest http://127.0.0.1/",
    "Invoke-RestMethod http://127.0.0.1/",
    "[Net.WebClient]::new().DownloadString('http://127.0.0.1/')",
    "New-Object Net.Sockets.TcpClient '127.0.0.1', 22",
    "New-Object System.Net.WebClient",
    "[System.Net.Dns]::GetHostAddresses('localhost')",
    "Test-Connection localhost",
    "Send-MailMessage -To a@b.example",
    // Processes and other programs.
    "Start-Process sh",
    "id",
    "bash -c id",
    "& 'id'",
    "Get-Process",
    "Stop-Process -Id 1",
    "[Diagnostics.Process]::Start('sh')",
    "New-Object -ComObject WScript.Shell",
    "[System.Runtime.InteropServices.Marshal]::AllocHGlobal(1)",
    "Add-Type 'public class A { }'",
    "Start-Job { 1 }",
    "Get-WmiObject Win32_Process",
    "Get-CimInstance Win32_Process",
    // Environment and the machine.
    "[Environment]::GetEnvironmentVariable('PATH').Length",
    "[Environment]::GetEnvironmentVariables()",
    "[Environment]::Exit(1)",
    "[Environment]::FailFast('x')",
    "Get-Content env:PATH",
    "Get-ChildItem env:",
    "Get-ItemProperty HKLM:\\Software",
    "Set-Location /",
    // Code from text, and reflection.
    "Invoke-Expression '1'",
    "iex '1'",
    "[scriptblock]::Create('1')",
    "$ExecutionContext.InvokeCommand.InvokeScript('1')",
    "$ExecutionContext.SessionState.LanguageMode = 'FullLanguage'",
    "[PowerShell]::Create()",
    "[runspacefactory]::CreateRunspace()",
    "'x'.GetType().GetMethods()",
    "[string].Assembly.GetTypes()",
    "[AppDomain]::CurrentDomain",
    "[Reflection.Assembly]::Load('x')",
    "[Activator]::CreateInstance([string])",
    "[System.Management.Automation.Internal.InternalTestHooks]::SetTestHook('x', $true)",
    "using namespace System.IO; [File]::ReadAllText('/etc/passwd')",
    "class A { [string] Run() { return 'x' } }; [A]::new().Run()",
    "Import-Module ./evil.psm1 -ErrorAction Stop",
    "Invoke-Command -ComputerName localhost { 1 }",
    // Resources without end.
    "while ($true) { }",
    "for () { 1 > $null }",
    "function f { f }; f",
    "& { & $MyInvocation.MyCommand.ScriptBlock }",
    "'a' * 1GB",
    "1..2147483647",
    "[string]::new('x', 2147483647)",
    "'x'.PadLeft(2147483647)",
    "$a = 'x'; while ($true) { $a += $a }",
    "$a = @(1); while ($true) { $a += $a }",
    "$h = @{}; while ($true) { $h[[guid]::NewGuid()] = 'x' * 1MB }",
    "('a' * 5000 + 'b') -match '^(a+)+(a+)+(?=c)$'",
    "'x' -replace '.', ('y' * 16MB) -replace 'y', ('z' * 1MB)",
    "[regex]::new('(' * 5000)",
    "1..1000 | ForEach-Object { 'x' * 1MB } | Sort-Object",
    "$x = New-Object int[] 2147483647",
    "[array]::CreateInstance([int], 2147483647)",
];

struct Attempt {
    refused: bool,
    text: String,
    took: Duration,
}

fn attempt(script: &'static str) -> Attempt {
    let run = move || {
        let (mut engine, recorder, files) = recorder::engine(recorder::Files::default());
        let started = Instant::now();
        let ended = engine.run(script);
        let took = started.elapsed();
        let seen = recorder.0.borrow();
        let mut text = format!("{:?} {:?} {}", seen.output, seen.errors, seen.host);
        for (name, content) in files.0.borrow().iter() {
            text.push_str(name);
            text.push_str(&String::from_utf8_lossy(content));
        }
        let refused = !matches!(ended, Ended::Completed(_)) || !seen.errors.is_empty();
        Attempt { refused, text, took }
    };
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(run).expect("a thread");
    thread.join().unwrap_or_else(|_| panic!("{script}: a panic"))
}

#[test]
fn every_attempt_is_refused() {
    let mut wrong = Vec::new();
    for script in REFUSED {
        let Attempt { refused, text, took } = attempt(script);
        if !refused {
            wrong.push(format!("{script}: went through: {:.300}", text));
        }
        if let Some(leak) = LEAKS.iter().find(|leak| text.contains(**leak)) {
            wrong.push(format!("{script}: shows {leak}"));
        }
        // The bound on local work, and room for a machine that does other things.
        if took > limits::MAX_TIME + Duration::from_secs(30) {
            wrong.push(format!("{script}: took {took:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), REFUSED.len(), wrong.join("\n"));
    assert!(!std::path::Path::new("/tmp/postern-escape").exists());
}

#[test]
fn what_looks_like_the_machine_is_the_sessions_own() {
    for (script, expected) in [
        ("$env:USERNAME", "user"),
        ("$env:PATH", "None"),
        ("$env:TEMP", "\".\""),
        ("[Environment]::MachineName", "POSTERN"),
        ("Test-Path /etc/passwd -ErrorAction SilentlyContinue", "False"),
        ("$PID", "Int32"),
        // No reflection behind a type, and no width or precision as large as it is asked for.
        ("(1).GetType().Assembly.Location", "None"),
        ("('{0,2147483647}' -f 1).Length -lt 20000", "True"),
        ("[math]::Pow(10, 300).ToString('N2147483647').Length -lt 20000", "True"),
    ] {
        let Attempt { text, .. } = attempt(script);
        assert!(text.contains(expected) || text.starts_with("[]"), "{script}: {text}");
        assert!(!LEAKS.iter().any(|leak| text.contains(leak)), "{script}: {text}");
    }
}
