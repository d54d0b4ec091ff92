//! A picture is an SVG text that is written as it is, or as PNG where its file asks for that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use crate::exit::{self, Code, Failure};

/// DejaVu Sans, reduced to the characters of pictures: the same picture on every machine.
const FONT: &[u8] = include_bytes!("../fonts/DejaVuSans-subset.ttf");

/// Pixels of a PNG for each one of the SVG, so that it is legible in print.
const SCALE: f32 = 2.0;

/// Reads the name of a picture.
pub(crate) fn name(text: &str) -> Result<PathBuf, String> {
    let path = Path::new(text);
    let ends = |end: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(end));
    if ends("svg") || ends("png") {
        Ok(path.to_owned())
    } else {
        Err("pictures are SVG or PNG; write a name that ends in .svg or .png".to_owned())
    }
}

/// Writes a picture to a file whose name [`name`] has accepted.
pub(crate) fn write(svg: &str, file: &Path) -> Result<(), Failure> {
    let is_png = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"));
    let bytes = if is_png { png(svg)? } else { svg.as_bytes().to_vec() };
    exit::write(file, bytes)
}

/// An SVG text as a PNG file.
fn png(svg: &str) -> Result<Vec<u8>, Failure> {
    let failed =
        |reason: String| Failure::new(Code::Unexpected, format!("cannot draw the picture: {reason}"));
    let mut options = usvg::Options { font_family: "DejaVu Sans".into(), ..usvg::Options::default() };
    Arc::make_mut(&mut options.fontdb).load_font_data(FONT.to_vec());
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| failed("it has no size".into()))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| failed("it is too large".into()))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_has_the_colours_and_the_letters_of_its_svg() {
        let svg = |text: &str| {
            format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="white"/><rect width="10" height="10" fill="lime"/><text x="12" y="16" font-size="13" font-family="DejaVu Sans, sans-serif">{text}</text></svg>"#
            )
        };
        let pixels = |text: &str| tiny_skia::Pixmap::decode_png(&png(&svg(text)).unwrap()).unwrap();
        let (empty, letters) = (pixels(""), pixels("\u{2265}8"));
        assert_eq!((empty.width(), empty.height()), (80, 40));
        let colour = empty.pixel(5, 5).unwrap();
        assert_eq!((colour.red(), colour.green(), colour.blue()), (0, 255, 0));
        let ink = |map: &tiny_skia::Pixmap| map.pixels().iter().filter(|pixel| pixel.green() < 100).count();
        assert!(ink(&empty) == 0 && ink(&letters) > 60, "{} pixels", ink(&letters));
    }

    #[test]
    fn a_picture_is_named_by_its_kind() {
        assert!(name("a.svg").is_ok() && name("b.PNG").is_ok());
        let refused = "pictures are SVG or PNG; write a name that ends in .svg or .png";
        assert_eq!(name("a.jpg"), Err(refused.to_owned()));
    }
}
