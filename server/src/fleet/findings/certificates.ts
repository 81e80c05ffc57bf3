import { isolated } from '../../words/isolated.ts';
import { certificateState } from './certificate-state.ts';
import type { Finder } from './finding.ts';

/** Certificates that have ended, or soon will. */
export const certificates: Finder = {
  source: 'certificates',
  find: ({ certificates: document }, nowMs) =>
    (document?.certificates ?? []).flatMap((certificate) => {
      const { severity, text } = certificateState(certificate, nowMs);
      if (severity === 'ok') return [];
      const { path, subject, validToMs } = certificate;
      const hasEnded = nowMs >= validToMs;
      return [
        {
          kind: 'certificate',
          // one file may hold several
          subject: `${path} ${subject}`,
          severity,
          brief: `Certificate: ${text}`,
          sentence: `Certificate ${isolated(path)}: ${text}.`,
          sinceMs: hasEnded ? validToMs : undefined,
        },
      ];
    }),
};
