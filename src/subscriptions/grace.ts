/** Days after the first decline for which a subscription that is past due stays usable: as long as its card is tried again. */
export const GRACE_DAYS = 7;
