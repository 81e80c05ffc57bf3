import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { siteBodyPath } from '../config/folders.ts';
import { temporaryFolder } from '../http/testing.ts';
import { carryOut } from './carry-out.ts';
import { CaddySetupError } from './errors.ts';
import { beforePathOf, type SetupPaths, sitePathOf } from './files.ts';
import { planSetup, type SetupPlan, type SetupRequest } from './plan-setup.ts';
import { publicAddress } from './public-address.ts';
import { run } from './run.ts';
import type { CaddyService } from './service.ts';
import { planRemoval, takeDown } from './take-down.ts';

const hasCaddy = (await run('caddy', ['version'])).code === 0;
/** Ports that nobody has on a machine where tests run. */
const PORTS = '{\n\thttp_port 47080\n\thttps_port 47443\n}\n';

describe.skipIf(!hasCaddy)('with the real Caddy, and a service that does as told', () => {
  let folder: string;
  let paths: SetupPaths;
  beforeEach(async () => {
    folder = await temporaryFolder();
    mkdirSync(join(folder, 'caddy'));
    paths = {
      caddyfile: join(folder, 'caddy/Caddyfile'),
      environmentFile: join(folder, 'default'),
      authorityFile: join(folder, 'authority.pem'),
    };
    writeFileSync(paths.environmentFile, 'PORT=4000\nPUBLIC_HOST=old.example.net\n', { mode: 0o600 });
  });

  function service(reload: () => Promise<void> = () => Promise.resolve()): CaddyService {
    return { isActive: true, environment: {}, user: undefined, reload, stop: () => Promise.resolve() };
  }
  function request(change: Partial<SetupRequest> = {}): SetupRequest {
    return {
      address: publicAddress('monitor.example.net'),
      internal: false,
      upstream: '127.0.0.1:4000',
      siteBody: readFileSync(siteBodyPath(), 'utf8').replaceAll('/var/log/caddy', folder),
      paths,
      setPublicHost: false,
      ...change,
    };
  }
  function plan(caddyfile: string, change?: Partial<SetupRequest>): Promise<SetupPlan> {
    writeFileSync(paths.caddyfile, caddyfile);
    return planSetup(request(change), service());
  }
  /** Everything in the folder of Caddy, and the variables of the server. */
  function state(): unknown {
    const names = readdirSync(join(folder, 'caddy')).toSorted((a, b) => a.localeCompare(b));
    const texts = names.map((name) => [name, readFileSync(join(folder, 'caddy', name), 'utf8')]);
    return [
      texts,
      readFileSync(paths.environmentFile, 'utf8'),
      readdirSync(folder).includes('authority.pem'),
    ];
  }

  test('a plan changes nothing, and knows the port on which Caddy will listen', async () => {
    writeFileSync(paths.caddyfile, PORTS);
    const before = state();
    expect(await plan(PORTS)).toMatchObject({ port: 47_443, httpPort: 47_080 });
    expect(state()).toEqual(before);
  });

  test('the administrator’s sites and relative imports are tried together with ours', async () => {
    mkdirSync(join(folder, 'caddy/sites'));
    writeFileSync(join(folder, 'caddy/sites/own'), 'own.example.net {\n\trespond "own"\n}\n');
    const planned = await plan(`${PORTS}import sites/*\n:47080 {\n\trespond "default"\n}`);
    expect(planned.caddyfile.after).toMatch(/\n\}\nimport \S+proxmox-monitor\.site # Proxmox Monitor; .*\n$/);
  });

  test.each([
    [
      'a Caddyfile that is broken already',
      `${PORTS}:47080 {\n\tno_such_thing\n}\n`,
      /, as it is, is not valid: .*Caddyfile:\d+.*no_such_thing.*Mend that first/,
    ],
    [
      'a site of the same name',
      `${PORTS}Monitor.example.net {\n\trespond "x"\n}\n`,
      /has a site for monitor\.example\.net already/,
    ],
    [
      'a site that was copied by hand',
      `${PORTS}x.example.net {\n\timport /usr/share/proxmox-monitor-server/site.caddy\n}\n`,
      /copied by hand/,
    ],
    ['one site without braces', ':47080\nrespond "x"\n', /put \{ and \} around/],
  ])('%s is told, and nothing changes', async (_, caddyfile, message) => {
    writeFileSync(paths.caddyfile, caddyfile);
    const before = state();
    await expect(plan(caddyfile)).rejects.toThrow(message);
    await expect(plan(caddyfile)).rejects.toThrow(CaddySetupError);
    expect(state()).toEqual(before);
  });

  test('a name that no public authority signs needs --internal', async () => {
    await expect(plan(PORTS, { address: publicAddress('monitor.lan') })).rejects.toThrow(/With --internal/);
    await expect(
      plan(PORTS, { address: publicAddress('monitor.lan'), internal: true }),
    ).resolves.toBeDefined();
    const address = publicAddress('[2001:db8::1]:47444');
    expect(await plan(PORTS, { address, internal: true })).toMatchObject({ port: 47_444 });
  });

  test('a port that another program has is told by that program’s name', async () => {
    const other = createServer().listen(47_443, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    await expect(plan(PORTS)).rejects.toThrow(/port 47443 is taken by \S+, and Caddy needs it/);
  });

  test('an authority’s file that somebody else put there is not overwritten', async () => {
    writeFileSync(paths.authorityFile, '-----BEGIN CERTIFICATE-----\n');
    await expect(plan(PORTS, { internal: true })).rejects.toThrow(/caddy-setup did not put there/);
  });

  test('when Caddy does not take it, everything is as it was', async () => {
    const planned = await plan(PORTS, { setPublicHost: true });
    const before = state();
    let reloads = 0;
    const stubborn = service(() => {
      reloads += 1;
      return reloads === 1
        ? Promise.reject(new CaddySetupError('Caddy did not take it: why'))
        : Promise.resolve();
    });
    await expect(carryOut(planned, stubborn)).rejects.toThrow('why. Everything was put back as it was.');
    expect(reloads).toBe(2);
    expect(state()).toEqual(before);
  });

  test('when the site does not answer, everything is as it was, and Ctrl-C need not wait for that', async () => {
    const planned = await plan(PORTS, { internal: true });
    const before = state();
    const interrupted = service(async () => {
      setTimeout(() => process.emit('SIGINT'), 300);
    });
    await expect(carryOut(planned, interrupted)).rejects.toThrow(/^interrupted\. Everything was put back/);
    expect(state()).toEqual(before);
  });

  describe('removal', () => {
    async function placed(caddyfile: string): Promise<void> {
      const planned = await plan(caddyfile);
      writeFileSync(sitePathOf(paths), planned.site);
      writeFileSync(beforePathOf(paths), caddyfile);
      writeFileSync(paths.caddyfile, planned.caddyfile.after);
    }

    test('brings back what was before, to the byte', async () => {
      writeFileSync(paths.caddyfile, PORTS);
      const before = state();
      await placed(PORTS);
      const removal = await planRemoval(paths, service());
      expect(removal).toEqual({ after: PORTS, isExact: true });
      if (removal !== undefined) await takeDown(removal, paths, service());
      expect(state()).toEqual(before);
      expect(await planRemoval(paths, service())).toBeUndefined();
    });

    test('of a file that was edited since takes only our line, and keeps what was before', async () => {
      await placed(PORTS);
      writeFileSync(paths.caddyfile, `${readFileSync(paths.caddyfile, 'utf8')}:47081 {\n}\n`);
      const removal = await planRemoval(paths, service());
      expect(removal).toEqual({ after: `${PORTS}:47081 {\n}\n`, isExact: false });
      if (removal !== undefined) await takeDown(removal, paths, service());
      expect(readdirSync(join(folder, 'caddy'))).toEqual(['Caddyfile', 'Caddyfile.before-proxmox-monitor']);
    });
  });

  test('mode and link of the Caddyfile stay', async () => {
    const real = join(folder, 'managed');
    writeFileSync(real, PORTS, { mode: 0o640 });
    symlinkSync(real, paths.caddyfile);
    const planned = await planSetup(request({ internal: true }), service());
    const failing = service(() => Promise.reject(new CaddySetupError('x')));
    await expect(carryOut(planned, failing)).rejects.toThrow('Caddy does not run with them either');
    expect(readFileSync(real, 'utf8')).toBe(PORTS);
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });
});
