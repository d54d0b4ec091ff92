//! The order of the modules in `lib.rs` is the reading order: a file of the library uses only modules listed above its
//! own.

use std::fs;
use std::path::{Path, PathBuf};

use crosspike_tests::root;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn is_test(inside: &Path) -> bool {
    inside.components().any(|part| part.as_os_str() == "tests") || inside.ends_with("tests.rs")
}

/// The modules of the library that the code of a file names, without its unit tests.
fn used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn a_file_uses_only_modules_above_its_own() {
    let source = root().join("core/src");
    let library = fs::read_to_string(source.join("lib.rs")).unwrap();
    let order: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod ")))
        .map(|name| name.trim_end_matches(';'))
        .collect();
    assert!(order.len() > 10, "{order:?}");
    let place = |module: &str| order.iter().position(|name| *name == module);
    let mut all = Vec::new();
    files(&source, &mut all);
    let mut links = 0;
    for file in &all {
        let inside = file.strip_prefix(&source).unwrap();
        if is_test(inside) {
            continue;
        }
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(own) = place(module) else { continue };
        for used in used(&fs::read_to_string(file).unwrap()) {
            let used_place =
                place(&used).unwrap_or_else(|| panic!("{}: `{used}` is no module", inside.display()));
            assert!(
                used_place <= own,
                "{}: uses `{used}`, which is listed below `{module}`",
                inside.display()
            );
            links += usize::from(used_place < own);
        }
    }
    assert!(links > 50, "only {links} uses were found");
}

#[test]
fn every_file_opens_with_its_definition() {
    let mut all = Vec::new();
    for folder in ["core", "plugins", "tools", "tests"] {
        files(&root().join(folder), &mut all);
    }
    for file in all {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! ") || text.starts_with("//!\n"),
            "{} does not open with a definition",
            file.display()
        );
    }
}
