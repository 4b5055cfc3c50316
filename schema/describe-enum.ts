// Registers a const object of the vocabulary as a GraphQL enum, with a sentence for each of its values.
import { registerEnumType } from 'type-graphql';

export const describeEnum = <T extends Record<string, string>>(
  name: string,
  values: T,
  description: string,
  valuesDescribed: Record<keyof T, string>,
): void => {
  registerEnumType(values, {
    name,
    description,
    valuesConfig: Object.fromEntries(
      Object.entries(valuesDescribed).map(([value, text]) => [value, { description: text }]),
    ) as Record<keyof T, { description: string }>,
  });
};
