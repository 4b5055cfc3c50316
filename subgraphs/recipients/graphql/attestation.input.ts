// Input, payload and type of what a tenant says of attestations.
import { Field, InputType, ObjectType } from 'type-graphql';
import { InvalidInput } from '../../../schema/user-errors.ts';
import { AttestationLevel } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@ObjectType({ description: 'For which app the tenant’s devices attest their keys.' })
export class AttestationPolicy {
  @Field(() => String, { description: 'The relying party: a domain of the app’s maker.' })
  rpId!: string;

  @Field(() => [String], { description: 'Where the app runs.' })
  origins!: string[];

  @Field(() => [String], {
    description: 'Certificates in PEM that are trusted beside Google’s and Apple’s.',
  })
  roots!: string[];

  @Field(() => AttestationLevel, { description: 'What a device has to bring at the least.' })
  required!: words.AttestationLevel;

  @Field(() => Date, { description: 'When it was configured.' })
  updatedAt!: Date;
}

@InputType({ description: 'For which app the tenant’s devices attest their keys.' })
export class ConfigureAttestationInput {
  @Field(() => String, { description: 'The relying party: a domain of the app’s maker.' })
  rpId!: string;

  @Field(() => [String], {
    description: 'Where the app runs: `https://...`, or `android:apk-key-hash:...` if native.',
  })
  origins!: string[];

  @Field(() => [String], {
    defaultValue: [],
    description: 'Certificates in PEM, trusted beside Google’s and Apple’s.',
  })
  roots!: string[];

  @Field(() => AttestationLevel, {
    defaultValue: AttestationLevel.NONE,
    description: 'What a device has to bring at the least, from now on.',
  })
  required!: words.AttestationLevel;
}

@ObjectType({ description: 'What came of configuring attestations.' })
export class ConfigureAttestationPayload {
  @Field(() => AttestationPolicy, { nullable: true, description: 'It; null when refused.' })
  policy!: AttestationPolicy | null;

  @Field(() => [InvalidInput], { description: 'Why it was refused; empty when it was not.' })
  errors!: InvalidInput[];
}
