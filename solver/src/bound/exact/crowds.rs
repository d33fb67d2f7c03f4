//! Rooms that do not suffice: in-person sessions of one minute that could use fewer rooms than they are.

/// Positions of sessions, by the rooms that each could use, that together could use fewer rooms than they are, and these rooms
/// (Hall's theorem; by augmenting paths). Sessions without rooms need none.
pub fn crowd(sessions: &[u64]) -> Option<(Vec<usize>, u64)> {
    let mut holders: [Option<usize>; 64] = [None; 64];
    for session in (0..sessions.len()).filter(|&s| sessions[s] != 0) {
        let mut seen = 0;
        if !seat(sessions, session, &mut seen, &mut holders) {
            let others = (0..64).filter(|r| seen >> r & 1 == 1).filter_map(|r| holders[r]);
            return Some((others.chain([session]).collect(), seen));
        }
    }
    None
}

/// Finds a room for a session, others moving on where they can; `seen` gathers the rooms that were looked at.
fn seat(sessions: &[u64], session: usize, seen: &mut u64, holders: &mut [Option<usize>; 64]) -> bool {
    while sessions[session] & !*seen != 0 {
        let room = (sessions[session] & !*seen).trailing_zeros() as usize;
        *seen |= 1 << room;
        if holders[room].is_none_or(|holder| seat(sessions, holder, seen, holders)) {
            holders[room] = Some(session);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::crowd;

    #[test]
    fn sessions_that_fit_make_no_crowd() {
        assert_eq!(crowd(&[]), None);
        assert_eq!(crowd(&[0, 0, 0b1]), None);
        assert_eq!(crowd(&[0b11, 0b01, 0b110]), None);
    }

    #[test]
    fn a_crowd_is_those_who_share_too_few_rooms_and_not_who_has_another() {
        let (mut who, rooms) = crowd(&[0b11, 0b1000, 0b01, 0b10]).unwrap();
        who.sort_unstable();
        assert_eq!((who, rooms), (vec![0, 2, 3], 0b11));
    }
}
