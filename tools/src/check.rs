//! `crosspike check`: what a scenario would run, and what is doubtful about it.

use std::fmt::Write;

use crosspike::network::Network;
use crosspike::recorder::{Layout, SPIKE_BYTES};
use crosspike::scenario::{Parsed, Population};
use crosspike::simulation::Simulation;
use crosspike::time::Time;

use crate::cli::CheckArguments;
use crate::exit::{Failure, say};
use crate::prepare;

/// Prints what a scenario would run.
pub(crate) fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let (parsed, simulation) = prepare::simulation(&arguments.scenario, &arguments.search, 1)?;
    if arguments.dot {
        return say(&simulation.dot());
    }
    let mut report = String::new();
    // Writing into a string cannot fail.
    let _ = describe(&mut report, &parsed, &simulation);
    say(&report)
}

fn describe(out: &mut String, parsed: &Parsed, simulation: &Simulation) -> std::fmt::Result {
    let layout = simulation.layout();
    writeln!(out, "{}: {}", parsed.name(), parsed.scenario.description)?;
    populations(out, parsed, layout)?;
    network(out, parsed, simulation.network(), layout)?;
    schedule(out, simulation)?;
    output(out, simulation)?;
    writeln!(out, "\nwarnings")?;
    if simulation.warnings().is_empty() {
        writeln!(out, "  none")?;
    }
    simulation.warnings().iter().try_for_each(|warning| writeln!(out, "  {warning}"))
}

fn populations(out: &mut String, parsed: &Parsed, layout: &Layout) -> std::fmt::Result {
    writeln!(out, "\npopulations")?;
    let width = layout.populations.iter().map(|population| population.name.len()).max().unwrap_or(0);
    for (population, (_, kind)) in layout.populations.iter().zip(parsed.scenario.populations.iter()) {
        let kind = match kind {
            Population::Encoder(_) => "encoder",
            Population::Trains(_) => "prescribed trains",
            Population::Lif(_) => "leaky integrate-and-fire",
        };
        writeln!(out, "  {:width$}  {}, {kind}", population.name, counted(population.count, "neuron"))?;
    }
    Ok(())
}

fn network(out: &mut String, parsed: &Parsed, network: &Network, layout: &Layout) -> std::fmt::Result {
    if !layout.projections.is_empty() {
        writeln!(out, "\nprojections")?;
    }
    let width = layout.projections.iter().map(|projection| projection.name.len()).max().unwrap_or(0);
    for (shape, (source, target, edge)) in layout.projections.iter().zip(network.projections()) {
        let (source, target) = (&network.population(source).name, &network.population(target).name);
        write!(out, "  {:width$}  {source} -> {target}, ", edge.name)?;
        match edge.tiles {
            Some((rows, columns)) => {
                let (tiles, planes) = (rows * columns, shape.planes.len());
                let pairs = if planes == 2 { " of signed pairs" } else { "" };
                let tiles = counted(tiles, "tile");
                write!(out, "crossbar {} x {}{pairs} on {tiles}", shape.rows, shape.columns)?;
            }
            None => write!(out, "plain weights")?,
        }
        let models = layout.provenance.models.iter();
        for model in models.filter(|model| model.projection == edge.name && model.phase.is_none()) {
            write!(out, ", device {} {}", model.name, model.version)?;
        }
        let learns = if edge.is_plastic { "learns" } else { "fixed" };
        writeln!(out, ", delay {}, {learns}", edge.shortest_delay)?;
    }
    let blocks = network.blocks();
    writeln!(out, "\nblocks")?;
    for (number, members) in blocks.members.iter().enumerate() {
        let names: Vec<&str> = parsed.scenario.populations.names().collect();
        let members: Vec<&str> = members.iter().map(|&member| names[member]).collect();
        writeln!(out, "  {}: {}", number + 1, members.join(", "))?;
    }
    match blocks.window {
        Time::NEVER => Ok(()),
        window => writeln!(out, "  coupled by delays of at least {window}"),
    }
}

fn schedule(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    writeln!(out, "\nschedule")?;
    for (number, phase) in simulation.forecast().iter().enumerate() {
        write!(out, "  {}: {}, ", number + 1, phase.kind.name())?;
        if phase.images > 0 {
            write!(out, "{} images, ", phase.images)?;
        }
        if phase.cells > 0 {
            let passes =
                if phase.epochs == 1 { "1 pass".into() } else { format!("at most {} passes", phase.epochs) };
            write!(out, "{} cells, {passes}, ", phase.cells)?;
        } else if phase.epochs > 1 {
            write!(out, "{} passes, ", phase.epochs)?;
        }
        if phase.overlap > 0 {
            write!(out, "{} of them shown before, ", phase.overlap)?;
        }
        let brought = simulation.layout().provenance.models.iter();
        let brought: Vec<String> = brought
            .filter(|model| model.phase == Some(number as u32))
            .map(|model| format!("{} to device {} {}", model.projection, model.name, model.version))
            .collect();
        match &brought[..] {
            [] => writeln!(out, "{} of network time", phase.duration)?,
            _ => writeln!(out, "{}", brought.join(", "))?,
        }
    }
    Ok(())
}

fn output(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    let layout = simulation.layout();
    writeln!(out, "\noutput, before compression")?;
    writeln!(out, "  {} that are certain", bytes(layout.expected_bytes(&simulation.expected())))?;
    if layout.populations.iter().any(|population| population.spikes) {
        writeln!(out, "  {SPIKE_BYTES} bytes for each recorded spike")?;
    }
    for (number, projection) in layout.projections.iter().enumerate().filter(|(_, shape)| shape.changes) {
        let size = bytes(layout.change_bytes(number));
        writeln!(out, "  {size} for each column update of {}", projection.name)?;
    }
    Ok(())
}

/// So many things, in the singular or the plural.
fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// A number of bytes in its largest decimal unit.
fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 * 1e-3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 * 1e-6),
        _ => format!("{:.1} GB", count as f64 * 1e-9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_in_their_largest_unit() {
        let said = [999, 65_536, 3_211_264, 7_500_000_000].map(bytes);
        assert_eq!(said, ["999 bytes", "65.5 kB", "3.2 MB", "7.5 GB"]);
    }
}
