//! An integer program under construction: good_lp's variables, rows and objective, every variable between finite bounds.

use std::collections::HashMap;

use good_lp::{Constraint, Expression, IntoAffineExpression, ProblemVariables, Variable, VariableDefinition, variable};

/// A program to be minimised. Every variable lies between 0 and a finite bound, so that a Lagrangian bound of it is finite.
#[derive(Clone, Default)]
pub struct Program {
    pub(super) variables: ProblemVariables,
    pub(super) objective: Expression,
    pub(super) rows: Vec<Constraint>,
    columns: HashMap<Variable, usize>,
    most: Vec<f64>,
    entries: usize,
}

/// Bytes that a call of HiGHS holds for each column, row and entry of the rows: a rough number, as cuts and open nodes vary.
const EACH: usize = 512;

impl Program {
    /// A variable that is 0 or 1 and costs `cost` where it is 1.
    pub fn binary(&mut self, cost: i64) -> Variable {
        self.add(1.0, true, cost)
    }

    /// A whole number from 0 to `most` that costs `cost` for each unit.
    pub fn integer(&mut self, most: i64, cost: i64) -> Variable {
        self.add(most as f64, true, cost)
    }

    /// A real number from 0 to `most` that costs `cost` for each unit.
    pub fn real(&mut self, most: i64, cost: i64) -> Variable {
        self.add(most as f64, false, cost)
    }

    /// A real number that costs `cost` for each unit, and that rows or its cost keep at most at `most` anyway: HiGHS is not
    /// told of the bound, which takes the interior point a third less time; the safe bound uses it.
    pub fn kept(&mut self, most: i64, cost: i64) -> Variable {
        self.note(variable().min(0.0), most as f64, cost)
    }

    fn add(&mut self, most: f64, whole: bool, cost: i64) -> Variable {
        let definition = variable().min(0.0).max(most.max(0.0));
        self.note(if whole { definition.integer() } else { definition }, most, cost)
    }

    fn note(&mut self, definition: VariableDefinition, most: f64, cost: i64) -> Variable {
        let most = most.max(0.0);
        let column = self.variables.add(definition);
        self.columns.insert(column, self.most.len());
        self.most.push(most);
        if cost != 0 {
            self.objective.add_mul(cost as f64, column);
        }
        column
    }

    /// Adds to the cost of a variable.
    pub fn charge(&mut self, cost: i64, variable: Variable) {
        if cost != 0 {
            self.objective.add_mul(cost as f64, variable);
        }
    }

    /// Adds to the cost whatever the variables are.
    pub fn constant(&mut self, cost: i64) {
        self.objective += cost as f64;
    }

    /// Demands a constraint.
    pub fn hold(&mut self, row: Constraint) {
        self.entries += row.expression().linear_coefficients().count();
        self.rows.push(row);
    }

    /// Position of a variable among the columns.
    pub fn column(&self, variable: Variable) -> Option<usize> {
        self.columns.get(&variable).copied()
    }

    /// Upper bounds of the columns; the lower ones are 0.
    pub fn most(&self) -> &[f64] {
        &self.most
    }

    /// The rows, each `expression ≤ 0` or `expression = 0`.
    pub fn rows(&self) -> &[Constraint] {
        &self.rows
    }

    /// What is minimised.
    pub fn objective(&self) -> &Expression {
        &self.objective
    }

    /// What the objective is at these values of the columns.
    pub fn value(&self, values: &[f64]) -> f64 {
        let at = |v: Variable| self.column(v).and_then(|k| values.get(k)).copied().unwrap_or_default();
        (&self.objective).linear_coefficients().map(|(v, cost)| cost * at(v)).sum::<f64>() + self.objective.constant()
    }

    /// The rows that do not hold at these values of the columns.
    #[cfg(test)]
    pub fn broken(&self, values: &[f64]) -> Vec<String> {
        let at = |v: Variable| self.column(v).and_then(|k| values.get(k)).copied().unwrap_or_default();
        let holds = |row: &&Constraint| {
            let e = row.expression();
            let sum = e.linear_coefficients().map(|(v, factor)| factor * at(v)).sum::<f64>() + e.constant();
            if row.is_equality() { sum.abs() < 1e-6 } else { sum < 1e-6 }
        };
        let tell = |row: &Constraint| {
            let used = row.expression().linear_coefficients().map(|(v, f)| (self.column(v), f, at(v)));
            format!("{row:?} with {:?}", used.collect::<Vec<_>>())
        };
        self.rows.iter().filter(|r| !holds(r)).map(tell).collect()
    }

    /// About how many bytes a call of HiGHS holds that works on this program.
    pub fn memory(&self) -> usize {
        EACH * (self.most.len() + self.rows.len() + self.entries)
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        (self.most.len(), self.rows.len())
    }
}
