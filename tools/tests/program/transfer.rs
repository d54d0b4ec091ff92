//! What the program says of the arrays that Transfer phases bring.

use crate::support::Bench;

#[test]
fn check_inspect_and_maps_know_which_array_stood_when() {
    let bench = Bench::new();
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/transfer.ron");
    let said = bench.ok(&["check", scenario]).stdout;
    assert!(said.contains("on 1 tile, device ideal 0.1.0, delay"), "{said}");
    assert!(said.contains("  4: transfer, synapses to device levels 0.1.0\n"), "{said}");
    let few = [0, 1, 2, 4, 6, 8, 10].map(|phase| format!("schedule[{phase}].images=10"));
    let set = few.iter().flat_map(|few| ["--set", few]);
    let run = ["run", scenario, "-o", "run.h5", "--set", "schedule[0].epochs=1"].into_iter().chain(set);
    let said = bench.ok(&run.collect::<Vec<_>>()).stdout;
    assert!(said.contains("phase 4, transfer: another array in place"), "{said}");
    let said = bench.ok(&["inspect", "run.h5"]).stdout;
    assert!(said.contains("device of synapses: ideal 0.1.0\n"), "{said}");
    assert!(said.contains("device of synapses from phase 3 on: levels 0.1.0\n"), "{said}");
    // Wires come with the third transfer, after seven phases: the frame of number 8 is the first that has them.
    let map =
        |frame| ["crossbar", "map", "run.h5", "--projection", "synapses", "--frame", frame, "-o", "map.svg"];
    bench.ok(&map("8"));
    let said = bench.fails(4, &map("7")).stderr;
    assert!(said.contains("the wires of `synapses` are ideal"), "{said}");
}
