#!/bin/bash
# build.sh OUT_DIR: builds OUT_DIR/cumulet-linux.qcow2 and its description cumulet-linux.json from Debian packages.
set -euo pipefail
umask 022
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: build.sh OUT_DIR}
libraries=lib/x86_64-linux-gnu
boot_mib=36
data_mib=27
kernel_arguments='console=tty1 console=ttyS0 no_timer_check tsc=reliable quiet'

# Libraries are named here, and `copy_program` fails when one is missing from the list.
packages=(
  busybox-static bash libtinfo6 ncurses-base
  dropbear-bin libc6 libcrypt1 libtomcrypt1 libtommath1 libgmp10 zlib1g
  qemu-guest-agent libglib2.0-0 libpcre2-8-0 libnuma1 libudev1 liburing2
)

say() { echo "guest: $*"; }
fail() { echo "guest: $*" >&2; exit "${code:-1}"; }

check_tools() {
  local needed=(
    apt-get:apt dpkg-deb:dpkg qemu-img:qemu-utils cpio:cpio depmod:kmod mcopy:mtools mkfs.vfat:dosfstools sfdisk:fdisk
    syslinux:syslinux mke2fs:e2fsprogs flock:util-linux gzip:gzip
  )
  local entry tools=() install=()
  for entry in "${needed[@]}"; do
    command -v "${entry%%:*}" >/dev/null || { tools+=("${entry%%:*}"); install+=("${entry##*:}"); }
  done
  [ -e /usr/lib/syslinux/mbr/mbr.bin ] || { tools+=(mbr.bin); install+=(syslinux-common); }
  [ ${#tools[@]} -eq 0 ] && return
  code=3 fail "missing: ${tools[*]}. Install with: sudo apt-get install -y --no-install-recommends ${install[*]}"
}

fingerprint() {
  (cd "$here" && find build.sh rootfs -type f | sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
}

up_to_date() {
  [ -e "$image" ] && [ -e "$description" ] || return 1
  grep -q "\"inputs\": \"$inputs\"" "$description" && grep -q "\"size\": $(stat -c %s "$image")," "$description"
}

download() {
  local meta=linux-image-cloud-amd64 uris file missing=()
  kernel_package=$(apt-cache depends $meta 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
  [ -n "$kernel_package" ] || fail "apt knows no $meta. This needs Debian 12 on amd64, and once: sudo apt-get update"
  # Asked in an empty folder, because apt does not name what it finds already there.
  uris=$(cd "$root" && apt-get download --print-uris "$kernel_package" "${packages[@]}") || fail 'apt lacks a package'
  mapfile -t archives < <(awk '{print $2}' <<<"$uris")
  mkdir -p "$out/packages"
  cd "$out/packages"
  for file in "${archives[@]}"; do [ -e "$file" ] || missing+=("${file%%_*}"); done
  if [ ${#missing[@]} -gt 0 ]; then
    say "downloading ${#missing[@]} packages"
    apt-get -q=2 -o APT::Sandbox::User="$(id -un)" download "${missing[@]}" || fail 'the download failed; try sudo apt-get update'
  fi
  cd "$OLDPWD"
}

unpack() {
  local file
  mkdir "$work/debian"
  for file in "${archives[@]}"; do dpkg-deb -x "$out/packages/$file" "$work/debian"; done
  release=${kernel_package#linux-image-}
}

# Copies a program and the libraries it loads. Debian's own loader of the unpacked packages answers which those are, so
# nothing of this computer gets in.
copy_program() {
  local program=$1 library found
  install -D "$debian/$program" "$root/$program"
  found=$("$debian/$libraries/ld-linux-x86-64.so.2" --inhibit-cache \
    --library-path "$debian/$libraries:$debian/usr/$libraries" --list "$debian/$program")
  for library in $(grep -o '/[^ ]*' <<<"$found"); do
    case $library in
      /lib64/ld-linux-x86-64.so.2) ;;
      "$debian"/*) install -D "$library" "$root/$libraries/${library##*/}" ;;
      *) fail "$program needs $library, which no package in the list has" ;;
    esac
  done
}

copy_modules() {
  local path
  depmod -b "$debian" "$release"
  mkdir -p "$root/lib/modules/$release"
  modprobe -d "$debian" -S "$release" -a --show-depends $(<"$here/rootfs/etc/modules") |
    sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | while read -r path; do
    install -D -m 644 "$path" "$root/lib/modules/${path#*/lib/modules/}"
  done
  cp "$debian/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$release/"
  depmod -b "$root" "$release"
}

build_root() {
  local path secret
  mkdir -p "$root"/{proc,sys,dev,run,tmp,var,data,root,home/cumulet,usr/{bin,sbin,lib,lib64}}
  for path in bin sbin lib lib64; do ln -s "usr/$path" "$root/$path"; done
  ln -s ../run "$root/var/run"
  cp -r "$here/rootfs/." "$root"
  chmod -R u=rwX,go=rX "$root"
  # Set here as well, because a copy of this folder inside an application package may have lost the bits.
  chmod 755 "$root"/init "$root"/usr/lib/cumulet/* "$root"/usr/{bin,sbin}/* "$root"/etc/acpi/PWRF/*

  install -m 4755 "$debian/bin/busybox" "$root/bin/busybox"
  "$root/bin/busybox" --list-full | while read -r path; do
    [ -e "$root/$path" ] || [ "${path##*/}" = busybox ] || ln -s /bin/busybox "$root/$path"
  done
  install -D "$debian/$libraries/ld-linux-x86-64.so.2" "$root/$libraries/ld-linux-x86-64.so.2"
  for path in bin/bash usr/sbin/dropbear usr/sbin/qemu-ga; do copy_program $path; done
  ln -s "/$libraries/ld-linux-x86-64.so.2" "$root/lib64/"
  cp -r "$debian/lib/terminfo" "$root/lib/"
  copy_modules

  secret=$("$root/bin/busybox" mkpasswd -m sha512 cumulet)
  printf '%s\n' "root:$secret:19000:0:99999:7:::" "cumulet:$secret:19000:0:99999:7:::" >"$root/etc/shadow"
  chmod 600 "$root/etc/shadow"
  (cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) | gzip -9 >"$work/initrd.img"
}

build_disk() {
  local raw=$work/disk.raw sectors=2048 boot_start=2048
  local data_start=$((boot_start + boot_mib * sectors))
  truncate -s $((1 + boot_mib + data_mib))M "$raw"
  sfdisk -q "$raw" <<END
label: dos
start=$boot_start, size=$((boot_mib * sectors)), type=e, bootable
start=$data_start, size=$((data_mib * sectors)), type=83
END
  # -h is the partition's place, which the boot sector must know.
  mkfs.vfat -F 16 -n CUMULET -h $boot_start -C "$work/boot.raw" $((boot_mib * 1024)) >/dev/null
  printf 'DEFAULT linux\nPROMPT 0\nLABEL linux\n KERNEL /vmlinuz\n INITRD /initrd.img\n APPEND %s\n' \
    "$kernel_arguments" >"$work/syslinux.cfg"
  mcopy -i "$work/boot.raw" "$debian/boot/vmlinuz-$release" ::vmlinuz
  mcopy -i "$work/boot.raw" "$work/initrd.img" "$work/syslinux.cfg" ::
  syslinux --install "$work/boot.raw"
  dd if="$work/boot.raw" of="$raw" conv=notrunc,sparse bs=1M seek=1 status=none
  dd if=/usr/lib/syslinux/mbr/mbr.bin of="$raw" conv=notrunc bs=440 count=1 status=none
  truncate -s ${data_mib}M "$work/data.raw"
  mke2fs -q -t ext4 -L cumulet-data "$work/data.raw"
  dd if="$work/data.raw" of="$raw" conv=notrunc,sparse bs=1M seek=$((1 + boot_mib)) status=none
  qemu-img convert -O qcow2 "$raw" "$work/image.qcow2"
}

describe() {
  local version
  version=$(sed -n 's/^VERSION_ID=//p' "$here/rootfs/etc/os-release")
  cat <<END
{
  "name": "cumulet-linux",
  "version": "$version",
  "disk_format": "qcow2",
  "min_disk": 1,
  "min_ram": 96,
  "sha512": "$(sha512sum "$work/image.qcow2" | cut -d' ' -f1)",
  "size": $(stat -c %s "$work/image.qcow2"),
  "virtual_size": $(((1 + boot_mib + data_mib) * 1048576)),
  "kernel": "$release",
  "inputs": "$inputs"
}
END
}

check_tools
mkdir -p "$out"
out=$(cd "$out" && pwd)
image=$out/cumulet-linux.qcow2
description=$out/cumulet-linux.json
inputs=$(fingerprint)

# Two builds into one folder take turns; the second then finds all done.
exec 9>"$out/.lock"
flock 9
if up_to_date; then
  say 'up to date'
  exit 0
fi

rm -rf "$out"/.build.*
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
debian=$work/debian
root=$work/root
mkdir "$root"

say 'looking up packages'
download
say "unpacking $kernel_package and ${#packages[@]} more"
unpack
say 'building the root file system'
build_root
say 'building the disk'
build_disk
describe >"$work/description.json"
mv "$work/image.qcow2" "$image"
mv "$work/description.json" "$description"
say "done: $image, $(($(stat -c %s "$image") / 1048576)) MiB, kernel $release"
