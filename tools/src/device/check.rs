//! `crosspike device check`: whether a library keeps the promises of the device interface.
//!
//! Each test runs in a process of its own, so that a crash and an endless call are findings like any other.

mod bench;
mod trials;

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crosspike::device::{self, Device, DeviceError, Model};
use crosspike::scenario::{Named, ParameterValue, parse_device};

use crate::cli::DeviceCheckArguments;
use crate::exit::{Code, Failure, say};
use bench::Bench;
use trials::{TRIALS, Verdict};

/// The word before a verdict on standard output, so that what a library prints there is no verdict.
const MARK: &str = "crosspike verdict: ";

/// Checks all models of a library, or runs one test in this process.
pub(crate) fn check(arguments: &DeviceCheckArguments) -> Result<(), Failure> {
    if let (Some(test), Some(model)) = (&arguments.run, &arguments.model) {
        return say(&format!("{MARK}{}", run(arguments, model, test)));
    }
    let models = match child(arguments, "", "open")?.as_str() {
        "pass" => device::open(&arguments.library).map_err(|error| Failure::new(Code::Device, error))?,
        found => return Err(Failure::new(Code::Device, format!("{}: {found}", arguments.library.display()))),
    };
    let mut failed = 0;
    for model in models {
        let (name, seed) = (model.name(), arguments.seed);
        say(&format!("{name} {} ({}), seed {seed}", model.version(), arguments.library.display()))?;
        let found = child(arguments, name, "make")?;
        if found != "pass" {
            let help =
                format!("give its parameters by `--device FILE.ron`, a file with (\"{name}\", {{ .. }})");
            let message = format!("no device can be made: {found}");
            return Err(Failure::with_help(Code::Device, message, Some(help)));
        }
        for trial in TRIALS {
            let verdict = child(arguments, name, trial.name)?;
            let is_failed = verdict != "pass" && !verdict.starts_with("not applicable");
            failed += usize::from(is_failed);
            let mark = if is_failed {
                "FAIL"
            } else if verdict == "pass" {
                "pass"
            } else {
                "  - "
            };
            let found = if verdict == "pass" { String::new() } else { format!(": {verdict}") };
            say(&format!("  {mark}  {}{found}", trial.promise))?;
        }
    }
    match failed {
        0 => Ok(()),
        1 => Err(Failure::new(Code::Device, "1 promise is broken")),
        _ => Err(Failure::new(Code::Device, format!("{failed} promises are broken"))),
    }
}

/// The verdict of one test that runs here.
fn run(arguments: &DeviceCheckArguments, model: &str, test: &str) -> Verdict {
    let models = match device::open(&arguments.library) {
        Ok(models) => models,
        Err(error) => return Verdict::Fail(error.to_string()),
    };
    if test == "open" {
        return Verdict::Pass;
    }
    let Some(model) = models.into_iter().find(|found| found.name() == model) else {
        return Verdict::Fail(format!("the library has no model `{model}` any more"));
    };
    let values = match parameters(arguments, model.name()) {
        Ok(values) => values,
        Err(error) => return Verdict::Fail(error),
    };
    let device = match made(&model, &values) {
        Ok(device) => device,
        Err(error) => return Verdict::Fail(error.to_string()),
    };
    if test == "make" {
        return Verdict::Pass;
    }
    match TRIALS.iter().find(|trial| trial.name == test) {
        Some(trial) => (trial.run)(&Bench { model, values, device, seed: arguments.seed }),
        None => Verdict::Fail(format!("there is no test `{test}`")),
    }
}

fn made(model: &Arc<Model>, values: &Named<ParameterValue>) -> Result<Device, DeviceError> {
    let values: Vec<_> = values.iter().map(|(name, value)| (name, value.clone())).collect();
    model.device(&values)
}

/// The parameters of a model: those of its device file, or none.
fn parameters(arguments: &DeviceCheckArguments, model: &str) -> Result<Named<ParameterValue>, String> {
    for file in &arguments.device {
        let wrong = |error: String| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        let (name, values) = parse_device(&text).map_err(wrong)?;
        if name == model {
            return Ok(values);
        }
    }
    Ok(Named::default())
}

/// Runs one test in a process of its own and returns its verdict in words.
fn child(arguments: &DeviceCheckArguments, model: &str, test: &str) -> Result<String, Failure> {
    let unexpected = |error: std::io::Error| Failure::new(Code::Unexpected, error);
    let mut command = Command::new(std::env::current_exe().map_err(unexpected)?);
    command.args(["device", "check"]).arg(&arguments.library);
    for file in &arguments.device {
        command.arg("--device").arg(file);
    }
    command.args(["--seed", &arguments.seed.to_string(), "--run", test, "--model", model]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let patience = Duration::from_secs(arguments.patience);
    let (status, printed) = watched(child.map_err(unexpected)?, patience).map_err(unexpected)?;
    let Some(status) = status else {
        return Ok(format!("it does not come back within {} s", arguments.patience));
    };
    let verdict = printed.lines().find_map(|line| line.strip_prefix(MARK));
    Ok(verdict.map_or_else(|| format!("the process ends by {}", words(status)), str::to_owned))
}

/// Waits for a process, but not for ever; what it printed comes back too.
fn watched(mut child: Child, patience: Duration) -> std::io::Result<(Option<ExitStatus>, String)> {
    let began = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if began.elapsed() > patience => {
                child.kill()?;
                child.wait()?;
                break None;
            }
            None => sleep(Duration::from_millis(2)),
        }
    };
    let mut printed = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut printed)?;
    }
    Ok((status, String::from_utf8_lossy(&printed).into_owned()))
}

fn words(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.to_string()
}
