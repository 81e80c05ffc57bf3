/** A name below /dev/disk/by-id in two parts: bus, vendor and model; serial and partition. */
export interface DeviceName {
  /** Left out where there is little room. Empty for other names. */
  readonly model: string;
  readonly rest: string;
}

/** ata-SAMSUNG_MZ7L3960HCJR_S662NN0W314159-part3: what comes after the last underscore tells disks apart. */
export function splitDeviceName(name: string): DeviceName {
  const [, model = '', rest = name] = /^((?:ata|scsi|nvme|usb|virtio)-.+_)([^_]{4,})$/.exec(name) ?? [];
  return { model, rest };
}
