//! The header compiles as C11 and as C++17, and lays out every struct as the Rust mirror does.

use std::fmt::Write;
use std::mem::{offset_of, size_of};
use std::process::Command;

use crosspike_device::abi;

/// Size of a struct and offset of each member, as assertions.
macro_rules! layout {
    ($out:ident, $rust:ty, $c:literal, $($member:ident)+) => {
        writeln!($out, "static_assert(sizeof({}) == {}, \"{}\");", $c, size_of::<$rust>(), $c).unwrap();
        $(writeln!(
            $out,
            "static_assert(offsetof({}, {}) == {}, \"{}.{}\");",
            $c, stringify!($member), offset_of!($rust, $member), $c, stringify!($member)
        ).unwrap();)+
    };
}

fn assertions() -> String {
    let mut out = String::from(
        "#include <assert.h>\n#include <stddef.h>\n#include \"crosspike_device.h\"\n#include \"crosspike_device.h\"\n",
    );
    layout!(out, abi::Fault, "crosspike_fault", message cell parameter);
    layout!(out, abi::Parameter, "crosspike_parameter", name unit text kind flags default_value min max choices);
    layout!(out, abi::Value, "crosspike_value", number list list_count);
    layout!(out, abi::StateVariable, "crosspike_state_variable", name unit text);
    layout!(out, abi::Cells, "crosspike_cells", count stride state parameters);
    layout!(out, abi::Model, "crosspike_model", struct_size name version text parameter_count parameter_stride
        parameters state_count state_stride state capabilities initial_draws increment_draws advance_draws reserved
        reference_voltage create destroy range dead_zone initial_state conductance current increment advance
        time_to_next_level read_noise valid_voltage);
    layout!(out, abi::Library, "crosspike_library", abi_major abi_minor struct_size model_count model_stride models);
    for (name, value) in [
        ("ABI_MAJOR", u64::from(abi::ABI_MAJOR)),
        ("ABI_MINOR", u64::from(abi::ABI_MINOR)),
        ("OK", abi::OK as u64),
        ("FAILED", abi::FAILED as u64),
        ("PANICKED", abi::PANICKED as u64),
        ("NUMBER", u64::from(abi::NUMBER)),
        ("CHOICE", u64::from(abi::CHOICE)),
        ("LIST", u64::from(abi::LIST)),
        ("REQUIRED", u64::from(abi::REQUIRED)),
        ("INTEGER", u64::from(abi::INTEGER)),
        ("VARIES", u64::from(abi::VARIES)),
        ("LINEAR", abi::LINEAR),
        ("ODD", abi::ODD),
        ("MONOTONE", abi::MONOTONE),
        ("HAS_LEVELS", abi::HAS_LEVELS),
        ("STOCHASTIC", abi::STOCHASTIC),
        ("VOLATILE", abi::VOLATILE),
        ("NOISY", abi::NOISY),
        ("PULSED", abi::PULSED),
    ] {
        writeln!(out, "static_assert(CROSSPIKE_{name} == {value}, \"{name}\");").unwrap();
    }
    writeln!(out, "static_assert(CROSSPIKE_NONE == {}u, \"NONE\");", abi::NONE).unwrap();
    out
}

#[test]
fn version_1_is_frozen() {
    let sizes = [size_of::<abi::Fault>(), size_of::<abi::Value>(), size_of::<abi::Cells>()];
    assert_eq!(sizes, [272, 24, 32], "these never grow");
    let grow = [size_of::<abi::Parameter>(), size_of::<abi::StateVariable>(), size_of::<abi::Model>()];
    assert_eq!(grow, [64, 24, 208], "these grow with the minor version only");
    assert_eq!((abi::Model::FIRST_SIZE, offset_of!(abi::Model, valid_voltage)), (192, 200));
}

#[test]
fn c_and_cpp_see_the_layout_that_rust_sees() {
    let folder = std::env::temp_dir().join(format!("crosspike-header-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (extension, language, standard) in [("c", "c", "-std=c11"), ("cpp", "c++", "-std=c++17")] {
        let source = folder.join(format!("layout.{extension}"));
        std::fs::write(&source, assertions()).unwrap();
        let run = Command::new("cc")
            .args([
                "-x",
                language,
                standard,
                "-Wall",
                "-Wextra",
                "-pedantic",
                "-Werror",
                "-fsyntax-only",
                "-I",
            ])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/include"))
            .arg(&source)
            .output();
        match run {
            Err(_) => eprintln!("skipped: there is no C compiler `cc`"),
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                // A C compiler without its C++ half cannot judge the second file.
                if language == "c++" && words.contains("cc1plus") {
                    eprintln!("skipped: `cc` has no C++");
                    continue;
                }
                assert!(output.status.success(), "{words}");
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}
