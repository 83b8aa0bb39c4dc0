import { type HardwareDesign, isTrue, numberOf, refusal, requireOneOf } from './hardware-design.ts';
import type { HardwareWish } from './hardware-wish.ts';

interface Asked {
  name: string;
  value: string;
}
/** Which of the two holds where both a flavor and an image say something. */
export type Together = (flavor: Asked, image: Asked) => Asked;
export type Follow = (value: string, design: HardwareDesign, asked: { name: string } & HardwareWish) => void;

interface Followed {
  /** Of a flavor, and of an image; null where only the other has it. */
  spec: string | null;
  property: string | null;
  together: Together;
  follow: Follow;
}

const ofImage: Together = (_flavor, image) => image;
const ofFlavor: Together = (flavor) => flavor;
const eitherTrue: Together = (flavor, image) => (isTrue(flavor.name, flavor.value) ? flavor : image);
const same: Together = (flavor, image) => {
  if (flavor.value.toLowerCase() === image.value.toLowerCase()) return flavor;
  throw refusal(image.name, image.value, `the flavor says ${flavor.name}=${flavor.value}.`);
};

const TPM_VERSIONS = ['1.2', '2.0'];
const TPM_MODELS = ['tpm-tis', 'tpm-crb'];
const DISK_LIMITS = ['read', 'write', 'total'].flatMap((what) =>
  ['bytes', 'iops'].map((unit) => `${what}_${unit}_sec`),
);
/** QEMU refuses more, and MiB of video memory. */
const [MOST_LIMIT, MOST_VIDEO_MIB] = [10 ** 15 - 1, 256];
const HYPERVISORS = ['kvm', 'qemu'];

/** Every value of a bus or a model is a trait of the hosts that have it. */
function trait(property: string, known: readonly string[], area: string): Followed {
  return {
    ...{ spec: null, property, together: ofImage },
    follow: (value, design, { name }) => {
      requireOneOf(known, name, value);
      design.need(`${area}_${value.toUpperCase()}`, name);
    },
  };
}

function shared(name: string, together: Together, follow: Follow): Followed {
  return { spec: `hw:${name}`, property: `hw_${name}`, together, follow };
}

/** Seconds. */
const LONGEST_SHUTDOWN = 86_400;
const BUSES = ['virtio', 'scsi', 'ide', 'sata', 'usb', 'fdc', 'xen', 'lxc', 'uml'];

/** What machines and hosts do of what can be asked, in the names of Nova and Glance. `docs/hardware.md` tells people. */
export const FOLLOWED: readonly Followed[] = [
  trait('hw_disk_bus', BUSES, 'COMPUTE_STORAGE_BUS'),
  trait('hw_cdrom_bus', BUSES, 'COMPUTE_STORAGE_BUS'),
  trait('hw_rescue_bus', BUSES, 'COMPUTE_STORAGE_BUS'),
  trait(
    'hw_vif_model',
    ['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'vmxnet3', 'igb', 'lan9118', 'netfront', 'vmxnet'],
    'COMPUTE_NET_VIF_MODEL',
  ),
  trait(
    'hw_video_model',
    ['vga', 'virtio', 'qxl', 'cirrus', 'vmvga', 'bochs', 'none', 'gop', 'xen'],
    'COMPUTE_GRAPHICS_MODEL',
  ),
  {
    ...{ spec: null, property: 'hw_pointer_model', together: ofImage },
    follow: (value, _design, { name }) => requireOneOf(['usbtablet', 'ps2mouse'], name, value),
  },
  shared('input_bus', same, (value, design, { name, properties }) => {
    requireOneOf(['usb', 'virtio'], name, value);
    if (value === 'virtio' && properties.hw_pointer_model === 'ps2mouse') {
      throw refusal(name, value, 'the image says hw_pointer_model=ps2mouse.');
    }
    if (value === 'virtio') design.tell({ hw_input_bus: value }, 'input:virtio', name);
  }),
  {
    ...{ spec: null, property: 'hw_rng_model', together: ofImage },
    follow: (value, _design, { name }) => requireOneOf(['virtio', 'none'], name, value),
  },
  {
    ...{ spec: 'hw_rng:allowed', property: null, together: ofFlavor },
    follow: (value, design, { name }) => {
      if (!isTrue(name, value)) design.tell({ hw_rng_model: 'none' }, 'random:limits', name);
    },
  },
  {
    ...{ spec: 'hw_rng:rate_bytes', property: null, together: ofFlavor },
    follow: (value, design, { name }) => {
      const bytes = numberOf(name, value, { least: 1, most: 2 ** 31 - 1 });
      design.tell({ hw_rng_rate_bytes: String(bytes) }, 'random:limits', name);
    },
  },
  {
    ...{ spec: 'hw_rng:rate_period', property: null, together: ofFlavor },
    follow: (value, design, { name, flavor }) => {
      if (flavor.extra_specs['hw_rng:rate_bytes'] === undefined) {
        throw refusal(name, value, 'hw_rng:rate_bytes says how much in each period, and is not there.');
      }
      const milliseconds = numberOf(name, value, { least: 1, most: 2 ** 31 - 1 });
      design.tell({ hw_rng_rate_period: String(milliseconds) }, 'random:limits', name);
    },
  },
  shared('watchdog_action', ofImage, (value, design, { name }) => {
    requireOneOf(['disabled', 'none', 'pause', 'poweroff', 'reset'], name, value);
    if (value !== 'disabled') design.tell({ hw_watchdog_action: value }, 'watchdog:i6300esb', name);
  }),
  shared('boot_menu', ofFlavor, (value, design, { name }) => {
    if (isTrue(name, value)) design.tell({ hw_boot_menu: 'true' }, 'firmware:boot-menu', name);
    else design.tell({ hw_boot_menu: 'false' }, null, name);
  }),
  {
    ...{ spec: null, property: 'hw_video_ram', together: ofImage },
    follow: (value, design, { name, flavor, properties }) => {
      const mib = numberOf(name, value, { least: 1, most: MOST_VIDEO_MIB });
      const allowed = Number(flavor.extra_specs['hw_video:ram_max_mb'] ?? 0);
      // As in Nova: an image takes no more than a flavor offers.
      if (!(mib <= allowed)) throw refusal(name, value, `the flavor allows ${allowed} MiB (hw_video:ram_max_mb).`);
      const model = properties.hw_video_model ?? 'vga';
      if (['virtio', 'none'].includes(model)) {
        throw refusal(name, value, `a screen of the model ${model} has no memory of its own.`);
      }
      design.tell({ hw_video_ram: String(mib) }, 'video:memory', name);
    },
  },
  {
    ...{ spec: 'hw_video:ram_max_mb', property: null, together: ofFlavor },
    // A bound for images, which ask.
    follow: (value, _design, { name }) => void numberOf(name, value, { least: 0, most: 2 ** 31 - 1 }),
  },
  shared('tpm_version', same, (value, design, { name, flavor, properties }) => {
    requireOneOf(TPM_VERSIONS, name, value);
    const model = flavor.extra_specs['hw:tpm_model'] ?? properties.hw_tpm_model ?? 'tpm-tis';
    design.tell(
      { hw_tpm_version: value, hw_tpm_model: model },
      `COMPUTE_SECURITY_TPM_${value.replace('.', '_')}`,
      name,
    );
  }),
  shared('tpm_model', same, (value, design, { name, flavor, properties }) => {
    requireOneOf(TPM_MODELS, name, value);
    const version = flavor.extra_specs['hw:tpm_version'] ?? properties.hw_tpm_version;
    if (version === undefined) throw refusal(name, value, 'nothing says which tpm_version the machine is to have.');
    if (value === 'tpm-crb' && version === '1.2') throw refusal(name, value, 'a TPM of version 1.2 has no such model.');
    design.need(value === 'tpm-crb' ? 'COMPUTE_SECURITY_TPM_CRB' : 'COMPUTE_SECURITY_TPM_TIS', name);
  }),
  {
    ...{ spec: 'os:secure_boot', property: 'os_secure_boot', together: same },
    follow: (value, design, { name, properties }) => {
      requireOneOf(['required', 'optional', 'disabled'], name, value);
      const isUefi = properties.hw_firmware_type === 'uefi';
      const machine = properties.hw_machine_type ?? 'q35';
      const fits = isUefi && machine.includes('q35');
      if (value === 'required' && !isUefi) throw refusal(name, value, 'the image does not say hw_firmware_type=uefi.');
      if (value === 'required' && !fits) throw refusal(name, value, `hw_machine_type is ${machine}, and must be q35.`);
      if (value === 'required') {
        design.tell({ os_secure_boot: value, hw_machine_type: machine }, 'COMPUTE_SECURITY_UEFI_SECURE_BOOT', name);
      } else {
        const isAsked = value === 'optional' && fits && properties.hw_machine_type !== undefined;
        design.tell({ os_secure_boot: isAsked ? 'optional' : 'disabled' }, null, name);
      }
    },
  },
  // Nova's name for it, and that of Glance's definitions.
  ...['img_hide_hypervisor_id', 'hw_hide_hypervisor_id'].map(
    (property): Followed => ({
      ...{ spec: 'hw:hide_hypervisor_id', property, together: eitherTrue },
      follow: (value, design, { name }) => {
        if (isTrue(name, value)) design.tell({ hw_hide_hypervisor_id: 'true' }, 'cpu:features', name);
        else if (property === name) design.tell({ hw_hide_hypervisor_id: 'false' }, null, name);
      },
    }),
  ),
  shared('pmu', same, (value, design, { name }) => {
    if (isTrue(name, value)) design.tell({ hw_pmu: 'true' }, 'cpu:pmu', name);
    else design.tell({ hw_pmu: 'false' }, 'cpu:features', name);
  }),
  {
    ...{ spec: null, property: 'hw_time_hpet', together: ofImage },
    follow: (value, design, { name }) => {
      design.tell({ hw_time_hpet: String(isTrue(name, value)) }, 'timer:hpet', name);
    },
  },
  {
    ...{ spec: null, property: 'os_shutdown_timeout', together: ofImage },
    // When it is asked to shut down: `shutdownSeconds`.
    follow: (value, _design, { name }) => void numberOf(name, value, { least: 0, most: LONGEST_SHUTDOWN }),
  },
  ...DISK_LIMITS.map(
    (limit): Followed => ({
      ...{ spec: `quota:disk_${limit}`, property: null, together: ofFlavor },
      follow: (value, design, { name, flavor }) => {
        const most = numberOf(name, value, { least: 0, most: MOST_LIMIT });
        const unit = limit.split('_')[1];
        const others = limit.startsWith('total') ? [`read_${unit}_sec`, `write_${unit}_sec`] : [];
        const other = others.find((each) => Number(flavor.extra_specs[`quota:disk_${each}`] ?? 0) > 0);
        if (most > 0 && other !== undefined) {
          throw refusal(name, value, `it goes not together with quota:disk_${other}.`);
        }
        if (most > 0) design.tell({ [`quota_disk_${limit}`]: String(most) }, 'disk:limits', name);
      },
    }),
  ),
  ...['hw_architecture', 'architecture'].map(
    (property): Followed => ({
      ...{ spec: null, property, together: ofImage },
      follow: (value, design, { name }) => design.need(`architecture:${canonicalArchitecture(value)}`, name),
    }),
  ),
  ...['img_hv_type', 'hypervisor_type'].map(
    (property): Followed => ({
      ...{ spec: null, property, together: ofImage },
      follow: (value, design, { name }) => {
        const type = value.toLowerCase();
        if (HYPERVISORS.includes(type)) design.need(`hypervisor:${type}`, name);
        else throw refusal(name, value, 'hosts of this cloud run QEMU and KVM.');
      },
    }),
  ),
];

/** Nova's names; machines of 32 bits run on hosts of 64. */
function canonicalArchitecture(value: string): string {
  const name = value.trim().toLowerCase();
  if (/^(x86_64|amd64|i[3-6]86|x86)$/.test(name)) return 'x86_64';
  return name === 'arm64' ? 'aarch64' : name.slice(0, 64);
}
