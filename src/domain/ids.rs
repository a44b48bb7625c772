//! Ids that cannot be mistaken for one another. All count from 0; people are shown [`number`](SegmentId::number), from 1.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(usize);

        impl $name {
            /// The id at `index`, counted from 0.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(index)
            }

            /// Position, counted from 0.
            #[must_use]
            pub fn index(self) -> usize {
                self.0
            }

            /// Position as people count, from 1.
            #[must_use]
            pub fn number(self) -> usize {
                self.0 + 1
            }
        }
    };
}

id!(
    /// A segment (sentence) of an article, in reading order over the whole article.
    SegmentId
);
id!(
    /// A paragraph of an article, in reading order.
    ParagraphId
);
id!(
    /// A claim of a summary, in reading order.
    ClaimId
);
