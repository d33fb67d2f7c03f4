//! Makes the multipliers of an LP safe: whatever they are, rounded to dyadic rationals they give a Lagrangian bound over
//! the variables' finite bounds, and whole numbers evaluate it exactly.
//!
//! For rows a·x + b ≤ 0 with λ ≥ 0 (or = 0, λ free) and 0 ≤ x ≤ U:  c₀ + c·x ≥ c₀ + Σ λᵢ bᵢ + Σⱼ min(0, (cⱼ + Σ λᵢ aᵢⱼ) Uⱼ).

use good_lp::IntoAffineExpression;

use crate::milp::Program;

/// Multipliers are multiples of 2⁻²⁴.
const SCALE: f64 = (1u64 << 24) as f64;

/// A whole number, or none where `x` is not one.
fn whole(x: f64) -> Option<i128> {
    (x.fract() == 0.0 && x.abs() < 1e15).then_some(x as i128)
}

/// The bound that the multipliers prove: the real value less 1e-6, rounded up. None where a coefficient is not a whole
/// number, a number grows too large, or there are no multipliers.
pub fn bound(program: &Program, duals: &[f64]) -> Option<u64> {
    if duals.len() != program.rows().len() {
        return None;
    }
    let mut reduced = vec![0i128; program.most().len()];
    let scale = SCALE as i128;
    for (variable, cost) in program.objective().linear_coefficients() {
        reduced[program.column(variable)?] = whole(cost)?.checked_mul(scale)?;
    }
    let mut value = whole(program.objective().constant())?.checked_mul(scale)?;
    for (row, &dual) in program.rows().iter().zip(duals) {
        // HiGHS' sign follows the sense of the row; any λ ≥ 0 is valid for `≤ 0`.
        let lambda = if row.is_equality() { -dual } else { dual.abs() };
        let lambda = whole((lambda * SCALE).round())?;
        if lambda == 0 {
            continue;
        }
        for (variable, factor) in row.expression().linear_coefficients() {
            let column = program.column(variable)?;
            reduced[column] = reduced[column].checked_add(lambda.checked_mul(whole(factor)?)?)?;
        }
        value = value.checked_add(lambda.checked_mul(whole(row.expression().constant())?)?)?;
    }
    for (&reduced, &most) in reduced.iter().zip(program.most()) {
        value = value.checked_add(reduced.min(0).checked_mul(whole(most)?)?)?;
    }
    let millionth = scale / 1_000_000;
    let lowered = value.checked_sub(millionth + 1)?;
    u64::try_from(lowered.max(0).div_euclid(scale) + i128::from(lowered.max(0).rem_euclid(scale) > 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use good_lp::constraint;

    #[test]
    fn right_multipliers_prove_the_optimum_and_wrong_ones_less() {
        let mut program = Program::default();
        let (x, y) = (program.real(10, 2), program.real(10, 3));
        program.hold(constraint!(x + y >= 4));
        program.constant(1);
        assert_eq!(bound(&program, &[2.0]), Some(9));
        assert_eq!(bound(&program, &[1.9999]), Some(9));
        assert_eq!(bound(&program, &[1.5]), Some(7));
        assert_eq!(bound(&program, &[40.0]), Some(0));
    }

    #[test]
    fn an_equality_takes_either_sign() {
        let mut program = Program::default();
        let x = program.real(10, -1);
        program.constant(10);
        program.hold(constraint!(x == 4));
        assert_eq!(bound(&program, &[-1.0]), Some(6));
    }

    #[test]
    fn fractions_among_the_coefficients_prove_nothing() {
        let mut program = Program::default();
        let x = program.real(10, 1);
        program.hold(constraint!(0.3 * x >= 1));
        assert_eq!(bound(&program, &[1.0]), None);
    }
}
