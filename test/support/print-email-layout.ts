// Writes the compiled layout of emails beside its source: `npm run email-layout`.
import { writeFileSync } from 'node:fs';
import { compileEmailLayout, EMAIL_LAYOUT } from './email-layout.ts';

writeFileSync(EMAIL_LAYOUT, await compileEmailLayout());
