//! The models at hand are those of the plug-ins in a list of folders; the first folder that has a name wins.

use std::collections::{BTreeMap, BTreeSet};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::{DeviceError, suggestion};
use super::library;
use super::model::Model;

/// Device models, found by name. Plug-ins are opened when they are needed, and once.
#[derive(Debug)]
pub struct Models {
    directories: Vec<PathBuf>,
    opened: Mutex<BTreeMap<PathBuf, Opened>>,
}

type Opened = Result<Vec<Arc<Model>>, DeviceError>;

impl Models {
    /// The models of the plug-ins in `directories`, in this order. Folders that do not exist are passed over.
    pub fn new(directories: Vec<PathBuf>) -> Models {
        Models { directories, opened: Mutex::default() }
    }

    /// The models that the program at `program` offers: `extra` folders, then the program's own, its `deps`, its
    /// `../lib/crosspike`, and its parent where the program itself lies in `deps`.
    pub fn standard(extra: &[PathBuf], program: &Path) -> Models {
        let mut directories = extra.to_vec();
        if let Some(home) = program.parent() {
            directories.extend([home.to_path_buf(), home.join("deps")]);
            if let Some(parent) = home.parent() {
                directories.push(parent.join("lib").join("crosspike"));
                if home.ends_with("deps") {
                    directories.push(parent.to_path_buf());
                }
            }
        }
        Models::new(directories)
    }

    /// The model called `name`.
    ///
    /// # Errors
    ///
    /// Where no plug-in offers it, or the plug-in named after it cannot be used.
    pub fn find(&self, name: &str) -> Result<Arc<Model>, DeviceError> {
        let file_name = format!("{DLL_PREFIX}crosspike_model_{}{DLL_SUFFIX}", name.replace('-', "_"));
        let (named, others): (Vec<PathBuf>, Vec<PathBuf>) =
            self.files().into_iter().partition(|file| file.file_name().is_some_and(|f| f == &*file_name));
        for file in &named {
            if let Some(model) = self.open(file)?.into_iter().find(|model| model.name() == name) {
                return Ok(model);
            }
        }
        // A broken plug-in of another name must not stand in the way of this one.
        let others = others.iter().filter_map(|file| self.open(file).ok()).flatten();
        let found = others.into_iter().find(|model| model.name() == name);
        found.ok_or_else(|| self.not_found(name))
    }

    /// Every model that a scenario can name, and an error for every plug-in that cannot be used, in the order of the
    /// folders.
    pub fn list(&self) -> Vec<Result<Arc<Model>, DeviceError>> {
        let mut names = BTreeSet::new();
        let mut list = Vec::new();
        for file in self.files() {
            match self.open(&file) {
                Ok(models) => {
                    list.extend(models.into_iter().filter(|m| names.insert(m.name().to_owned())).map(Ok));
                }
                Err(error) => list.push(Err(error)),
            }
        }
        list
    }

    fn open(&self, file: &Path) -> Opened {
        // A panic while the lock was held cannot leave the map half-changed.
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.entry(file.to_path_buf()).or_insert_with(|| library::open(file)).clone()
    }

    /// The files that are named like plug-ins, folder by folder, by name.
    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for directory in &self.directories {
            let entries = fs::read_dir(directory).into_iter().flatten().flatten();
            let mut found: Vec<PathBuf> =
                entries.map(|entry| entry.path()).filter(|path| is_plugin(path) && path.is_file()).collect();
            found.sort();
            files.extend(found.into_iter().filter_map(|file| fs::canonicalize(file).ok()));
        }
        let mut seen = BTreeSet::new();
        files.retain(|file| seen.insert(file.clone()));
        files
    }

    fn not_found(&self, name: &str) -> DeviceError {
        let (models, errors): (Vec<_>, Vec<_>) = self.list().into_iter().partition(Result::is_ok);
        let mut names: Vec<String> = models.iter().flatten().map(|model| model.name().to_owned()).collect();
        names.sort_unstable();
        let errors: Vec<String> =
            errors.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
        let searched: Vec<String> = self.directories.iter().map(|d| d.display().to_string()).collect();
        DeviceError::NotFound {
            name: name.into(),
            suggestion: suggestion(name, names.iter().map(String::as_str)),
            available: listed(&names),
            searched: listed(&searched),
            broken: if errors.is_empty() {
                String::new()
            } else {
                format!("; unusable: {}", errors.join("; "))
            },
        }
    }
}

/// The models of one plug-in, whatever its name; it is opened for good.
///
/// # Errors
///
/// Where the file is no plug-in, or one of its tables is wrong.
pub fn open(file: &Path) -> Result<Vec<Arc<Model>>, DeviceError> {
    library::open(&fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf()))
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn is_plugin(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let stem = name.and_then(|n| n.strip_prefix(DLL_PREFIX)).and_then(|n| n.strip_suffix(DLL_SUFFIX));
    stem.is_some_and(|stem| stem.len() > "crosspike_model_".len() && stem.starts_with("crosspike_model_"))
}
