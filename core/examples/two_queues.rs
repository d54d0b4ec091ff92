//! Another simulator on the two queues of Crosspike: machines work off jobs and break down now and then.
//!
//! Arrivals of jobs are certain and go into a `Schedule`. The end of a job is a prediction: a breakdown moves it, so it
//! lives in `Predictions`, one entry per machine. Run it with `cargo run -p crosspike --example two_queues`.

use crosspike::queue::{NextEvent, Predictions, Schedule};
use crosspike::random::{Purpose, Stream};
use crosspike::time::Time;

const MACHINES: u32 = 3;
const JOBS: u64 = 100_000;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Repaired { machine: u32 },
    BreaksDown { machine: u32 },
    JobArrives { number: u64 },
}

struct Shop {
    schedule: Schedule<Event>,
    job_ends: Predictions,
    waiting: u64,
    /// The end of the current job of each machine, and since when it is down.
    busy_until: [Option<Time>; MACHINES as usize],
    down_since: [Option<Time>; MACHINES as usize],
    done: u64,
}

fn main() {
    let chance = Stream::new(1, Purpose::Order, 0);
    let exponential = |mean_seconds: f64, entity: u32, draw: u64| {
        Time::ZERO.after(-mean_seconds * chance.uniform(entity, draw).ln())
    };
    let mut shop = Shop {
        schedule: Schedule::new(Time::ZERO.after(1.0)),
        job_ends: Predictions::default(),
        waiting: 0,
        busy_until: [None; MACHINES as usize],
        down_since: [None; MACHINES as usize],
        done: 0,
    };
    shop.schedule.push(Time::ZERO, Event::JobArrives { number: 0 });
    for machine in 0..MACHINES {
        shop.schedule.push(exponential(60.0, 100 + machine, 0), Event::BreaksDown { machine });
    }
    let mut now = Time::ZERO;
    let mut breakdowns = 0;
    while shop.done < JOBS {
        let certain = shop.schedule.next_time();
        let predicted = shop.job_ends.next().map(|next| next.0);
        if predicted.is_some_and(|end| certain.is_none_or(|t| end <= t)) {
            if let Some((end, machine)) = shop.job_ends.pop() {
                now = end;
                shop.busy_until[machine as usize] = None;
                shop.done += 1;
            }
        } else if let Some((t, event)) = shop.schedule.pop() {
            now = t;
            match event {
                Event::JobArrives { number } => {
                    shop.waiting += 1;
                    if number < JOBS {
                        let next = now + exponential(1.0, 0, number);
                        shop.schedule.push(next, Event::JobArrives { number: number + 1 });
                    }
                }
                Event::BreaksDown { machine } => {
                    breakdowns += 1;
                    shop.down_since[machine as usize] = Some(now);
                    shop.job_ends.predict(machine, Time::NEVER);
                    shop.schedule
                        .push(now + exponential(5.0, 200 + machine, breakdowns), Event::Repaired { machine });
                }
                Event::Repaired { machine } => {
                    let down = shop.down_since[machine as usize].take().unwrap_or(now);
                    if let Some(end) = &mut shop.busy_until[machine as usize] {
                        *end += now - down;
                        shop.job_ends.predict(machine, *end);
                    }
                    shop.schedule.push(
                        now + exponential(60.0, 100 + machine, breakdowns),
                        Event::BreaksDown { machine },
                    );
                }
            }
        }
        for machine in 0..MACHINES {
            let free =
                shop.busy_until[machine as usize].is_none() && shop.down_since[machine as usize].is_none();
            if free && shop.waiting > 0 {
                shop.waiting -= 1;
                let end = now + exponential(2.0, 300 + machine, shop.done + shop.waiting);
                shop.busy_until[machine as usize] = Some(end);
                shop.job_ends.predict(machine, end);
            }
        }
    }
    println!(
        "{JOBS} jobs in {:.0} s, {breakdowns} breakdowns, {} still waiting",
        now.seconds(),
        shop.waiting
    );
}
