import { expect, test } from 'vitest';
import { html, jsonForScript } from './html.ts';

const HOSTILE = '"><img src=x onerror=alert(1)>';

test('escapes every value in text and attributes', () => {
  expect(html`<a title="${HOSTILE}" id='${"'"}'>${HOSTILE} & ${7}</a>${undefined}`.text).toBe(
    '<a title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;" id=\'&#39;\'>' +
      '&quot;&gt;&lt;img src=x onerror=alert(1)&gt; & 7</a>',
  );
});

test('takes other HTML as it is', () => {
  expect(html`<ul>${[html`<li>${'<'}</li>`, html`<li>b</li>`]}</ul>${html`<p>`}`.text).toBe(
    '<ul><li>&lt;</li><li>b</li></ul><p>',
  );
});

test.each(['</script><script>alert(1)</script>', '<!--<script>', ']]>', '\u2028\u2029', HOSTILE])(
  'JSON in a page holds %j without breaking out of its element',
  (text) => {
    const written = jsonForScript({ [text]: [text] }).text;
    expect(written).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(written)).toEqual({ [text]: [text] });
  },
);
