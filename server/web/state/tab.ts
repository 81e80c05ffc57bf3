import type { Severity } from '../../src/api/schema.ts';

const STROKE = 'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"';
/** An icon follows no theme: these are readable on light and dark bars of tabs. */
const BADGES: Readonly<Record<Severity, string>> = {
  crit: '#c4183a',
  silent: '#636a75',
  warn: '#875000',
  info: '#0a66a6',
  ok: '#0b7360',
};

/** Puts the count of hosts that need attention where it is seen from other tabs. */
export function showInTab(title: string, attention: number, severity: Severity): void {
  document.title = title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon !== null) icon.href = `data:image/svg+xml,${encodeURIComponent(iconSvg(attention, severity))}`;
}

export function iconSvg(attention: number, severity: Severity): string {
  const figure = attention > 9 ? '9+' : String(attention);
  const badge =
    attention === 0
      ? ''
      : `<circle cx="15" cy="15" r="7" fill="${BADGES[severity]}"/>` +
        `<text x="15" y="18.4" fill="#fff" font-family="system-ui,sans-serif" font-size="9.5" font-weight="700" text-anchor="middle">${figure}</text>`;
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><rect width="22" height="22" rx="5" fill="#1b1f27"/>' +
    `<path d="M5 7.2h12M5 11h2.5l1.5-2 2 4.5 1.6-2.5H17M5 15.4h12" fill="none" stroke="#fff" ${STROKE}/>${badge}</svg>`
  );
}
