# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# Debian's cloud kernels as files: fetched as packages and unpacked, never installed. Sourced by
# scripts/kernels. Needs no root. apt works in a folder of its own, so that nothing of the machine's
# package system changes, and checks signatures as always.
#
#   kernel_versions        prints the versions there are
#   kernel_fetch VERSION   makes $KERNEL_CACHE/VERSION with vmlinuz, modules/ and a file `package`;
#                          what is there already stays. Fails with a reason.

# One per line: version, then the suites that have it, the one with the smaller index first.
readonly KERNEL_SUITES='
5.10 bullseye-security bullseye
6.1 bookworm-security bookworm
6.12 trixie-security trixie bookworm-backports
'
readonly KERNEL_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# Modules that tests need; those they depend on are built in.
readonly KERNEL_MODULES='veth'

kernel_versions() { sed -n 's/^\([0-9.]*\) .*/\1/p' <<<"$KERNEL_SUITES"; }

# kernel_mirrors SUITE: prints the mirrors to try: those in apt's configuration, then Debian's.
kernel_mirrors() {
  local kind=debian
  case "$1" in *-security) kind=debian-security ;; esac
  {
    # shellcheck disable=SC2016 # fields of apt and awk
    apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
      awk -v kind="$kind" '
        $1 == "Debian" && (kind == "debian-security") == ($2 ~ /-security$/) { print $3 }'
    printf 'http://deb.debian.org/%s/\n' "$kind"
  } | awk '!seen[$0]++'
}

# kernel_apt_folder FOLDER MIRROR SUITE: makes a configuration of apt for this one suite only.
kernel_apt_folder() {
  mkdir -p "$1/lists/partial" "$1/archives/partial" "$1/sources"
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nArchitectures: amd64\nSigned-By: %s\n' \
    "$2" "$3" "$KERNEL_KEYRING" >"$1/sources/kernel.sources"
  cat >"$1/apt.conf" <<END
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$1/sources";
Dir::State::lists "$1/lists";
Dir::State::status "/dev/null";
Dir::Cache "$1";
Acquire::Languages "none";
Acquire::Retries "2";
APT::Architecture "amd64";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
}

# kernel_download FOLDER: the newest cloud kernel of the suite as FOLDER/*.deb.
kernel_download() (
  cd "$1" || exit
  apt-get -c apt.conf -qq -o APT::Update::Error-Mode=any update || exit
  name=$(apt-cache -c apt.conf depends linux-image-cloud-amd64 |
    sed -n 's/.*Depends: \(linux-image-.*-cloud-amd64\)$/\1/p')
  [ -n "$name" ] && apt-get -c apt.conf -qq download "$name"
)

# kernel_unpack DEB FOLDER: the kernel and its few modules, uncompressed. Modules are in /lib or,
# with a merged /usr, in /usr/lib.
kernel_unpack() {
  local module file
  mkdir -p "$2/tree" "$2/modules"
  dpkg-deb --fsys-tarfile "$1" |
    tar -x -C "$2/tree" --wildcards './boot/vmlinuz-*' '*/kernel/drivers/net/veth.ko*'
  mv "$2"/tree/boot/vmlinuz-* "$2/vmlinuz"
  for module in $KERNEL_MODULES; do
    file=$(find "$2/tree" -name "$module.ko*")
    case "$file" in
      *.ko) mv "$file" "$2/modules/" ;;
      *.ko.xz) xz -d <"$file" >"$2/modules/$module.ko" ;;
      *) note "kernels: ${1##*/} has no module $module" ;;
    esac
  done
  rm -rf "$2/tree"
  basename "$1" >"$2/package"
}

# kernel_fetch_from VERSION MIRROR SUITE: one try.
kernel_fetch_from() {
  local work result=$KERNEL_CACHE/$1
  work=$(mktemp -d "$KERNEL_CACHE/fetching.XXXXXX")
  chmod 755 "$work" # apt reads and downloads as a user of its own
  kernel_apt_folder "$work" "$2" "$3"
  if kernel_download "$work" >"$work/log" 2>&1 && kernel_unpack "$work"/*.deb "$work/kernel"; then
    rm -rf "$result"
    mv -T "$work/kernel" "$result"
    rm -rf "$work"
    return 0
  fi
  note "kernels: no package of Linux $1 from suite $3: $(grep -v '^W:' "$work/log" | tail -n 1)"
  rm -rf "$work"
  return 1
}

kernel_fetch() {
  local version=$1 suite mirror suites
  [ ! -s "$KERNEL_CACHE/$version/package" ] || return 0
  suites=$(sed -n "s/^${version//./\\.} //p" <<<"$KERNEL_SUITES")
  [ -n "$suites" ] || die "unknown kernel '$version'; expected one of: $(kernel_versions | tr '\n' ' ')"
  [ -r "$KERNEL_KEYRING" ] || { note "kernels: $KERNEL_KEYRING is missing"; return 1; }
  mkdir -p "$KERNEL_CACHE"
  for suite in $suites; do
    for mirror in $(kernel_mirrors "$suite"); do
      ! kernel_fetch_from "$version" "$mirror" "$suite" || return 0
    done
  done
  return 1
}
