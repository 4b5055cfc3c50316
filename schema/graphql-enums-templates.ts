// Registers the words of templates as GraphQL enums.
import { describeEnum } from './describe-enum.ts';
import { LintSeverity, RegistrationState, SmsEncoding, Strategy } from './vocabulary-templates.ts';

describeEnum('LintSeverity', LintSeverity, 'How grave a finding in a template is.', {
  ERROR: 'The template cannot be submitted.',
  WARNING: 'It can be submitted; the finding is kept with the version.',
});
describeEnum('RegistrationState', RegistrationState, 'What a registrar says of a template.', {
  PENDING: 'It has not answered yet.',
  APPROVED: 'It lets the template’s messages through.',
  REJECTED: 'It does not.',
});
describeEnum('SmsEncoding', SmsEncoding, 'The alphabet that an SMS is sent in.', {
  GSM_7: 'GSM 03.38: 160 characters, or 153 in each part of a longer text.',
  UCS_2: '70 characters, or 67 in each part of a longer text.',
});
describeEnum('Strategy', Strategy, 'How a message goes out.', {
  SINGLE: 'One route after the other, until one delivers.',
  PARALLEL: 'Several routes at once; their receivers tell repetitions by the canonical id.',
});
