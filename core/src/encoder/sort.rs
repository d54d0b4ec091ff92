//! The order of spikes is by (offset, neuron), made from the trains of the pixels one after another.

use crate::encoder::InputSpike;
use crate::time::Time;

/// Equal parts of a presentation: about one spike in each for a usual image.
const PARTS: usize = 1024;
/// Below this many spikes the parts cost more than they save.
const FEW: usize = 64;
/// A part with more spikes is sorted by itself; insertion is quadratic.
const CROWD: u32 = 16;

/// Orders spikes, whose offsets are at least 0 and before `present`.
///
/// Offsets of a rate code are spread over the whole presentation: counting them into parts and one pass of
/// insertion take half the time of a comparison sort. `spikes` itself has the room for the second copy.
pub(super) fn sort(spikes: &mut Vec<InputSpike>, present: Time) {
    let count = spikes.len();
    if count < FEW {
        return spikes.sort_unstable();
    }
    // Rounding keeps the order of offsets, so that parts are in order too.
    let scale = PARTS as f64 / present.ticks() as f64;
    let part = |spike: &InputSpike| ((spike.offset.ticks() as f64 * scale) as usize).min(PARTS - 1);
    let mut ends = [0u32; PARTS];
    spikes.iter().for_each(|spike| ends[part(spike)] += 1);
    let crowded = ends.iter().any(|&size| size > CROWD);
    let mut place = 0;
    for end in &mut ends {
        place += std::mem::replace(end, place);
    }
    spikes.resize(2 * count, InputSpike { offset: Time::ZERO, neuron: 0 });
    let (trains, ordered) = spikes.split_at_mut(count);
    for spike in trains {
        let place = &mut ends[part(spike)];
        ordered[*place as usize] = *spike;
        *place += 1;
    }
    if crowded {
        sort_crowds(ordered, &ends);
    }
    insertion(ordered);
    spikes.copy_within(count.., 0);
    spikes.truncate(count);
}

fn sort_crowds(spikes: &mut [InputSpike], ends: &[u32]) {
    let mut start = 0;
    for &end in ends {
        if end - start > CROWD {
            spikes[start as usize..end as usize].sort_unstable();
        }
        start = end;
    }
}

fn insertion(spikes: &mut [InputSpike]) {
    for index in 1..spikes.len() {
        let spike = spikes[index];
        let mut place = index;
        while place > 0 && spikes[place - 1] > spike {
            spikes[place] = spikes[place - 1];
            place -= 1;
        }
        spikes[place] = spike;
    }
}
