#!/bin/bash
# build-debian.sh OUT_DIR: OUT_DIR/debian.qcow2, a Debian 12 with its own cloud-init as the packages have it, for the tests
# that a guest of the kind people run understands us. Needs root, for debootstrap; nothing of it is mounted or installed here.
set -euo pipefail
umask 022
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C DEBIAN_FRONTEND=noninteractive

out=${1:?usage: build-debian.sh OUT_DIR}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
boot_mib=64
root_mib=1400
packages=(
  systemd-sysv udev dbus ifupdown isc-dhcp-client iproute2 openssh-server sudo curl ca-certificates e2fsprogs procps
  cloud-init qemu-guest-agent linux-image-cloud-amd64 initramfs-tools
)

mkdir -p "$out"
out=$(cd "$out" && pwd)
exec 9>"$out/.lock"
flock 9
inputs=$(sha256sum "$here/build-debian.sh" | cut -d' ' -f1)
[ -e "$out/debian.qcow2" ] && [ "$(cat "$out/inputs" 2>/dev/null)" = "$inputs" ] && exit 0

rm -rf "$out"/.build.*
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mirror=$(apt-cache policy | sed -n 's|.* \(http[^ ]*\) bookworm/main .*|\1|p' | head -1)
fail() { tail -30 "$work/log" >&2; exit 1; }
debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$work/log" 2>&1 || fail
cp /etc/resolv.conf /etc/hosts "$root/etc/"
# Nothing is started in there, and what is mounted for the packages' scripts is gone with the namespace.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
unshare --mount sh -ec 'mount -t proc proc "$0/proc"; exec chroot "$0" apt-get install -q -y --no-install-recommends "$@"' \
  "$root" "${packages[@]}" >>"$work/log" 2>&1 || fail
rm "$root/usr/sbin/policy-rc.d"

# A person at the serial console, whose prompt the tests know.
echo 'root:debian' | chroot "$root" chpasswd
chroot "$root" usermod --shell /bin/sh root
echo "PS1='~ # '" >"$root/root/.profile"
echo '/dev/vda2 / ext4 defaults 0 1' >"$root/etc/fstab"
rm -f "$root"/etc/resolv.conf "$root"/etc/ssh/ssh_host_* "$root"/var/lib/apt/lists/*_* "$root"/var/cache/apt/archives/*.deb
rm -rf "$root"/usr/share/{doc,man,locale}/*
: >"$root/etc/machine-id"
printf 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n' >"$root/etc/network/interfaces"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
echo debian >"$root/etc/hostname"
# Where it looks, in Debian's own order but without the clouds that need a network to be ruled out.
echo 'datasource_list: [ ConfigDrive, OpenStack, Ec2, None ]' >"$root/etc/cloud/cloud.cfg.d/90_dpkg.cfg"

sectors=2048
boot_start=2048
root_start=$((boot_start + boot_mib * sectors))
raw=$work/disk.raw
truncate -s $((1 + boot_mib + root_mib + 1))M "$raw"
sfdisk -q "$raw" <<END
label: dos
start=$boot_start, size=$((boot_mib * sectors)), type=e, bootable
start=$root_start, size=$((root_mib * sectors)), type=83
END
mkfs.vfat -F 16 -h $boot_start -C "$work/boot.raw" $((boot_mib * 1024)) >/dev/null
cat >"$work/syslinux.cfg" <<'END'
DEFAULT linux
PROMPT 0
LABEL linux
 KERNEL /vmlinuz
 INITRD /initrd.img
 APPEND root=/dev/vda2 ro net.ifnames=0 console=tty1 console=ttyS0 no_timer_check tsc=reliable systemd.show_status=no
END
mcopy -i "$work/boot.raw" "$root"/boot/vmlinuz-* ::vmlinuz
mcopy -i "$work/boot.raw" "$root"/boot/initrd.img-* ::initrd.img
mcopy -i "$work/boot.raw" "$work/syslinux.cfg" ::
syslinux --install "$work/boot.raw"
rm -f "$root"/boot/*
dd if="$work/boot.raw" of="$raw" conv=notrunc,sparse bs=1M seek=1 status=none
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$raw" conv=notrunc bs=440 count=1 status=none
mke2fs -q -t ext4 -d "$root" "$work/root.raw" ${root_mib}M
dd if="$work/root.raw" of="$raw" conv=notrunc,sparse bs=1M seek=$((1 + boot_mib)) status=none
qemu-img convert -O qcow2 "$raw" "$work/debian.qcow2"
mv "$work/debian.qcow2" "$out/debian.qcow2"
echo "$inputs" >"$out/inputs"
