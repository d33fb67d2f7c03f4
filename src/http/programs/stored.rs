//! What the description says of stored entities: those of a problem, with the fields that no problem has.

use careweave_solver::problem::{Clinician, Commitment, Group, Order, Participant, Room, Service, Site};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

use crate::programs::Waiting;

/// An entity of a problem with the fields of another type beside its own, or in their place.
macro_rules! stored {
    ($($name:ident = $of:ty, $more:ty;)*) => {
        $(
            pub struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    both(<$of>::schema(), <$more>::schema())
                }
            }

            impl ToSchema for $name {
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    <$of>::schemas(schemas);
                    <$more>::schemas(schemas);
                }
            }
        )*
    };
}

stored! {
    StoredSite = Site, Dated;
    StoredRoom = Room, Dated;
    StoredService = Service, Dated;
    StoredGroup = Group, Dated;
    StoredClinician = Clinician, OfClinician;
    StoredParticipant = Participant, OfParticipant;
    StoredOrder = Order, OfOrder;
    StoredCommitment = Commitment, OfCommitment;
}

fn both(of: RefOr<Schema>, more: RefOr<Schema>) -> RefOr<Schema> {
    match (of, more) {
        (RefOr::T(Schema::Object(mut of)), RefOr::T(Schema::Object(more))) => {
            of.properties.extend(more.properties);
            RefOr::T(Schema::Object(of))
        }
        (of, _) => of,
    }
}

/// Any entity.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct Dated {
    /// What of it is otherwise from a day on.
    changes: Option<Vec<DatedChange>>,
}

/// Fields of an entity that are others from a day on.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct DatedChange {
    /// The first day.
    from: String,
    /// A merge patch of the entity.
    #[schema(value_type = Object)]
    set: Value,
}

/// A clinician.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct OfClinician {
    /// What of it is otherwise from a day on.
    changes: Option<Vec<DatedChange>>,
    /// Licences with dates: `{"jurisdiction", "from"?, "until"?}`.
    licences: Option<Vec<Value>>,
    /// Credentials with dates: `{"credential", "from"?, "until"?}`.
    certificates: Option<Vec<Value>>,
}

/// A participant.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct OfParticipant {
    /// What of it is otherwise from a day on.
    changes: Option<Vec<DatedChange>>,
    /// The first day of treatment.
    admitted: Option<String>,
    /// The last day.
    discharged: Option<String>,
    /// Episodes that are over: `{"admitted", "discharged"}`.
    episodes: Option<Vec<Value>>,
    /// Days without treatment: `{"from", "to"?}`, or a list of them.
    hold: Option<Value>,
    /// Parts of the episode: `{"name"?, "from" or "after_weeks", "level_of_care"?, "plan"?, "orders"?}`.
    phases: Option<Vec<Value>>,
    /// The place on the waiting list.
    waiting: Option<Waiting>,
    /// Name, telephone, address; only for who may see records.
    record: Option<Record>,
    /// What is ordered.
    orders: Vec<StoredOrder>,
    /// Everything else there is to do.
    #[schema(required = false)]
    commitments: Vec<StoredCommitment>,
}

/// Who a participant is.
#[derive(ToSchema)]
#[schema(as = ParticipantRecord)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct Record {
    /// The full name.
    name: Option<String>,
    /// What they are called.
    preferred_name: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// E-mail.
    email: Option<String>,
    /// Of what is printed for them.
    language: Option<String>,
    /// Where they live.
    address: Option<String>,
}

/// An order.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct OfOrder {
    /// In which weeks; weekly by default.
    recurrence: Option<Value>,
}

/// A commitment.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is stored as JSON")]
struct OfCommitment {
    /// The first day on which it holds.
    from: Option<String>,
    /// The last day.
    until: Option<String>,
    /// Only every so many weeks, from the week that `from` lies in.
    every_weeks: Option<u16>,
}
