import type { ComponentChildren, JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { Age, Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { SEVERITY_WORDS } from '../fleet/severity.ts';
import { formatBytes } from '../format/bytes.ts';
import { formatTime } from '../format/time.ts';
import { nowMs } from '../state/clock.ts';

export function HostHeader({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const { summary } = detail;
  return (
    <>
      <nav class="crumb sm" aria-label="Breadcrumb">
        <a href="/">Fleet</a> /
      </nav>
      <div class="hosth">
        <h1>{summary.name}</h1>
        <Chip severity={summary.severity} text={stateText(detail)} />
      </div>
      <Facts detail={detail} />
    </>
  );
}

function stateText({ summary }: HostDetail): string {
  if (summary.state === 'waiting') return 'Waiting for its agent';
  if (summary.state === 'silent' && summary.lastSeenAtMs !== undefined) {
    return `Silent since ${formatTime(summary.lastSeenAtMs, nowMs.value)}`;
  }
  return SEVERITY_WORDS[summary.severity];
}

function Facts({
  detail: { summary, facts, documents, clockSkewMs },
}: {
  readonly detail: HostDetail;
}): JSX.Element {
  const { cpu, memory, lastSeenAtMs, agentVersion, newerAgentVersion } = summary;
  const threads = cpu === undefined ? '' : `${cpu.logicalCpus} threads`;
  const ownName = facts?.hostname === summary.name ? undefined : facts?.hostname;
  const uptime = documents.uptime;
  return (
    <dl class="facts sm">
      <Fact name="Calls itself">{ownName}</Fact>
      <Fact name="System">{facts?.operatingSystem}</Fact>
      <Fact name="Proxmox VE">{documents.pveNode?.body.version}</Fact>
      <Fact name="Backup server">{documents.pbs?.body.version}</Fact>
      <Fact name="Kernel">{facts?.kernel}</Fact>
      <Fact name="CPU">{[facts?.cpuModel, threads].filter((part) => part).join(', ') || undefined}</Fact>
      <Fact name="Memory">{memory && formatBytes(memory.totalBytes)}</Fact>
      <Fact name="ZFS">{facts?.zfsVersion}</Fact>
      <Fact name="Up">
        {uptime &&
          formatDuration(uptime.body.uptimeSeconds * 1_000 + Math.max(0, nowMs.value - uptime.receivedAtMs))}
      </Fact>
      <Fact name="Agent">
        {agentVersion && <AgentVersion version={agentVersion} newer={newerAgentVersion} />}
      </Fact>
      <Fact name="Clock">
        {clockSkewMs !== undefined && Math.abs(clockSkewMs) >= 2_000 && skewText(clockSkewMs)}
      </Fact>
      <Fact name="Seen">
        {lastSeenAtMs !== undefined && <Seen atMs={lastSeenAtMs} silent={summary.state === 'silent'} />}
      </Fact>
    </dl>
  );
}

/** What is to be done stands on the page of hosts, once for all that are behind. */
function AgentVersion({
  version,
  newer,
}: {
  readonly version: string;
  readonly newer: string | undefined;
}): JSX.Element {
  if (newer === undefined) return <>{version}</>;
  return (
    <>
      {version}, <a href="/admin/hosts">behind {newer}</a>
    </>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element | null {
  if (children === undefined || children === false || children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Seen({ atMs, silent }: { readonly atMs: number; readonly silent: boolean }): JSX.Element {
  return silent ? (
    <Moment atMs={atMs} />
  ) : (
    <>
      <Age atMs={atMs} /> ago
    </>
  );
}

/** "3 min behind": of the host's clock. */
function skewText(skewMs: number): string {
  return `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}
