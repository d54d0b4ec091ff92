//! What texts with units mean, how they are written, and why others are refused.

use proptest::num::f64 as any_number;
use proptest::prelude::*;

use super::*;

fn refusal<D: Dimension>(text: &str) -> String {
    text.parse::<Quantity<D>>().unwrap_err().to_string()
}

#[test]
fn decimal_texts_are_rounded_once() {
    for (text, si) in
        [("0.1 ms", 1e-4), ("54.3ms", 54.3e-3), ("1e-3 s", 1e-3), ("3 us", 3e-6), ("+.5 s", 0.5)]
    {
        assert_eq!(text.parse::<Span>(), Ok(Span::new(si)), "{text}");
    }
    assert_eq!("1.5e3 nS".parse::<Conductance>(), Ok(Conductance::new(1.5e-6)));
    assert_eq!("-5. mV".parse::<Voltage>(), Ok(Voltage::new(-5e-3)));
}

#[test]
fn both_signs_of_micro_and_ohm_are_read() {
    for text in ["2 µs", "2 \u{3bc}s", "2 us"] {
        assert_eq!(text.parse::<Span>(), Ok(Span::new(2e-6)));
    }
    for text in ["2 kohm", "2 kΩ", "2 k\u{2126}"] {
        assert_eq!(text.parse::<Resistance>(), Ok(Resistance::new(2e3)));
    }
}

#[test]
fn quantities_are_written_with_the_prefix_that_fits() {
    assert_eq!(Span::new(1.5e-3).to_string(), "1.5 ms");
    assert_eq!(Span::new(0.0).to_string(), "0 s");
    assert_eq!(Conductance::new(2.5e-4).to_string(), "250 uS");
    assert_eq!(Voltage::new(-0.2174).to_string(), "-217.4 mV");
    assert_eq!(Resistance::new(2e3).to_string(), "2 kohm");
    assert_eq!(Conductance::new(1e-20).to_string(), "1e-20 S");
    assert_eq!(Frequency::new(1.25e12).to_string(), "1.25e12 Hz");
    assert_eq!(format(0.5, "1"), "0.5");
}

#[test]
fn a_bare_number_is_refused_with_a_unit_that_would_do() {
    assert_eq!(refusal::<Second>("5"), "a bare number has no unit; write \"5 ms\"");
    assert_eq!(refusal::<Siemens>("1e-3"), "a bare number has no unit; write \"1e-3 uS\"");
}

#[test]
fn another_dimension_is_refused_by_name() {
    assert_eq!(
        refusal::<Second>("5 mV"),
        "`5 mV` is a voltage, but a time is expected here; write for example \"1 ms\""
    );
    assert_eq!(
        parse("5 ms", "S").unwrap_err().to_string(),
        "`5 ms` is a time, but a conductance is expected here; write for example \"50 uS\""
    );
}

#[test]
fn unknown_units_and_texts_without_number_are_refused() {
    assert_eq!(
        refusal::<Second>("5 parsec"),
        "`parsec` is not a unit of a time; write for example \"1 ms\" (prefixes: f p n u m k M G)"
    );
    assert_eq!(
        refusal::<Volt>("high"),
        "`high` is not a number with a unit; write a voltage such as \"100 mV\""
    );
    assert_eq!(
        refusal::<Volt>("NaN V"),
        "`NaN V` is not a number with a unit; write a voltage such as \"100 mV\""
    );
}

#[test]
fn values_beyond_the_ranges_are_refused() {
    assert_eq!(refusal::<Volt>("1e400 V"), "`1e400 V` is beyond the range of numbers (1.8e308)");
    assert_eq!(
        refusal::<Volt>("1e99999999999999999999 V"),
        "`1e99999999999999999999 V` is beyond the range of numbers (1.8e308)"
    );
    assert_eq!(refusal::<Second>("2e6 s"), "`2e6 s` is too long: the longest time is 1e6 s (11.6 days)");
    assert_eq!(refusal::<Second>("1 fs"), "`1 fs` is too short: the shortest time is 1 ps");
}

#[test]
fn any_symbol_serves_as_a_unit_of_parameters() {
    assert_eq!(parse("3 meV", "eV"), Ok(3e-3));
    assert_eq!(parse("300 K", "K"), Ok(300.0));
    assert_eq!(parse("2 nm", "m"), Ok(2e-9));
    assert_eq!(parse("0.5", "1"), Ok(0.5));
}

#[test]
fn a_span_becomes_the_nearest_tick() {
    assert_eq!("1.5 ns".parse::<Span>().unwrap().time(), Time::from_ticks(1500));
    assert_eq!(Span::new(f64::INFINITY).time(), Time::LONGEST);
}

proptest! {
    #[test]
    fn every_finite_value_survives_its_text(si in any_number::NORMAL | any_number::SUBNORMAL | any_number::ZERO) {
        for unit in ["S", "ohm", "1", "eV"] {
            let text = format(si, unit);
            prop_assert_eq!(parse(&text, unit), Ok(si), "{}", text);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = parse(&text, "s");
        let _ = text.parse::<Span>();
    }
}
