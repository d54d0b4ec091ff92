//! A readout turns spike counts into a class: neurons are labelled by their responses, then they vote.

use serde::{Deserialize, Serialize};

use crate::scenario::schema::Decoder;

/// Spikes of each neuron to each class, summed over images. Classes are numbered from 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Responses {
    class_count: usize,
    /// Neuron by neuron, one sum per class.
    sums: Vec<u64>,
    images: Vec<u64>,
}

impl Responses {
    /// No image has been shown.
    pub fn new(neurons: usize, class_count: usize) -> Responses {
        Responses { class_count, sums: vec![0; neurons * class_count], images: vec![0; class_count] }
    }

    /// An image of `class` had this many spikes of each neuron.
    pub fn add(&mut self, counts: &[u32], class: usize) {
        self.images[class] += 1;
        for (sums, &count) in self.sums.chunks_mut(self.class_count).zip(counts) {
            sums[class] += u64::from(count);
        }
    }

    /// Forgets all images.
    pub fn clear(&mut self) {
        self.sums.fill(0);
        self.images.fill(0);
    }

    /// Mean spikes per image of each class, neuron by neuron.
    fn means(&self) -> Vec<f64> {
        let mean = |(place, &sum): (usize, &u64)| {
            let images = self.images[place % self.class_count];
            if images > 0 { sum as f64 / images as f64 } else { 0.0 }
        };
        self.sums.iter().enumerate().map(mean).collect()
    }
}

/// What each neuron stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labels {
    class_count: usize,
    /// The class of each neuron; none where it never spiked.
    of_neurons: Vec<Option<usize>>,
    /// How many neurons stand for each class.
    members: Vec<u64>,
    /// The mean responses of each neuron, as shares of their sum.
    shares: Vec<f64>,
}

impl Labels {
    /// Each neuron stands for the class to which it responds most on average; of equal ones the lowest.
    pub fn from(responses: &Responses) -> Labels {
        let class_count = responses.class_count;
        let mut shares = responses.means();
        let mut members = vec![0; class_count];
        let mut of_neurons = Vec::new();
        for shares in shares.chunks_mut(class_count.max(1)) {
            let total: f64 = shares.iter().sum();
            let label = (total > 0.0).then(|| first_largest(shares));
            if let Some(class) = label {
                members[class] += 1;
                shares.iter_mut().for_each(|share| *share /= total);
            }
            of_neurons.push(label);
        }
        Labels { class_count, of_neurons, members, shares }
    }

    /// The class of each neuron.
    pub fn of_neurons(&self) -> &[Option<usize>] {
        &self.of_neurons
    }

    /// The class that these counts speak for; none where no labelled neuron spiked.
    ///
    /// Ties go to the class with more labelled neurons, then to the lower class.
    pub fn predict(&self, decoder: Decoder, counts: &[u32]) -> Option<usize> {
        let votes = match decoder {
            Decoder::MostActive => self.votes_of_most_active(counts),
            Decoder::Vote => self.votes(counts),
            Decoder::ClassMean => {
                let mut votes = self.votes(counts);
                for (vote, &members) in votes.iter_mut().zip(&self.members) {
                    *vote /= members.max(1) as f64;
                }
                votes
            }
            Decoder::ResponseWeighted => self.weighted_votes(counts),
        };
        (0..self.class_count).filter(|&class| votes[class] > 0.0).reduce(|best, class| {
            let key = |class: usize| (votes[class], self.members[class]);
            if key(class) > key(best) { class } else { best }
        })
    }

    /// Spikes of the neurons of each class.
    fn votes(&self, counts: &[u32]) -> Vec<f64> {
        let mut votes = vec![0.0; self.class_count];
        for (label, &count) in self.of_neurons.iter().zip(counts) {
            if let Some(class) = *label {
                votes[class] += f64::from(count);
            }
        }
        votes
    }

    /// The labelled neurons with most spikes: one vote for each class that has one.
    fn votes_of_most_active(&self, counts: &[u32]) -> Vec<f64> {
        let labelled = || self.of_neurons.iter().zip(counts).filter_map(|(label, &n)| Some(((*label)?, n)));
        let most = labelled().map(|(_, count)| count).max().unwrap_or(0);
        let mut votes = vec![0.0; self.class_count];
        for (class, _) in labelled().filter(|&(_, count)| count == most && most > 0) {
            votes[class] = 1.0;
        }
        votes
    }

    /// Each spike is shared out as its neuron's mean responses are.
    fn weighted_votes(&self, counts: &[u32]) -> Vec<f64> {
        let mut votes = vec![0.0; self.class_count];
        for (shares, &count) in self.shares.chunks(self.class_count.max(1)).zip(counts) {
            for (vote, share) in votes.iter_mut().zip(shares) {
                *vote += f64::from(count) * share;
            }
        }
        votes
    }
}

fn first_largest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, place| if values[place] > values[best] { place } else { best })
}

/// Right and wrong answers. A silent image is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    class_count: usize,
    /// Row: class of the image. Column: class of the answer; the last one is silence.
    confusion: Vec<u64>,
}

impl Score {
    /// No answer yet.
    pub fn new(class_count: usize) -> Score {
        Score { class_count, confusion: vec![0; class_count * (class_count + 1)] }
    }

    /// An image of `class` was answered with `prediction`.
    pub fn add(&mut self, class: usize, prediction: Option<usize>) {
        let column = prediction.unwrap_or(self.class_count);
        self.confusion[class * (self.class_count + 1) + column] += 1;
    }

    /// Classes x (classes + silence).
    pub fn confusion(&self) -> &[u64] {
        &self.confusion
    }

    /// How many images.
    pub fn images(&self) -> u64 {
        self.confusion.iter().sum()
    }

    /// How many right answers.
    pub fn correct(&self) -> u64 {
        (0..self.class_count).map(|class| self.confusion[class * (self.class_count + 1) + class]).sum()
    }

    /// How many images without an answer.
    pub fn silent(&self) -> u64 {
        (0..self.class_count)
            .map(|class| self.confusion[class * (self.class_count + 1) + self.class_count])
            .sum()
    }

    /// Right answers over all images, 0 where there is none.
    pub fn accuracy(&self) -> f64 {
        self.correct() as f64 / self.images().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four neurons, three classes: mean responses by hand.
    fn labels() -> Labels {
        let mut responses = Responses::new(4, 3);
        responses.add(&[6, 0, 1, 0], 0);
        responses.add(&[2, 0, 1, 0], 0);
        responses.add(&[1, 3, 1, 0], 1);
        responses.add(&[0, 1, 2, 0], 2);
        // Means: neuron 0 (4, 1, 0), neuron 1 (0, 3, 1), neuron 2 (1, 1, 2), neuron 3 silent.
        Labels::from(&responses)
    }

    #[test]
    fn neurons_stand_for_the_class_of_their_highest_mean_response() {
        assert_eq!(labels().of_neurons(), [Some(0), Some(1), Some(2), None]);
    }

    #[test]
    fn equal_mean_responses_go_to_the_lower_class() {
        let mut responses = Responses::new(1, 2);
        responses.add(&[3], 1);
        responses.add(&[3], 0);
        assert_eq!(Labels::from(&responses).of_neurons(), [Some(0)]);
    }

    #[test]
    fn the_four_decoders_answer_as_by_hand() {
        // Two neurons for class 0, one for class 1.
        let mut responses = Responses::new(3, 2);
        responses.add(&[4, 2, 1], 0);
        responses.add(&[1, 0, 3], 1);
        let labels = Labels::from(&responses);
        let counts = [2, 2, 3];
        assert_eq!(labels.predict(Decoder::MostActive, &counts), Some(1));
        assert_eq!(labels.predict(Decoder::Vote, &counts), Some(0));
        assert_eq!(labels.predict(Decoder::ClassMean, &counts), Some(1));
        // 2 * 4/5 + 2 * 1 + 3 * 1/4 = 4.35 against 2 * 1/5 + 0 + 3 * 3/4 = 2.65.
        assert_eq!(labels.predict(Decoder::ResponseWeighted, &counts), Some(0));
    }

    #[test]
    fn ties_go_to_the_class_with_more_neurons_then_to_the_lower_class() {
        let mut responses = Responses::new(3, 2);
        responses.add(&[0, 1, 1], 1);
        responses.add(&[1, 0, 0], 0);
        let labels = Labels::from(&responses);
        assert_eq!(labels.predict(Decoder::MostActive, &[5, 5, 0]), Some(1), "two neurons stand for class 1");
        assert_eq!(labels.predict(Decoder::Vote, &[4, 2, 2]), Some(1));
        let even = {
            let mut responses = Responses::new(2, 2);
            responses.add(&[1, 0], 0);
            responses.add(&[0, 1], 1);
            Labels::from(&responses)
        };
        assert_eq!(even.predict(Decoder::Vote, &[2, 2]), Some(0));
    }

    #[test]
    fn silence_and_neurons_without_label_do_not_vote() {
        for decoder in [Decoder::MostActive, Decoder::Vote, Decoder::ClassMean, Decoder::ResponseWeighted] {
            assert_eq!(labels().predict(decoder, &[0, 0, 0, 0]), None);
            assert_eq!(labels().predict(decoder, &[0, 0, 0, 9]), None);
        }
    }

    #[test]
    fn a_silent_image_is_wrong() {
        let mut score = Score::new(2);
        score.add(0, Some(0));
        score.add(0, None);
        score.add(1, Some(0));
        score.add(1, Some(1));
        assert_eq!(score.confusion(), [1, 0, 1, 1, 1, 0]);
        assert_eq!((score.images(), score.correct(), score.silent(), score.accuracy()), (4, 2, 1, 0.5));
    }
}
