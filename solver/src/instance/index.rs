//! Positions in the instance's tables: a room's cannot be taken for a clinician's.

macro_rules! index_types {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Position in the table.
            pub fn i(self) -> usize {
                self.0 as usize
            }

            /// All positions of a table of `n` rows.
            pub fn all(n: usize) -> impl DoubleEndedIterator<Item = $name> + ExactSizeIterator + Clone {
                (0..n as u32).map($name)
            }
        }
    )*};
}

index_types!(
    /// A site.
    SiteIx,
    /// A room.
    RoomIx,
    /// A service.
    ServiceIx,
    /// A clinician.
    ClinicianIx,
    /// A group.
    GroupIx,
    /// A participant.
    ParticipantIx,
    /// An order; orders are numbered over all participants.
    OrderIx,
);
