import { expect, test } from 'vitest';
import type { AgentOffer } from '../apt-repository/published-agents.ts';
import { newerAgent } from './newer-agent.ts';

const OFFER: AgentOffer = {
  keyArmored: '',
  newest: '0.4.0',
  newestFor: new Map([
    ['amd64', '0.4.0'],
    ['arm64', '0.3.0'],
  ]),
};
const AMD64_ONLY: AgentOffer = { ...OFFER, newestFor: new Map([['amd64', '0.4.0']]) };

test.each<[string, string | null, string | undefined, AgentOffer | undefined, string | undefined]>([
  ['is older than the one for it in the repository', '0.2.0', 'x86_64', OFFER, '0.4.0'],
  ['is the one in the repository, though the server is newer', '0.4.0', 'x86_64', OFFER, undefined],
  ['is newer than the one in the repository', '0.5.0', 'x86_64', OFFER, undefined],
  ['is the newest one for ARM', '0.3.0', 'aarch64', OFFER, undefined],
  ['is older than the one for ARM', '0.2.9', 'aarch64', OFFER, '0.3.0'],
  ['runs on what nobody knows', '0.3.0', undefined, OFFER, '0.4.0'],
  ['has none for it in the repository: the server counts', '0.4.9', 'aarch64', AMD64_ONLY, '0.5.0~rc.1'],
  ['is older than the server, and nothing is published', '0.4.9', 'x86_64', undefined, '0.5.0~rc.1'],
  ['is of the server’s version', '0.5.0-rc.1', 'x86_64', undefined, undefined],
  ['is of a development version', '0.4.0-dev', 'x86_64', OFFER, '0.4.0'],
  ['was never seen', null, undefined, OFFER, undefined],
  ['says something strange', 'v1"><b>', 'x86_64', OFFER, undefined],
])('an agent that %s', (_, version, architecture, offer, expected) => {
  expect(newerAgent({ version, architecture: () => architecture }, offer, '0.5.0-rc.1')).toBe(expected);
});
