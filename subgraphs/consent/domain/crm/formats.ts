// The forms in which tenants' own systems are told of consents.
import type { CrmFormat } from '../../../../schema/vocabulary-crm.ts';
import type { LoggedRecord } from '../consent-record.ts';
import { changeOf, type ConsentChange } from './consent-change.ts';
import { genericBody } from './generic.ts';
import { hubspotBody } from './hubspot.ts';
import { salesforceBody } from './salesforce.ts';
import { segmentBody } from './segment.ts';

const bodyIn: Readonly<Record<CrmFormat, (change: ConsentChange) => object>> = {
  GENERIC: genericBody,
  HUBSPOT: hubspotBody,
  SALESFORCE: salesforceBody,
  SEGMENT: segmentBody,
};

/** The body that tells of a record: JSON, about a kilobyte, the same however often it is written. Without addresses. */
export const crmBody = (format: CrmFormat, record: LoggedRecord): string =>
  JSON.stringify(bodyIn[format](changeOf(record)));
