# Sourced by every command in scripts/: installs what the project needs to run from its sources.
# Afterwards `node`, `esbuild`, `vitest`, … on PATH are the project's own, of the pinned versions.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# need_packages PACKAGE...: installs Debian packages that are missing; without root says what to type.
need_packages() {
  missing=
  for package in "$@"; do
    # shellcheck disable=SC2016 # ${Status} is dpkg-query's
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
      *' installed') ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    printf 'Missing Debian packages. Run this as root, then try again:\n\n  apt-get install --no-install-recommends%s\n\n' "$missing" >&2
    exit 69
  fi
  say "installing Debian packages:$missing"
  # shellcheck disable=SC2086 # a list of names
  apt_install $missing 2>/dev/null || { apt-get update -qq >&2 && apt_install $missing; } ||
    die "apt-get could not install:$missing"
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$@" >/dev/null; }

# need_node_modules: what package-lock.json names, once per state of that file.
need_node_modules() {
  command -v npm >/dev/null 2>&1 || { command -v dpkg >/dev/null 2>&1 && need_packages npm; }
  command -v npm >/dev/null 2>&1 || die 'npm is missing: install it with your system, then try again'
  stamp=node_modules/.installed
  if ! cmp -s package-lock.json "$stamp"; then
    say 'installing the packages that package-lock.json names'
    npm ci --no-audit --no-fund --loglevel=error >&2
    link_node
    cp package-lock.json "$stamp"
  fi
  PATH=$root/node_modules/.bin:$PATH
  export PATH
}

# link_node: the pinned Node as node_modules/.bin/node. The npm of Debian 12 and 13 does not make this link.
link_node() {
  for node in node_modules/node-linux-*/bin/node; do
    if [ -x "$node" ]; then
      ln -sf "../${node#node_modules/}" node_modules/.bin/node
      return 0
    fi
  done
  # Not Linux: there is no package of the pinned version, so the system's must do.
  # shellcheck disable=SC2016 # JavaScript
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null ||
    die 'Node 24 is needed: install it with your system, then try again'
}

# need_build_tools OPTION...: what scripts/build uses, for the architectures that its options ask for.
need_build_tools() {
  command -v dpkg >/dev/null 2>&1 || die 'Packages are built on Debian 12 or 13; this is another system.'
  native=$(dpkg --print-architecture)
  wanted=both
  tools='debhelper po-debconf'
  command -v npm >/dev/null 2>&1 || tools="$tools npm"
  while [ $# -gt 0 ]; do
    case $1 in
      --fast) [ "$wanted" != both ] || wanted=$native ;;
      --arch) wanted=${2:-} && shift ;;
      --arch=*) wanted=${1#--arch=} ;;
      --lint) tools="$tools lintian" ;;
    esac
    shift
  done
  case $wanted in both | amd64) tools="$tools binutils-x86-64-linux-gnu" ;; esac
  case $wanted in both | arm64) tools="$tools binutils-aarch64-linux-gnu" ;; esac
  # An emulator and the libraries to start the programs of the other architecture once.
  for foreign in amd64 arm64; do
    [ "$foreign" != "$native" ] || continue
    case $wanted in both | "$foreign") tools="$tools qemu-user-static libc6-$foreign-cross libstdc++6-$foreign-cross" ;; esac
  done
  # shellcheck disable=SC2086 # a list of names
  need_packages $tools
}
