//! `crosspike device characterise`: a sheet of charts of what a device does, and their numbers as CSV.

use crosspike::device::{Device, DeviceFault};
use crosspike::units;

use super::lab::{Lab, Subject};
use crate::chart::{self, Axis, Chart, Series, brief};
use crate::cli::DeviceCharacteriseArguments;
use crate::exit::{self, Code, Failure, say};
use crate::picture;

/// The largest voltage of pulses that are looked for, V.
const LARGEST: f64 = 5.0;
/// The part of the range by which a pulse that is looked for moves a cell from the middle of it.
const PART: f64 = 0.02;
/// Widths at which pulses are looked for, s.
const WIDTHS: [f64; 10] = [1e-6, 1e-7, 1e-5, 1e-8, 1e-4, 1e-9, 1e-3, 1e-2, 1e-1, 1.0];
/// Cells of a mean, and of a distribution.
const SOME: usize = 16;
const MANY: usize = 512;

/// A pulse that sets and one that resets.
#[derive(Clone, Copy, Debug)]
struct Pulses {
    set: f64,
    reset: f64,
    /// s.
    width: f64,
}

/// What writing is.
#[derive(Clone, Copy, Debug)]
enum Write {
    ByPulses(Pulses),
    /// No pulse moves the device: increments of a part of its range.
    ByIncrements(f64),
}

/// Draws the sheet of a device.
pub(super) fn characterise(arguments: &DeviceCharacteriseArguments) -> Result<(), Failure> {
    let subject = Subject::find(&arguments.target, &arguments.plugins)?;
    let device = subject.device()?;
    let model = device.model();
    let failed = |fault: DeviceFault| Failure::new(Code::Device, fault);
    let sheet = Sheet { device: &device, seed: arguments.seed, pulses: usize::from(arguments.pulses) };
    let write = match given(arguments)? {
        Some(pulses) => Write::ByPulses(pulses),
        None => sheet.find_write(arguments.width.as_ref().map(|width| width.0)).map_err(failed)?,
    };
    let charts = sheet.charts(write).map_err(failed)?;
    let (low, high) = device.range();
    let title = format!(
        "{} {}: {} to {}, {}",
        model.name(),
        model.version(),
        brief(low, "S"),
        brief(high, "S"),
        words(write)
    );
    picture::write(&chart::draw(&title, &charts, 3)?, &arguments.output)?;
    if let Some(file) = &arguments.csv {
        exit::write(file, chart::csv(&charts))?;
    }
    say(&format!("{title}\n{}", sheet.summary(write).map_err(failed)?))
}

/// The pulses that the command line gives; all of them or none.
fn given(arguments: &DeviceCharacteriseArguments) -> Result<Option<Pulses>, Failure> {
    match (&arguments.set, &arguments.reset, &arguments.width) {
        (Some(set), Some(reset), Some(width)) => {
            Ok(Some(Pulses { set: set.0, reset: reset.0, width: width.0 }))
        }
        (None, None, _) => Ok(None),
        _ => Err(Failure::new(Code::Usage, "--set, --reset and --width belong together; give all or none")),
    }
}

fn words(write: Write) -> String {
    match write {
        Write::ByPulses(Pulses { set, reset, width }) => {
            format!("set {}, reset {}, {}", brief(set, "V"), brief(reset, "V"), brief(width, "s"))
        }
        Write::ByIncrements(change) => {
            format!("no pulse up to 5 V moves it; increments of {}", brief(change, "S"))
        }
    }
}

/// A device under test.
struct Sheet<'a> {
    device: &'a Device,
    seed: u64,
    /// Of a ladder, in each direction.
    pulses: usize,
}

impl Sheet<'_> {
    fn middle(&self) -> f64 {
        let (low, high) = self.device.range();
        0.5 * (low + high)
    }

    fn quarter(&self) -> f64 {
        let (low, high) = self.device.range();
        low + 0.25 * (high - low)
    }

    /// Five conductances all over the range, and three more to make a group.
    fn five(&self) -> [f64; 8] {
        let (low, high) = self.device.range();
        std::array::from_fn(|k| low + (high - low) * [0.0, 0.25, 0.5, 0.75, 1.0, 0.5, 0.5, 0.5][k])
    }

    /// The mean change of cells from the middle of the range by one pulse, in parts of the range.
    fn change(&self, volts: f64, width: f64) -> Result<f64, DeviceFault> {
        let (low, high) = self.device.range();
        let mut lab = Lab::new(self.device, self.seed, &[self.middle(); SOME])?;
        let mean = |lab: &mut Lab<'_>| Ok(lab.conductances()?.iter().sum::<f64>() / SOME as f64);
        let before: f64 = mean(&mut lab)?;
        lab.pulse(volts, width)?;
        Ok((mean(&mut lab)? - before) / (high - low))
    }

    /// The pulses that move a cell from the middle of its range by a fiftieth of it, or as little as the device can.
    fn find_write(&self, width: Option<f64>) -> Result<Write, DeviceFault> {
        for width in
            width.as_slice().iter().chain(&WIDTHS).take(if width.is_some() { 1 } else { WIDTHS.len() })
        {
            let mut found = [None; 2];
            for sign in [1.0, -1.0] {
                let grid = (0..=48).map(|k| sign * LARGEST * f64::powf(500.0, (f64::from(k) - 48.0) / 48.0));
                let mut below = 0.0;
                for volts in grid {
                    let change = self.change(volts, *width)?;
                    if change.abs() >= PART {
                        let (mut low, mut high): (f64, f64) = (below, volts);
                        for _ in 0..20 {
                            let middle = 0.5 * (low + high);
                            *(if self.change(middle, *width)?.abs() >= PART {
                                &mut high
                            } else {
                                &mut low
                            }) = middle;
                        }
                        found[usize::from(change < 0.0)] = Some(high);
                        break;
                    }
                    below = volts;
                }
            }
            if let [Some(set), Some(reset)] = found {
                return Ok(Write::ByPulses(Pulses { set, reset, width: *width }));
            }
        }
        let (low, high) = self.device.range();
        Ok(Write::ByIncrements(PART * (high - low)))
    }

    /// Writes all cells once.
    fn write(lab: &mut Lab<'_>, write: Write, is_set: bool) -> Result<(), DeviceFault> {
        match write {
            Write::ByPulses(pulses) => {
                lab.pulse(if is_set { pulses.set } else { pulses.reset }, pulses.width)
            }
            Write::ByIncrements(change) => lab.increment(if is_set { change } else { -change }),
        }
    }

    fn charts(&self, write: Write) -> Result<Vec<Chart>, DeviceFault> {
        let mut charts = vec![self.currents()?];
        if let Write::ByPulses(pulses) = write {
            charts.push(self.sweep(pulses)?);
        }
        charts.push(self.ladder(write)?);
        if let Write::ByPulses(pulses) = write {
            charts.push(self.map(pulses)?);
        }
        charts.push(self.scatter(write)?);
        charts.push(self.retention()?);
        if self.device.model().is_noisy() {
            charts.push(self.noise()?);
        }
        Ok(charts)
    }

    /// Where currents are looked at, V.
    fn reach(&self) -> (f64, f64) {
        let (low, high) = self.device.valid_voltage();
        (low.max(-1.0), high.min(1.0))
    }

    fn currents(&self) -> Result<Chart, DeviceFault> {
        let mut lab = Lab::new(self.device, self.seed, &self.five())?;
        let conductances = lab.conductances()?;
        let mut series: Vec<Series> =
            conductances[..5].iter().map(|g| Series::line(brief(*g, "S"), Vec::new())).collect();
        let (low, high) = self.reach();
        for k in 0..=100 {
            let volts = low + (high - low) * f64::from(k) / 100.0;
            let currents = lab.currents(&[volts; 8])?;
            series
                .iter_mut()
                .zip(currents)
                .for_each(|(series, current)| series.points.push((volts, current)));
        }
        Ok(Chart {
            title: "currents of five states".into(),
            x: Axis::new("voltage", "V"),
            y: Axis::new("current", "A"),
            series,
        })
    }

    /// A triangle of voltages beyond both pulses; each of 400 steps lasts a twentieth of a pulse.
    fn sweep(&self, pulses: Pulses) -> Result<Chart, DeviceFault> {
        let mut lab = Lab::new(self.device, self.seed, &[self.quarter(); 8])?;
        let peaks = [0.0, 1.3 * pulses.set, 0.0, 1.3 * pulses.reset, 0.0];
        let mut series = Vec::new();
        for cycle in 1..=2 {
            let mut points = Vec::new();
            for pair in peaks.windows(2) {
                for k in 0..100 {
                    let volts = pair[0] + (pair[1] - pair[0]) * f64::from(k) / 100.0;
                    lab.pulse(volts, pulses.width / 20.0)?;
                    points.push((volts, lab.currents(&[volts; 8])?[0]));
                }
            }
            series.push(Series::line(format!("cycle {cycle}"), points));
        }
        Ok(Chart {
            title: format!("a sweep in 400 steps of {}", brief(pulses.width / 20.0, "s")),
            x: Axis::new("voltage", "V"),
            y: Axis::new("current", "A"),
            series,
        })
    }

    /// The conductances of some cells after each write, up and then down.
    fn climb(&self, write: Write) -> Result<Vec<Vec<f64>>, DeviceFault> {
        let mut lab = Lab::new(self.device, self.seed, &[self.quarter(); SOME])?;
        let mut courses = vec![lab.conductances()?];
        for k in 0..2 * self.pulses {
            Self::write(&mut lab, write, k < self.pulses)?;
            courses.push(lab.conductances()?);
        }
        Ok(courses)
    }

    fn ladder(&self, write: Write) -> Result<Chart, DeviceFault> {
        let courses = self.climb(write)?;
        let course = |of: &dyn Fn(&Vec<f64>) -> f64| -> Vec<(f64, f64)> {
            courses.iter().enumerate().map(|(k, cells)| (k as f64, of(cells))).collect()
        };
        let differ = courses.iter().any(|cells| cells.iter().any(|g| *g != cells[0]));
        let mut series = vec![Series::line(
            if differ { format!("mean of {SOME} cells") } else { String::new() },
            course(&|cells| cells.iter().sum::<f64>() / SOME as f64),
        )];
        if differ {
            series.extend(
                (0..3).map(|cell| Series::dots(format!("cell {}", cell + 1), course(&|cells| cells[cell]))),
            );
        }
        Ok(Chart {
            title: format!("{} writes up, {} down, from a quarter of the range", self.pulses, self.pulses),
            x: Axis::new("writes", "1"),
            y: Axis::new("conductance", "S"),
            series,
        })
    }

    fn map(&self, pulses: Pulses) -> Result<Chart, DeviceFault> {
        let (low, high) = (1.5 * pulses.reset.min(pulses.set), 1.5 * pulses.set.max(pulses.reset));
        let mut series = Vec::new();
        for factor in [0.1, 1.0, 10.0] {
            let width = factor * pulses.width;
            let mut points = Vec::new();
            for k in 0..=160 {
                let volts = low + (high - low) * f64::from(k) / 160.0;
                points.push((volts, 100.0 * self.change(volts, width)?));
            }
            series.push(Series::line(brief(width, "s"), points));
        }
        Ok(Chart {
            title: "change by one pulse from the middle of the range".into(),
            x: Axis::new("voltage", "V"),
            y: Axis::new("of the range", "%"),
            series,
        })
    }

    /// The changes of many cells by one write, ascending, in percent of the range.
    fn changes(&self, write: Write, is_set: bool, spread: f64) -> Result<Vec<f64>, DeviceFault> {
        let (low, high) = self.device.range();
        let targets = [self.middle(); MANY];
        let mut lab = if spread == 0.0 {
            Lab::new(self.device, self.seed, &targets)?
        } else {
            Lab::spread(self.device, self.seed, &targets, spread)?
        };
        let before = lab.conductances()?;
        Self::write(&mut lab, write, is_set)?;
        let after = lab.conductances()?;
        let changes = after.iter().zip(before).map(|(after, before)| 100.0 * (after - before) / (high - low));
        let mut changes: Vec<f64> = changes.collect();
        changes.sort_by(f64::total_cmp);
        Ok(changes)
    }

    fn scatter(&self, write: Write) -> Result<Chart, DeviceFault> {
        let varies = self.device.model().parameters().iter().any(|parameter| parameter.varies);
        let mut series = Vec::new();
        for (name, is_set) in [("set", true), ("reset", false)] {
            for (words, spread) in [("", 0.0), (", every parameter spread by 5 %", 0.05)] {
                if spread > 0.0 && !varies {
                    continue;
                }
                let changes = self.changes(write, is_set, spread)?;
                let place = |k: usize| 100.0 * (k as f64 + 0.5) / MANY as f64;
                let points = changes.iter().enumerate().map(|(k, change)| (*change, place(k))).collect();
                series.push(Series::line(format!("{name}{words}"), points));
            }
        }
        Ok(Chart {
            title: format!("changes of {MANY} cells by one write from the middle"),
            x: Axis::new("change, of the range", "%"),
            y: Axis::new("cells with at most this change", "%"),
            series,
        })
    }

    fn retention(&self) -> Result<Chart, DeviceFault> {
        let mut lab = Lab::new(self.device, self.seed, &self.five())?;
        let before = lab.conductances()?;
        let mut series: Vec<Series> =
            before[..5].iter().map(|g| Series::line(brief(*g, "S"), Vec::new())).collect();
        let mut age = 0.0;
        for k in -24..=24 {
            let time = f64::powf(10.0, f64::from(k) / 4.0);
            lab.pulse(0.0, time - age)?;
            age = time;
            for (series, g) in series.iter_mut().zip(lab.conductances()?) {
                series.points.push((time, g));
            }
        }
        let volatile = if self.device.model().is_volatile() {
            "retention at 0 V"
        } else {
            "retention at 0 V: not volatile"
        };
        Ok(Chart {
            title: volatile.into(),
            x: Axis::new("time", "s").log(),
            y: Axis::new("conductance", "S"),
            series,
        })
    }

    fn noise(&self) -> Result<Chart, DeviceFault> {
        let (low, high) = self.device.range();
        let targets: Vec<f64> = (0..64).map(|k| low + (high - low) * f64::from(k) / 63.0).collect();
        let mut lab = Lab::new(self.device, self.seed, &targets)?;
        let volts = self.read_volts();
        let (conductances, deviations) = (lab.conductances()?, lab.read_noise(volts)?);
        let currents = lab.currents(&[volts; 64])?;
        let points = conductances.iter().zip(deviations.iter().zip(currents));
        let points =
            points.map(|(g, (deviation, current))| (*g, 100.0 * deviation / current.abs())).collect();
        Ok(Chart {
            title: format!("read noise at {}", brief(volts, "V")),
            x: Axis::new("conductance", "S"),
            y: Axis::new("standard deviation of the current", "%"),
            series: vec![Series::line("", points)],
        })
    }

    /// A voltage of reads: that of the conductances, or 0.1 V where that is 0 V.
    fn read_volts(&self) -> f64 {
        let reference = self.device.model().reference_voltage();
        if reference == 0.0 { 0.1 } else { reference }
    }

    /// What the charts show in a few numbers.
    fn summary(&self, write: Write) -> Result<String, DeviceFault> {
        let (low, high) = self.device.range();
        let courses = self.climb(write)?;
        let share = |k: usize| {
            let mean = courses[k].iter().sum::<f64>() / SOME as f64;
            format!("{:.1} %", 100.0 * (mean - low) / (high - low))
        };
        let mut lines = vec![format!(
            "after {} writes up at {} of the range, after {} down at {}",
            self.pulses,
            share(self.pulses),
            self.pulses,
            share(2 * self.pulses)
        )];
        for (name, is_set) in [("set", true), ("reset", false)] {
            let changes = self.changes(write, is_set, 0.0)?;
            let mean = changes.iter().sum::<f64>() / MANY as f64;
            let deviation =
                (changes.iter().map(|change| (change - mean).powi(2)).sum::<f64>() / MANY as f64).sqrt();
            lines.push(format!(
                "a {name} from the middle: {mean:+.2} % of the range, standard deviation {deviation:.2} %"
            ));
        }
        let mut lab = Lab::new(self.device, self.seed, &self.five())?;
        let currents = [1.0, 0.5].map(|part| lab.currents(&[part * self.reach().1; 8]));
        let [whole, half] = currents;
        let (whole, half) = (whole?[2], half?[2]);
        lines.push(format!(
            "current at {} by that at half of it, in the middle: {:.3} (2 where it is linear)",
            units::format(self.reach().1, "V"),
            whole / half
        ));
        Ok(lines.join("\n"))
    }
}
