// What the API shows of a device: never the key itself, but what names it.
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AttestationLevel, DevicePlatform, DeviceState } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@ObjectType({ description: 'A key that a device had before. Nothing is sealed to it any more.' })
export class RetiredDeviceKey {
  @Field(() => String, { description: 'Its RFC 7638 thumbprint.' })
  kid!: string;

  @Field(() => Int, { description: 'Which of the device’s keys it was.' })
  keyVersion!: number;

  @Field(() => Date, { description: 'When the next key took its place.' })
  retiredAt!: Date;
}

@ObjectType({
  description: 'An app installation of a recipient, with the key that messages are sealed to.',
})
export class Device {
  @Field(() => ID, { description: 'The opaque id, `dev_...`.' })
  id!: string;

  @Field(() => DevicePlatform, { description: 'What kind of device it is.' })
  platform!: words.DevicePlatform;

  @Field(() => String, {
    description: 'The RFC 7638 thumbprint of its key: what an envelope calls it.',
  })
  kid!: string;

  @Field(() => String, { description: 'Thirty digits of its key, for two people to compare.' })
  fingerprint!: string;

  @Field(() => Int, { description: 'Which of its keys this is: 1 for the first.' })
  keyVersion!: number;

  @Field(() => AttestationLevel, { description: 'What vouches for its key beside its own proof.' })
  attestation!: words.AttestationLevel;

  @Field(() => DeviceState, { description: 'Whether messages are sealed to it.' })
  state!: words.DeviceState;

  @Field(() => String, { nullable: true, description: 'The version of the app, as it told.' })
  clientVersion!: string | null;

  @Field(() => String, { nullable: true, description: 'The build of its system, as it told.' })
  osBuild!: string | null;

  @Field(() => Date, { description: 'When it was registered.' })
  registeredAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'When the person signed in with two factors for it; null where nobody did.',
  })
  identityVerifiedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When the person confirmed the fingerprint of the present key.',
  })
  fingerprintConfirmedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it last told of its client.' })
  reportedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was revoked or removed.' })
  revokedAt!: Date | null;
}
