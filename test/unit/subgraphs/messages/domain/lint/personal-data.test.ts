// Personal data in texts that carriers can read: by the name of a variable, and by its form.
import { describe, expect, it } from '@jest/globals';
import { lintTemplate } from '../../../../../../subgraphs/messages/domain/lint/lint-template.ts';
import type {
  Template,
  TemplateVariable,
} from '../../../../../../subgraphs/messages/domain/template.ts';
import { clean, found, variable } from '../../../../../support/lint.ts';

describe('personal data in the open', () => {
  const named = (name: string, more: Partial<TemplateVariable> = {}, of: Partial<Template> = {}) =>
    found(
      'personal-data-in-the-open',
      clean(
        { smsText: `About {{${name}}}` },
        { variables: [variable('order'), variable(name, more)], ...of },
      ),
    );

  it.each([
    'card',
    'card_number',
    'card_no',
    'iban2',
    'to_account',
    'password',
    'pin',
    'ssn',
    'diagnosis',
  ])('is what a variable %s says that is not declared sensitive', (name) => {
    expect(named(name)).toEqual([`ERROR smsText “{{${name}}}”`]);
  });

  it.each(['email', 'phone_number', 'home_address', 'birthday'])(
    'may be what a variable %s says',
    (name) => {
      expect(named(name)).toEqual([`WARNING smsText “{{${name}}}”`]);
    },
  );

  it.each(['card_brand', 'spin', 'amount', 'code', 'accounting', 'discard'])(
    'is not what a variable %s says',
    (name) => {
      expect(named(name)).toEqual([]);
    },
  );

  it('is shown masked where it is declared sensitive, which is worth a warning', () => {
    expect(named('card', { sensitive: true, mask: 'LAST4' })).toEqual([
      'WARNING smsText “{{card}}”',
    ]);
    expect(named('city', { sensitive: true })).toEqual(['WARNING smsText “{{city}}”']);
  });

  it('is not in an SMS that never travels clear, nor on another channel', () => {
    expect(named('card', {}, { sensitivity: 'HIGH' })).toEqual([]);
    expect(named('card', {}, { channels: ['RCS'] })).toEqual([]);
  });

  it('is not the one-time code that an OTP is there for', () => {
    expect(named('pin', {}, { type: 'OTP' })).toEqual([]);
    expect(named('card', {}, { type: 'OTP' })).toHaveLength(1);
  });

  it.each([
    ['a card', 'Card 4111 1111 1111 1111.', '4111 1111 1111 1111'],
    ['a card without spaces', 'Card 5555555555554444', '5555555555554444'],
    ['an account', 'To AT61 1904 3002 3457 3201', 'AT61 1904 3002 3457 3201'],
    ['a social security number', 'SSN 219-09-9999', '219-09-9999'],
  ])('is found by its form, and not repeated: %s', (_, neutralText, number) => {
    const of = clean({ neutralText });
    expect(found('personal-data-in-the-open', of)).toEqual([`ERROR neutralText “${number}”`]);
    expect(JSON.stringify(lintTemplate(of))).not.toContain(number);
  });

  it.each([
    'Order 4111 1111 1111 1112',
    'Order AT62 1904 3002 3457 3201',
    'Call +43 1 234 56 78',
    'Number 000-12-3456',
    'On 2026-11-20 at 12:00',
  ])('is not every number: %s', (neutralText) => {
    expect(found('personal-data-in-the-open', clean({ neutralText }))).toEqual([]);
  });
});
