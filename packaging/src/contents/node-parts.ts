/** What Node.js contains, by the names that `process.versions` and the chapters of its LICENSE have. */
export interface NodePart {
  readonly license: string;
  /** Chapter of Node's LICENSE; absent when it has none. */
  readonly chapter?: string;
  /** Key of `process.versions`; absent when it tells no version. */
  readonly versionOf?: string;
  /** Package URL without the version. */
  readonly purl?: string;
  /** Vendor and product in the catalogue of vulnerabilities. */
  readonly cpe?: string;
  readonly isData?: boolean;
}

const github = (path: string): string => `pkg:github/${path}`;

/** Parts of the executable. */
export const NODE_PARTS: Readonly<Record<string, NodePart>> = {
  Acorn: { license: 'MIT', chapter: 'Acorn', versionOf: 'acorn', purl: 'pkg:npm/acorn' },
  abseil: { license: 'Apache-2.0', purl: github('abseil/abseil-cpp') },
  ada: { license: 'MIT', chapter: 'ada', versionOf: 'ada', purl: github('ada-url/ada') },
  amaro: { license: 'MIT', chapter: 'amaro', versionOf: 'amaro', purl: 'pkg:npm/amaro' },
  brotli: { license: 'MIT', chapter: 'brotli', versionOf: 'brotli', purl: github('google/brotli') },
  'c-ares': {
    license: 'MIT',
    chapter: 'c-ares',
    versionOf: 'ares',
    purl: github('c-ares/c-ares'),
    cpe: 'c-ares:c-ares',
  },
  caja: { license: 'Apache-2.0', chapter: 'caja' },
  CLDR: { license: 'Unicode-3.0', versionOf: 'cldr', isData: true },
  fast_float: { license: 'MIT', purl: github('fastfloat/fast_float') },
  HdrHistogram: { license: 'CC0-1.0 OR BSD-2-Clause', chapter: 'HdrHistogram' },
  ICU: { license: 'Unicode-3.0', chapter: 'ICU', versionOf: 'icu', purl: github('unicode-org/icu') },
  inspector_protocol: { license: 'BSD-3-Clause', chapter: 'inspector_protocol' },
  ittapi: { license: 'BSD-3-Clause', chapter: 'ittapi', purl: github('intel/ittapi') },
  large_pages: { license: 'MIT', chapter: 'large_pages' },
  libuv: {
    license: 'MIT',
    chapter: 'libuv',
    versionOf: 'uv',
    purl: github('libuv/libuv'),
    cpe: 'libuv:libuv',
  },
  llhttp: {
    license: 'MIT',
    chapter: 'llhttp',
    versionOf: 'llhttp',
    purl: github('nodejs/llhttp'),
    cpe: 'llhttp:llhttp',
  },
  merve: { license: 'MIT', chapter: 'merve', versionOf: 'merve' },
  'minimatch of Node.js': { license: 'BlueOak-1.0.0', chapter: 'minimatch', purl: 'pkg:npm/minimatch' },
  nbytes: { license: 'MIT', versionOf: 'nbytes', purl: github('nodejs/nbytes') },
  ncrypto: { license: 'MIT', versionOf: 'ncrypto', purl: github('nodejs/ncrypto') },
  nghttp2: {
    license: 'MIT',
    chapter: 'nghttp2',
    versionOf: 'nghttp2',
    purl: github('nghttp2/nghttp2'),
    cpe: 'nghttp2:nghttp2',
  },
  'node-fs-extra': { license: 'MIT', chapter: 'node-fs-extra' },
  'node-heapdump': { license: 'ISC', chapter: 'node-heapdump' },
  'on-exit-leak-free of Node.js': { license: 'MIT', chapter: 'on-exit-leak-free' },
  OpenSSL: {
    license: 'Apache-2.0',
    chapter: 'OpenSSL',
    versionOf: 'openssl',
    purl: github('openssl/openssl'),
    cpe: 'openssl:openssl',
  },
  'Punycode.js': { license: 'MIT', chapter: 'Punycode.js', purl: 'pkg:npm/punycode' },
  rimraf: { license: 'ISC', chapter: 'rimraf', purl: 'pkg:npm/rimraf' },
  simdjson: {
    license: 'Apache-2.0',
    chapter: 'simdjson',
    versionOf: 'simdjson',
    purl: github('simdjson/simdjson'),
  },
  simdutf: { license: 'MIT', chapter: 'simdutf', versionOf: 'simdutf', purl: github('simdutf/simdutf') },
  SipHash: { license: 'CC0-1.0', chapter: 'SipHash' },
  'sonic-boom of Node.js': { license: 'MIT', chapter: 'sonic-boom' },
  'SQLite of Node.js': {
    license: 'blessing',
    versionOf: 'sqlite',
    purl: 'pkg:generic/sqlite',
    cpe: 'sqlite:sqlite',
  },
  swc: { license: 'Apache-2.0', chapter: 'swc', purl: github('swc-project/swc') },
  'time zones': { license: 'LicenseRef-public-domain', versionOf: 'tz', isData: true },
  undici: {
    license: 'MIT',
    chapter: 'undici',
    versionOf: 'undici',
    purl: 'pkg:npm/undici',
    cpe: 'nodejs:undici',
  },
  Unicode: { license: 'Unicode-3.0', versionOf: 'unicode', isData: true },
  uvwasi: { license: 'MIT', chapter: 'uvwasi', versionOf: 'uvwasi', purl: github('nodejs/uvwasi') },
  V8: { license: 'BSD-3-Clause', chapter: 'V8', versionOf: 'v8', purl: github('v8/v8') },
  zlib: { license: 'Zlib', chapter: 'zlib', versionOf: 'zlib', purl: 'pkg:generic/zlib' },
  zstd: { license: 'BSD-3-Clause', chapter: 'zstd', versionOf: 'zstd', purl: github('facebook/zstd') },
};

/** Keys of `process.versions` that count interfaces. */
export const NO_PART: readonly string[] = ['node', 'modules', 'napi'];

/** Chapters of Node's LICENSE on what builds and tests it or is packed beside it, not in the executable. */
export const NOT_INSIDE: readonly string[] = [
  'LIEF',
  'corepack',
  'postject',
  'npm',
  'GYP',
  'jinja2',
  'markupsafe',
  'cpplint.py',
  'gypi_to_gn.py',
  'gtest',
  // their versions are empty in this build
  'ngtcp2',
  'nghttp3',
];
