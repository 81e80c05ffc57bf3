import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the number of the moment stands at which the script dies, and where the moments are counted. */
export const DIES_AT = '/run/dies-at';
export const MOMENTS = '/run/moments';

/**
 * A moment is before and after whatever a postinst changes. With an even number in DIES_AT everything up to dpkg is
 * killed, with an odd one dpkg lives to hear of it. debconf always dies too: it takes a script that was killed for one
 * that is done.
 */
const MOMENT = `
moment() {
  number=$(($(cat ${MOMENTS} 2>/dev/null || echo 0) + 1))
  echo "$number" >${MOMENTS}
  [ "$number" = "$(cat ${DIES_AT} 2>/dev/null)" ] || return 0
  process=$$
  victims=$$
  while :; do
    process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status")
    case $(cat "/proc/$process/comm") in
      frontend | perl | *postinst) victims="$process $victims" ;;
      dpkg)
        [ $((number % 2)) = 1 ] || victims="$process $victims"
        break
        ;;
      *) break ;;
    esac
  done
  kill -9 $victims
  sleep 10
}
mv() { moment; command mv "$@"; moment; }
sync() { command sync "$@"; moment; }
chmod() { command chmod "$@"; moment; }
`;

/** Makes the postinst of a package taken apart in \`folder\` one that can be killed at each of its moments. */
export async function makeKillable(folder: string): Promise<void> {
  const file = join(folder, 'DEBIAN/postinst');
  const script = await readFile(file, 'utf8');
  const killable = script
    .replace(/^set -e$/m, () => `set -e${MOMENT}`)
    .replace(/\bdb_set /g, 'moment; db_set ')
    .replace(/^( *)("\$server" migrate)/m, '$1moment; $2')
    .replace(/^# Automatically added by .*$/gm, '$&\nmoment')
    .replace(/^exit 0$/m, 'moment\nexit 0');
  await writeFile(file, killable);
}
