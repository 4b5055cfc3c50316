// Who is meant by an id: a person, or the one that a merged person became.

/** For a statement whose $1 is the tenant and $2 the ids (UUIDs) that were asked for: `asked_id`, and the `id` that there
 *  is now. Each id is one step in an index, and so is what a statement joins to it by `lateral` and `offset 0`. Without
 *  these, the planner may read all people of the tenant: it knows nothing of a young table, and behind row-level security
 *  it takes no `coalesce` into an index. Reads with the roles of `messages` and `consent` too. */
export const ASKED_PEOPLE = askedPeople('m.recipient_id');

/** The same with the key of a merged person, which still opens what was sealed for that id; null for all others. */
export const ASKED_PEOPLE_WITH_KEYS = askedPeople(
  'm.recipient_id, m.data_key, m.data_key_id, m.data_key_version',
);

function askedPeople(columns: string): string {
  return `(
    select given.id as asked_id, coalesce(merged.recipient_id, given.id) as id, merged.*
    from unnest($2::uuid[]) as given (id)
    left join lateral (
      select ${columns} from recipients.recipient_alias m
      where m.tenant_id = $1 and m.id = given.id offset 0
    ) merged on true
    offset 0
  )`;
}

/** Which of several addresses `a` of a kind is used: a verified one before others, then the newest. */
export const ADDRESS_ORDER = 'a.verified_at is null, a.created_at desc, a.id desc';
