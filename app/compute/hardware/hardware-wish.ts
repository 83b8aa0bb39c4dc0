/** What a flavor and an image ask of a machine, beside its sizes. */
export interface HardwareWish {
  flavor: { name: string; vcpus: number; ram: number; disk: number; extra_specs: Record<string, string> };
  properties: Record<string, string>;
}

/** What comes of it. */
export interface AskedHardware {
  /** For the host, under the names that properties of images have. */
  hardware: Record<string, string>;
  /** Capabilities and traits that the host must have. */
  requirements: string[];
  /** Which name of a flavor or an image asks for each of them. */
  askedBy: Record<string, string>;
}
