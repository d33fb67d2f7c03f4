//! What things are called in the sentences of the rules.

use crate::{
    instance::{ClinicianIx, GroupIx, Instance, OrderIx, ParticipantIx, RoomIx, ServiceIx, SiteIx},
    problem::{Id, Modality},
};

macro_rules! names {
    ($($name:ident: $ix:ident in $table:ident),* $(,)?) => {$(
        #[doc = concat!("The id, from `", stringify!($table), "` of the problem.")]
        pub(crate) fn $name(instance: &Instance, ix: $ix) -> &Id {
            &instance.problem.$table[ix.i()].id
        }
    )*};
}

names!(
    site: SiteIx in sites,
    room: RoomIx in rooms,
    service: ServiceIx in services,
    clinician: ClinicianIx in clinicians,
    group: GroupIx in groups,
    participant: ParticipantIx in participants,
);

/// The id of an order.
pub(crate) fn order(instance: &Instance, ix: OrderIx) -> &Id {
    &instance.order_wire(ix).id
}

/// A modality in a sentence.
pub(crate) fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::InPerson => "in person",
        Modality::Telehealth => "by telehealth",
    }
}
