//! `crosspike device new`: a folder with a small model that builds at once, without network.

use std::fs;
use std::path::Path;

use crate::cli::{DeviceNewArguments, Language};
use crate::exit::{self, Code, Failure, say};

/// The kit for models in Rust, as the new folder carries it.
const SDK: &[(&str, &str)] = &[
    ("sdk/include/crosspike_device.h", HEADER),
    ("sdk/src/abi.rs", include_str!("../../../plugins/sdk/src/abi.rs")),
    ("sdk/src/cell_model.rs", include_str!("../../../plugins/sdk/src/cell_model.rs")),
    ("sdk/src/cells.rs", include_str!("../../../plugins/sdk/src/cells.rs")),
    ("sdk/src/column.rs", include_str!("../../../plugins/sdk/src/column.rs")),
    ("sdk/src/description.rs", include_str!("../../../plugins/sdk/src/description.rs")),
    ("sdk/src/device.rs", include_str!("../../../plugins/sdk/src/device.rs")),
    ("sdk/src/export.rs", include_str!("../../../plugins/sdk/src/export.rs")),
    ("sdk/src/functions.rs", include_str!("../../../plugins/sdk/src/functions.rs")),
    ("sdk/src/lib.rs", include_str!("../../../plugins/sdk/src/lib.rs")),
    ("sdk/src/ode.rs", include_str!("../../../plugins/sdk/src/ode.rs")),
];

const HEADER: &str = include_str!("../../../plugins/sdk/include/crosspike_device.h");

const SDK_MANIFEST: &str = r#"[package]
name = "crosspike-device"
version = "VERSION"
edition = "2024"
license = "MIT OR Apache-2.0"
"#;

const MANIFEST: &str = r#"[package]
name = "crosspike-model-NAME"
version = "0.1.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[dependencies]
crosspike-device = { path = "sdk" }

[profile.dev]
opt-level = 3

[workspace]
"#;

const MAKEFILE: &str = "\
# Leave out -ffast-math: it would change the arithmetic of the whole program.
libcrosspike_model_FILE.so: model.EXTENSION crosspike_device.h
\tCOMPILER -O2 -shared -fPIC -Wall -Wextra -o $@ $<
";

/// Writes a model into a new folder.
pub(crate) fn new(arguments: &DeviceNewArguments) -> Result<(), Failure> {
    let name = arguments.name.as_str();
    let folder = Path::new(name);
    if folder.exists() {
        let message = format!("{name} is there already; choose another name, or remove it");
        return Err(Failure::new(Code::Output, message));
    }
    let file = name.replace('-', "_");
    let (files, build, library): (Vec<(&str, String)>, &str, String) = match arguments.lang {
        Language::Rust => {
            let mut files = vec![
                ("Cargo.toml", MANIFEST.replace("NAME", name)),
                ("src/lib.rs", include_str!("../../templates/model.rs").replace("NAME", name)),
                ("sdk/Cargo.toml", SDK_MANIFEST.replace("VERSION", env!("CARGO_PKG_VERSION"))),
            ];
            files.extend(SDK.iter().map(|(path, text)| (*path, (*text).to_owned())));
            (files, "cargo build --offline", format!("target/debug/libcrosspike_model_{file}.so"))
        }
        language => {
            let (source, text, compiler) = match language {
                Language::C => ("model.c", include_str!("../../templates/model.c"), "cc -std=c11"),
                _ => ("model.cpp", include_str!("../../templates/model.cpp"), "c++ -std=c++17"),
            };
            let extension = source.trim_start_matches("model.");
            let makefile =
                MAKEFILE.replace("FILE", &file).replace("EXTENSION", extension).replace("COMPILER", compiler);
            let files = vec![
                (source, text.replace("NAME", name)),
                ("crosspike_device.h", HEADER.to_owned()),
                ("Makefile", makefile),
            ];
            (files, "make", format!("libcrosspike_model_{file}.so"))
        }
    };
    for (path, text) in files {
        write(&folder.join(path), &text)?;
    }
    say(&format!(
        "{name} is a model that builds as it is; change it into yours:\n  cd {name}\n  {build}\n  crosspike device check {library}"
    ))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.map_err(|error| exit::unwritten(path, error))?;
    exit::write(path, text)
}
