//! Lines and scripts through the parser's front door.

use super::{
    ast::{Argument, ElementKind, ExprKind, StatementKind},
    *,
};

const LINES: &[&str] = &[
    "Get-Mailbox -ResultSize Unlimited | Where-Object { $_.ProhibitSendQuota -ne 'Unlimited' -and $_.Name -like \"a*\" }",
    "gmb nora* -Filter {Name -eq 'x'} | select Name, @{n='Size (MB)'; e={[math]::Round($_.Size/1MB, 2)}} -First 5",
    "$x = @{ a = 1; 'b c' = 2, 3\n d = Get-Foo }; $x.a[0].ToString('N2', $null)++",
    "\"a $($b.c | % { \"$_ inner $(1+2)\" }) ${d e} $f:g `\" $\" -f 'it''s'",
    "@\"\nhere $x \"quoted\"\n\"@ + @'\nverbatim\n'@ | Out-File .\\x.txt -Encoding utf8 2>&1 > $null",
    "if ($a -eq 1) { 1 } elseif (-not $b) { 2 } else { 3 } # done\nforeach ($i in 1..3) { $i }",
    "function f([int]$a = 3, [Parameter(Mandatory)]$b) { process { $a } } <# block #> f 1 `\n 2",
    "try { throw 'x' } catch [System.Exception] { } finally { }; do { } while ($true); switch -Regex ($x) { 'a' {1} default {2} }",
    "& $cmd @args -Switch:$false -- -5 --% raw $x",
    "1+1, -5 -join ',' ; 'a' -ceq 'A' ; [int]'5' -is [int] ; $a ? 1 : 2 ; $null ?? 3 ; 1kb..2KB",
    "Get-Content \u{201C}curly\u{201D} \u{2013}Path \u{2018}x\u{2019}\u{a0}ü€😀",
];

fn tiles(text: &str, parse: &Parse) {
    let mut end = 0;
    for token in &parse.tokens {
        assert_eq!(token.span.start as usize, end, "gap in {text:?}");
        assert!(token.span.end > token.span.start, "empty token in {text:?}");
        assert!(text.is_char_boundary(token.span.end as usize), "half a character in {text:?}");
        end = token.span.end as usize;
    }
    assert_eq!(end, text.len(), "rest lost of {text:?}");
    for error in &parse.errors {
        assert!(text.get(error.span.range()).is_some(), "{error:?} of {text:?}");
    }
}

#[test]
fn every_prefix_and_every_suffix_is_tiled() {
    for line in LINES {
        for (at, _) in line.char_indices() {
            for part in [&line[..at], &line[at..]] {
                tiles(part, &parse(part));
            }
        }
    }
}

#[test]
fn whole_lines_are_right_and_their_prefixes_are_unfinished() {
    for line in LINES {
        assert_eq!(parse(line).errors, [], "{line}");
    }
    for text in
        ["Get-Mailbox |", "'abc", "\"a $(", "Where { $_.a", "@{ a = ", "1 +", "1,", "@'\nabc", "if ($x)"]
    {
        let parse = parse(text);
        assert!(parse.is_incomplete(), "{text}: {:?}", parse.errors);
    }
    for text in ["a | | b", ")", "1 + )", "@{ a }", "\"$x: y\"", "1 2", "class X { }", "$x = 5 }"] {
        let parse = parse(text);
        assert!(!parse.errors.is_empty() && !parse.is_incomplete(), "{text}: {:?}", parse.errors);
    }
}

#[test]
fn nesting_is_bounded() {
    for part in ["(", "{", "$(", "@(", "@{a=", "-", "[int]", "\"$(", "!", "1+(", "$a[", "a.b(", "if(1){"] {
        let text = part.repeat(20_000);
        tiles(&text, &parse(&text));
    }
    let text = format!("$a{}", ".b".repeat(50_000));
    tiles(&text, &parse(&text));
}

fn arguments(line: &str) -> Vec<Argument> {
    let parse = parse(line);
    assert_eq!(parse.errors, [], "{line}");
    let StatementKind::Pipeline(elements) = &parse.tree.body.statements[0].kind else { panic!("{line}") };
    let ElementKind::Command(command) = &elements[0].kind else { panic!("{line}") };
    command.arguments.clone()
}

#[test]
fn arguments_are_cut_as_powershell_cuts_them() {
    for (line, count) in [
        ("echo a\"b\" \"c\"d", 3),
        ("echo $(1)e f$(2)g $a/x $a.Length", 5),
        ("echo -foo.bar -a=b -x\"y z\"", 4),
        ("echo [int] [int]::MaxValue 1..3 1.2.3 .5 +5 -5 1kb a,b ,c", 9),
        ("echo (1)abc {x}y a`b a'b'c a#b #c", 7),
        ("echo a, b , c", 1),
    ] {
        assert_eq!(arguments(line).len(), count, "{line}");
    }
    let Some(Argument::Value(expr)) = arguments("echo a\"b c\"'d'").pop() else { panic!() };
    assert_eq!(expr.kind, ExprKind::Text { text: "ab cd".into(), bare: true });
    let Some(Argument::Value(expr)) = arguments("echo 25MB").pop() else { panic!() };
    assert_eq!(expr.kind, ExprKind::Number(PsValue::I32(25 << 20)));
    let Some(Argument::Parameter { name, value, .. }) = arguments("echo -Confirm:$false").pop() else {
        panic!()
    };
    assert!(name == "Confirm" && matches!(value.map(|value| value.kind), Some(ExprKind::Variable(_))));
}

fn tree(text: &str) -> String {
    fn show(expr: &ast::Expr) -> String {
        match &expr.kind {
            ExprKind::Number(n) => n.to_string(),
            ExprKind::Text { text, .. } => format!("'{text}'"),
            ExprKind::Variable(variable) => format!("${}", variable.name),
            ExprKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
            ExprKind::Unary(op, operand) => format!("({op:?} {})", show(operand)),
            ExprKind::Binary { op, operands, .. } => {
                format!("({op:?} {} {})", show(&operands.0), show(&operands.1))
            }
            ExprKind::Cast(name, operand) => format!("({name} {})", show(operand)),
            ExprKind::Member { target, name, .. } => format!("{}.{}", show(target), show(name)),
            ExprKind::Index { target, index, .. } => format!("{}[{}]", show(target), show(index)),
            kind => format!("{kind:?}"),
        }
    }
    let parse = parse(text);
    assert_eq!(parse.errors, [], "{text}");
    let StatementKind::Pipeline(elements) = &parse.tree.body.statements[0].kind else { panic!("{text}") };
    let ElementKind::Expr(expr) = &elements[0].kind else { panic!("{text}") };
    show(expr)
}

#[test]
fn operators_bind_as_in_powershell() {
    for (text, expected) in [
        ("1+2*3", "(Add 1 (Multiply 2 3))"),
        ("2+3,4", "(Add 2 [3 4])"),
        ("-join 1,2,3", "[(Join 1) 2 3]"),
        ("-not 1 -eq 2", "(Eq (Not 1) 2)"),
        ("'a{0}' -f 1 + 2", "(Add (Format 'a{0}' 1) 2)"),
        ("1 -eq 1 -and 2 -gt 1 -or $x", "(Or (And (Eq 1 1) (Gt 2 1)) $x)"),
        ("[int]2.5,[int]-2.5", "[(int 2.5) (int -2.5)]"),
        ("1,2 -contains 2", "(Contains [1 2] 2)"),
        ("$_.a.b[0] -notlike 'x*'", "(NotLike $_.'a'.'b'[0] 'x*')"),
        ("10-4-3", "(Subtract (Subtract 10 4) 3)"),
        ("$a-1", "(Subtract $a 1)"),
        ("1..3+4", "(Add (Range 1 3) 4)"),
        ("-2147483648", "-2147483648"),
    ] {
        assert_eq!(tree(text), expected, "{text}");
    }
}

#[test]
fn highlighting_names_the_parts() {
    let line = "Get-Mailbox -Filter {Name -eq 'x'} | ? { $_.Size -gt 1GB } # c";
    let parts: Vec<(&str, TokenClass)> =
        highlight(line).into_iter().map(|(range, class)| (&line[range], class)).collect();
    for expected in [
        ("Get-Mailbox", TokenClass::Command),
        ("-Filter", TokenClass::Parameter),
        ("'x'", TokenClass::String),
        ("?", TokenClass::Command),
        ("$_", TokenClass::Variable),
        ("Size", TokenClass::Member),
        ("-gt", TokenClass::Operator),
        ("1GB", TokenClass::Number),
        ("# c", TokenClass::Comment),
    ] {
        assert!(parts.contains(&expected), "{expected:?} in {parts:?}");
    }
    assert_eq!(highlight("if"), [(0..2, TokenClass::Keyword)]);
}
