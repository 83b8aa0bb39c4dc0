import type { GuestReport } from '../../app/contract/guest.ts';

/** What a driver can have done in guests that run QEMU's agent, or one like it. */
export interface GuestAgent {
  /** Of a machine that is on this host, in whatever state; a guest that does not answer is told of, not thrown. */
  report(id: string): Promise<GuestReport>;
  /** `conflict`, with the reason, where it was not done. */
  setPassword(id: string, user: string, password: string): Promise<void>;
}
