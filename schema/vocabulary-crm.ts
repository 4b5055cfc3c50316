// The words for telling a tenant's own systems of consents: const objects with their union types, and nothing else.

/** The forms in which a tenant's own systems are told of consents. */
export const CrmFormat = {
  GENERIC: 'GENERIC',
  HUBSPOT: 'HUBSPOT',
  SALESFORCE: 'SALESFORCE',
  SEGMENT: 'SEGMENT',
} as const;
export type CrmFormat = (typeof CrmFormat)[keyof typeof CrmFormat];

/** Where a consent stands that a tenant's own system has not taken. What was taken is no longer listed. */
export const CrmDeliveryState = { PENDING: 'PENDING', FAILED: 'FAILED' } as const;
export type CrmDeliveryState = (typeof CrmDeliveryState)[keyof typeof CrmDeliveryState];
