//! What goes out: standard output, or a file that is there whole or not at all.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, IsTerminal, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use tempfile::NamedTempFile;

use super::input::is_standard;
use crate::failure::Failure;

/// Where a result goes.
pub enum Output {
    Standard,
    /// A device or pipe: written as it is.
    Device(PathBuf, File),
    /// A file: written beside itself, then renamed.
    File(PathBuf, NamedTempFile),
}

impl Output {
    /// Opens it; done before long work, so that a wrong path is told at once.
    pub fn open(out: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = out.filter(|p| !is_standard(p)) else { return Ok(Output::Standard) };
        // A link stays a link: what it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(m) if m.is_dir() => Err(Failure::Usage(format!("{} is a directory; name a file.", path.display()))),
            Ok(m) if !m.is_file() => {
                let file = File::options().write(true).open(&path).map_err(|e| unwritable(&path, &e))?;
                Ok(Output::Device(path, file))
            }
            _ => {
                let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let file = beside(folder).map_err(|e| unwritable(&path, &e))?;
                Ok(Output::File(path, file))
            }
        }
    }

    /// Writes the whole result. A reader that has gone away is no failure.
    pub fn write(self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Output::Standard => {
                let mut out = io::stdout().lock();
                match out.write_all(bytes).and_then(|()| out.flush()) {
                    Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
                    Err(e) => Err(Failure::Outside(format!("Standard output can't be written: {e}."))),
                    Ok(()) => Ok(()),
                }
            }
            Output::Device(path, mut file) => match file.write_all(bytes) {
                Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
                other => other.map_err(|e| unwritable(&path, &e)),
            },
            Output::File(path, mut file) => {
                file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| unwritable(&path, &e))?;
                file.persist(&path).map_err(|e| unwritable(&path, &e.error))?;
                Ok(())
            }
        }
    }

    /// Writes a value, in words or as indented JSON.
    pub fn tell<T: Serialize>(
        self,
        value: &T,
        in_words: bool,
        words: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if in_words { self.write(words(value).as_bytes()) } else { self.write_json(value) }
    }

    /// Writes a value as indented JSON.
    pub fn write_json(self, value: &impl Serialize) -> Result<(), Failure> {
        let mut bytes = serde_json::to_vec_pretty(value).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
        bytes.push(b'\n');
        self.write(&bytes)
    }
}

/// Whether a result is for a person's eyes: asked for, or standard output is a terminal.
pub fn for_a_person(text: bool) -> bool {
    text || io::stdout().is_terminal()
}

/// A new file in the same folder, with the permissions that a new file has.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".careweave-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666)); // the umask takes its share
    }
    builder.tempfile_in(folder)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    match error.kind() {
        ErrorKind::NotFound => Failure::Usage(format!("{path} can't be written: its folder does not exist.")),
        _ => Failure::Outside(format!("{path} can't be written: {error}.")),
    }
}
