// The door of recipients for tests: whom a query finds, and what a mutation makes of a person.
import { expect } from '@jest/globals';
import type { Asker, People } from './people.ts';

/** `fields`: of a recipient, as GraphQL writes them. `people` is asked late: it may not have been started yet. */
export function recipientsDoor(people: () => People, fields: string) {
  return {
    find: async (query: string, asker: Asker = {}) => {
      const document = `{ found: ${query} { ${fields} } }`;
      const { data, errors } = await people().ask('recipients', document, {}, asker);
      expect(errors).toBeUndefined();
      return data.found;
    },
    change: async (mutation: string, input: object, asker: Asker = {}) => {
      const type = `${mutation[0]?.toUpperCase() ?? ''}${mutation.slice(1)}Input`;
      const { data, errors } = await people().ask(
        'recipients',
        `mutation ($input: ${type}!) { changed: ${mutation}(input: $input) {
           recipient { ${fields} } errors { __typename ... on UserError { code path message } } } }`,
        { input },
        asker,
      );
      expect(errors).toBeUndefined();
      return data.changed;
    },
  };
}
