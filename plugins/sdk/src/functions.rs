//! Elementary functions made of IEEE operations only, so that a model gives the same bits on every machine.
//!
//! `f64::exp` and its neighbours call the C library, whose last bit differs from machine to machine, and which takes one
//! number at a time. The exponentials here have no branches and are always inlined: a loop over cells around them works
//! in as many lanes as its instruction set has.
//!
//! # Why
//!
//! An argument is split as x = k ln 2 + r with |r| <= ln 2 / 2. exp(r) - 1 is its Taylor polynomial of degree 13, whose
//! remainder is below 5e-18; 2^k goes into the exponent bits. Keeping the 1 apart until the end is what saves the
//! digits of exp(x) - 1 and sinh(x) near 0. There are no fused operations.

/// ln 2 in two parts: the first has so few bits that k times it is exact.
const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
/// Adding this number rounds to a whole number, which then stands in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// e^x, to a relative error below 1e-15; x is clipped to -708..709, where the result is a normal number.
///
/// ```
/// assert!((crosspike_device::functions::exp(1.0) - std::f64::consts::E).abs() < 1e-15);
/// ```
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let (power, rest) = split(x);
    power * rest + power
}

/// e^x - 1, to a relative error below 1e-15 also near 0; x is clipped to -708..709.
///
/// ```
/// assert_eq!(crosspike_device::functions::exp_m1(1e-20), 1e-20);
/// ```
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    let (power, rest) = split(x);
    power * rest + (power - 1.0)
}

/// sinh x and cosh x, to relative errors below 1e-15 also near 0; |x| is clipped to 709.
///
/// With E = e^|x| - 1: sinh |x| = (E + E / (E + 1)) / 2 and cosh x = 1 + E^2 / (2 (E + 1)), sums of terms of one sign.
///
/// ```
/// assert_eq!(crosspike_device::functions::sinh_cosh(-1e-20), (-1e-20, 1.0));
/// ```
#[inline(always)]
pub fn sinh_cosh(x: f64) -> (f64, f64) {
    let growth = exp_m1(x.abs());
    let share = growth / (growth + 1.0);
    ((0.5 * (growth + share)).copysign(x), 1.0 + 0.5 * growth * share)
}

/// The natural logarithm of a positive normal number, to a relative error below 1e-15.
///
/// With x = 2^k m and m from sqrt(1/2) to sqrt(2): ln m = 2 artanh s, s = (m - 1) / (m + 1), by its series to s^21, whose
/// remainder is below 1e-18 of it.
///
/// ```
/// assert_eq!(crosspike_device::functions::ln(1.0), 0.0);
/// ```
#[inline]
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits().cast_signed();
    let k = (bits - std::f64::consts::FRAC_1_SQRT_2.to_bits().cast_signed()) >> 52;
    let m = f64::from_bits((bits - (k << 52)).cast_unsigned());
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut series = 1.0 / 21.0;
    for odd in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        series = series * square + 1.0 / odd;
    }
    let k = k as f64;
    k * LN2_HIGH + (2.0 * s * series + k * LN2_LOW)
}

/// `base` to the power of `exponent` for a positive normal base, to a relative error of about 1e-15 + 2e-16
/// |exponent ln base|; the result is clipped to e^-708..e^709.
///
/// ```
/// assert!((crosspike_device::functions::pow(4.0, 1.5) - 8.0).abs() < 1e-14);
/// ```
#[inline]
pub fn pow(base: f64, exponent: f64) -> f64 {
    exp(exponent * ln(base))
}

/// The number of the standard normal distribution below which a share `uniform` of (0, 1) of it lies, so that a uniform
/// draw becomes a normal one. Relative error about 1e-15.
///
/// Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
/// (1988) 477-484, routine PPND16, DOI 10.2307/2347330.
///
/// ```
/// assert_eq!(crosspike_device::functions::normal(0.5), 0.0);
/// assert!((crosspike_device::functions::normal(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
/// ```
pub fn normal(uniform: f64) -> f64 {
    let from_middle = uniform - 0.5;
    if from_middle.abs() <= 0.425 {
        return from_middle * ratio(&MIDDLE, 0.180_625 - from_middle * from_middle);
    }
    let tail = if from_middle < 0.0 { uniform } else { 1.0 - uniform };
    let r = (-ln(tail)).sqrt();
    let size = if r <= 5.0 { ratio(&TAIL, r - 1.6) } else { ratio(&FAR_TAIL, r - 5.0) };
    size.copysign(from_middle)
}

/// x as a power of two, 2^k, and exp(r) - 1.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let x = x.clamp(-708.0, 709.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let mut polynomial = 1.0 / 6_227_020_800.0;
    for factorial in
        [479_001_600.0, 39_916_800.0, 3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0]
    {
        polynomial = polynomial * r + 1.0 / factorial;
    }
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(1023) << 52;
    (f64::from_bits(exponent), r + r * r * polynomial)
}

/// The coefficients of a numerator and of a denominator, lowest power first.
type Ratio = [[f64; 8]; 2];

fn ratio([above, below]: &Ratio, x: f64) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c);
    polynomial(above) / polynomial(below)
}

const MIDDLE: Ratio = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];

const TAIL: Ratio = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

const FAR_TAIL: Ratio = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes from 1e-300 to 700, ten per decade, each with both signs.
    fn arguments() -> impl Iterator<Item = f64> {
        let sizes = (-3000..=28).map(|k| 10f64.powf(f64::from(k) / 10.0)).chain([650.0, 700.0]);
        sizes.flat_map(|size| [size, -size])
    }

    fn error(found: f64, expected: f64) -> f64 {
        (found / expected - 1.0).abs()
    }

    #[test]
    fn exponentials_agree_with_the_c_library_from_tiny_to_huge() {
        for x in arguments() {
            assert!(error(exp(x), x.exp()) < 1e-15, "exp({x:e})");
            assert!(error(exp_m1(x), x.exp_m1()) < 1e-15, "exp_m1({x:e})");
            let (sinh, cosh) = sinh_cosh(x);
            assert!(error(sinh, x.sinh()) < 1e-15, "sinh({x:e})");
            assert!(error(cosh, x.cosh()) < 1e-15, "cosh({x:e})");
        }
        for x in (-70_000..70_000).map(|k| f64::from(k) / 1e4 + 1e-5 / 7.0) {
            let (sinh, cosh) = sinh_cosh(x);
            assert!(error(sinh, x.sinh()) < 1e-15 && error(cosh, x.cosh()) < 1e-15, "sinh_cosh({x})");
            assert!(error(exp_m1(x), x.exp_m1()) < 1e-15, "exp_m1({x})");
        }
    }

    #[test]
    fn exponentials_are_exact_at_zero_and_finite_at_the_ends() {
        assert_eq!((exp(0.0), exp_m1(0.0), sinh_cosh(0.0)), (1.0, 0.0, (0.0, 1.0)));
        assert!(exp(1e9).is_finite() && exp(-1e9) > 0.0 && exp_m1(-1e9) == -1.0);
        assert!(exp(f64::NAN).is_nan() && sinh_cosh(f64::NAN).0.is_nan());
    }

    #[test]
    fn the_logarithm_agrees_with_the_c_library() {
        for exponent in (-3070..=3080).map(|k| f64::from(k) / 10.0) {
            let x = 10f64.powf(exponent);
            assert!(exponent == 0.0 || error(ln(x), x.ln()) < 1e-15, "ln({x:e})");
        }
        for x in (1..100_000).map(|k| f64::from(k) / 5e4 + 1e-7) {
            assert!(error(ln(x), x.ln()) < 1e-15, "ln({x})");
        }
        assert!(error(ln(1.0 + f64::EPSILON), f64::EPSILON) < 1e-15);
    }

    #[test]
    fn powers_agree_with_the_c_library() {
        for (base, exponent) in [(4.0, 3.0), (0.3, 7.5), (49.0, 1.0), (1e-6, 12.0), (3.7, 0.0), (1e3, 50.0)] {
            let expected = f64::powf(base, exponent);
            assert!(error(pow(base, exponent), expected) < 3e-14, "{base} ^ {exponent}");
        }
    }

    #[test]
    fn normal_numbers_have_the_percentage_points_of_tables() {
        for (uniform, expected) in [
            (0.6, 0.253_347_103_135_799_7),
            (0.95, 1.644_853_626_951_472_2),
            (0.999, 3.090_232_306_167_813_5),
            (1e-4, -3.719_016_485_455_68),
            (1e-12, -7.034_483_825_301_132),
            (1e-16, -8.222_082_216_130_435),
        ] {
            assert!(error(normal(uniform), expected) < 1e-14, "{uniform}: {}", normal(uniform));
        }
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        const COUNT: i32 = 1_000_000;
        let numbers: Vec<f64> = (0..COUNT).map(|k| normal((f64::from(k) + 0.5) / f64::from(COUNT))).collect();
        let mean = numbers.iter().sum::<f64>() / f64::from(COUNT);
        let variance = numbers.iter().map(|z| z * z).sum::<f64>() / f64::from(COUNT);
        assert!(mean.abs() < 1e-10 && (variance - 1.0).abs() < 1e-5, "{mean} {variance}");
    }
}
