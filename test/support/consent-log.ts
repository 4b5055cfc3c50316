// How tests ask the consent log: receipts, their verification, the signed state, and a whole audit.
import { expect } from '@jest/globals';
import { consentsOf, said } from './consents.ts';
import type { Asker, People } from './people.ts';

export const AUDITOR = { scopes: ['audit:read', 'consent:read', 'consent:write'] };

export interface Receipt {
  readonly consentId: string;
  readonly receipt: string;
  readonly logIndex: string;
  readonly proof: string | null;
}

interface AuditPart {
  readonly auditedCount: string;
  readonly isComplete: boolean;
  readonly cursor: string;
  readonly findings: readonly object[];
}

/** consents: of the same people, so that nobody is registered twice. */
export function consentLogOf(people: People, consents = consentsOf(people)) {
  const ask = async (source: string, variables: object = {}, asker: Asker = {}) => {
    const answer = await people.ask('consent', source, variables, { ...AUDITOR, ...asker });
    expect(answer.errors).toBeUndefined();
    return answer.data;
  };
  const receiptOf = async (consentId: string, asker: Asker = {}): Promise<Receipt> => {
    const source = `query ($id: ID!) { consentReceipt(consentId: $id) { consentId receipt logIndex proof } }`;
    return (await ask(source, { id: consentId }, asker)).consentReceipt;
  };
  const verification = async (receipt: string, proof: string | null = null, asker: Asker = {}) => {
    const source = `query ($receipt: String!, $proof: String) { verifyReceipt(receipt: $receipt, proof: $proof) {
    isValid isStanding problems consentId } }`;
    return (await ask(source, { receipt, proof }, asker)).verifyReceipt;
  };
  const theLog = async (asker: Asker = {}) =>
    (await ask('{ consentLog { origin size checkpoint verifierKeys } }', {}, asker)).consentLog;

  /** All findings of a whole audit, and how many records it read. */
  const audit = async (asker: Asker = {}): Promise<{ count: number; findings: object[] }> => {
    const findings: object[] = [];
    for (let after: string | null = null; ;) {
      const source = `query ($after: String) { consentLogAudit(after: $after) {
      auditedCount isComplete cursor findings { problem index } } }`;
      const page: AuditPart = (await ask(source, { after }, asker)).consentLogAudit;
      findings.push(...page.findings);
      if (page.isComplete) return { count: Number(page.auditedCount), findings };
      after = page.cursor;
    }
  };
  const recorded = async (over: object = {}): Promise<string> => {
    const { consents: standing } = await consents.record(said(await consents.newPerson(), over));
    return standing[0].id;
  };

  return { ask, audit, receiptOf, recorded, theLog, verification };
}
