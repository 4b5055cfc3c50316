// Two tiny subgraphs for tests of the gateway: books, and the authors that are joined to them.
import 'reflect-metadata';
import DataLoader from 'dataloader';
import { GraphQLError } from 'graphql';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { ApiError } from '../../platform/errors.ts';
import { requireScope, type Principal } from '../../platform/principal.ts';
import { createQueue } from '../../platform/stream.ts';
import { buildSubgraph, type RequestScope } from '../../platform/subgraph.ts';
import { composeSupergraph } from '../../gateway/supergraph.ts';

/** What an internal failure says: it must never be seen outside. */
export const INTERNAL_DETAIL = 'password=hunter2 at 10.0.0.7';

/** What the subgraphs saw, for the tests to read. */
export interface LibraryRecord {
  /** The keys of every batch that the author loader asked for. */
  readonly authorBatches: string[][];
  /** One entry for each context that was made. */
  readonly contexts: { subgraph: string; tenantId: string; requestId: string }[];
  readonly changedTitles: string[];
  openStreams: number;
}

interface Context {
  readonly principal: Principal;
  readonly record: LibraryRecord;
  readonly authors: DataLoader<string, string>;
}

@ObjectType('Author', { description: 'Who writes.' })
@Directive('@key(fields: "id")')
class AuthorStub {
  @Field(() => ID, { description: 'The key.' })
  id!: string;
}

@ObjectType({ description: 'What is written.' })
@Directive('@key(fields: "id")')
class Book {
  @Field(() => ID, { description: 'The key.' })
  id!: string;

  @Field({ description: 'Its title.' })
  title!: string;

  @Field(() => AuthorStub, { description: 'Who wrote it.' })
  author!: AuthorStub;
}

function bookOf(number: number, title = `Title ${number}`): Book {
  return { id: `b${number}`, title, author: { id: `a${number % 3}` } };
}

/** The numbers up to `count`, and then nothing more until the reader leaves. */
function countTo(count: number, record: LibraryRecord): AsyncIterable<number> {
  const leave = () => {
    record.openStreams -= 1;
  };
  const numbers = createQueue<number>(count, leave);
  record.openStreams += 1;
  for (let number = 1; number <= count; number += 1) numbers.push(number);
  return numbers;
}

@Resolver()
class BookResolver {
  @Query(() => String, { description: 'The tenant that the books subgraph sees.' })
  booksTenant(@Ctx() { principal }: Context): string {
    return principal.tenantId;
  }

  @Query(() => [Book], { description: 'The first books.' })
  books(@Arg('first', () => Int) first: number): Book[] {
    return Array.from({ length: first }, (_, index) => bookOf(index));
  }

  @Query(() => String, { nullable: true, description: 'Never answers.' })
  endless(): Promise<string> {
    return new Promise(() => undefined);
  }

  @Query(() => String, { nullable: true, description: 'Fails in a way that nobody may see.' })
  brokenInside(): string {
    throw new Error(INTERNAL_DETAIL);
  }

  @Query(() => String, { nullable: true, description: 'Fails with a code that is not public.' })
  brokenWithForeignCode(): string {
    throw new GraphQLError(INTERNAL_DETAIL, { extensions: { code: 'SQLSTATE_42' } });
  }

  @Query(() => Book, { nullable: true, description: 'Refuses with a public code.' })
  missingBook(): Book {
    throw new ApiError('NOT_FOUND', 'There is no such book.', { bookId: 'b404' });
  }

  @Mutation(() => Book, { nullable: true, description: 'Changes a title.' })
  changeTitle(@Arg('title') title: string, @Ctx() { principal, record }: Context): Book {
    requireScope(principal, 'books:write');
    record.changedTitles.push(title);
    return bookOf(1, title);
  }

  @Subscription(() => Book, {
    description: 'Tells of each new book.',
    subscribe: ({ args, context }: { args: { count: number }; context: Context }) =>
      countTo(args.count, context.record),
  })
  bookAdded(@Root() number: number, @Arg('count', () => Int) count: number): Book {
    // The second event of four fails, so that tests see what happens to the third.
    if (count === 4 && number === 2) throw new ApiError('UNAVAILABLE', 'The shelf is locked.');
    return bookOf(number);
  }
}

@ObjectType({ description: 'Who writes.' })
@Directive('@key(fields: "id")')
class Author {
  @Field(() => ID, { description: 'The key.' })
  id!: string;
}

@Resolver(() => Author)
class AuthorResolver {
  @Query(() => String, { description: 'The tenant that the authors subgraph sees.' })
  authorsTenant(@Ctx() { principal }: Context): string {
    return principal.tenantId;
  }

  @FieldResolver(() => String, { description: 'The name, which starts with the tenant.' })
  name(@Root() author: Author, @Ctx() { authors }: Context): Promise<string> {
    return authors.load(author.id);
  }
}

/** Both subgraphs, their contexts, and what they will have seen. */
export function createLibrary() {
  const record: LibraryRecord = {
    authorBatches: [],
    contexts: [],
    changedTitles: [],
    openStreams: 0,
  };
  const contextOf = (subgraph: string) => (principal: Principal, scope: RequestScope) => {
    record.contexts.push({ subgraph, tenantId: principal.tenantId, requestId: scope.requestId });
    const authors = new DataLoader<string, string>(async (ids) => {
      record.authorBatches.push([...ids]);
      return ids.map((id) => `${principal.tenantId} author ${id}`);
    });
    return { principal, record, authors } satisfies Context;
  };
  const books = buildSubgraph({ name: 'books', resolvers: [BookResolver] });
  const authors = buildSubgraph({
    name: 'authors',
    resolvers: [AuthorResolver],
    orphanedTypes: [Author],
    references: { Author: ({ id }) => ({ id }) },
  });
  return {
    record,
    supergraphSdl: composeSupergraph([books, authors]),
    subgraphs: [
      { ...books, contextFor: contextOf('books') },
      { ...authors, contextFor: contextOf('authors') },
    ],
  };
}
