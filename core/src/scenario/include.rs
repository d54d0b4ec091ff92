//! A device file holds what stands after `device:`, so that many scenarios share one set of parameters.
//!
//! Its text is put in the place of its name before the scenario is parsed. So the scenario that is recorded needs no other
//! file, an override reaches the parameters, and every error has a place.

use std::ops::Range;

use crate::scenario::error::ScenarioError;
use crate::scenario::source::{Origin, Source};
use crate::scenario::spans::{Body, Spans};

/// Gives the text of the file of a name, or says why it cannot be read.
pub(super) type ReadFile<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// The source with the text of every device file in the place of its name.
pub(super) fn include(mut source: Source, read: &ReadFile<'_>) -> Result<Source, ScenarioError> {
    // From the last to the first, so that the places of the others do not move.
    for range in names(&source).into_iter().rev() {
        let refuse = |message: String| {
            source
                .error(range.clone(), message)
                .with_help(Some("write (\"model\", { \"parameter\": value, ... }), or the name of a device file that holds this".into()))
        };
        let quoted = &source.text()[range.clone()];
        let name: String = ron::from_str(quoted).map_err(|_| refuse(format!("{quoted} is not a text")))?;
        let text = read(&name).map_err(|reason| refuse(format!("the device file \"{name}\": {reason}")))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let Some(end) = Spans::read(text).end() else {
            return Err(refuse(format!("the device file \"{name}\" holds no device")));
        };
        if let Some(line) = rest(&text[end..]) {
            return Err(refuse(format!("the device file \"{name}\" goes on behind its device: `{line}`")));
        }
        source = source.spliced(&range, &text[..end], Origin::File(name));
    }
    Ok(source)
}

/// Where a device is given by a text alone.
fn names(source: &Source) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    source.spans.walk(|key, value| {
        let is_text =
            matches!(value.body, Body::Scalar) && source.text()[value.range.clone()].starts_with('"');
        if is_text && key.is_some_and(|key| key.name == "device") {
            names.push(value.range.clone());
        }
    });
    names.sort_by_key(|range| range.start);
    names
}

/// The first line that is neither blank nor a comment.
fn rest(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("//"))
}
