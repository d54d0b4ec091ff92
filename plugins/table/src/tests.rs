//! Promises of the model `table`.

use super::*;

/// A ladder of 1, 2, 4, 7 and 8 uS up, back to the lowest in one step.
fn ladder() -> Table {
    let g = [1e-6, 2e-6, 4e-6, 7e-6, 8e-6];
    let up = [1e-6, 2e-6, 3e-6, 1e-6, 0.0];
    let down = g.map(|g| 1e-6 - g);
    table((&g, &[], &up), (&g, &[], &down), Curve::new(&[], &[]).unwrap())
}

type Lists<'a> = (&'a [f64], &'a [f64], &'a [f64]);

fn table(set: Lists<'_>, reset: Lists<'_>, curve: Curve) -> Table {
    let steps = |(g, chance, change): Lists<'_>| Steps::new([g, chance, change], (4, "set")).unwrap();
    Table { g_min: 1e-6, g_max: 8e-6, v_set: 0.5, v_reset: -0.5, set: steps(set), reset: steps(reset), curve }
}

/// The conductances after a pulse of each voltage and chance.
fn pulsed<const N: usize>(table: &Table, mut g: [f64; N], voltage: [f64; N], uniform: [f64; N]) -> [f64; N] {
    table.advance(&mut Cells::new(&mut g, N, N, 1), &voltage, 1e-6, &uniform).unwrap();
    g
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= tolerance);
    assert!(found.len() == expected.len() && near, "{found:?} instead of {expected:?}");
}

#[test]
fn a_ladder_is_climbed_level_by_level() {
    let ladder = ladder();
    let mut course = vec![1e-6];
    for _ in 0..5 {
        course.push(pulsed(&ladder, [*course.last().unwrap(); 8], [1.0; 8], [0.5; 8])[7]);
    }
    assert_near(&course, &[1e-6, 2e-6, 4e-6, 7e-6, 8e-6, 8e-6], 1e-20);
    // Half way between two levels a pulse leads half way between the next two.
    assert_near(&pulsed(&ladder, [3e-6; 8], [1.0; 8], [0.5; 8]), &[5.5e-6; 8], 1e-20);
    assert_near(&pulsed(&ladder, [3e-6; 8], [-1.0; 8], [0.5; 8]), &[1e-6; 8], 1e-20);
}

#[test]
fn within_the_thresholds_and_without_time_every_bit_stays() {
    let volts = [0.5, -0.5, 0.0, 0.49, -0.49, 0.1, -0.1, 0.5];
    assert_eq!(pulsed(&ladder(), [3e-6; 8], volts, [0.5; 8]), [3e-6; 8]);
    let mut g = [3e-6; 8];
    ladder().advance(&mut Cells::new(&mut g, 8, 8, 1), &[1.0; 8], 0.0, &[0.5; 8]).unwrap();
    assert_eq!(g, [3e-6; 8]);
}

#[test]
fn each_cell_has_thresholds_of_its_own() {
    let own = [0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1];
    let columns = [(V_SET, &own[..])];
    let mut g = [2e-6; 8];
    let mut cells = Cells::new(&mut g, 8, 8, 1).with_parameters(&columns);
    ladder().advance(&mut cells, &[1.0; 8], 1e-6, &[0.5; 8]).unwrap();
    assert_near(&g, &[4e-6, 2e-6, 4e-6, 2e-6, 4e-6, 2e-6, 4e-6, 2e-6], 1e-20);
}

#[test]
fn steps_have_the_measured_distribution() {
    // At 2 uS a pulse changes by -1 to 1 uS evenly, at 6 uS by 0 to 4 uS with half of them below 1 uS.
    let change = [-1e-6, 0.0, 0.0, 1e-6, 1e-6, 4e-6];
    let set: Lists<'_> = (&[2e-6, 6e-6], &[0.0, 0.5, 1.0], &change);
    let table = table(set, (&[], &[], &[]), Curve::new(&[], &[]).unwrap());
    let uniform: [f64; 8] = std::array::from_fn(|k| (k as f64 + 0.5) / 8.0);
    let even = uniform.map(|u| 2e-6 + (2.0 * u - 1.0) * 1e-6);
    assert_near(&pulsed(&table, [2e-6; 8], [1.0; 8], uniform), &even, 1e-20);
    let bent = uniform.map(|u| if u < 0.5 { 2e-6 * u } else { 1e-6 + 6e-6 * (u - 0.5) });
    let expected = bent.map(|change| (6e-6 + change).min(8e-6));
    assert_near(&pulsed(&table, [6e-6; 8], [1.0; 8], uniform), &expected, 1e-20);
    // Half way between the columns, half of both; and the column at the end holds beyond it.
    let expected: Vec<f64> =
        uniform.iter().zip(bent).map(|(u, bent)| 4e-6 + 0.5 * ((2.0 * u - 1.0) * 1e-6 + bent)).collect();
    assert_near(&pulsed(&table, [4e-6; 8], [1.0; 8], uniform), &expected, 1e-20);
    let first = uniform.map(|u| (1.5e-6 + (2.0 * u - 1.0) * 1e-6).max(1e-6));
    assert_near(&pulsed(&table, [1.5e-6; 8], [1.0; 8], uniform), &first, 1e-20);
    // No table, no change.
    assert_eq!(pulsed(&table, [4e-6; 8], [-1.0; 8], uniform), [4e-6; 8]);
}

/// Volt, current, slope.
type Point = (f64, f64, f64);

#[test]
fn the_curve_is_that_of_scipy() {
    // The mean of ten sweeps of the founding study's device; numbers of scipy.interpolate.PchipInterpolator 1.16, scaled.
    let measured = (
        &[0.07, 0.14, 0.21, 0.28, 0.35, 0.42, 0.49, 0.56, 0.63][..],
        &[5.1e-6, 10.7e-6, 17.4e-6, 25.3e-6, 35.0e-6, 46.9e-6, 62.0e-6, 81.7e-6, 107e-6][..],
    );
    let one_sided: &[Point] = &[
        (0.03, 0.029156050584004597, 0.9690556911578606),
        (0.1, 0.1, 1.0581856340721734),
        (0.25, 0.29326147999519725, 1.5357589061542445),
        (0.6, 1.2877779388523143, 4.974710649096282),
        (-0.33, -0.432161682031137, 1.9517313563492447),
    ];
    let uneven = (&[-1.0, -0.4, 0.0, 0.5, 0.7, 1.5][..], &[-3e-6, -1e-6, 0.0, 1e-6, 1.1e-6, 5e-6][..]);
    let two_sided: &[Point] = &[
        (-0.9, -1.1169055267045593, 1.5604824724610553),
        (-0.5, -0.5495046591425619, 1.2759271834492212),
        (-0.1, -0.09731089245570758, 0.9984044072229964),
        (0.55, 0.4378496475184709, 0.19441197863456683),
        (0.71, 0.4716123001892309, 0.3816566251593991),
        (1.4, 1.7869688789185694, 3.2426367919137458),
    ];
    for ((voltage, current), points) in [(measured, one_sided), (uneven, two_sided)] {
        let curve = Curve::new(voltage, current).unwrap();
        for &(volts, expected, slope) in points {
            let (found, rise) = curve.at(volts);
            assert!((found - expected).abs() < 1e-14, "{volts} V: {found}");
            assert!((rise - slope).abs() < 1e-13, "{volts} V: {rise}");
        }
        // Straight beyond the ends, without a jump or a bend.
        let (end, rise) = curve.at(*voltage.last().unwrap());
        let beyond = curve.at(voltage.last().unwrap() + 1.0);
        assert!((beyond.0 - end - rise).abs() < 1e-12 && beyond.1 == rise);
    }
    assert_eq!(Curve::new(&[], &[]).unwrap().at(0.3), (0.3, 1.0));
}

#[test]
fn lists_that_do_not_fit_are_refused() {
    let refused = |lists: Lists<'_>, text: &str, parameter: usize| {
        let fault = Steps::new([lists.0, lists.1, lists.2], (4, "set")).err().unwrap();
        assert!(fault.message.contains(text) && fault.parameter == Some(parameter), "{fault:?}");
    };
    refused((&[2e-6, 1e-6], &[], &[0.0, 0.0]), "`set_g` must ascend", 4);
    refused((&[1e-6, 2e-6], &[0.1, 1.0], &[0.0; 4]), "from 0 to 1", 5);
    refused(
        (&[1e-6, 2e-6], &[0.0, 1.0], &[0.0; 3]),
        "has length 3; expected 4: 2 for each of 2 conductances",
        6,
    );
    refused((&[1e-6, 2e-6], &[0.0, 1.0], &[0.0, 1.0, 0.0, 0.5]), "falls from line 0 to line 1", 6);
    let refused = |voltage: &[f64], current: &[f64], text: &str| {
        let fault = Curve::new(voltage, current).err().unwrap();
        assert!(fault.message.contains(text), "{fault:?}");
    };
    refused(&[0.1], &[], "`iv_voltage` has length 1 and `iv_current` 0");
    refused(&[0.1, -0.1], &[1.0, 1.0], "the point at -1e-1 V has 1e0 A");
    refused(&[0.1, 0.2], &[1.0, 0.9], "from 1e-1 to 2e-1 V the current goes from 1e0 to 9e-1 A");
}
