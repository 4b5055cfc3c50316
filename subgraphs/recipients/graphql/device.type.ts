// What the API shows of a device: never the key itself, but what names it.
import { Field, ID, ObjectType } from 'type-graphql';
import { DevicePlatform, DeviceState } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

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

  @Field(() => DeviceState, { description: 'Whether messages are sealed to it.' })
  state!: words.DeviceState;

  @Field(() => String, { nullable: true, description: 'The version of the app, as it told.' })
  clientVersion!: string | null;

  @Field(() => String, { nullable: true, description: 'The build of its system, as it told.' })
  osBuild!: string | null;

  @Field(() => Date, { description: 'When its key was registered.' })
  registeredAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When its key was revoked.' })
  revokedAt!: Date | null;
}
