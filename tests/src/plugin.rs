//! A plug-in is a device model in C, built for one test from `tests/hostile`.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::process::Command;

use crosspike::device::Models;
use tempfile::TempDir;

/// A folder with one plug-in, built from `tests/hostile/<name>.c`.
pub struct Plugin {
    /// The folder, which goes with this value.
    pub folder: TempDir,
    /// Its name.
    pub name: &'static str,
}

impl Plugin {
    /// `None`, with a message, where there is no C compiler.
    pub fn build(name: &'static str) -> Option<Plugin> {
        let folder = TempDir::new().expect("a folder for temporary files");
        let plugin = Plugin { folder, name };
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let run = Command::new("cc")
            .args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-I"])
            .arg(here.join("../plugins/sdk/include"))
            .arg("-o")
            .arg(plugin.folder.path().join(plugin.file_name()))
            .arg(here.join("hostile").join(format!("{name}.c")))
            .output();
        let Ok(output) = run else {
            eprintln!("skipped: there is no C compiler `cc`");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(plugin)
    }

    fn file_name(&self) -> String {
        format!("{DLL_PREFIX}crosspike_model_{}{DLL_SUFFIX}", self.name)
    }

    /// The library.
    pub fn file(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("the folder is there").join(self.file_name())
    }

    /// This model alone.
    pub fn models(&self) -> Models {
        Models::new(vec![self.folder.path().to_path_buf()])
    }
}
