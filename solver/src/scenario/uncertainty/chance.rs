//! One drawn week: who stays away, who is ill, how many arrive. Each answer depends on the seed, the draw and what is asked,
//! and on nothing that was asked before.

use super::Rates;
use crate::{
    instance::{ClinicianIx, Instance, ParticipantIx, ServiceIx},
    rules::names,
};

/// A drawn week.
pub(super) struct Draw<'a> {
    pub seed: u64,
    pub number: usize,
    pub rates: &'a Rates,
}

impl Draw<'_> {
    /// A number of [0, 1) for what is asked.
    pub fn unit(&self, asked: &str) -> f64 {
        // FNV-1a over the question, then the finaliser of SplitMix64 over that and the draw.
        let text =
            asked.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut z = text ^ self.seed.wrapping_mul(step) ^ (self.number as u64 + 1).wrapping_mul(0xd1b5_4a32_d192_ed03);
        for _ in 0..2 {
            z = z.wrapping_add(step);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
        }
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether a participant does not come to the `nth` session of a service in the week.
    pub fn stays_away(&self, instance: &Instance, p: ParticipantIx, service: ServiceIx, nth: usize) -> bool {
        let (person, of) = (names::participant(instance, p), names::service(instance, service));
        let level = instance.problem.participants[p.i()].plan.as_ref().and_then(|plan| plan.level_of_care.as_deref());
        self.unit(&format!("stays away {person} {of} {nth}")) < self.rates.no_show(of, level)
    }

    /// Whether a clinician is ill on a day of the week.
    pub fn ill(&self, instance: &Instance, c: ClinicianIx, day: i32) -> bool {
        let days = i32::try_from(self.rates.illness_days).unwrap_or(1);
        (day - days + 1..=day).any(|first| self.falls_ill(instance, c, first))
    }

    /// Whether an illness of a clinician begins on a day.
    pub fn falls_ill(&self, instance: &Instance, c: ClinicianIx, day: i32) -> bool {
        let who = names::clinician(instance, c);
        self.unit(&format!("falls ill {who} {}", instance.axis.date(day))) < self.rates.illness_of(who)
    }

    /// How many arrive: Poisson, by inversion.
    pub fn arrivals(&self) -> usize {
        let (u, mean) = (self.unit("arrivals"), self.rates.admissions);
        let (mut k, mut p) = (0, (-mean).exp());
        let mut sum = p;
        while u >= sum && k < MOST {
            k += 1;
            p *= mean / k as f64;
            sum += p;
        }
        k
    }
}

/// Arrivals of one week at most.
const MOST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_even_and_arrivals_have_their_mean() {
        let rates = Rates { admissions: 1.5, ..Rates::default() };
        let draws = || (0..4000).map(|number| Draw { seed: 7, number, rates: &rates });
        let mean = draws().map(|d| d.unit("x")).sum::<f64>() / 4000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        let rare = draws().filter(|d| d.unit("y") < 0.1).count();
        assert!((340..460).contains(&rare), "{rare}");
        let both = draws().filter(|d| d.unit("x") < 0.5 && d.unit("y") < 0.5).count();
        assert!((900..1100).contains(&both), "{both}");
        let arrivals = draws().map(|d| d.arrivals()).sum::<usize>() as f64 / 4000.0;
        assert!((arrivals - 1.5).abs() < 0.08, "{arrivals}");
    }
}
