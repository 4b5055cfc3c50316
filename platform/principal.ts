// Who is calling: made from verified token claims only, and carried by every request, job and subscription.
import { ApiError } from './errors.ts';

/** A tenant's name: it is part of keys, topics and SQL settings, so its alphabet is narrow. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export interface Principal {
  readonly tenantId: string;
  /** The token's subject: a user or a service. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Seconds since 1970; streams end here. */
  readonly expiresAt: number;
}

/** Throws FORBIDDEN unless the token holds the scope. */
export function requireScope(principal: Principal, scope: string): void {
  if (!principal.scopes.includes(scope)) {
    throw new ApiError('FORBIDDEN', `This needs the scope ${scope}.`, { scope });
  }
}
