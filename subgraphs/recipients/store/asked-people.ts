// Who is meant by an id: a person, or the one that a merged person became.

/** For a statement whose $1 is the tenant and $2 the ids (UUIDs) that were asked for: `asked_id`, and the `id` that there
 *  is now. Reads with the roles of `messages` and `consent` too. */
export const ASKED_PEOPLE = askedPeople('');

/** The same with the key of a merged person, which still opens what was sealed for that id; null for all others. */
export const ASKED_PEOPLE_WITH_KEYS = askedPeople(
  ', merged.data_key, merged.data_key_id, merged.data_key_version',
);

function askedPeople(keys: string): string {
  return `(
    select given.id as asked_id, coalesce(merged.recipient_id, given.id) as id${keys}
    from unnest($2::uuid[]) as given (id)
    left join recipients.recipient_alias merged on merged.tenant_id = $1 and merged.id = given.id
  )`;
}

/** Which of several addresses `a` of a kind is used: a verified one before others, then the newest. */
export const ADDRESS_ORDER = 'a.verified_at is null, a.created_at desc, a.id desc';
