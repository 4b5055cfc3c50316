// Which provider sends on a channel: the only one, or the one that is named.
import { expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../platform/config.ts';
import { sendersOf } from '../../../providers/index.ts';
import { scripted } from '../../support/sending.ts';

const rbm = scripted('google-rbm', 'RCS');
const twilio = scripted('twilio', 'SMS');
const smpp = scripted('smpp', 'SMS');
const senders = (chosen: string) =>
  [...sendersOf([rbm, twilio, smpp], { chosen })].map(([channel, { id }]) => [channel, id]);

test('the only provider of a channel sends, and of several the one that is named', () => {
  expect([...sendersOf([rbm, twilio], { chosen: '' }).values()]).toEqual([rbm, twilio]);
  expect(senders('smpp')).toEqual([
    ['RCS', 'google-rbm'],
    ['SMS', 'smpp'],
  ]);
  expect(senders(' google-rbm, twilio ')).toContainEqual(['SMS', 'twilio']);
});

test.each(['', 'google-rbm', 'twilio,smpp'])(
  'of several providers none sends by chance, with %p named',
  (chosen) => {
    expect(() => senders(chosen)).toThrow(ConfigurationError);
    expect(() => senders(chosen)).toThrow('twilio and smpp are configured for SMS');
  },
);

test('a name that no configured provider has is refused', () => {
  expect(() => senders('smpp,smsc')).toThrow('names smsc');
});
