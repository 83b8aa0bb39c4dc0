import { create } from 'zustand';

/** Administrators' passwords by machine, which are told only once: when it is rebuilt or rescued. In this window only. */
export const usePasswordStore = create<{ passwords: Readonly<Record<string, string>> }>(() => ({ passwords: {} }));

export function keepPassword(serverId: string, password: string): void {
  usePasswordStore.setState(({ passwords }) => ({ passwords: { ...passwords, [serverId]: password } }));
}
